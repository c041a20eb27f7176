"""Which products are looked at more than bought, and which the other way round."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import polars as pl

from reports.ask import Asked, ask
from reports.breakdown import text
from reports.compact import places_in
from reports.discovery import FALSE_DISCOVERIES, beyond_chance, two_sided
from reports.intervals import Z95
from reports.looked_at import customers_of
from reports.query import EVERYTHING, Filters
from reports.result import Report
from reports.runs import counts
from reports.spec import ColumnSpec
from reports.warning import ReportWarning
from weblog.store import Snapshot, Store

LEAST: Final = 5.0


def _count(name: str, meaning: str) -> ColumnSpec:
    return ColumnSpec(name, pl.Int64(), "count", meaning)


def _rate(name: str, meaning: str) -> ColumnSpec:
    return ColumnSpec(name, pl.Float64(), "rate", meaning)


COLUMNS = (
    text("product", "Which product"),
    _count("visitors", "Visitors who viewed it in the period"),
    _rate("interest_share", "visitors / the sum of visitors over products"),
    _count("interest_rank", "1 for the product with most visitors"),
    _count("buyers", "Customers who bought it in the period, on the site or elsewhere"),
    _rate("purchase_share", "buyers / the sum of buyers over products"),
    _count("purchase_rank", "1 for the product with most buyers"),
    _count("rank_gap", "purchase_rank - interest_rank: above 0, bought less than looked at"),
    ColumnSpec("ratio", pl.Float64(), "ratio", "purchase_share / interest_share"),
    ColumnSpec("low", pl.Float64(), "ratio", "Lower end of the ratio's 95 % interval"),
    ColumnSpec("high", pl.Float64(), "ratio", "Upper end of the ratio's interval"),
    ColumnSpec("p", pl.Float64(), "", "Chance of such a ratio, or one farther from 1, else"),
    ColumnSpec("small", pl.Boolean(), "", f"Fewer than {LEAST:.0f} buyers expected: no conclusion"),
    ColumnSpec(
        "beyond_chance",
        pl.Boolean(),
        "",
        f"Not small, and at most {FALSE_DISCOVERIES:.0%} of what is called so is chance",
    ),
    text("reading", "looked at more, bought more, or as expected"),
)


def interest_gap(source: Store | Snapshot, filters: Filters = EVERYTHING) -> Report:
    """Set each product's share of interest against its share of purchases.

    A row per product viewed or bought in the period, from the one most looked at for its
    purchases to the one most bought for its looks. A visitor counts once per product, and so does
    a customer. ratio = purchase_share / interest_share: 1 where a product is bought as often as
    looks let expect. Interval: delta method on ln(ratio), var = 1/buyers - 1/all buyers +
    1/visitors - 1/all visitors, shares of two multinomials (people who view several products make
    it a little too wide); p from the difference of shares, beyond_chance by Benjamini and Hochberg
    (1995). Purchases are those of the register, also of customers who never looked online; where
    filters choose sessions, only those of customers known in these, and the report says so.
    Columns, units and meanings: ``COLUMNS``.

    Raises:
        QueryError: the filters contradict themselves.
        StoreError: the store cannot be read.
    """
    asked = ask(
        source, replace(filters, compare="none"), ("session", "key"), ("visitor", "product")
    )
    frame = gaps(*_counted(asked))
    frame = frame.select(pl.col(column.name).cast(column.dtype) for column in COLUMNS)
    return asked.answer("interest_gap", frame, *_warnings(asked, frame))


def _counted(asked: Asked) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return ``product`` with ``visitors``, and ``product`` with ``buyers``, of the period."""
    views = asked.page_views.select("visitor", "product").drop_nulls()
    products = views["product"].unique()
    visitors = counts(views["visitor"], places_in(products, views["product"]), len(products))
    looked = pl.DataFrame([products.cast(pl.String), visitors.alias("visitors")])
    span, who = asked.query.current, pl.lit(value=True)
    if asked.query.filters.chosen:
        known = customers_of(asked.sessions, asked.snapshot, span)["customer_id"].unique()
        who = pl.col("customer_id").is_in(known.implode())
    inside = pl.lit(value=False) if span is None else pl.col("purchased").is_between(*span)
    bought = (
        asked.snapshot.scan("purchases")
        .filter(inside, who)
        .select("customer_id", "product")
        .drop_nulls()
        .group_by("product")
        .agg(pl.col("customer_id").n_unique().cast(pl.Int64).alias("buyers"))
        .collect()
    )
    return looked, bought


def gaps(looked: pl.DataFrame, bought: pl.DataFrame) -> pl.DataFrame:
    """Return a row per product of either frame, with the columns of ``COLUMNS``.

    Args:
        looked: ``product`` and ``visitors``.
        bought: ``product`` and ``buyers``.
    """
    rows = looked.join(bought, on="product", how="full", coalesce=True).with_columns(
        pl.col("visitors", "buyers").fill_null(0)
    )
    v, b = pl.col("visitors"), pl.col("buyers")
    all_v, all_b = v.sum(), b.sum()
    interest = v / pl.when(all_v > 0).then(all_v)
    purchase = b / pl.when(all_b > 0).then(all_b)
    ratio = pl.when(v > 0).then(purchase / interest)
    some = (v > 0) & (b > 0)
    spread = pl.when(some).then(
        Z95 * (1 / b.clip(1) - 1 / all_b + 1 / v.clip(1) - 1 / all_v).clip(0.0).sqrt()
    )
    pooled = (v + b) / (all_v + all_b)
    z = (purchase - interest) / (pooled * (1 - pooled) * (1 / all_v + 1 / all_b)).sqrt()
    tellable = (all_v > 0) & (all_b > 0) & (pooled < 1)
    expected = interest * all_b
    judged = rows.with_columns(
        interest.alias("interest_share"),
        purchase.alias("purchase_share"),
        v.rank("min", descending=True).cast(pl.Int64).alias("interest_rank"),
        b.rank("min", descending=True).cast(pl.Int64).alias("purchase_rank"),
        ratio.alias("ratio"),
        (ratio * (-spread).exp()).alias("low"),
        (ratio * spread.exp()).alias("high"),
        two_sided(pl.when(tellable).then(z)).alias("p"),
        (expected.fill_null(0.0) < LEAST).alias("small"),
    )
    found = beyond_chance(pl.when(~pl.col("small")).then("p"))
    judged = judged.with_columns(
        found.fill_null(value=False).alias("beyond_chance"),
        (pl.col("purchase_rank") - pl.col("interest_rank")).alias("rank_gap"),
    )
    more = pl.when(pl.col("ratio") < 1).then(pl.lit("looked at more"))
    reading = more.otherwise(pl.lit("bought more"))
    return judged.with_columns(
        pl.when("beyond_chance").then(reading).otherwise(pl.lit("as expected")).alias("reading")
    ).sort(pl.col("ratio").round(9), "product", nulls_last=True)


def _warnings(asked: Asked, frame: pl.DataFrame) -> list[ReportWarning]:
    if asked.sessions.is_empty():
        return []
    warnings = []
    if asked.page_views["product"].is_null().all():
        warnings.append(ReportWarning("no_products"))
    if not frame.is_empty() and not frame["buyers"].sum():
        warnings.append(ReportWarning("no_purchases"))
    if asked.query.filters.chosen:
        warnings.append(ReportWarning("purchases_of_known"))
    return warnings
