"""Work on distinct values: number a column's values once, classify each once, look rows up.

Classification costs microseconds a value; a log has far fewer distinct values than lines. So
every column is encoded as codes into its distinct values, and a classified column is a
lookup by code.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

LIMIT = 100_000
"""Distinct values of one field that are remembered: memory must not follow the log."""

_PIECES = 8


@dataclass(frozen=True, slots=True)
class Encoded:
    """A column as ``codes`` (UInt32, null for null) into ``values``, its distinct values.

    ``facts``: what is known of each value, a row for each in the same order; without columns
    where nobody asked.
    """

    codes: pl.Series
    values: pl.Series
    facts: pl.DataFrame = field(default_factory=pl.DataFrame)

    def rows(self, per_value: pl.Series) -> pl.Series:
        """Return ``per_value`` (one entry per distinct value) for every row."""
        return per_value.gather(self.codes)

    def categories(self, per_value: pl.Series) -> pl.Series:
        """Return ``per_value`` for every row, text as categorical."""
        if per_value.null_count() == len(per_value):  # no rule says anything: nothing to look up
            return pl.Series(per_value.name, [None], per_value.dtype).new_from_index(
                0, len(self.codes)
            )
        return categorical(per_value).gather(self.codes)

    def flags(self, per_value: pl.Series) -> pl.Series:
        """Return a Boolean per distinct value for every row; false for null."""
        flags = per_value.gather(self.codes)
        return flags.fill_null(value=False) if flags.null_count() else flags

    def where(self, wanted: pl.Series) -> Encoded:
        """Return the column with null where it is not ``wanted``."""
        codes = pl.select(pl.when(wanted).then(self.codes)).to_series()
        return Encoded(codes, self.values, self.facts)

    def behind(self, other: Encoded) -> Encoded:
        """Return this column, which has a row for each value of ``other``, for other's rows."""
        return Encoded(self.codes.gather(other.codes), self.values, self.facts)

    def or_absent(self) -> NDArray[np.int64]:
        """Return the codes as numbers, null as the first code no value has."""
        codes = self.codes
        if codes.null_count():
            codes = codes.fill_null(len(self.values))
        return codes.to_numpy().astype(np.int64)

    def value_at(self, codes: NDArray[np.int64]) -> pl.Series:
        """Return the values of ``codes``, null for the code that :meth:`or_absent` gives null."""
        return extended(self.values).gather(codes)


def extended(per_value: pl.Series) -> pl.Series:
    """Return ``per_value`` with a null for the code that :meth:`Encoded.or_absent` gives null."""
    return per_value.extend_constant(None, 1)


def encoded(column: pl.Series) -> Encoded:
    """Encode a text column, remembering nothing."""
    dtype = pl.Categorical(pl.Categories.random())
    codes = column.cast(dtype).to_physical()
    first = codes.to_frame("code").with_row_index("row").unique("code").drop_nulls().sort("code")
    return Encoded(codes, column.gather(first["row"]))


def encoded_numbers(numbers: NDArray[np.int64]) -> tuple[NDArray[np.int64], pl.Series]:
    """Return the distinct numbers, and for each row the code of its number (UInt32)."""
    values, codes = np.unique(numbers, return_inverse=True)
    return values, pl.Series(codes.astype(np.uint32))


def categorical(column: pl.Series) -> pl.Series:
    """Return a text column as categorical with a dictionary of its own; others as they are."""
    if column.dtype != pl.String:
        return column
    return column.cast(pl.Categorical(pl.Categories.random()))


class Dictionary:
    """The distinct values of a field, each with a number, and what was found out about it.

    ``classify`` takes a text Series of distinct values and returns a frame with one row for
    each, in order. Each value is classified once; when there are more than ``limit`` values,
    all are forgotten.
    """

    def __init__(self, classify: Callable[[pl.Series], pl.DataFrame], limit: int = LIMIT) -> None:
        self._classify = classify
        self._limit = limit
        self.forget()

    def forget(self) -> None:
        """Begin anew: numbers given before mean nothing any more."""
        self._dtype = pl.Categorical(pl.Categories.random())
        self._alive = pl.Series([], dtype=self._dtype)  # a dictionary dies with its last user
        self._values = pl.Series([], dtype=pl.String)
        self._facts: pl.DataFrame | None = None

    @property
    def is_full(self) -> bool:
        """Whether it is time to forget."""
        return len(self._values) > self._limit

    def encode(self, column: pl.Series) -> Encoded:
        """Return codes into the distinct values of this ``column``, and the facts of these."""
        if self.is_full:
            self.forget()
        return self.numbered(self.numbers(column))

    def numbered(self, numbers: pl.Series) -> Encoded:
        """Return the column whose :meth:`numbers` these are."""
        if self._facts is None:
            raise ValueError("nothing is numbered yet")
        codes, present = _compact(numbers, len(self._values))
        return Encoded(codes, self._values.gather(present), self._facts[present])

    def numbers(self, column: pl.Series) -> pl.Series:
        """Return the number of each value (UInt32, null for null), the same until forgotten."""
        numbers = column.cast(self._dtype).to_physical()
        is_new = numbers >= len(self._values)
        if self._facts is None or is_new.any():
            new = (
                pl.DataFrame({"number": numbers, "value": column})
                .filter(is_new)
                .unique("number")
                .sort("number")
            )
            self._learn(_owned(new["value"]))
        return numbers

    def _learn(self, values: pl.Series) -> None:
        """Classify values met for the first time."""
        self._values = pl.concat([self._values, values])
        facts = self._classify(values)
        self._facts = facts if self._facts is None else self._facts.vstack(facts)
        if self._facts.n_chunks() > _PIECES:  # looking up in many pieces is slow
            self._facts, self._values = self._facts.rechunk(), self._values.rechunk()


def _compact(numbers: pl.Series, count: int) -> tuple[pl.Series, NDArray[np.int64]]:
    """Return codes without gaps for the numbers present, and these numbers in order."""
    known = numbers.drop_nulls() if numbers.null_count() else numbers
    is_present = np.zeros(count, dtype=np.bool_)
    is_present[known.to_numpy()] = True
    present = np.flatnonzero(is_present)
    code = np.empty(count, dtype=np.uint32)
    code[present] = np.arange(present.size, dtype=np.uint32)
    if known is numbers:
        return pl.Series(code[numbers.to_numpy()]), present
    codes = pl.Series(code[numbers.fill_null(0).to_numpy()]) if count else numbers
    return pl.select(pl.when(numbers.is_not_null()).then(codes)).to_series(), present


def _owned(values: pl.Series) -> pl.Series:
    """Return text that holds on to nothing else: values met in a chunk would keep all of it."""
    copied = values.to_arrow(compat_level=pl.CompatLevel.oldest())
    return pl.Series(values.name, copied, dtype=pl.String)
