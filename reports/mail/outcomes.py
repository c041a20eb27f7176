"""What customers did after a mailing: the same asked of those written to and those held out.

Only what is known of a customer without the mail counts: purchases of the register, and sessions
the customer logged in during (or that stitching claims). A session known by its dispatch id alone
does not, for those held out can have none.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from reports.mail.sent import Sent
from weblog.errors import UnknownNameError
from weblog.store import Snapshot

PRODUCT: Final = "product"
PURCHASE: Final = "purchase"
GOAL: Final = "goal"
VISIT: Final = "visit"

OUTCOMES: Final = (PRODUCT, PURCHASE, GOAL, VISIT)
"""A purchase of what the mailing sells (of anything where it does not say what); a purchase of
anything; a goal reached in a session; a session."""


def outcomes(snapshot: Snapshot, sent: Sent, outcome: str, goal: str | None = None) -> pl.DataFrame:
    """Return who did it, within the days of each mailing they were chosen for.

    Args:
        snapshot: of the store.
        sent: what was sent.
        outcome: one of :data:`OUTCOMES`.
        goal: of "goal", only this one.

    Returns:
        ``number`` of the mailing, ``customer`` (u64), ``value`` (f64: of the purchases or goals; 0
        where not known), ``first_on`` (day of the first); a row per mailing and customer who did
        it. The register knows days, not hours: a purchase counts from the day of sending on, as
        many days as the mailing has, that day included. Sessions count from the instant of
        sending on.

    Raises:
        UnknownNameError: ``outcome`` is none of these.
    """
    if outcome not in OUTCOMES:
        raise UnknownNameError("outcome of a mailing", outcome, list(OUTCOMES))
    if sent.mailings.is_empty():
        return pl.DataFrame(schema=_SCHEMA)
    did = (
        _purchases(snapshot, sent)
        if outcome in (PRODUCT, PURCHASE)
        else _sessions(snapshot, sent, goal if outcome == GOAL else None, any_goal=outcome == GOAL)
    )
    chosen = sent.deliveries.select("number", "customer")
    windows = sent.mailings.select(
        *("number", "sent", "until", "sent_on", pl.col("product").alias("sells")),
        (pl.col("sent_on") + pl.duration(days=pl.col("days") - 1)).alias("last_on"),
    )
    own = chosen.join(did.with_row_index("what"), on="customer").unique()  # who was chosen twice
    own = own.join(windows, on="number")
    if outcome in (PRODUCT, PURCHASE):
        own = own.filter(pl.col("day").is_between("sent_on", "last_on"))
    else:
        own = own.filter(pl.col("ts").is_between("sent", "until", closed="left"))
    if outcome == PRODUCT:
        own = own.filter(pl.col("sells").is_null() | (pl.col("product") == pl.col("sells")))
    return (
        own.group_by("number", "customer")
        .agg(pl.col("value").sum(), pl.col("day").min().alias("first_on"))
        .select(pl.col(name).cast(dtype) for name, dtype in _SCHEMA.items())
        .sort("number", "customer")
    )


_SCHEMA: Final = {
    "number": pl.UInt32(),
    "customer": pl.UInt64(),
    "value": pl.Float64(),
    "first_on": pl.Date(),
}


_CUSTOMER: Final = pl.col("customer_id").hash().alias("customer")


def _purchases(snapshot: Snapshot, sent: Sent) -> pl.DataFrame:
    last_on = pl.col("sent_on") + pl.duration(days="days")
    first, last = sent.mailings.select(pl.col("sent_on").min(), last_on.max().alias("last")).row(0)
    return (
        snapshot.scan("purchases")
        .filter(pl.col("purchased").is_between(first, last), pl.col("customer_id").is_not_null())
        .select(
            *(_CUSTOMER, "product", pl.col("purchased").alias("day")),
            pl.col("value").fill_null(0.0),
        )
        .collect()
    )


def _sessions(snapshot: Snapshot, sent: Sent, goal: str | None, *, any_goal: bool) -> pl.DataFrame:
    """Return sessions of known customers, those that reached the goal (or any) where asked."""
    latest = sent.mailings["until"].dt.convert_time_zone(sent.zone).dt.date().max()
    inside = pl.col("date").is_between(sent.mailings["sent_on"].min(), latest)
    known = snapshot.scan("sessions").filter(inside, pl.col("customer_id").is_not_null())
    if goal is not None:
        reached = (
            snapshot.scan("page_views")
            .filter(inside, pl.col("goal") == goal)
            .group_by("session_id")
            .agg(pl.col("value").sum().alias("worth"))
        )
        known = known.join(reached, on="session_id").with_columns(pl.col("worth").alias("value"))
    elif any_goal:
        known = known.filter(pl.col("conversions") > 0)
    return known.select(
        _CUSTOMER,
        pl.col("date").alias("day"),
        pl.col("start").alias("ts"),
        pl.col("value").fill_null(0.0) if any_goal else pl.lit(0.0).alias("value"),
    ).collect()
