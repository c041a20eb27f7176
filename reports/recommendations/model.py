"""From what is known of a customer to a ranked list.

The score of an item is that of a naive Bayes model with damped evidence: the log of the share
it has with all customers, plus the log lifts of all the evidence there is about the customer
(:mod:`reports.recommendations.associations`, and the group as one more piece), divided by the
square root of how many pieces there are. Pieces repeat each other (who looks at one page of
children's cover looks at three): added up as if they were independent they would drown the
share. Written as shares of all that could be suggested, scores of a kind sum to 1.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import polars as pl

from reports.recommendations.associations import (
    Associations,
    Floats,
    associations,
    coded_items,
    known_of,
    turned_to,
)
from reports.recommendations.history import History
from reports.recommendations.popularity import LEVELS, Popularity, popularity

Method = Literal["evidence", "popular_in_group", "popular"]
METHODS: Final[tuple[Method, ...]] = ("evidence", "popular_in_group", "popular")
"""Ways to rank, from the one that knows most to the one to beat."""

AT_ONCE: Final = 4_096
"""Customers ranked at a time: memory follows it, not their number."""

DIGITS: Final = 9
"""Log scores are rounded before they are compared: sums of the same numbers in another order
differ in the sixteenth digit, and the name is to decide between equals."""


@dataclass(frozen=True, slots=True)
class Model:
    """What was learnt of one kind before a day.

    Attributes:
        found: what goes with what.
        popular: what is popular, with everybody and by group.
        evidence: ``person`` and ``from``: the pieces of evidence about customers, sorted.
        people: ``person`` and ``group`` of the customers, sorted by person.
    """

    found: Associations
    popular: Popularity
    evidence: pl.DataFrame
    people: pl.DataFrame


def fit(
    history: History,
    kind: str,
    customers: pl.DataFrame,
    shrinkage: float,
    left_out: str | None = None,
) -> Model:
    """Learn from what was known before the history's day.

    Args:
        history: of everybody.
        kind: product or content.
        customers: ``person`` and the columns of :data:`~.popularity.LEVELS`.
        shrinkage: strength of the priors, in counts.
        left_out: an expression that finds items which are never suggested.
    """
    found = associations(history, kind, shrinkage, left_out)
    recent = turned_to(history, kind).filter(pl.col("date") >= history.first)
    turned = coded_items(recent, found.items).select("person", "to").unique()
    popular = popularity(turned, customers, found.items.height, shrinkage)
    columns = list(LEVELS[-1])
    people = customers.join(popular.groups, on=columns, nulls_equal=True).select("person", "group")
    return Model(found, popular, known_of(history, found, people), people.sort("person"))


def ranked(
    model: Model, people: pl.DataFrame, excluded: pl.DataFrame, method: Method, most: int
) -> pl.DataFrame:
    """Rank what could be suggested to ``people``.

    Args:
        model: learnt from a history.
        people: ``person`` of those asked about; who is not in the model is left out.
        excluded: ``person`` and ``item`` of what must not be suggested.
        method: one of :data:`METHODS`.
        most: items each, at most.

    Returns:
        ``person``, ``rank`` (from 1), ``to`` (code of the item), ``item``, ``score``; ordered by
        person and rank. Equal scores are in the order of names.
    """
    asked = model.people.join(people.select("person").unique(), on="person", how="semi")
    asked = asked.sort("person").with_row_index("row")
    if asked.is_empty() or model.found.items.is_empty():
        return _EMPTY.clone()
    rows = asked.select("person", "row")
    evidence = model.evidence.join(rows, on="person").select("row", "from").sort("row", "from")
    without = (
        excluded.join(rows, on="person")
        .join(model.found.items.select("item", pl.col("code").alias("to")), on="item")
        .select("row", "to")
        .sort("row", "to")
    )
    parts = []
    groups = asked["group"].to_numpy()
    for first, last in _portions(asked.height):
        scores = _log_scores(model, groups[first:last], _within(evidence, first, last), method)
        barred = _within(without, first, last)
        scores[barred["row"].to_numpy(), barred["to"].to_numpy()] = -np.inf
        parts.append(_best(scores, most).with_columns(pl.col("row") + first))
    best = pl.concat(parts)
    names = model.found.items.select(pl.col("code").alias("to"), "item")
    return (
        best.join(rows, on="row", maintain_order="left")
        .join(names, on="to", maintain_order="left")
        .select("person", "rank", "to", "item", "score")
    )


_EMPTY: Final = pl.DataFrame(
    schema={
        "person": pl.UInt64,
        "rank": pl.Int64,
        "to": pl.UInt32,
        "item": pl.String,
        "score": pl.Float64,
    }
)


def _portions(count: int) -> Iterator[tuple[int, int]]:
    for first in range(0, count, AT_ONCE):
        yield first, min(first + AT_ONCE, count)


def _within(pairs: pl.DataFrame, first: int, last: int) -> pl.DataFrame:
    """Return the pairs of rows from ``first`` up to ``last``, rows counted from ``first``."""
    low, high = np.searchsorted(pairs["row"].to_numpy(), [first, last])
    return pairs.slice(int(low), int(high - low)).with_columns(pl.col("row") - first)


def _log_scores(model: Model, groups: np.ndarray, evidence: pl.DataFrame, method: Method) -> Floats:
    base = np.log(model.popular.base)
    if method == "popular":
        return np.tile(base, (len(groups), 1))
    if method == "popular_in_group":
        grouped: Floats = base + model.popular.log_lift[groups]
        return grouped
    has = np.zeros((len(groups), model.found.evidence.height))
    has[evidence["row"].to_numpy(), evidence["from"].to_numpy()] = 1.0
    summed = has @ model.found.log_lift + model.popular.log_lift[groups]
    scores: Floats = base + summed / np.sqrt(has.sum(axis=1, keepdims=True) + 1.0)
    return scores


def _best(scores: Floats, most: int) -> pl.DataFrame:
    """Return ``row``, ``rank``, ``to`` and ``score`` of the best items of each row."""
    count, items = scores.shape
    # No two keys are equal, so that a partial sort finds the same items as a whole one.
    keys = np.round(scores, DIGITS) - np.arange(items) * 10.0 ** -(DIGITS + 4)
    most = min(most, items)
    top = np.argpartition(-keys, most - 1, axis=1)[:, :most]
    order = np.argsort(-np.take_along_axis(keys, top, axis=1), axis=1)
    top = np.take_along_axis(top, order, axis=1)
    chosen = np.take_along_axis(scores, top, axis=1)
    weights = np.exp(scores)
    shares = np.exp(chosen) / np.maximum(weights.sum(axis=1, keepdims=True), 1e-300)
    frame = pl.DataFrame(
        {
            "row": np.repeat(np.arange(count, dtype=np.uint32), most),
            "rank": np.tile(np.arange(1, most + 1), count),
            "to": top.ravel().astype(np.uint32),
            "score": shares.ravel(),
            "is_open": np.isfinite(chosen).ravel(),
        },
        schema_overrides={"rank": pl.Int64},
    )
    return frame.filter("is_open").drop("is_open")
