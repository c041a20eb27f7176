"""Suggestions for every customer, or for one, as of a day."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

import polars as pl

from reports.load import CACHE
from reports.recommendations.associations import OWN
from reports.recommendations.customers import GROUP, customers_before
from reports.recommendations.history import CONTENT, KINDS, PRODUCT, History, history_before
from reports.recommendations.model import fit, ranked
from reports.recommendations.picked import with_picked
from reports.recommendations.quality import quality, served
from reports.recommendations.reasons import COLUMNS as REASON
from reports.recommendations.reasons import in_words, with_reasons
from reports.recommendations.settings import Recommendations
from weblog.site.rules import Site
from weblog.store import Snapshot

SCHEMA: Final = pl.Schema(
    {
        "customer_id": pl.String(),
        "kind": pl.String(),
        "rank": pl.Int64(),
        "item": pl.String(),
        "title_en": pl.String(),
        "title_ko": pl.String(),
        "score": pl.Float64(),
        "why_en": pl.String(),
        "why_ko": pl.String(),
        "reason": pl.String(),
        "evidence": pl.String(),
        "thing": pl.String(),
        "with": pl.Int64(),
        "of": pl.Int64(),
        "times": pl.Float64(),
        "method": pl.String(),
        "ndcg": pl.Float64(),
        "ndcg_popular": pl.Float64(),
        "evaluated": pl.Int64(),
    }
)
"""Columns of a list of suggestions; docs/recommendations.md says what each means."""


@dataclass(frozen=True, slots=True)
class Lists:
    """Ranked lists of all customers, before anything is picked by hand or put into words.

    Attributes:
        day: as of its start.
        customers: as :func:`~.customers.customers_before`.
        rows: ``person``, ``kind``, ``rank``, ``item``, ``score`` and the columns of reasons,
            ordered by person, kind and rank.
        barred: ``person``, ``kind``, ``item``: of the items picked by hand, whom they must not
            be suggested to.
        quality: the latest evaluation, as :data:`~.quality.SCHEMA`.
        evaluated: first and last day of its period.
    """

    day: date
    customers: pl.DataFrame
    rows: pl.DataFrame
    barred: pl.DataFrame
    quality: pl.DataFrame
    evaluated: tuple[date, date]

    def of(self, customer_id: str) -> Lists:
        """Return the lists of one customer: of nobody, if there is no such customer."""
        customers = self.customers.filter(pl.col("customer_id") == customer_id)
        rows, barred = (
            frame.filter(pl.col("person").is_in(customers["person"].implode()))
            for frame in (self.rows, self.barred)
        )
        return replace(self, customers=customers, rows=rows, barred=barred)


def lists_of(snapshot: Snapshot, day: date, site: Site, settings: Recommendations) -> Lists:
    """Rank products and content for every customer known at the start of ``day``.

    The method of each kind is the one that :func:`~.quality.served` chooses by the evaluation
    over the last days before ``day``: lists made before them against what happened in them.

    Raises:
        SiteError: a segment rule is wrong.
    """
    period = (day - timedelta(days=settings.evaluation_days), day - timedelta(days=1))
    tried = evaluation(snapshot, period, site, settings)
    history = history_before(
        snapshot,
        day,
        content=settings.content_categories,
        look_back_days=settings.look_back_days,
    )
    customers = customers_before(snapshot, day, site)
    groups = customers.select("person", *GROUP)
    barred = barred_of(history).join(groups, on="person", how="semi")
    parts = []
    for kind in KINDS:
        model = fit(history, kind, groups, settings.shrinkage, settings.left_out_regex)
        method = served(tried, kind)
        excluded = barred.filter(pl.col("kind") == kind)
        rows = ranked(model, groups, excluded, method, settings.suggestions)
        parts.append(with_reasons(rows, model, method).with_columns(pl.lit(kind).alias("kind")))
    columns = ("person", "kind", "rank", "item", "score", *REASON)
    whole = pl.concat(parts).select(columns).sort("person", "kind", "rank")
    picked = [one.item for one in settings.picked]
    return Lists(day, customers, whole, barred.filter(pl.col("item").is_in(picked)), tried, period)


def evaluation(
    snapshot: Snapshot, period: tuple[date, date], site: Site, settings: Recommendations
) -> pl.DataFrame:
    """Return :func:`~.quality.quality`, computed once for a snapshot."""
    names = ("look_back_days", "shrinkage", "content_categories", "left_out")
    learnt = tuple(getattr(settings, name) for name in names)
    rules = tuple((rule.segment, rule.when) for rule in site.segments)
    key = ("quality", str(snapshot.folder), snapshot.key, period, rules, learnt)
    return CACHE.get(key, lambda: quality(snapshot, period, site, settings))


def barred_of(history: History) -> pl.DataFrame:
    """Return ``person``, ``kind`` and ``item`` of products held and pages already read."""
    held = history.held.with_columns(pl.lit(PRODUCT).alias("kind"))
    read = history.already_seen(OWN[CONTENT]).with_columns(pl.lit(CONTENT).alias("kind"))
    columns = ("person", "kind", "item")
    return pl.concat([held.select(columns), read.select(columns)])


def suggestions(lists: Lists, settings: Recommendations, on: date | None = None) -> pl.DataFrame:
    """Return suggestions in words, with what is picked by hand for the day.

    Args:
        lists: of everybody, or of one customer.
        settings: names and picked items.
        on: the day that picked items are for; by default that of the lists.

    Returns:
        Columns as :data:`SCHEMA`, ordered by customer, kind (content, product) and rank.
    """
    customers = lists.customers.select("customer_id", "person", "segment")
    rows = with_picked(
        lists.rows,
        settings.picked,
        customers,
        lists.barred,
        day=on or lists.day,
        most=settings.suggestions,
    )
    worded = in_words(rows, settings.names)
    return (
        worded.join(customers.select("customer_id", "person"), on="person")
        .join(figures(lists.quality), on="kind", how="left")
        .sort("customer_id", "kind", "rank")
        .select(pl.col(name).cast(dtype) for name, dtype in SCHEMA.items())
    )


def figures(tried: pl.DataFrame) -> pl.DataFrame:
    """Return what suggestions of each kind are served with.

    Returns:
        ``kind``, ``method``, ``ndcg``, ``ndcg_popular``, ``evaluated`` (customers): null where
        nothing could be evaluated.
    """
    methods = pl.DataFrame({"kind": KINDS, "method": [served(tried, kind) for kind in KINDS]})
    firsts = tried.filter(
        pl.col("is_served"),
        pl.col("goal").is_in(["turned_to", "read_newly"]),
    ).select(
        "kind",
        "ndcg",
        (pl.col("ndcg") - pl.col("gain")).alias("ndcg_popular"),
        pl.col("customers").alias("evaluated"),
    )
    return methods.join(firsts, on="kind", how="left")
