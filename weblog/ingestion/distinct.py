"""Work on distinct values: number a column's values once, classify each once, look rows up.

Classification costs microseconds a value; a log has far fewer distinct values than lines. So
every column is encoded as codes into its distinct values, and a classified column is a
lookup by code.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from weblog.parse.library import is_compiled, library
from weblog.parse.words import LIMIT

_PIECES = 8
_NO_TEXT: Final = pl.Series([], dtype=pl.String)
_SEED: Final = secrets.randbits(64)


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
            nothing = categorical(pl.Series(per_value.name, [None], per_value.dtype))
            return nothing.new_from_index(0, len(self.codes))
        if per_value.dtype == pl.Boolean and not per_value.null_count() and not per_value.any():
            is_there = pl.when(self.codes.is_not_null())
            return pl.select(is_there.then(pl.lit(value=False)).alias(per_value.name)).to_series()
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
    if column.null_count() == column.len():
        return Encoded(pl.Series([None], dtype=pl.UInt32).new_from_index(0, column.len()), _NO_TEXT)
    if isinstance(column.dtype, pl.Categorical):
        numbers = column.to_physical()
        highest = int(numbers.drop_nulls().to_numpy().max(initial=0))
        codes, present = _compact(numbers, highest + 1)
        return Encoded(codes, _texts(present, column.dtype))
    dtype = pl.Categorical(pl.Categories.random())
    codes = column.cast(dtype).to_physical()
    first = codes.to_frame("code").with_row_index("row").unique("code").drop_nulls().sort("code")
    return Encoded(codes, column.gather(first["row"]))


def encoded_numbers(numbers: NDArray[np.int64]) -> tuple[NDArray[np.int64], pl.Series]:
    """Return the distinct numbers, and for each row the code of its number (UInt32)."""
    if not is_compiled():
        values, codes = np.unique(numbers, return_inverse=True)
        return values, pl.Series(codes.astype(np.uint32))
    integers = np.ascontiguousarray(numbers, dtype=np.int64)
    values = np.empty_like(integers)
    codes = np.empty(integers.size, dtype=np.uint32)
    count = library().weblog_number_integers(
        integers.ctypes.data, integers.size, values.ctypes.data, codes.ctypes.data, _SEED
    )
    if count < 0:
        raise MemoryError("no memory to number the pairs of a batch")
    return values[:count].copy(), pl.Series(codes)


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
        self._lender: pl.DataType | None = None
        self._own = np.empty(0, dtype=np.uint32)
        self._alive = pl.Series([], dtype=self._dtype)  # a dictionary dies with its last user
        self._values = pl.Series([], dtype=pl.String)
        self._facts: pl.DataFrame | None = None

    def is_done_with(self, column: pl.Series) -> bool:
        """Whether it is time to forget: too many values, or texts numbered by somebody else."""
        lender = column.dtype if isinstance(column.dtype, pl.Categorical) else None
        return len(self._values) > self._limit or (
            self._facts is not None and lender != self._lender
        )

    def encode(self, column: pl.Series) -> Encoded:
        """Return codes into the distinct values of this ``column``, and the facts of these.

        A column may come numbered (categorical): its texts are looked at once each then.
        """
        if self.is_done_with(column):
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
        if isinstance(column.dtype, pl.Categorical):
            return self._translated(column)
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

    def _translated(self, column: pl.Series) -> pl.Series:
        """Return the numbers of a column that has numbers of its own."""
        self._lender = column.dtype
        lent = column.to_physical()
        seen = (lent.drop_nulls() if lent.null_count() else lent).to_numpy()
        known = self._own
        missing = (int(seen.max()) + 1 if seen.size else 0) - known.size
        if missing > 0:
            known = np.concatenate([known, np.full(missing, _NONE, dtype=np.uint32)])
        is_new = known[seen] == _NONE
        if self._facts is None or is_new.any():
            new = np.unique(seen[is_new])
            count = len(self._values)
            self._learn(_texts(new, column.dtype))
            known[new] = np.arange(count, count + new.size, dtype=np.uint32)
        self._own = known
        return _looked_up(known, lent)

    def _learn(self, values: pl.Series) -> None:
        """Classify values met for the first time."""
        facts = self._classify(values)
        self._values = pl.concat([self._values, values])
        self._facts = facts if self._facts is None else self._facts.vstack(facts)
        if self._facts.n_chunks() > _PIECES:  # looking up in many pieces is slow
            self._facts, self._values = self._facts.rechunk(), self._values.rechunk()


_NONE: Final = np.iinfo(np.uint32).max


def _texts(numbers: NDArray[np.int64] | NDArray[np.uint32], dtype: pl.DataType) -> pl.Series:
    """Return the texts that are these numbers of a categorical type."""
    return pl.Series(numbers, dtype=pl.UInt32).cat.to(dtype).cast(pl.String)


def _compact(numbers: pl.Series, count: int) -> tuple[pl.Series, NDArray[np.int64]]:
    """Return codes without gaps for the numbers present, and these numbers in order."""
    known = numbers.drop_nulls() if numbers.null_count() else numbers
    is_present = np.zeros(count, dtype=np.bool_)
    is_present[known.to_numpy()] = True
    present = np.flatnonzero(is_present)
    code = np.empty(count, dtype=np.uint32)
    code[present] = np.arange(present.size, dtype=np.uint32)
    return _looked_up(code, numbers), present


def _looked_up(table: NDArray[np.uint32], numbers: pl.Series) -> pl.Series:
    """Return what ``table`` has at each of the numbers; null for null."""
    if not numbers.null_count():
        return pl.Series(table[numbers.to_numpy()])
    if not table.size:
        return numbers
    found = pl.Series(table[numbers.fill_null(0).to_numpy()])
    return pl.select(pl.when(numbers.is_not_null()).then(found)).to_series()


def _owned(values: pl.Series) -> pl.Series:
    """Return text that holds on to nothing else: values met in a chunk would keep all of it."""
    nothing = pl.lit("", pl.String)
    return values.to_frame().select(pl.concat_str(values.name, nothing)).to_series()
