"""What sessions can be told apart by: of the session, of what it viewed, of its customer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import polars as pl

from reports import contents
from reports.ask import Asked
from reports.attributes import OF_REGISTER, PRODUCT, of_sessions
from reports.compact import distinct, in_any, places_in
from reports.load import SESSION_TEXTS
from reports.runs import firsts, tally
from weblog.errors import UnknownNameError

VIEWED: Final = {"category": "category", "product": "product", "page": "path"}
"""Dimension to column of what a session viewed."""

DIMENSIONS: Final = (*SESSION_TEXTS, *VIEWED, *OF_REGISTER, PRODUCT)
"""Everything sessions can be crossed by."""

REGISTERED: Final = frozenset({*OF_REGISTER, PRODUCT})
"""Dimensions that are known only of some sessions: those not known are left out."""

OVERLAPPING: Final = frozenset({*VIEWED, PRODUCT})
"""Dimensions of which a session can have several values."""

ORDERED: Final = frozenset({"age_band", "children"})
"""Dimensions whose values, as text, are in order: they are not ranked by size."""


@dataclass(frozen=True, slots=True)
class Dimension:
    """The values of one dimension, the smaller ones put together, and who has them.

    Attributes:
        labels: ``code``, ``value`` (String; null for none, and for all others), ``is_other``
            and ``total`` (sessions): the commonest first, then all others, then none.
        sessions: ``session``, ascending, and ``code`` (u32): each pair once.
    """

    labels: pl.DataFrame
    sessions: pl.DataFrame

    @property
    def end(self) -> int:
        """A number above every code."""
        return int(self.labels["code"].max() or 0) + 1  # type: ignore[arg-type]


def known(asked: Asked, sessions: pl.DataFrame, name: str) -> pl.DataFrame:
    """Return the sessions a dimension can tell apart: those of whom the register tells it.

    Were the others a value like any, every comparison of ages or occupations would be one of
    those who logged in with those who did not.

    Raises:
        UnknownNameError: there is no such dimension.
    """
    if name in DIMENSIONS and name not in REGISTERED:
        return sessions
    return sessions.filter(in_any(sessions["session"], _valued(asked, sessions, name)["session"]))


def dimension(asked: Asked, sessions: pl.DataFrame, name: str, limit: int | None) -> Dimension:
    """Return a dimension of ``sessions``, with ``limit`` values at most of its own.

    Args:
        asked: the question.
        sessions: of its period, as :func:`known` leaves them.
        name: one of :data:`DIMENSIONS`.
        limit: None for all values.

    Raises:
        UnknownNameError: there is no such dimension.
    """
    valued = _valued(asked, sessions, name)
    values = distinct(valued["value"])
    place = places_in(values, valued["value"])  # one more: none
    total = tally(place, len(values) + 1).head(len(values)).alias("total")
    named = pl.DataFrame([values.cast(pl.String).alias("value"), total]).with_row_index("place")
    ranked = named.sort("total", "value", descending=[True, False])
    kept = ranked.head(limit or ranked.height)
    if name in ORDERED:
        kept = kept.sort("value")
    other, none = kept.height, kept.height + 1
    codes = pl.repeat(other, len(values) + 1, dtype=pl.UInt32, eager=True)
    codes = codes.scatter(kept["place"], pl.int_range(other, dtype=pl.UInt32, eager=True))
    codes = codes.scatter(len(values), none)
    coded = pl.DataFrame([valued["session"], codes.gather(place).alias("code")])
    if name in OVERLAPPING and ranked.height > kept.height:
        coded = coded.filter(firsts(coded["session"], coded["code"], none + 1))  # others are one
    value = pl.concat([kept["value"], pl.Series([None, None], dtype=pl.String)])
    number = pl.int_range(pl.len(), dtype=pl.UInt32).alias("code")
    labels = pl.DataFrame([value, tally(coded["code"], none + 1).alias("total")]).select(
        number, "value", (number == other).alias("is_other"), "total"
    )
    return Dimension(labels.filter(pl.col("total") > 0), coded)


def _valued(asked: Asked, sessions: pl.DataFrame, name: str) -> pl.DataFrame:
    """Return ``session`` and ``value``; null where it has none, no row where it is not known."""
    if name not in DIMENSIONS:
        raise UnknownNameError("dimension", name, list(DIMENSIONS))
    span = asked.query.current
    if name in SESSION_TEXTS:
        return sessions.select("session", pl.col(name).alias("value"))
    if name in VIEWED:
        pairs = contents.viewed(asked.snapshot, span, asked.query.filters, VIEWED[name])
        theirs = contents.beside(pairs, sessions)
        nothing = ~in_any(sessions["session"], theirs["session"])
        null = pl.lit(None, pairs.schema["value"]).alias("value")
        without = sessions.filter(nothing).select("session", null)
        return theirs.merge_sorted(without, "session")
    people = of_sessions(asked.snapshot, span, name).drop_nulls("name")
    return (
        sessions.select("session", "key")
        .join(people.select("key", value="name"), on="key", maintain_order="left")
        .select("session", pl.col("value").cast(pl.Categorical))
    )
