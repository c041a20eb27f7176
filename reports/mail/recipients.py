"""What became of each delivery: its traces, people's and all, beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import polars as pl

from reports.ask import Asked
from reports.mail.machines import judged
from reports.mail.sent import Sent, days_of_traces, until_seen
from reports.mail.traces import CLICK, OPEN, UNSUBSCRIBE, VISIT, traces
from reports.warning import Fact, ReportWarning
from weblog.site.mail import Mail
from weblog.store import Snapshot

BOUNCES: Final = ("hard", "soft")


@dataclass(frozen=True, slots=True)
class Traced:
    """The traces of what was sent.

    Attributes:
        traces: those of known deliveries within the days of their mailing, with ``row`` and
            ``number`` of the delivery, ``sent``, ``is_held_out``, ``is_bounced``, ``rule`` (null:
            a person), and ``session_id`` of people's landings.
        unmatched: traces that bear a dispatch id no delivery in the store has.
    """

    traces: pl.DataFrame
    unmatched: int


def traced(asked: Asked, sent: Sent, mail: Mail) -> Traced:
    """Return the traces of what was sent, each judged by the rules for machines."""
    snapshot = asked.snapshot
    found = traces(snapshot, days_of_traces(sent), mail)
    known = sent.deliveries.select(
        *("row", "number", "delivery", "is_held_out"),
        pl.col("bounced").is_in(BOUNCES).fill_null(value=False).alias("is_bounced"),
    ).join(until_seen(sent).select("number", "sent", "until"), on="number")
    own = found.join(known, on="delivery").filter(pl.col("ts") < pl.col("until")).drop("until")
    everyone = snapshot.scan("deliveries").select("delivery").collect()
    unmatched = found.join(everyone, on="delivery", how="anti").height
    return Traced(_with_sessions(snapshot, judged(own, mail)), unmatched)


def _with_sessions(snapshot: Snapshot, rows: pl.DataFrame) -> pl.DataFrame:
    """Add ``session_id``, ``goals`` and ``value`` of the session a person's landing lies in."""
    is_landing = (pl.col("trace") == VISIT) & pl.col("rule").is_null()
    landings = rows.with_row_index("at").filter(is_landing).select("at", "visitor_id", "ts")
    if landings.is_empty():
        nothing = (("session_id", pl.String), ("goals", pl.Int64), ("value", pl.Float64))
        return rows.with_columns(pl.lit(None, dtype).alias(name) for name, dtype in nothing)
    first, last = landings["ts"].dt.date().min(), landings["ts"].dt.date().max()
    spread = pl.duration(days=1)
    sessions = (
        snapshot.scan("sessions")
        .filter(pl.col("date").is_between(pl.lit(first) - spread, pl.lit(last) + spread))
        .join(landings.lazy(), on="visitor_id", how="semi")
        .select(
            *("session_id", "visitor_id", "start", "end"),
            pl.col("conversions").fill_null(0).alias("goals"),
            pl.col("value").fill_null(0.0),
        )
        .sort("start", "session_id")
        .collect()
    )
    within = (
        landings.sort("ts", "at")
        .join_asof(
            sessions,
            left_on="ts",
            right_on="start",
            by="visitor_id",
            strategy="backward",
            coalesce=False,
            check_sortedness=False,
        )
        .filter(pl.col("ts") <= pl.col("end"))
        .select("at", "session_id", "goals", "value")
    )
    return (
        rows.with_row_index("at")
        .join(within, on="at", how="left", maintain_order="left")
        .drop("at")
    )


