"""What the generator of the sample company knows, as tables to compare a store with."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs

import polars as pl
from sample_store import company_logs
from slow_sessions import Row, slow_customer, slow_segment

from sample_logs import SEED
from sample_logs.company import SEARCH
from sample_logs.daylog import Sort
from sample_logs.plan import make_plan, write_days
from sample_logs.sources import SOURCES
from weblog.classify.privacy import visitor_keys
from weblog.store import Store

ANY_SEARCH = "|".join(sorted(campaign.key for campaign in SEARCH))
"""A search ad's campaign follows from the topic, which the truth does not name: any of them."""


def true_lines(folder: Path) -> pl.DataFrame:
    """Return what each log line truly is: ``file`` (web1/access.log), ``line`` from 1, ``sort``.

    The same seed gives the same lines byte for byte (tests/sample_logs), so the generator is
    asked again.
    """
    sorts: dict[str, list[int]] = defaultdict(list)
    for day in write_days(make_plan(SEED, 1.0, 90), with_cookie=True):
        for server, sort in zip(day.lines.server.tolist(), day.lines.sort.tolist(), strict=True):
            sorts[f"web{server + 1}"].append(sort)
    parts = []
    for server, whole in sorts.items():
        first = 0
        for path in company_logs(folder):
            if path.parent.name != server:
                continue
            count = len(lines_of(path))
            names = [Sort(sort).name.lower() for sort in whole[first : first + count]]
            file = f"{server}/{path.name}"
            parts.append(pl.DataFrame({"file": file, "sort": names}).with_row_index("line", 1))
            first += count
        assert first == len(whole)
    return pl.concat(parts).with_columns(pl.col("line").cast(pl.Int64))


def lines_of(path: Path) -> list[bytes]:
    import gzip

    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return data.split(b"\n")[:-1]


def true_visits(folder: Path, store: Store) -> pl.DataFrame:
    """Return the visits of people: who, when, where from, which customer, segment, campaign.

    ``visitor_id`` is the one the store gives that browser; ``segment`` what the customer who
    logged in was when the visit began, all visits of that person counted, logged in or not. What
    pages people saw the truth does not say: who is a prospect is a member here.
    """
    visits = pl.read_csv(folder / "truth" / "sessions.csv.gz", infer_schema=False)
    visits = visits.filter(pl.col("person").str.starts_with("p"))
    start = pl.col("start", "end").str.to_datetime("%Y-%m-%dT%H:%M:%S%z", time_unit="us")
    visits = visits.with_columns(_visitor_ids(visits, store), start)
    campaigns = _campaigns(visits, folder)
    return visits.with_columns(
        pl.Series("segment", _segments(visits, folder), dtype=pl.String),
        pl.Series("campaign", campaigns, dtype=pl.String),
    ).sort("start")


def _visitor_ids(visits: pl.DataFrame, store: Store) -> pl.Series:
    keys = visitor_keys(visits.select("client", "user_agent"), store.visitor_key)
    return visits.select(
        pl.when(pl.col("cookie") == "-").then(keys).otherwise("cookie").alias("visitor_id")
    ).to_series()


def _campaigns(visits: pl.DataFrame, folder: Path) -> list[str | None]:
    mailing = pl.read_csv(folder / "mailings.csv").select("mailing", "campaign")
    sent = pl.read_csv(folder / "deliveries.csv", infer_schema=False).join(mailing, on="mailing")
    of_delivery = dict(sent.select("delivery", "campaign").rows())
    of_source = {source.key: _campaign_of(source.query) for source in SOURCES}
    return [
        # A visit that would have come anyway is told by its own source, not by the mail.
        of_delivery[delivery] if source == "e-mail" else of_source[source]
        for source, delivery in visits.select("source", "delivery").rows()
    ]


def _campaign_of(query: str) -> str | None:
    campaign = parse_qs(query).get("utm_campaign", [None])[0]
    return ANY_SEARCH if campaign == "{search}" else campaign


def _segments(visits: pl.DataFrame, folder: Path) -> list[str]:
    """Return each visit's true segment, one visit after the other."""
    register = _by_customer(pl.read_csv(folder / "customers.csv", try_parse_dates=True))
    purchases = _by_customer(pl.read_csv(folder / "purchases.csv", try_parse_dates=True))
    people = pl.read_csv(folder / "truth" / "visitors.csv.gz").drop_nulls("customer_id")
    registered = dict(people.select("person", "customer_id").rows())
    before: dict[str, list[Row]] = defaultdict(list)
    segments = []
    seen: set[str] = set()
    # In the register's and the rules' own words: days are those of Seoul.
    for visit in visits.with_row_index("row").sort("start", "row").to_dicts():
        who = visit["customer_id"]
        day = _day(visit["start"])
        asked = {"customer_id": who, "date": day}
        fact = slow_customer(asked, before[who], register.get(who, []), purchases.get(who, []))
        fact["is_new"] = visit["visitor_id"] not in seen
        seen.add(visit["visitor_id"])
        segments.append((visit["row"], slow_segment(asked, fact)))
        owner = who or registered.get(visit["person"])
        before[owner].append({"customer_id": owner, "date": day})
    return [segment for _, segment in sorted(segments)]


def _by_customer(rows: pl.DataFrame) -> dict[str, list[Row]]:
    grouped: dict[str, list[Row]] = defaultdict(list)
    for row in rows.to_dicts():
        grouped[row["customer_id"]].append(row)
    return grouped


def _day(moment: datetime) -> object:
    return (moment + timedelta(hours=9)).date()  # Seoul knows no summer time
