"""How well what is measured on the sample company agrees with what is true of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars as pl
from true_company import true_lines, true_visits

from weblog.store import Store


@dataclass(frozen=True)
class Agreement:
    """One row: what is compared, what was measured, what is true, and the first as a share."""

    name: str
    measured: int
    true: int

    @property
    def share(self) -> float:
        return self.measured / self.true

    @property
    def row(self) -> str:
        return f"| {self.name} | {self.measured:,} | {self.true:,} | {self.share:.2%} |\n"


def agreement(store: Store, folder: Path) -> dict[str, Agreement]:
    """Compare a store of the company in ``folder`` with its truth; by a short name each."""
    visits = true_visits(folder, store)
    sessions = store.scan("sessions").collect().sort("start")
    return {
        **_of_lines(store, folder),
        **_of_sessions(visits, sessions),
        **_of_people(visits, sessions),
    }


def table(rows: dict[str, Agreement]) -> str:
    """Return the rows as docs/sessions.md shows them."""
    head = "| what | measured | true | measured / true |\n| --- | ---: | ---: | ---: |\n"
    return head + "".join(row.row for row in rows.values())


def _of_lines(store: Store, folder: Path) -> dict[str, Agreement]:
    file = pl.col("path").str.extract(r"(web\d/[^/]+)$").alias("file")
    sources = store.scan("sources").select("log_source", file).collect()
    hits = store.scan("hits").select("log_source", "line", "kind").collect()
    rejects = store.scan("rejects").select("log_source", "line", pl.lit("reject").alias("kind"))
    every = pl.concat([hits, rejects.collect()])
    lines = every.join(sources, on="log_source").join(
        true_lines(folder), on=["file", "line"], how="full"
    )
    assert lines.height == every.height

    def count(*conditions: pl.Expr) -> int:
        return lines.filter(*conditions).height

    kind, sort = pl.col("kind"), pl.col("sort")
    people = sort.is_in(["page", "event", "asset", "form", "redirect", "error"])
    rows = {
        "rejects": ("broken lines rejected", count(kind == "reject"), count(sort == "broken")),
        "page_views": ("page views", count(kind == "page"), count(sort == "page")),
        "own_views": (
            "of them, page views of people counted as such",
            count(kind == "page", sort == "page"),
            count(sort == "page"),
        ),
        "events": ("events", count(kind == "event"), count(sort == "event")),
        "internal": (
            "the company's own lines",
            count(kind == "internal"),
            count(sort == "internal"),
        ),
        "bots": (
            "lines of robots recognised",
            count(kind == "bot", sort == "bot"),
            count(sort == "bot"),
        ),
        "false_bots": (
            "lines of people taken for a robot's",
            count(kind == "bot", people),
            count(people),
        ),
    }
    return {name: Agreement(*row) for name, row in rows.items()}


def segment_table(store: Store, folder: Path) -> str:
    """Return how often each true segment (rows) was measured as which (columns)."""
    visits = true_visits(folder, store)
    found = _found(visits, store.scan("sessions").collect().sort("start"))
    counts = found.group_by("segment", "found_segment").len()
    columns = sorted(found["found_segment"].unique())
    told = {(true, measured): count for true, measured, count in counts.rows()}
    lines = [f"| true | {' | '.join(columns)} |", f"| --- |{' ---: |' * len(columns)}"]
    for true in sorted(found["segment"].unique()):
        cells = (f"{told[true, name]:,}" if (true, name) in told else "" for name in columns)
        lines.append(f"| {true} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _found(visits: pl.DataFrame, sessions: pl.DataFrame) -> pl.DataFrame:
    """Return the visits that begin with a session, with what is told of that one."""
    told = ("session_id", "end", "segment", "channel", "campaign", "customer_id")
    found = visits.join_asof(
        sessions.select("visitor_id", "start", pl.col(told).name.prefix("found_")),
        on="start",
        by="visitor_id",
        strategy="nearest",
        tolerance="2s",
        check_sortedness=False,
    ).filter(pl.col("found_session_id").is_not_null())
    assert found["found_session_id"].is_unique().all()
    return found


def _of_people(visits: pl.DataFrame, sessions: pl.DataFrame) -> dict[str, Agreement]:
    """Compare visitors with people, and sessions with whole visits; with a cookie and without.

    Identity is judged by pairs of visits: of those of one visitor, how many are of one person
    (precision); of those of one person, how many are of one visitor (recall).
    """
    found = _found(visits, sessions)
    is_whole = (pl.col("found_end") - pl.col("end")).abs() <= pl.duration(seconds=2)
    rows: dict[str, Agreement] = {}
    for name, shown, has in (
        ("cookie", "with a cookie", pl.col("cookie") != "-"),
        ("no_cookie", "without one", pl.col("cookie") == "-"),
    ):
        own = visits.filter(has)
        both = _pairs(own, "visitor_id", "person")
        whole = found.filter(has, is_whole).height
        several = (
            (f"whole_{name}", "visits that are one session, to the end", whole, own.height),
            (
                f"precision_{name}",
                "pairs of visits of one visitor that are of one person",
                both,
                _pairs(own, "visitor_id"),
            ),
            (
                f"recall_{name}",
                "pairs of visits of one person that are of one visitor",
                both,
                _pairs(own, "person"),
            ),
        )
        for key, what, measured, true in several:
            rows[key] = Agreement(f"{what}, {shown}", measured, true)
    return rows


def _pairs(visits: pl.DataFrame, *same: str) -> int:
    count = pl.col("len").cast(pl.Int64)
    return int(visits.group_by(same).len().select((count * (count - 1) // 2).sum()).item())


def _of_sessions(visits: pl.DataFrame, sessions: pl.DataFrame) -> dict[str, Agreement]:
    found = _found(visits, sessions)
    # The truth knows no interest: a prospect is a member to it.
    found = found.with_columns(pl.col("found_segment").replace("prospect", "member"))
    people = visits.select("visitor_id").unique()
    of_people = sessions.join(people, on="visitor_id", how="semi")
    browsers = sessions.select("visitor_id").unique()
    logged_in = found.filter(pl.col("customer_id").is_not_null())

    def same(name: str, of: pl.DataFrame) -> tuple[int, int]:
        right = pl.col(name).eq_missing(pl.col(f"found_{name}"))
        return of.filter(right).height, of.height

    one_of = pl.col("campaign").str.split("|").list.contains(pl.col("found_campaign"))
    none = pl.col("campaign").is_null() & pl.col("found_campaign").is_null()
    named = found.filter(pl.col("campaign").is_not_null())
    rows = {
        "sessions": ("sessions, for visits", sessions.height, visits.height),
        "own_sessions": ("of them, sessions of people", of_people.height, visits.height),
        "starts": ("visits that begin with a session", found.height, visits.height),
        "visitors": ("visitors, for browsers of people", browsers.height, people.height),
        "own_visitors": (
            "of them, browsers of people",
            browsers.join(people, on="visitor_id", how="semi").height,
            people.height,
        ),
        "customers": ("customer, of visits with a login", *same("customer_id", logged_in)),
        "segments": ("segment at the start", *same("segment", found)),
        "known_segments": ("segment, of visits with a login", *same("segment", logged_in)),
        "channels": ("channel", *same("channel", found)),
        "campaigns": (
            "campaign, of visits that bring one",
            named.filter(one_of).height,
            named.height,
        ),
        "no_campaigns": (
            "no campaign, of visits that bring none",
            found.filter(none).height,
            found.height - named.height,
        ),
    }
    return {name: Agreement(*row) for name, row in rows.items()}
