"""Mailings of a period and the customers chosen for them, from tables mailings and deliveries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import polars as pl

from reports.ask import Asked
from reports.attributes import OF_REGISTER, PRODUCT, named
from reports.bought import OF_CUSTOMERS
from reports.cache import CACHE, key_of
from reports.query import FILTERS, REGISTER_FILTERS, Filters
from reports.warning import Fact, ReportWarning
from sessionize import segments_on_days, validate_segments
from sessionize.facts import Register
from weblog.errors import UnknownNameError
from weblog.site.rules import Site
from weblog.store import Snapshot
from weblog.store.layout import time_zone

BY: Final = ("variant", "segment", *OF_REGISTER, PRODUCT)
"""What mailings can be broken down by: the version sent, and what the register knew of each
customer at the start of the day of sending. Nothing that the mailing itself can change."""

APPLY: Final = OF_CUSTOMERS | {"campaigns"}
"""Filters that say something of a delivery: of its customer that day, or of its mailing."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What was sent in a period.

    Attributes:
        mailings: ``number`` (u32, row), ``mailing``, ``title``, ``campaign``, ``product``,
            ``sent`` (instant), ``sent_on`` (its day in the site's time zone), ``cost``, ``days``
            within which what people do counts, ``days_seen`` of them that the data cover, and
            ``until``, the instant at which they are over; the earliest first.
        deliveries: ``row`` (u32), ``number`` of the mailing, ``delivery``, ``customer_id``,
            ``customer`` (u64, stands for it), ``variant``, ``is_held_out`` (never null),
            ``bounced``, ``unsubscribed``; by mailing and delivery.
        last: last instant the logs tell of; None without logs.
        knows: columns of deliveries that say anything of any delivery in the store.
        zone: the site's time zone.
    """

    mailings: pl.DataFrame
    deliveries: pl.DataFrame
    last: datetime | None
    knows: frozenset[str]
    zone: str


def sent_in(asked: Asked, site: Site, days: int | None = None) -> Sent:
    """Read what was sent in the period asked about, as far as the filters let it through.

    Args:
        asked: the question; of its filters those of :data:`APPLY` apply.
        site: for segments, and the days where neither ``days`` nor the mailing says them.
        days: within which what people do counts, of all mailings.

    Raises:
        SiteError: a segment rule is wrong, or fails with these customers.
    """
    snapshot, filters = asked.snapshot, asked.query.filters
    zone = time_zone(snapshot.folder) or site.time_zone
    last = _last_moment(snapshot, asked.query.data_last_day)
    mailings = _mailings(asked, site, zone, days)
    deliveries, knows = _deliveries(snapshot, mailings)
    if filters.customers:
        deliveries = deliveries.filter(pl.col("customer_id").is_in(filters.customers))
    for field, by in (("segments", "segment"), *REGISTER_FILTERS.items()):
        wanted = filters.chosen.get(field)
        if wanted:
            known = attribute(snapshot, site, mailings, deliveries, by)
            kept = known.filter(pl.col("name").is_in(wanted))["row"]
            deliveries = deliveries.filter(pl.col("row").is_in(kept.implode()))
    return Sent(mailings, deliveries, last, knows, zone)


def _mailings(asked: Asked, site: Site, zone: str, days: int | None) -> pl.DataFrame:
    period, campaigns = asked.query.current, asked.query.filters.campaigns
    day = pl.col("sent").dt.convert_time_zone(zone).dt.date()
    window = pl.coalesce(pl.lit(days, pl.Int64), pl.col("conversion_days").cast(pl.Int64))
    window = window.fill_null(site.mail.conversion_days)
    inside = pl.col("sent_on").is_between(*period) if period else pl.lit(value=True)
    last = asked.query.data_last_day or _last_purchase(asked.snapshot)
    seen = (pl.lit(last, pl.Date) - pl.col("sent_on")).dt.total_days() + 1
    rows = (
        asked.snapshot.scan("mailings")
        .filter(pl.col("sent").is_not_null())
        .with_columns(day.alias("sent_on"), window.alias("days"))
        .filter(inside)
        .with_columns(
            pl.min_horizontal("days", seen.clip(0)).fill_null(0).alias("days_seen"),
            (pl.col("sent") + pl.duration(days="days")).alias("until"),
        )
        .sort("sent", "mailing")
        .select(
            *("mailing", "title", "campaign", "product", "sent", "sent_on", "cost"),
            *("days", "days_seen", "until"),
        )
        .collect()
    )
    if campaigns:
        # Campaigns in sessions are lower-cased, those of the table as people wrote them.
        wanted = [name.lower() for name in campaigns]
        rows = rows.filter(pl.col("campaign").str.to_lowercase().is_in(wanted))
    return rows.with_row_index("number")


def _deliveries(snapshot: Snapshot, mailings: pl.DataFrame) -> tuple[pl.DataFrame, frozenset[str]]:
    """Return the deliveries of these mailings, and which columns say anything of any delivery."""
    everyone = CACHE.get(key_of(snapshot, "deliveries", "all"), lambda: _all(snapshot))
    told = everyone.select(pl.col("bounced", "unsubscribed", "variant").is_not_null().any())
    knows = frozenset(name for name, is_told in told.to_dicts()[0].items() if is_told)
    # By number and id, so that rows depend on nothing but what was sent.
    key = (*key_of(snapshot, "deliveries", "of"), *mailings["mailing"])
    return CACHE.get(key, lambda: _of(everyone, mailings)), knows


def _of(everyone: pl.DataFrame, mailings: pl.DataFrame) -> pl.DataFrame:
    columns = ("delivery", "customer_id", "customer", "variant", "is_held_out", "bounced")
    return (
        everyone.join(mailings.select("mailing", "number"), on="mailing")
        .sort("number", "delivery")
        .select("number", *columns, "unsubscribed")
        .with_row_index("row")
    )


def _all(snapshot: Snapshot) -> pl.DataFrame:
    return (
        snapshot.scan("deliveries")
        .select(
            *("delivery", "mailing", "customer_id", "variant", "bounced", "unsubscribed"),
            pl.col("is_held_out").fill_null(value=False),
            pl.when(pl.col("customer_id").is_not_null())
            .then(pl.col("customer_id").hash())
            .alias("customer"),
        )
        .collect()
    )


def _last_moment(snapshot: Snapshot, day: date | None) -> datetime | None:
    if day is None:
        return None
    ends = snapshot.scan("sessions").filter(pl.col("date") == day).select(pl.col("end").max())
    found: datetime | None = ends.collect().item()
    return found


def _last_purchase(snapshot: Snapshot) -> date | None:
    """Return the day of the last purchase: how far the register tells where no log does."""
    found: date | None = (
        snapshot.scan("purchases").select(pl.col("purchased").max()).collect().item()
    )
    return found


def attribute(
    snapshot: Snapshot, site: Site, mailings: pl.DataFrame, deliveries: pl.DataFrame, by: str
) -> pl.DataFrame:
    """Return what each delivery's customer was at the start of the day of sending.

    Args:
        snapshot: of the store.
        site: its segment rules.
        mailings: as in :class:`Sent`.
        deliveries: as in :class:`Sent`.
        by: one of :data:`BY`.

    Returns:
        ``row`` and ``name``, null where it is not known; a row per delivery, with "product_held"
        one for each product held.

    Raises:
        UnknownNameError: ``by`` is none of these.
        SiteError: a segment rule is wrong, or fails with these customers.
    """
    if by not in BY:
        raise UnknownNameError("mailings to break down by", by, list(BY))
    if by == "variant":
        return deliveries.select("row", pl.col("variant").alias("name"))
    days = mailings.select("number", pl.col("sent_on").alias("date"))
    known = deliveries.join(days, on="number").select("row", "customer_id", "date")
    pairs = known.drop_nulls("customer_id")
    if by == "segment":
        validate_segments(site)
        asked = pairs.select("customer_id", "date").unique()
        told = segments_on_days(snapshot, asked, site.segments)
        named_rows = pairs.join(told, on=["customer_id", "date"], how="left").select(
            "row", pl.col("segment").cast(pl.String).alias("name")
        )
    else:
        named_rows = named(pairs, Register.read(snapshot), by).select("row", "name")
    return known.select("row").join(named_rows, on="row", how="left")


def about_filters(filters: Filters) -> list[ReportWarning]:
    """Warn of filters that say nothing of a delivery."""
    other = [name for name in FILTERS if name in filters.chosen and name not in APPLY]
    return [ReportWarning("mail_filters", {"filters": ", ".join(other)})] if other else []


def is_empty(snapshot: Snapshot, table: str) -> bool:
    """Say whether a table has no row at all: then nothing of it is known."""
    return snapshot.scan(table).select(pl.len() == 0).collect().item() is True


def about_sent(snapshot: Snapshot, sent: Sent) -> list[ReportWarning]:
    """Warn of what is missing in the tables, and how to supply it."""
    sizes = snapshot.scan("mailings").select(pl.len(), pl.col("sent").null_count()).collect()
    mailings, undated = sizes.row(0)
    if not mailings:
        return [ReportWarning("no_mailings")]
    found = [ReportWarning("mailings_undated", {"mailings": undated})] if undated else []
    if sent.mailings.is_empty():
        return [*found, ReportWarning("no_mailings_sent")]
    silent = sent.mailings.join(sent.deliveries, on="number", how="anti")
    if silent.height:
        names = ", ".join(silent["mailing"].head(3))
        facts: dict[str, Fact] = {
            "without": silent.height,
            "mailings": sent.mailings.height,
            "names": names,
        }
        found.append(ReportWarning("no_deliveries", facts))
    nobody = int(sent.deliveries["customer_id"].null_count())
    if nobody:
        found.append(ReportWarning("deliveries_of_nobody", {"deliveries": nobody}))
    return found


def until_seen(sent: Sent) -> pl.DataFrame:
    """Return the mailings with ``seen_until``: the end of their days, or of the data."""
    last = sent.last
    end = pl.lit(last, pl.Datetime("us", "UTC"))
    return sent.mailings.with_columns(pl.min_horizontal("until", end).alias("seen_until"))


def days_of_traces(sent: Sent) -> tuple[date, date] | None:
    """Return the days on which the log can tell of these mailings; None: of none."""
    if sent.mailings.is_empty():
        return None
    zone = ZoneInfo(sent.zone)
    first: date = sent.mailings["sent_on"].min()  # type: ignore[assignment]
    latest: datetime = sent.mailings["until"].max()  # type: ignore[assignment]
    return first, latest.astimezone(zone).date() + timedelta(days=1)
