"""Which content goes with which product."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import polars as pl

from reports.ask import Asked, ask
from reports.associations import LEAST, of_views
from reports.associations import associations as measured
from reports.breakdown import text
from reports.discovery import FALSE_DISCOVERIES
from reports.interest import first_purchases
from reports.looked_at import customers_of
from reports.query import EVERYTHING, Filters, check_limit
from reports.result import Report
from reports.spec import ColumnSpec
from reports.warning import ReportWarning
from weblog.errors import UnknownNameError
from weblog.store import Snapshot, Store

OUTCOMES: Final = ("viewed", "bought")
"""What the product can have been: viewed by the same visitor, or bought later by the customer."""


def _count(name: str, meaning: str) -> ColumnSpec:
    return ColumnSpec(name, pl.Int64(), "count", meaning)


def _rate(name: str, meaning: str) -> ColumnSpec:
    return ColumnSpec(name, pl.Float64(), "rate", meaning)


COLUMNS = (
    text("content", "Content category, on pages about no product"),
    text("outcome", "viewed: the same visitor viewed the product; bought: the customer bought it"),
    text("product", "Which product"),
    _count("people", "Visitors (customers, for bought) who read a page about no product"),
    _count("readers", "Of them, those who read the content"),
    _count("takers", "Of them, those who viewed (bought) the product"),
    _count("both", "Of them, those who did both"),
    _rate("support", "both / people"),
    _rate("confidence", "both / readers"),
    _rate("expected", "The same, were readers like others who read as many pages"),
    ColumnSpec("lift", pl.Float64(), "ratio", "confidence / expected: an association, no effect"),
    ColumnSpec("low", pl.Float64(), "ratio", "Lower end of the lift's 95 % interval"),
    ColumnSpec("high", pl.Float64(), "ratio", "Upper end of the lift's interval"),
    ColumnSpec("z", pl.Float64(), "z", "both less what is expected, in standard deviations"),
    ColumnSpec("p", pl.Float64(), "", "Chance of such a z, or farther from 0, without association"),
    ColumnSpec(
        "small",
        pl.Boolean(),
        "",
        f"Fewer than {LEAST:.0f} expected to do both: no conclusion",
    ),
    ColumnSpec(
        "beyond_chance",
        pl.Boolean(),
        "",
        f"Not small, and at most {FALSE_DISCOVERIES:.0%} of what is called so is chance",
    ),
)


def associations(
    source: Store | Snapshot,
    filters: Filters = EVERYTHING,
    *,
    outcome: str = "viewed",
    limit: int | None = 20,
) -> Report:
    """Find content whose readers view, or later buy, a product more than like readers do.

    One visitor, one vote, however many pages. Content is a category of pages about no product.
    With ``outcome`` "viewed" people are visitors, and both may come in either order; with
    "bought" they are known customers who did not have the product when they first came in the
    period, what they bought after that day, and content read up to the day of buying. Lift =
    confidence / expected, where expected comes from people who read as many pages about no
    product: lift as market-basket analysis has it (Brin et al. 1997), freed of the fact that busy
    people see more of everything. Test: Mantel and Haenszel (1959); beyond_chance by Benjamini
    and Hochberg (1995) over all pairs that are not small. An association: it says who to talk to,
    not what reading causes. Found ones first, by lift; ``limit`` rows, None for all. Columns,
    units and meanings: ``COLUMNS``.

    Raises:
        UnknownNameError: ``outcome`` is none of these.
        QueryError: the filters contradict themselves, or ``limit`` is less than 1.
        StoreError: the store cannot be read.
    """
    if outcome not in OUTCOMES:
        raise UnknownNameError("outcome", outcome, list(OUTCOMES))
    check_limit(limit)
    asked = ask(
        source,
        replace(filters, compare="none"),
        ("session", "date", "key"),
        ("session", "visitor", "category", "product"),
    )
    is_viewed = outcome == "viewed"
    found = of_views(asked.page_views) if is_viewed else measured(*_bought(asked))
    frame = found.with_columns(pl.lit(outcome).alias("outcome")).select(c.name for c in COLUMNS)
    shown = frame if limit is None else frame.head(limit)
    return asked.answer("associations", shown, *_warnings(asked, frame))


def _bought(asked: Asked) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Return who read what, bought which product, and how many other pages, by customer.

    What was read counts up to the day of buying.
    """
    sessions = asked.sessions
    known = customers_of(sessions, asked.snapshot, asked.query.current)
    days = sessions.select("session", "date").join(known, on="session")
    pages = (
        asked.page_views.filter(pl.col("product").is_null())
        .select("session", pl.col("category").cast(pl.String).alias("content"))
        .join(days, on="session")
        .rename({"customer_id": "person"})
    )
    first = days.group_by(pl.col("customer_id").alias("person")).agg(
        pl.col("date").min().alias("first")
    )
    pair = ["person", "product"]
    sold = (
        first_purchases(asked.snapshot)
        .rename({"customer_id": "person"})
        .join(first, on="person")
        .with_columns((pl.col("purchased") > pl.col("first")).alias("is_later"))
    )
    earlier, sold = sold.filter(~pl.col("is_later")), sold.filter("is_later")
    products = sold.select("product").unique()
    until = (
        pages.join(products, how="cross")
        .join(earlier, on=pair, how="anti")  # who has it already cannot come to buy it
        .join(sold, on=pair, how="left")
        .filter(pl.col("purchased").is_null() | (pl.col("date") <= pl.col("purchased")))
    )
    others = until.group_by("person", "product").agg(pl.len().alias("pages"))
    read = until.select("person", "content", "product").drop_nulls().unique()
    return read, sold.select(pair), others


def _warnings(asked: Asked, frame: pl.DataFrame) -> list[ReportWarning]:
    if asked.sessions.is_empty():
        return []
    warnings = []
    for column, code in (("category", "no_categories"), ("product", "no_products")):
        if asked.page_views[column].is_null().all():
            warnings.append(ReportWarning(code))
    if not warnings and not frame.is_empty():
        warnings.append(ReportWarning("association_only"))
    return warnings
