"""What the register says was bought, by whom: in the segment the customer was in that day."""

from __future__ import annotations

from typing import Final

import polars as pl

from reports.as_of import segments_on_days
from reports.attributes import named, register_key
from reports.cache import CACHE, key_of
from reports.query import FILTERS, REGISTER_FILTERS, Filters, Span
from sessionize import validate_segments
from sessionize.facts import Register
from weblog.site.rules import Site
from weblog.store import Snapshot

OF_CUSTOMERS: Final = frozenset({"segments", "customers", *REGISTER_FILTERS})
"""Filters that say something of a purchase: it has a customer and a day, but no session."""


def of_sessions_only(filters: Filters) -> list[str]:
    """Return the filters chosen that a purchase cannot pass or fail, in their order."""
    return [name for name in FILTERS if name in filters.chosen and name not in OF_CUSTOMERS]


def purchases(
    snapshot: Snapshot, span: Span | None, filters: Filters, site: Site
) -> pl.DataFrame | None:
    """Return the register's purchases of a period; None if it knows of no purchase at all.

    The segment is the customer's at the start of the day of the purchase, by the rules of
    ``site``: the register knows days, not hours. Who buys for the first time buys as what they
    were before, a member or a prospect. Demographics are those of that day, too.

    Args:
        snapshot: of the store.
        span: first and last day; None: no row.
        filters: those of :data:`OF_CUSTOMERS` apply.
        site: its segment rules.

    Returns:
        ``segment`` (String; null where no rule holds), ``customer_id`` and ``value`` (f64, 0
        where it is not known), a row per purchase.

    Raises:
        SiteError: a segment rule is wrong, or fails with these customers.
    """
    if snapshot.scan("purchases").head(1).collect().is_empty():
        return None
    validate_segments(site)
    rules = tuple((rule.segment, rule.when) for rule in site.segments)
    key = (*key_of(snapshot, "sessions", span), *register_key(snapshot), "bought", rules)
    found = CACHE.get(key, lambda: _read(snapshot, span, site))
    if filters.segments:
        found = found.filter(pl.col("segment").is_in(filters.segments))
    if filters.customers:
        found = found.filter(pl.col("customer_id").is_in(filters.customers))
    if filters.chosen.keys() & REGISTER_FILTERS.keys():
        found = _with_register(found, snapshot, filters)
    return found.select("segment", "customer_id", "value")


def _read(snapshot: Snapshot, span: Span | None, site: Site) -> pl.DataFrame:
    inside = pl.lit(value=False) if span is None else pl.col("purchased").is_between(*span)
    made = (
        snapshot.scan("purchases")
        .filter(inside, pl.col("customer_id").is_not_null())
        .select("customer_id", pl.col("purchased").alias("date"), pl.col("value").fill_null(0.0))
        .collect()
    )
    segments = segments_on_days(snapshot, made, site)
    return made.join(segments, on=["customer_id", "date"], how="left")


def _with_register(found: pl.DataFrame, snapshot: Snapshot, filters: Filters) -> pl.DataFrame:
    """Keep the purchases of customers who were, that day, as the filters want them."""
    register = Register.read(snapshot)
    pair = ["customer_id", "date"]
    for field, attribute in REGISTER_FILTERS.items():
        if field in filters.chosen:
            people = named(found.select(pair).unique(), register, attribute)
            passing = people.filter(pl.col("name").is_in(filters.chosen[field]))
            found = found.join(passing, on=pair, how="semi")
    return found
