"""The history of each customer: what an export of the register adds to what is known.

A row of an export either says from when it holds (``valid_from``), or it tells how the customer
was on the day of the export, and then is a new state only if something differs from the state
that held. Functions of tables: no clock, no disk.

What exports of whole registers say does not depend on the order in which they are loaded: the
state of a day is what the latest export up to it said, and before the first one what that said.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import polars as pl

from weblog.company_tables import CUSTOMERS

ALWAYS: Final = date(1970, 1, 1)
"""From when a customer's first state holds if nobody knows when the customer joined."""

KEY: Final = ["customer_id", "valid_from"]
FACTS: Final = [name for name in CUSTOMERS.schema if name not in (*KEY, "known_from")]
"""What a state says of a customer: states differ if one of these does."""

_PRIOR: Final = ":prior"


@dataclass(frozen=True, slots=True)
class NewStates:
    """All states after an export, and what its rows were.

    ``new``: rows of customers nothing was known of; ``changed``: what they say was not known;
    ``unchanged``: it was.
    """

    states: pl.DataFrame
    new: int
    changed: int
    unchanged: int


def new_states(
    stored: pl.DataFrame,
    rows: pl.DataFrame,
    *,
    given: Collection[str],
    as_of: date,
    exports: Sequence[date] = (),
) -> NewStates:
    """Add the rows of an export to the states known.

    Args:
        stored: the states known, columns as :data:`weblog.schema.CUSTOMERS`.
        rows: those of the export, the same columns; each customer once per ``valid_from``.
        given: the columns the export has; what it lacks stays as it was.
        as_of: the day that rows without ``valid_from`` are of.
        exports: days of the exports that were loaded before. A state told late ends on the next
            of them, since what that told is known.
    """
    rows = with_birth_year(rows)
    kept = [name for name in FACTS if name not in given and name not in _derived(given)]
    dated = _dated(stored, rows.filter(pl.col("valid_from").is_not_null()), kept)
    states = pl.concat([dated, stored]).unique(KEY, keep="first", maintain_order=True)
    seen = _beside(rows.filter(pl.col("valid_from").is_null()), states, as_of, kept)
    next_export = min((day for day in exports if day > as_of), default=None)
    told, gone = _told(seen, as_of)
    if next_export is not None:
        told = pl.concat([told, _restored(seen, states, as_of, next_export)])
    states = pl.concat([states.join(gone, on=KEY, how="anti"), told])
    states = _without_repetitions(states.unique(KEY, keep="first", maintain_order=True))
    return NewStates(states, *_counts(stored, dated, seen))


def with_birth_year(rows: pl.DataFrame) -> pl.DataFrame:
    """Fill in the year of birth where only the day is given."""
    return rows.with_columns(pl.col("birth_year").fill_null(pl.col("birth_date").dt.year()))


def _derived(given: Collection[str]) -> tuple[str, ...]:
    return ("birth_year",) if "birth_date" in given else ()


def _dated(stored: pl.DataFrame, rows: pl.DataFrame, kept: list[str]) -> pl.DataFrame:
    """Return the rows that say from when they hold; columns they lack as the state before has."""
    if not kept:
        return rows
    before = stored.select(*KEY, *kept).sort("valid_from")
    filled = (
        rows.drop(kept)
        .sort("valid_from")
        .join_asof(before, on="valid_from", by="customer_id", check_sortedness=False)
    )
    return filled.select(CUSTOMERS.schema.names())


def _beside(rows: pl.DataFrame, states: pl.DataFrame, as_of: date, kept: list[str]) -> pl.DataFrame:
    """Return the rows of the day, with the state that held (else the first) in ``*:prior``.

    Also ``is_first``: that state is the customer's first; ``is_same``: it says the same.
    """
    ordered = states.sort(KEY).with_columns(
        pl.col("valid_from").rank("ordinal").over("customer_id").eq(1).alias("is_first")
    )
    held = ordered.filter(pl.col("valid_from") <= as_of).unique(
        "customer_id", keep="last", maintain_order=True
    )
    first = ordered.filter("is_first").join(held, on="customer_id", how="anti")
    prior = pl.concat([held, first]).rename(
        {name: name + _PRIOR for name in states.columns if name != "customer_id"}
    )
    seen = rows.join(prior, on="customer_id", how="left").with_columns(
        *(pl.col(name + _PRIOR).alias(name) for name in kept),
        pl.col("is_first").fill_null(value=True),
    )
    is_same = pl.all_horizontal(
        pl.col(name).eq_missing(pl.col(name + _PRIOR)).alias(name) for name in FACTS
    )
    return seen.with_columns(is_same=is_same & pl.col("valid_from" + _PRIOR).is_not_null())


