"""What everybody had looked at and bought before a day: all that suggestions may follow from.

Nothing of the day itself or later is in it, so a list made for a day in the past is the list
that could have been made then.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import polars as pl

from reports.load import CACHE, key_of
from reports.ordered import of_span, portions
from reports.query import Span
from weblog.store import Snapshot

PRODUCT: Final = "product"
CONTENT: Final = "content"
KINDS: Final = (PRODUCT, CONTENT)
"""What is suggested: a product of the site's product rules, or a page of a content category."""

VIEWED: Final = "viewed"
HELD: Final = "held"
READ: Final = "read"
CATEGORY: Final = "category"
EVIDENCE: Final = (CATEGORY, HELD, READ, VIEWED)
"""What is known of people: looked at a product, bought one, read a page, reads a category."""


@dataclass(frozen=True, slots=True)
class History:
    """What was known at the start of ``day``.

    Attributes:
        day: the day; what follows is of days before it.
        first: the first day of the look-back.
        seen: ``person``, ``session`` (u64), ``date``, ``evidence`` (:data:`VIEWED`,
            :data:`READ` or :data:`CATEGORY`; an enum), ``item`` (categorical): once for each
            session that looked at it, in the look-back. A person is a customer, or a browser of
            no known customer.
        bought: ``person``, ``item``, ``purchased``, ``ended``: purchases made before the day.
    """

    day: date
    first: date
    seen: pl.DataFrame
    bought: pl.DataFrame

    @property
    def held(self) -> pl.DataFrame:
        """``person`` and ``item`` of products in force on the day."""
        ended = pl.col("ended")
        in_force = self.bought.filter(ended.is_null() | (ended > self.day))
        return in_force.select("person", "item").unique()

    def already_seen(self, evidence: str) -> pl.DataFrame:
        """``person`` and ``item`` of what was looked at, of one sort of evidence."""
        rows = self.seen.filter(pl.col("evidence") == evidence).select("person", "item").unique()
        return rows.with_columns(pl.col("item").cast(pl.String))


def person(customer_id: pl.Expr) -> pl.Expr:
    """Return the number that stands for a customer: the 64-bit hash of the id."""
    return customer_id.hash(seed=1)


def history_before(
    snapshot: Snapshot,
    day: date,
    *,
    content: tuple[str, ...],
    look_back_days: int,
    people: pl.DataFrame | None = None,
) -> History:
    """Read what happened before ``day``.

    Args:
        snapshot: of the store.
        day: in the site's time zone.
        content: categories whose pages can be suggested; empty for all. A page about a product
            is no content.
        look_back_days: how many days back page views count; purchases always do.
        people: ``person`` of those whose page views are wanted; None: of everybody.
    """
    first = day - timedelta(days=look_back_days)
    tables = [part for name in ("sessions", "page_views") for part in key_of(snapshot, name)]
    key = ("seen", *tables, first, day, content)
    seen = (
        CACHE.get(key, lambda: _seen(snapshot, first, day, content, None))
        if people is None
        else _seen(snapshot, first, day, content, people)
    )
    bought = snapshot.scan("purchases").filter(
        pl.col("purchased") < day, pl.col("product").is_not_null()
    )
    purchases = bought.select(
        person(pl.col("customer_id")).alias("person"),
        pl.col("product").alias("item"),
        "purchased",
        "ended",
    )
    return History(day, first, seen, purchases.collect())


def _seen(
    snapshot: Snapshot,
    first: date,
    day: date,
    content: tuple[str, ...],
    people: pl.DataFrame | None,
) -> pl.DataFrame:
    span = (first, day - timedelta(days=1))
    return pl.concat(
        part
        for days in portions(snapshot, span)
        for part in _seen_in(_views(snapshot, days, content, people))
    )


def _views(
    snapshot: Snapshot, days: Span | None, content: tuple[str, ...], people: pl.DataFrame | None
) -> pl.DataFrame:
    """Return page views of what can be suggested, with the person who viewed it."""
    session = pl.col("session_id").hash().alias("session")
    # A browser and a customer of the same name are two: another seed.
    whose = (
        pl.when(pl.col("customer_id").is_not_null())  # the hash of null is a number, too
        .then(person(pl.col("customer_id")))
        .otherwise(pl.col("visitor_id").hash(seed=2))
    )
    sessions = of_span(snapshot.scan("sessions"), days).select(session, whose.alias("person"))
    if people is not None:
        sessions = sessions.join(people.lazy().select("person"), on="person", how="semi")
    named = pl.col("category").is_in(content) if content else pl.col("category").is_not_null()
    is_content = named & pl.col("product").is_null()
    return (
        of_span(snapshot.scan("page_views"), days)
        .filter(pl.col("kind") == "page", is_content | pl.col("product").is_not_null())
        .select(session, "date", "path", "category", "product", is_content.alias("is_content"))
        .with_columns(pl.col("path", "category", "product").cast(pl.Categorical))
        .join(sessions, on="session")
        .collect()
    )


def _seen_in(views: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Yield what was seen, by evidence: a session looks at a thing once, however often."""
    kinds = pl.Enum(EVIDENCE)
    for evidence, name, which in (
        (VIEWED, "product", pl.col("product").is_not_null()),
        (READ, "path", pl.col("is_content")),
        (CATEGORY, "category", pl.col("is_content")),
    ):
        yield (
            views.lazy()
            .filter(which)
            .select(
                "person",
                "session",
                "date",
                pl.lit(evidence, kinds).alias("evidence"),
                pl.col(name).alias("item"),
            )
            .unique()
            .collect()
        )