def recipients(sent: Sent, found: Traced, mail: Mail) -> pl.DataFrame:
    """Return a row per delivery with what the log tells of it, in the order of deliveries.

    Args:
        sent: what was sent.
        found: its traces.
        mail: the site's settings.

    Returns:
        ``row``, ``number``, ``is_sent`` (not held out), ``is_delivered`` (nor bounced), and of
        what was delivered: ``opened_raw``, ``clicked_raw`` (by anything), ``opened_at``,
        ``clicked_at``, ``visited_at`` (first by a person; null: never), ``opens``, ``clicks`` (by
        people), ``visits`` (sessions of people that bear the dispatch id), ``goals`` and ``value``
        reached in them, ``unsubscribe_clicks``, ``machine_traces``, ``unsubscribed``. All of it
        null for what was not delivered, and what the site's settings or the deliveries do not
        tell of anybody null for all.
    """
    rows, person = found.traces, pl.col("rule").is_null()

    def of(trace: str) -> pl.Expr:
        return pl.col("trace") == trace

    def when(trace: str) -> pl.Expr:
        return pl.col("ts").filter(of(trace) & person).min()

    def times(which: pl.Expr) -> pl.Expr:
        return which.sum().cast(pl.Int64)

    told = rows.group_by("row").agg(
        of(OPEN).any().alias("opened_raw"),
        of(CLICK).any().alias("clicked_raw"),
        when(OPEN).alias("opened_at"),
        when(CLICK).alias("clicked_at"),
        times(of(OPEN) & person).alias("opens"),
        times(of(CLICK) & person).alias("clicks"),
        times(of(UNSUBSCRIBE) & person).alias("unsubscribe_clicks"),
        times(~person).alias("machine_traces"),
    )
    in_session = rows.filter(pl.col("session_id").is_not_null()).sort("ts")
    visits = in_session.unique(["row", "session_id"], keep="first", maintain_order=True)
    visited = visits.group_by("row").agg(
        pl.col("ts").min().alias("visited_at"),
        pl.len().cast(pl.Int64).alias("visits"),
        pl.col("goals").sum(),
        pl.col("value").sum(),
    )
    bounced = pl.col("bounced").is_in(BOUNCES).fill_null(value=False)
    until = sent.mailings.select("number", "sent", "until")
    in_time = pl.col("unsubscribed").is_between("sent", "until", closed="left")
    everyone = (
        sent.deliveries.join(until, on="number", maintain_order="left")
        .select(
            *("row", "number"),
            (~pl.col("is_held_out")).alias("is_sent"),
            (~pl.col("is_held_out") & ~bounced).alias("is_delivered"),
            in_time.fill_null(value=False).alias("unsubscribed"),
        )
        .join(told, on="row", how="left", maintain_order="left")
        .join(visited, on="row", how="left", maintain_order="left")
    )
    untold = _untold(mail, sent)
    return everyone.with_columns(
        pl.when(pl.col("is_delivered") & pl.lit(name not in untold)).then(filled).alias(name)
        for name, filled in _FILLED.items()
    ).select(*("row", "number", "is_sent", "is_delivered"), *_FILLED)


_FILLED: Final = {
    **{name: pl.col(name).fill_null(value=False) for name in ("opened_raw", "clicked_raw")},
    **{name: pl.col(name) for name in ("opened_at", "clicked_at", "visited_at", "unsubscribed")},
    **{
        name: pl.col(name).fill_null(0)
        for name in ("opens", "clicks", "visits", "goals", "unsubscribe_clicks", "machine_traces")
    },
    "value": pl.col("value").fill_null(0.0),
}
"""What is told of each delivery, and what it is where the log has no trace."""


def _untold(mail: Mail, sent: Sent) -> set[str]:
    """Return what nothing tells: other than what nobody did."""
    untold: set[str] = set()
    if sent.last is None or mail.id_parameter is None:
        untold |= _FILLED.keys() - {"unsubscribed"}
    if not mail.open_paths:
        untold |= {"opened_raw", "opened_at", "opens"}
    if not mail.click_paths:
        untold |= {"clicked_raw", "clicked_at", "clicks"}
    if not mail.click_paths or not mail.unsubscribe_paths:
        untold |= {"unsubscribe_clicks"}
    if "unsubscribed" not in sent.knows:
        untold |= {"unsubscribed"}
    return untold


def about_traces(found: Traced, sent: Sent, mail: Mail) -> list[ReportWarning]:
    """Warn of what the log does not tell, and how to make it tell."""
    if sent.deliveries.is_empty():
        return []
    missing = [name for name in ("id_parameter", "open_paths", "click_paths")
               if not getattr(mail, name)]  # fmt: skip
    warnings = []
    if missing:
        warnings.append(ReportWarning("no_mail_rules", {"settings": ", ".join(missing)}))
    elif sent.last is not None and found.traces.is_empty():
        warnings.append(ReportWarning("no_mail_traces"))
    if found.unmatched:
        warnings.append(ReportWarning("mail_unmatched", {"traces": found.unmatched}))
    strange = found.traces.filter("is_held_out", pl.col("rule").is_null())["row"].n_unique()
    if strange:
        warnings.append(ReportWarning("held_out_written", {"customers": strange}))
    for column, code in (("bounced", "no_bounces"), ("unsubscribed", "no_unsubscribes")):
        if column not in sent.knows:
            warnings.append(ReportWarning(code))
    return warnings


def about_days(sent: Sent) -> list[ReportWarning]:
    """Warn of mailings whose days are not over."""
    late = sent.mailings.filter(pl.col("days_seen") < pl.col("days"))
    if late.is_empty():
        return []
    facts: dict[str, Fact] = {"mailings": late.height, "names": ", ".join(late["mailing"].head(3))}
    return [ReportWarning("mailings_unfinished", facts)]
