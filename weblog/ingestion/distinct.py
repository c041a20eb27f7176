"""Work on distinct values: encode a column once, classify each value once, look rows up.

Classification costs microseconds a value; a log has a thousand times fewer distinct values
than lines. Every column is encoded as codes into its distinct values (a categorical with a
dictionary of its own, freed with the batch), so that a classified column is a lookup by code.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import polars as pl


@dataclass(frozen=True, slots=True)
class Encoded:
    """A column as ``codes`` (UInt32, null for null) into ``values``, its distinct values."""

    codes: pl.Series
    values: pl.Series

    def rows(self, per_value: pl.Series) -> pl.Series:
        """Return ``per_value`` (one entry per distinct value) for every row."""
        return per_value.gather(self.codes)

    def or_absent(self) -> pl.Series:
        """Return the codes as Int64, null as the first code no value has."""
        return self.codes.cast(pl.Int64).fill_null(len(self.values))

    def value_at(self, codes: pl.Series) -> pl.Series:
        """Return the values of ``codes``, null for the code that :meth:`or_absent` gives null."""
        present = pl.select(pl.when(codes < len(self.values)).then(codes)).to_series()
        return self.values.gather(present)


def encoded(column: pl.Series) -> Encoded:
    """Encode a text column."""
    dtype = pl.Categorical(pl.Categories.random())
    categorical = column.cast(dtype)  # must live on: the dictionary dies with its last user
    values = dtype.categories.to_series().rename(column.name)
    return Encoded(categorical.to_physical(), values)


def encoded_numbers(column: pl.Series) -> Encoded:
    """Encode a column of whole numbers; ``values`` are Int64."""
    values = column.drop_nulls().unique().rename("value")
    table = values.to_frame().with_row_index("code")
    codes = column.to_frame("value").join(table, on="value", how="left", maintain_order="left")
    return Encoded(codes["code"], values)


def categorical(column: pl.Series) -> pl.Series:
    """Return a text column as categorical with a dictionary of its own; others as they are."""
    if column.dtype != pl.String:
        return column
    return column.cast(pl.Categorical(pl.Categories.random()))


@dataclass
class Remembered:
    """A classification of distinct values that remembers what it has seen between batches.

    ``classify`` takes a text Series of distinct values and returns a frame with one row for
    each, in order, the first column being the value. At most ``limit`` values are kept:
    memory must not follow the log.
    """

    classify: Callable[[pl.Series], pl.DataFrame]
    limit: int = 200_000
    _known: pl.DataFrame | None = field(default=None, repr=False)

    def __call__(self, values: pl.Series) -> pl.DataFrame:
        """Return the classification of ``values``, one row for each, in order."""
        known = self._known
        if known is None:
            self._known = self.classify(values)
            return self._known
        key = known.columns[0]
        new = values.filter(~values.is_in(known[key].implode()))
        if len(new):
            known = pl.concat([known, self.classify(new)])
        answer = values.to_frame(key).join(known, on=key, how="left", maintain_order="left")
        self._known = known if known.height <= self.limit else answer
        return answer
