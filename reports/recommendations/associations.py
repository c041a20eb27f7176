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

from dataclasses import dataclass, replace
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

MOST_PEOPLE: Final = 100_000
"""So many people are counted, chosen by the number that stands for them: a share among them is
known to three thousandths, and more would only take longer."""

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
        kind: one of :data:`~.history.KINDS`.
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
    some = _some(history)
    turned = turned_to(some, kind)
    items = _items(turned, left_out)
    evidence, coded = _coded(_facts(some, kind))
    to = coded_items(turned, items)
    own = _own(evidence, items, kind)
    first = coded.group_by("person", "from").agg(pl.col("date").min())
    groups = evidence["evidence"].to_numpy()
    relations = (
        _together(coded, to, own, shrinkage),
        _later(first, to, own.shape, groups, shrinkage),
    )
    return Associations(kind, items, evidence, relations)


def known_of(history: History, found: Associations, people: pl.DataFrame) -> pl.DataFrame:
    """Return ``person`` and ``from`` (code) of the evidence about ``people``, each once, sorted."""
    theirs = replace(
        history,
        seen=history.seen.join(people, on="person", how="semi"),
        bought=history.bought.join(people, on="person", how="semi"),
    )
    facts = _facts(theirs, found.kind)
    codes = _codes_back(found.evidence, facts.schema)
    pairs = facts.join(codes, on=["evidence", "item"]).select("person", "from")
    return pairs.unique().sort("person", "from")


