"""Whether those who look at a product come to buy it."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import polars as pl

from reports import contents
from reports.ask import SMALL, Asked, ask
from reports.breakdown import text
from reports.compact import in_any
from reports.discovery import FALSE_DISCOVERIES, beyond_chance, two_sided
from reports.interest import first_purchases, outcomes, trials
from reports.interest_words import sentences
from reports.intervals import newcombe, wilson
from reports.looked_at import customers_of
from reports.measures import quotient
from reports.query import EVERYTHING, Filters
from reports.result import Report
from reports.spec import ColumnSpec, no_rows
from reports.warning import Fact, ReportWarning
from weblog.errors import QueryError, UnknownNameError
from weblog.store import Snapshot, Store

DAYS: Final = 14
"""Days within which a purchase counts as following the view, unless said otherwise."""

LEAST_PURCHASES: Final = 5


def _count(name: str, meaning: str) -> ColumnSpec:
    return ColumnSpec(name, pl.Int64(), "count", meaning)


def _number(name: str, unit: str, meaning: str) -> ColumnSpec:
    return ColumnSpec(name, pl.Float64(), unit, meaning)  # type: ignore[arg-type]


COLUMNS = (
    text("product", "Which product"),
    text("segment", "What the customer was at the start; null: all segments, or none"),
    _count("days", "Days within which a purchase counts"),
    _count("viewers", "Customers who viewed it, did not have it, and could be followed so long"),
    _count("viewers_bought", "Of them, those who bought it on the day of the first view or later"),
    _number("viewed_rate", "rate", "viewers_bought / viewers"),
    _number("viewed_low", "rate", "Lower end of that rate's 95 % interval"),
    _number("viewed_high", "rate", "Upper end of that rate's interval"),
    _count("on_same_day", "Viewers who bought on the day of the first view, counted or not"),
    _count("others", "Customers who came, did not view it before buying, and else as viewers"),
    _count("others_bought", "Of them, those who bought it on their first day or later"),
    _number("others_rate", "rate", "others_bought / others"),
    _number("others_low", "rate", "Lower end of that rate's 95 % interval"),
    _number("others_high", "rate", "Upper end of that rate's interval"),
    _number("difference", "points", "viewed_rate - others_rate"),
    _number("difference_low", "points", "Lower end of its 95 % interval (Newcombe)"),
    _number("difference_high", "points", "Upper end of its interval"),
    _number("ratio", "ratio", "viewed_rate / others_rate; null if nobody else bought"),
    _number("ratio_low", "ratio", "Lower end of its 95 % interval (Donner and Zou)"),
    _number("ratio_high", "ratio", "Upper end of its interval; null if without end"),
    _number("p", "", "Chance of such a difference, or a larger one, if looking told nothing"),
    _count("had_before", "Customers left out: they had bought it before"),
    _count("unfinished", "Viewers left out: too few days between first view and the data's end"),
    _count("others_unfinished", "The same of those who did not view it"),
    ColumnSpec(
        "small",
        pl.Boolean(),
        "",
        f"Fewer than {SMALL} customers on a side, or {LEAST_PURCHASES} purchases: no conclusion",
    ),
    ColumnSpec(
        "beyond_chance",
        pl.Boolean(),
        "",
        f"Not small, and at most {FALSE_DISCOVERIES:.0%} of what is called so is chance",
    ),
    text("sentence_en", "The row as a sentence in English"),
    text("sentence_ko", "The row as a sentence in Korean"),
)

BY: Final = ("segment",)


def interest_to_purchase(
    source: Store | Snapshot,
    filters: Filters = EVERYTHING,
    *,
    days: int = DAYS,
    by: str | None = None,
    later_only: bool = False,
) -> Report:
    """Compare who viewed a product with who did not: how many bought it within some days.

    A row per product, the most viewers first; with ``by`` "segment" one per segment, too. Only
    known customers (logged in, or claimed by stitching), each once per product. Who viewed it
    is followed from the day of the first view in the period, who did not from that of the first
    session; ``days`` days long, the first one included. The register knows no hours: a purchase
    of the day of the first view counts as following it, and on_same_day tells how many do; but
    who buys on the site cannot but see the product's pages. ``later_only`` leaves out who bought
    on the first day, on either side: what is left is interest of one day and purchase of another.
    Interest
    counts before purchase only: who had bought before the start takes no part, and who came,
    bought, and viewed only then did not view it first. Who started less than ``days`` days before
    the data's end takes no part either, bought or not: their purchases may be still to come
    (unfinished, and said). Rates with Wilson's interval, their difference with Newcombe's (1998),
    their ratio with Donner and Zou's (2012, "Closed-form confidence intervals for functions of
    the normal mean and standard deviation", from Wilson's), p by the two-sample score test,
    beyond_chance by Benjamini and Hochberg (1995) over the rows that are not small. An
    association, and each row's sentence says so. Columns, units and meanings: ``COLUMNS``.

    Raises:
        QueryError: ``days`` is less than 1, or the filters contradict themselves.
        UnknownNameError: ``by`` is not "segment".
        StoreError: the store cannot be read.
    """
    check_days(days)
    if by is not None and by not in BY:
        raise UnknownNameError("interest_to_purchase to break down by", by, list(BY))
    asked = ask(
        source,
        replace(filters, compare="none"),
        ("session", "row", "date", "segment", "key"),
        ("session", "product"),
    )
    tried = trials_of(asked)
    last = asked.query.data_last_day
    if tried.is_empty() or last is None:
        empty = no_rows(COLUMNS)
        return asked.answer("interest_to_purchase", empty, *nothing(asked))
    frame = compared(outcomes(tried, days, last, later_only=later_only), by).with_columns(
        pl.lit(days).alias("days")
    )
    frame = frame.with_columns(
        sentences(frame, "en").alias("sentence_en"), sentences(frame, "ko").alias("sentence_ko")
    )
    warnings = [ReportWarning("association_only")]
    at_once, bought = (int(frame[name].sum()) for name in ("on_same_day", "viewers_bought"))
    if not later_only and at_once * 2 > bought:
        facts: dict[str, Fact] = {"same": at_once, "bought": bought}
        warnings.insert(0, ReportWarning("interest_same_day", facts))
    late = int(frame["unfinished"].sum())
    if late:
        facts = {"late": late, "days": days, "last": last}
        warnings.insert(0, ReportWarning("interest_unfinished", facts))
    frame = frame.select(pl.col(column.name).cast(column.dtype) for column in COLUMNS)
    return asked.answer("interest_to_purchase", frame, *warnings)


def check_days(days: int) -> None:
    """Refuse a time in which nothing can be bought.

    Raises:
        QueryError: ``days`` is less than 1.
    """
    if days < 1:
        raise QueryError(f"days is {days}: expected at least 1")


def trials_of(asked: Asked) -> pl.DataFrame:
    """Return :func:`reports.interest.trials` of the period's sessions."""
    sessions = asked.sessions
    known = customers_of(sessions, asked.snapshot, asked.query.current)
    visits = contents.beside(known, sessions, "row", "date", "segment")
    pairs = contents.viewed(asked.snapshot, asked.query.current, asked.query.filters, "product")
    viewed = pairs.filter(in_any(pairs["session"], known["session"])).rename({"value": "product"})
    return trials(visits, viewed, first_purchases(asked.snapshot))


