"""What goes with what: how much more often people turn to one thing who turned to another.

Two relations, counted over people and sessions:

together
    of the sessions with a piece of evidence (a product looked at, a page or a category read),
    how many looked at each item, the evidence's own item left out;
later
    of the people with a piece of evidence (or a product bought), how many turned to each item
    on a later day: looked at it, or bought it; the evidence's own item included.

Each is compared with how items are shared out among all of the relation's counts, and shrunk
toward that: with ``n`` counts of item j among ``m`` of the evidence, and a share ``b`` of j
among all, the lift is ((n + s b) / (m + s)) / b. That is the mean of the posterior under a
Dirichlet prior of strength ``s`` around the shares of everybody (Gelman et al., "Bayesian Data
Analysis", 3rd ed., section 3.4): the same shrinkage as that of the affinity index.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from reports.recommendations.history import (
    CATEGORY,
    CONTENT,
    HELD,
    PRODUCT,
    READ,
    VIEWED,
    History,
)

Floats = NDArray[np.float64]

OWN: Final = {PRODUCT: VIEWED, CONTENT: READ}
"""The evidence that is looking at an item of the kind itself."""

COUNTS: Final = {
    PRODUCT: (CATEGORY, HELD, VIEWED),
    CONTENT: (CATEGORY, HELD, READ, VIEWED),
}
"""Which evidence speaks for items of the kind: single pages are too thin to speak for products."""

MOST_ITEMS: Final = 1_000
"""Items of a kind that can be suggested: those most people looked at; the rest is too thin."""

RECENT: Final = 50
"""Of what a person saw, so many pieces count, the latest first: a robot that slipped through,
with a thousand pages, would else make a million pairs."""


@dataclass(frozen=True, slots=True)
class Relation:
    """One relation: counts and log lifts, shape (evidence, items); ``of``, shape (evidence,)."""

    name: str
    counts: Floats
    of: Floats
    log_lift: Floats


@dataclass(frozen=True, slots=True)
class Associations:
    """What goes with what, for the items of one kind.

    Attributes:
        kind: one of :data:`KINDS`.
        items: ``item``, ``code`` and ``people`` (how many turned to it), ordered by name.
        evidence: ``evidence``, ``item`` and ``code``, ordered by both.
        relations: together and later.
    """

    kind: str
    items: pl.DataFrame
    evidence: pl.DataFrame
    relations: tuple[Relation, ...]

    @property
    def log_lift(self) -> Floats:
        """The log lifts of all relations added up, shape (evidence, items)."""
        total: Floats = np.sum([relation.log_lift for relation in self.relations], axis=0)
        return total


def associations(
    history: History, kind: str, shrinkage: float, left_out: str | None = None
) -> Associations:
    """Count what goes with the items of ``kind``, in what was known before the history's day.

    Args:
        history: of everybody.
        kind: product or content.
        shrinkage: strength of the prior, in counts.
        left_out: an expression that finds items which are never suggested.
    """
    items = _items(history, kind, left_out)
    facts = _facts(history, kind)
    evidence = facts.select("evidence", "item").unique().sort("evidence", "item")
    evidence = evidence.with_row_index("code")
    coded = facts.join(evidence, on=["evidence", "item"]).select(
        "person", "session", "first", pl.col("code").alias("from"), "evidence", "item"
    )
    turned = turned_to(history, kind).join(items.select("item", "code"), on="item")
    turned = turned.select("person", "session", "date", pl.col("code").alias("to"), "item")
    shape = (evidence.height, items.height)
    own = _own(evidence, items, kind)
    groups = evidence["evidence"].to_numpy()
    relations = (
        _together(coded, turned, shape, own=own, shrinkage=shrinkage, kind=kind),
        _later(coded, turned, shape, groups, shrinkage),
    )
    return Associations(kind, items, evidence, relations)


def evidence_of(history: History, found: Associations) -> pl.DataFrame:
    """Return ``person`` and ``from`` (code of evidence) of everybody, each pair once."""
    facts = _facts(history, found.kind).select("person", "evidence", "item").unique()
    return facts.join(found.evidence, on=["evidence", "item"]).select(
        "person", pl.col("code").alias("from")
    )


def _items(history: History, kind: str, left_out: str | None) -> pl.DataFrame:
    turned = (
        turned_to(history, kind).group_by("item").agg(pl.col("person").n_unique().alias("people"))
    )
    if kind == PRODUCT:  # what somebody holds can be suggested though nobody looked at it
        held = history.bought.select("item").unique().with_columns(people=pl.lit(0, pl.UInt32))
        turned = pl.concat([turned, held.join(turned, on="item", how="anti")])
    if left_out is not None:
        turned = turned.filter(~pl.col("item").str.contains(left_out))
    most = turned.sort("people", "item", descending=[True, False]).head(MOST_ITEMS)
    return most.sort("item").with_row_index("code")


def _facts(history: History, kind: str) -> pl.DataFrame:
    """Return what speaks for a kind: ``person``, ``session``, ``first``, ``evidence``, ``item``."""
    seen = history.seen.filter(pl.col("evidence").is_in(COUNTS[kind]))
    viewed = seen.select("person", "session", pl.col("date").alias("first"), "evidence", "item")
    bought = history.bought.select(
        "person",
        pl.lit(None, pl.UInt64).alias("session"),
        pl.col("purchased").alias("first"),
        pl.lit(HELD).alias("evidence"),
        "item",
    )
    return _latest(pl.concat([viewed, bought]))


def _latest(facts: pl.DataFrame) -> pl.DataFrame:
    """Keep the :data:`RECENT` latest pieces of evidence of each person."""
    is_many = pl.len().over("person") > RECENT
    order = ["person", "first", "evidence", "item", "session"]
    many = facts.filter(is_many).sort(order, descending=[False, True, False, False, False])
    kept = many.filter(pl.int_range(pl.len()).over("person") < RECENT)
    return pl.concat([facts.filter(~is_many), kept])


def turned_to(history: History, kind: str) -> pl.DataFrame:
    """Return ``person``, ``session``, ``date``, ``item`` of looking at (or buying) an item."""
    columns = ("person", "session", "date", "item")
    seen = history.seen.filter(pl.col("evidence") == OWN[kind]).select(columns)
    if kind != PRODUCT:
        return seen
    bought = history.bought.select(
        "person",
        pl.lit(None, pl.UInt64).alias("session"),
        pl.col("purchased").alias("date"),
        "item",
    )
    return pl.concat([seen, bought.select(columns)])


def _own(evidence: pl.DataFrame, items: pl.DataFrame, kind: str) -> NDArray[np.bool_]:
    """Return where evidence is looking at the item itself, shape (evidence, items)."""
    pairs = evidence.filter(pl.col("evidence") == OWN[kind]).join(items, on="item")
    own = np.zeros((evidence.height, items.height), dtype=bool)
    own[pairs["code"].to_numpy(), pairs["code_right"].to_numpy()] = True
    return own


def _together(
    facts: pl.DataFrame,
    turned: pl.DataFrame,
    shape: tuple[int, int],
    *,
    own: NDArray[np.bool_],
    shrinkage: float,
    kind: str,
) -> Relation:
    looked = turned.drop_nulls("session").select("session", "to", "item").unique()
    pairs = (
        facts.drop_nulls("session")
        .select("session", "from", "evidence", "item")
        .unique()
        .join(looked, on="session")
        .filter(~((pl.col("evidence") == OWN[kind]) & (pl.col("item") == pl.col("item_right"))))
    )
    counts = _matrix(pairs, shape)
    of = _totals(pairs.select("session", "from").unique(), shape)
    shares = np.bincount(looked["to"].to_numpy(), minlength=shape[1]).astype(float)
    base = np.where(own, 0.0, shares)
    return Relation("together", counts, of, log_lift(counts, base, shrinkage))


def _later(
    facts: pl.DataFrame,
    turned: pl.DataFrame,
    shape: tuple[int, int],
    groups: NDArray[np.object_],
    shrinkage: float,
) -> Relation:
    first = facts.group_by("person", "from").agg(pl.col("first").min())
    last = turned.group_by("person", "to").agg(pl.col("date").max())
    pairs = first.join(last, on="person").filter(pl.col("date") > pl.col("first"))
    counts = _matrix(pairs, shape)
    of = _totals(pairs.select("person", "from").unique(), shape)
    base = np.zeros(shape)
    for group in np.unique(groups):  # what buyers turn to and what readers do, each by its own
        rows = groups == group
        base[rows] = counts[rows].sum(axis=0)
    return Relation("later", counts, of, log_lift(counts, base, shrinkage))


def log_lift(counts: Floats, base: Floats, shrinkage: float) -> Floats:
    """Return the logarithm of the shrunk lift; 0 where the base knows nothing of the item.

    Args:
        counts: shape (evidence, items).
        base: counts of everybody, of the same shape; 0 where an item is left out.
        shrinkage: strength of the prior, in counts.
    """
    shares = base / np.maximum(base.sum(axis=1, keepdims=True), 1.0)
    known = shares > 0
    shrunk = (counts + shrinkage * shares) / (counts.sum(axis=1, keepdims=True) + shrinkage)
    ratio = np.divide(shrunk, shares, out=np.ones_like(counts), where=known)
    logged: Floats = np.log(np.where(ratio > 0, ratio, 1.0))
    return logged


def _matrix(pairs: pl.DataFrame, shape: tuple[int, int]) -> Floats:
    counted = pairs.group_by("from", "to").len()
    counts = np.zeros(shape)
    counts[counted["from"].to_numpy(), counted["to"].to_numpy()] = counted["len"].to_numpy()
    return counts


def _totals(pairs: pl.DataFrame, shape: tuple[int, int]) -> Floats:
    totals: Floats = np.bincount(pairs["from"].to_numpy(), minlength=shape[0]).astype(float)
    return totals