def _some(history: History) -> History:
    """Keep what :data:`MOST_PEOPLE` did, roughly, where there are more."""
    people = history.seen["person"].n_unique()
    if people <= MOST_PEOPLE:
        return history
    is_one = pl.col("person") % (people // MOST_PEOPLE + 1) == 0
    return replace(history, seen=history.seen.filter(is_one), bought=history.bought.filter(is_one))


def turned_to(history: History, kind: str) -> pl.DataFrame:
    """Return ``person``, ``session``, ``date``, ``item`` of looking at (or buying) an item."""
    columns = ("person", "session", "date", "item")
    seen = history.seen.filter(pl.col("evidence") == OWN[kind]).select(columns)
    if kind != PRODUCT:
        return seen
    return pl.concat([seen, _bought(history).select(columns)])


def _bought(history: History) -> pl.DataFrame:
    """Return purchases with the columns of what was seen; they are in no session."""
    seen = history.seen.schema
    return history.bought.select(
        "person",
        pl.lit(None, pl.UInt64).alias("session"),
        pl.col("purchased").alias("date"),
        pl.lit(HELD, seen["evidence"]).alias("evidence"),
        pl.col("item").cast(seen["item"]),
    )


def _facts(history: History, kind: str) -> pl.DataFrame:
    """Return what speaks for a kind: the columns of what was seen, purchases as HELD."""
    # One comparison each: is_in() of an enum goes by way of text.
    seen = history.seen.filter(pl.any_horizontal(pl.col("evidence") == e for e in COUNTS[kind]))
    return _latest(pl.concat([seen, _bought(history).select(seen.columns)]))


def _latest(facts: pl.DataFrame) -> pl.DataFrame:
    """Keep the :data:`RECENT` latest pieces of evidence of each person."""
    counts = facts.group_by("person").len().filter(pl.col("len") > RECENT)
    if counts.is_empty():
        return facts
    many = facts.join(counts, on="person", how="semi").with_columns(
        pl.col("evidence", "item").cast(pl.String).name.suffix("_name")
    )
    order = ["person", "date", "evidence_name", "item_name", "session"]
    many = many.sort(order, descending=[False, True, False, False, False])
    kept = many.filter(pl.int_range(pl.len()).over("person") < RECENT)
    few = facts.join(counts, on="person", how="anti")
    return pl.concat([few, kept.select(facts.columns)])


def _items(turned: pl.DataFrame, left_out: str | None) -> pl.DataFrame:
    people = turned.select("person", "item").unique().group_by("item").agg(people=pl.len())
    people = people.with_columns(pl.col("item").cast(pl.String))
    if left_out is not None:
        people = people.filter(~pl.col("item").str.contains(left_out))
    most = people.sort("people", "item", descending=[True, False]).head(MOST_ITEMS)
    return most.sort("item").with_row_index("code")


def _coded(facts: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the pieces of evidence with codes, and the facts with these codes as ``from``."""
    pieces = facts.select("evidence", "item").unique()
    names = pieces.with_columns(pl.col("evidence", "item").cast(pl.String))
    evidence = names.sort("evidence", "item").with_row_index("code")
    coded = facts.join(_codes_back(evidence, facts.schema), on=["evidence", "item"])
    return evidence, coded.select("person", "session", "date", "from")


def _codes_back(evidence: pl.DataFrame, like: pl.Schema) -> pl.DataFrame:
    return evidence.select(
        pl.col("evidence").cast(like["evidence"]),
        pl.col("item").cast(like["item"]),
        pl.col("code").alias("from"),
    )


def coded_items(turned: pl.DataFrame, items: pl.DataFrame) -> pl.DataFrame:
    """Return ``person``, ``session``, ``date`` and ``to`` (code) of what was turned to."""
    back = items.select(pl.col("item").cast(turned.schema["item"]), pl.col("code").alias("to"))
    return turned.join(back, on="item").select("person", "session", "date", "to")


def _own(evidence: pl.DataFrame, items: pl.DataFrame, kind: str) -> NDArray[np.bool_]:
    """Return where evidence is looking at the item itself, shape (evidence, items)."""
    pairs = evidence.filter(pl.col("evidence") == OWN[kind]).join(items, on="item")
    own = np.zeros((evidence.height, items.height), dtype=bool)
    own[pairs["code"].to_numpy(), pairs["code_right"].to_numpy()] = True
    return own


def _together(
    facts: pl.DataFrame, turned: pl.DataFrame, own: NDArray[np.bool_], shrinkage: float
) -> Relation:
    looked = turned.drop_nulls("session").select("session", "to")
    pairs = facts.drop_nulls("session").select("session", "from").join(looked, on="session")
    counts = np.where(own, 0.0, _matrix(pairs, own.shape))
    # Looking at the item itself is in the session by itself: there must be another one.
    needed = pl.DataFrame({"needed": own.any(axis=1).astype(np.uint32) + 1}).with_row_index("from")
    of = _totals(
        facts.drop_nulls("session")
        .join(looked.group_by("session").len(), on="session")
        .join(needed, on="from")
        .filter(pl.col("len") >= pl.col("needed")),
        own.shape,
    )
    shares = np.bincount(looked["to"].to_numpy(), minlength=own.shape[1]).astype(float)
    base = np.where(own, 0.0, shares)
    return Relation("together", counts, of, log_lift(counts, base, shrinkage))


def _later(
    first: pl.DataFrame,
    turned: pl.DataFrame,
    shape: tuple[int, int],
    groups: NDArray[np.object_],
    shrinkage: float,
) -> Relation:
    # Who was there on one day only turned to nothing later: most browsers are such.
    began = first.group_by("person").agg(pl.col("date").min())
    last = turned.group_by("person", "to").agg(pl.col("date").max())
    last = last.join(began, on="person").filter(pl.col("date") > pl.col("date_right"))
    pairs = (
        first.join(last.select("person", "to", pl.col("date").alias("last")), on="person")
        .filter(pl.col("last") > pl.col("date"))
        .select("person", "from", "to")
    )
    counts = _matrix(pairs, shape)
    newest = last.group_by("person").agg(pl.col("date").max().alias("newest"))
    returned = first.join(newest, on="person").filter(pl.col("newest") > pl.col("date"))
    of = _totals(returned, shape)
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