def nothing(asked: Asked) -> list[ReportWarning]:
    """Say why there is no customer or no product to follow."""
    if asked.sessions.is_empty():
        return []
    if asked.page_views["product"].is_null().all():
        return [ReportWarning("no_products")]
    return [ReportWarning("no_customers")]


def compared(rows: pl.DataFrame, by: str | None) -> pl.DataFrame:
    """Return a row per product (and segment) of trials with their outcomes, most viewers first."""
    keys = ["product"] if by is None else ["product", by]
    viewed, outcome = pl.col("is_viewed"), pl.col("outcome")
    followed = outcome.is_in(["bought", "not_bought"])

    def counted(name: str, which: pl.Expr) -> pl.Expr:
        return which.sum().cast(pl.Int64).alias(name)

    counts = rows.group_by(keys).agg(
        counted("viewers", viewed & followed),
        counted("viewers_bought", viewed & (outcome == "bought")),
        counted("on_same_day", viewed & pl.col("on_same_day")),
        counted("others", ~viewed & followed),
        counted("others_bought", ~viewed & (outcome == "bought")),
        counted("had_before", outcome == "had_before"),
        counted("unfinished", viewed & (outcome == "unfinished")),
        counted("others_unfinished", ~viewed & (outcome == "unfinished")),
    )
    if by is None:
        counts = counts.with_columns(pl.lit(None, pl.String()).alias("segment"))
    return _judged(counts).sort(
        ["viewers", "product", "segment"], descending=[True, False, False], nulls_last=True
    )


def _judged(counts: pl.DataFrame) -> pl.DataFrame:
    a, n, b, m = (pl.col(c) for c in ("viewers_bought", "viewers", "others_bought", "others"))
    viewed_low, viewed_high = wilson(a, n)
    others_low, others_high = wilson(b, m)
    low, high = newcombe(a, n, b, m)
    pooled = (a + b) / (n + m)
    score = (a / n - b / m) / (pooled * (1 - pooled) * (1 / n + 1 / m)).sqrt()
    known = (n > 0) & (m > 0) & (a + b > 0) & (a + b < n + m)
    small = (n < SMALL) | (m < SMALL) | (a + b < LEAST_PURCHASES)
    ratio_low, ratio_high = _ratio_interval()
    rated = counts.with_columns(
        quotient("viewers_bought", "viewers").alias("viewed_rate"),
        quotient("others_bought", "others").alias("others_rate"),
        viewed_low.alias("viewed_low"),
        viewed_high.alias("viewed_high"),
        others_low.alias("others_low"),
        others_high.alias("others_high"),
        low.alias("difference_low"),
        high.alias("difference_high"),
        two_sided(pl.when(known).then(score)).alias("p"),
        small.alias("small"),
    ).with_columns(
        (pl.col("viewed_rate") - pl.col("others_rate")).alias("difference"),
        quotient("viewed_rate", "others_rate").alias("ratio"),
        ratio_low.alias("ratio_low"),
        ratio_high.alias("ratio_high"),
    )
    found = beyond_chance(pl.when(~pl.col("small")).then("p"))
    return rated.with_columns(found.fill_null(value=False).alias("beyond_chance"))


def _ratio_interval() -> tuple[pl.Expr, pl.Expr]:
    """Return the ends of the ratio's interval from those of its rates; null where undefined."""
    p, q = pl.col("viewed_rate"), pl.col("others_rate")

    def end(own: str, other: str, sign: int) -> pl.Expr:
        mine, theirs = pl.col(own), pl.col(other)
        below = theirs * (2 * q - theirs)
        inner = ((p * q) ** 2 - mine * (2 * p - mine) * below).clip(0.0)
        return (p * q + sign * inner.sqrt()) / pl.when(below > 0).then(below)

    return end("viewed_low", "others_high", -1), end("viewed_high", "others_low", 1)