def _told(seen: pl.DataFrame, as_of: date) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the states that the rows of the day make, and the keys of those they replace."""
    day = pl.lit(as_of)
    held_from, known_from = pl.col("valid_from" + _PRIOR), pl.col("known_from" + _PRIOR)
    is_known = held_from.is_not_null()
    # The state that held is known from a later export only, and was taken to hold before.
    is_assumed = (is_known & (known_from > day)).fill_null(value=False)
    is_again = (
        is_known & ~pl.col("is_same") & ((known_from == day) | (held_from == day))
    ).fill_null(value=False)
    is_later = (held_from > day).fill_null(value=False)
    begins_all = ~is_known | is_later | (pl.col("is_first") & (is_assumed | (known_from == day)))
    begin = (
        pl.when(begins_all.fill_null(value=False))
        .then(_first_day(as_of))
        .when(is_assumed | is_again)
        .then(held_from)
        .otherwise(day)
    )
    is_told = ~pl.col("is_same") | is_assumed | is_later
    told = seen.filter(is_told).with_columns(valid_from=begin, known_from=day)
    late = seen.filter(is_assumed).select(
        "customer_id",
        known_from.alias("valid_from"),
        known_from.alias("known_from"),
        *(pl.col(name + _PRIOR).alias(name) for name in FACTS),
    )
    gone = seen.filter(is_assumed | is_again).select("customer_id", held_from.alias("valid_from"))
    names = CUSTOMERS.schema.names()
    return pl.concat([told.select(names), late.select(names)]), gone


def _first_day(as_of: date) -> pl.Expr:
    """Return from when a customer's first state holds: the day of joining, else always.

    Sessions of before the first export would else not know whose they are.
    """
    joined = pl.col("joined")
    return pl.when(joined <= as_of).then(joined).otherwise(pl.lit(ALWAYS))


def _restored(
    seen: pl.DataFrame, states: pl.DataFrame, as_of: date, next_export: date
) -> pl.DataFrame:
    """Return what held before, to hold again from the next export on, which told nothing new."""
    between = states.filter(
        (pl.col("valid_from") > as_of) & (pl.col("valid_from") <= next_export)
    ).select("customer_id")
    held = (pl.col("valid_from" + _PRIOR) <= as_of) & (
        (pl.col("known_from" + _PRIOR) <= as_of) | pl.col("known_from" + _PRIOR).is_null()
    )
    return (
        seen.filter(~pl.col("is_same"), held)
        .join(between, on="customer_id", how="anti")
        .select(
            "customer_id",
            *(pl.lit(next_export).alias(name) for name in ("valid_from", "known_from")),
            *(pl.col(name + _PRIOR).alias(name) for name in FACTS),
        )
        .select(CUSTOMERS.schema.names())
    )


def _without_repetitions(states: pl.DataFrame) -> pl.DataFrame:
    """Leave out states of exports that say what the customer's state before says."""
    ordered = states.sort(KEY)
    is_next = pl.col("customer_id") == pl.col("customer_id").shift(1)
    says_the_same = pl.all_horizontal(
        pl.col(name).eq_missing(pl.col(name).shift(1)).alias(name) for name in FACTS
    )
    is_repeated = is_next & says_the_same & pl.col("known_from").is_not_null()
    return ordered.filter(~is_repeated.fill_null(value=False))


def _counts(stored: pl.DataFrame, dated: pl.DataFrame, seen: pl.DataFrame) -> tuple[int, int, int]:
    """Return how many rows are of new customers, changed something, or nothing."""
    known = stored.select("customer_id").unique()
    new = sum(rows.join(known, on="customer_id", how="anti").height for rows in (dated, seen))
    same_dated = dated.join(stored, on=[*KEY, *FACTS], how="semi", nulls_equal=True).height
    same_seen = seen.filter("is_same").join(known, on="customer_id", how="semi").height
    unchanged = same_dated + same_seen
    return new, dated.height + seen.height - new - unchanged, unchanged
