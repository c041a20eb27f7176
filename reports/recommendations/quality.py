"""How good suggestions are: lists made before a period against what was turned to in it.

Lists are made of what was known before the period, and compared with what customers then
turned to. Only customers who turned to something that could have been suggested count.

nDCG at 5 is the discounted cumulative gain of the five places, 1 / log2(place + 1) for each
that was turned to, divided by that of the best list there could have been (Järvelin and
Kekäläinen (2002), "Cumulated gain-based evaluation of IR techniques", ACM TOIS 20). A hit rate
is the share of customers with one or more of the places turned to.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import Final

import polars as pl

from reports.ask import SMALL
from reports.intervals import Z95, wilson
from reports.query import Span
from reports.recommendations.associations import OWN
from reports.recommendations.customers import GROUP, customers_before
from reports.recommendations.history import CONTENT, KINDS, PRODUCT, History, history_before
from reports.recommendations.model import METHODS, Method, Model, fit, ranked
from reports.recommendations.settings import Recommendations
from weblog.site.rules import Site
from weblog.store import Snapshot

PLACES: Final = 5

MOST_EVALUATED: Final = 20_000
"""So many customers are looked at, of more: chosen by the number that stands for them."""

GOALS: Final = {PRODUCT: ("turned_to", "viewed_newly", "bought"), CONTENT: ("read_newly",)}
"""What is to be foretold, of each kind; by the first of each it is decided what is served."""

SCHEMA: Final = pl.Schema(
    {
        "kind": pl.String(),
        "goal": pl.String(),
        "method": pl.String(),
        "is_served": pl.Boolean(),
        "customers": pl.Int64(),
        "candidates": pl.Float64(),
        "hits_at_1": pl.Int64(),
        "hit_rate_at_1": pl.Float64(),
        "hits": pl.Int64(),
        "hit_rate": pl.Float64(),
        "low": pl.Float64(),
        "high": pl.Float64(),
        "ndcg": pl.Float64(),
        "ndcg_low": pl.Float64(),
        "ndcg_high": pl.Float64(),
        "gain": pl.Float64(),
        "gain_low": pl.Float64(),
        "gain_high": pl.Float64(),
        "small": pl.Boolean(),
    }
)


def quality(
    snapshot: Snapshot, period: Span, site: Site, settings: Recommendations
) -> pl.DataFrame:
    """Return how well each method foretold what customers turned to in ``period``.

    Returns:
        A row per kind, goal and method, as :data:`SCHEMA`; ``gain`` is the mean difference of
        nDCG to the popular list, customer by customer, with its interval.

    Raises:
        SiteError: a segment rule is wrong.
    """
    start, after = period[0], period[1] + timedelta(days=1)
    read = partial(history_before, snapshot, content=settings.content_categories)
    before = read(start, look_back_days=settings.look_back_days)
    customers = customers_before(snapshot, start, site).select("person", *GROUP)
    # Whatever others turn to then, nothing is foretold of them.
    then = read(after, look_back_days=(after - start).days, people=customers)
    rows = []
    for kind in KINDS:
        model = fit(before, kind, customers, settings.shrinkage, settings.left_out_regex)
        for goal, turned, excluded in _goals(kind, before, then):
            known = turned.join(customers, on="person", how="semi")
            if settings.left_out_regex is not None:
                known = known.filter(~pl.col("item").str.contains(settings.left_out_regex))
            every = known["person"].n_unique() // MOST_EVALUATED + 1
            known = known.filter(pl.col("person") % every == 0)
            for method in METHODS:
                gains = gains_of(model, known, excluded, method)
                rows.append(
                    gains.with_columns(kind=pl.lit(kind), goal=pl.lit(goal), method=pl.lit(method))
                )
    return with_served(summarised(pl.concat(rows)))


def _goals(
    kind: str, before: History, then: History
) -> Iterator[tuple[str, pl.DataFrame, pl.DataFrame]]:
    """Yield each goal with ``person`` and ``item`` of what was turned to, and of what is barred."""
    looked = then.already_seen(OWN[kind])
    seen = before.already_seen(OWN[kind])
    if kind == CONTENT:
        yield "read_newly", _without(looked, seen), seen
        return
    held = before.held
    bought = then.bought.filter(pl.col("purchased") >= before.day).select("person", "item").unique()
    either = pl.concat([looked, bought]).unique()
    barred = pl.concat([held, seen]).unique()
    yield "turned_to", _without(either, held), held
    yield "viewed_newly", _without(looked, barred), barred
    yield "bought", _without(bought, held), held


def _without(rows: pl.DataFrame, barred: pl.DataFrame) -> pl.DataFrame:
    return rows.join(barred, on=["person", "item"], how="anti")


def gains_of(
    model: Model, turned: pl.DataFrame, excluded: pl.DataFrame, method: Method
) -> pl.DataFrame:
    """Return, of each person who turned to something, how good the list for them was.

    Args:
        model: that makes the lists.
        turned: ``person`` and ``item`` of what was turned to, each pair once.
        excluded: ``person`` and ``item`` of what was not to be suggested.
        method: how the lists are ranked.

    Returns:
        ``person``, ``ndcg``, ``hit_at_1``, ``hit`` and ``candidates``.
    """
    lists = ranked(model, turned, excluded, method, PLACES)
    wanted = turned.group_by("person").agg(pl.len().alias("wanted"))
    found = lists.join(turned, on=["person", "item"], how="semi")
    gain = (1 / (pl.col("rank") + 1).log(2)).sum()
    ideal = pl.DataFrame({"wanted": range(1, PLACES + 1)}, schema={"wanted": pl.UInt32})
    ideal = ideal.with_columns((1 / (pl.col("wanted") + 1).log(2)).cum_sum().alias("ideal"))
    barred = excluded.join(model.found.items, on="item", how="semi").group_by("person")
    return (
        wanted.with_columns(pl.col("wanted").clip(upper_bound=PLACES))
        .join(ideal, on="wanted")
        .join(
            found.group_by("person").agg(gain.alias("gain"), pl.col("rank").min().alias("first")),
            on="person",
            how="left",
        )
        .join(barred.agg(pl.len().alias("barred")), on="person", how="left")
        .select(
            "person",
            (pl.col("gain").fill_null(0.0) / pl.col("ideal")).alias("ndcg"),
            (pl.col("first") == 1).fill_null(value=False).alias("hit_at_1"),
            pl.col("first").is_not_null().alias("hit"),
            (model.found.items.height - pl.col("barred").fill_null(0).cast(pl.Int64)).alias(
                "candidates"
            ),
        )
    )


def summarised(gains: pl.DataFrame) -> pl.DataFrame:
    """Return means with 95 % intervals of what :func:`gains_of` returned for several methods.

    Hit rates have Wilson's interval; means and mean differences of nDCG that of the normal
    approximation, mean +- 1.96 s / sqrt(n) with the standard deviation between customers (the
    central limit theorem): good for 30 customers and more, and fewer are marked.

    Args:
        gains: with ``kind``, ``goal`` and ``method``; the same people for each method of a goal.
    """
    which = ["kind", "goal"]
    popular = gains.filter(pl.col("method") == METHODS[-1]).select(
        *which, "person", pl.col("ndcg").alias("popular")
    )
    paired = gains.join(popular, on=[*which, "person"]).with_columns(
        (pl.col("ndcg") - pl.col("popular")).alias("gain")
    )
    low, high = wilson(pl.col("hits"), pl.col("customers"))
    rows = (
        paired.sort("person")
        .group_by(*which, "method")
        .agg(
            pl.len().cast(pl.Int64).alias("customers"),
            pl.col("candidates").mean(),
            pl.col("hit_at_1").sum().cast(pl.Int64).alias("hits_at_1"),
            pl.col("hit").sum().cast(pl.Int64).alias("hits"),
            *_mean("ndcg"),
            *_mean("gain"),
        )
        .with_columns(
            (pl.col("hits_at_1") / pl.col("customers")).alias("hit_rate_at_1"),
            (pl.col("hits") / pl.col("customers")).alias("hit_rate"),
            low.alias("low"),
            high.alias("high"),
            pl.col("ndcg_low", "ndcg_high").clip(0.0, 1.0),
            (pl.col("customers") < SMALL).alias("small"),
            pl.lit(value=False).alias("is_served"),
        )
    )
    goals = [goal for kind in KINDS for goal in GOALS[kind]]
    order = {"kind": KINDS, "goal": goals, "method": METHODS}
    return rows.sort(
        pl.col(name).replace_strict(list(known), list(range(len(known))))
        for name, known in order.items()
    ).select(pl.col(name).cast(dtype) for name, dtype in SCHEMA.items())


def _mean(name: str) -> tuple[pl.Expr, pl.Expr, pl.Expr]:
    mean, spread = pl.col(name).mean(), Z95 * pl.col(name).std() / pl.len().sqrt()
    return mean, (mean - spread).alias(f"{name}_low"), (mean + spread).alias(f"{name}_high")


def with_served(rows: pl.DataFrame) -> pl.DataFrame:
    """Mark the method that is served of each kind: see :func:`served`."""
    serves = pl.lit(value=False)
    for kind in KINDS:
        serves |= (pl.col("kind") == kind) & (pl.col("method") == served(rows, kind))
    return rows.with_columns(serves.alias("is_served"))


def served(rows: pl.DataFrame, kind: str) -> Method:
    """Return the method suggestions of a kind are made by.

    The one with the highest nDCG of those that beat the popular list beyond chance (the
    interval of the gain lies above 0, 30 customers or more); the popular list if there is none.
    """
    better = rows.filter(
        pl.col("kind") == kind,
        pl.col("goal") == GOALS[kind][0],
        pl.col("gain_low") > 0,
        ~pl.col("small"),
    ).sort("ndcg", descending=True, maintain_order=True)
    names = better["method"].to_list()
    return next((method for method in METHODS if names[:1] == [method]), METHODS[-1])
