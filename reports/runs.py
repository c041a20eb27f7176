"""Counting along runs: how many sessions, or visitors, something is met in.

Page views stand in the order of visitors (:mod:`reports.ordered`), those of one session together.
Whether a session views something for the first time is then known by its rows just before, in one
pass of the compiled part; without it polars finds the same, in some ten times the time. Codes are
u32 and not null: what there is to be met, numbered from 0.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from weblog.parse.library import is_compiled as is_compiled  # noqa: PLC0414  a name of this module
from weblog.parse.library import library

MOST_CODES: Final = 1 << 22
"""More codes are left to polars: a few numbers for each are held in memory."""

LEFT_OUT: Final = (1 << 32) - 1
"""The place, as in native.c, of what is not counted."""

_AT_ONCE: Final = 1 << 18

_BINS: Final = 1 << 22
"""Bins for all codes together, at most: 16 MiB."""

_MOST_BITS: Final = 16
"""Leading bits of a number that name its bin: sign, exponent, and sixteenths of a power of two."""


def counts(runs: pl.Series, codes: pl.Series, end: int) -> pl.Series:
    """Return for each code from 0 to before ``end`` how many runs it is met in (i64).

    Args:
        runs: u32 or u64; the same numbers stand together.
        codes: what is met in each row.
        end: how many codes there are.
    """
    if not is_counted(end):
        return of_each(_pairs(runs, codes).unique(), pl.len(), end).fill_null(0).cast(pl.Int64)
    found = np.zeros(end, dtype=np.int64)
    _count(runs, codes, found, None)
    return pl.Series("count", found)


def tally(codes: pl.Series, end: int) -> pl.Series:
    """Return for each code from 0 to before ``end`` in how many rows it is (i64)."""
    numbers, found = codes.to_numpy(), np.zeros(end, dtype=np.int64)
    # A part at a time: numpy makes 64 bits of each code first.
    step = max(end, _AT_ONCE)
    for begin in range(0, len(numbers), step):
        found += np.bincount(numbers[begin : begin + step], minlength=end)
    return pl.Series("count", found)


def firsts(runs: pl.Series, codes: pl.Series, end: int) -> pl.Series:
    """Return for each row whether its code is met for the first time in its run.

    Arguments as of :func:`counts`.
    """
    if not is_counted(end):
        pair = pl.struct("run", "code").is_first_distinct()
        return _pairs(runs, codes).select(pair.alias("is_first")).to_series()
    is_first = np.empty(len(codes), dtype=np.bool_)
    _count(runs, codes, np.zeros(end, dtype=np.int64), is_first)
    return pl.Series("is_first", is_first)


def medians(
    values: pl.Series, codes: pl.Series, end: int, places: pl.Series | None = None
) -> pl.Series:
    """Return the median of the values of each code from 0 to before ``end``; null if it has none.

    Two passes, a part at a time: the first finds between which numbers the middle lies, the second
    holds what lies there.

    Args:
        values: f64; null is no value.
        codes: of what each is a value.
        end: how many codes there are; with ``places``, how many places.
        places: by code, the place it is counted at (:data:`LEFT_OUT`: nowhere); None: its own.
    """
    if not is_counted(end):
        rows = pl.DataFrame([values.alias("value"), codes.alias("code")])
        if places is not None:
            rows = rows.with_columns(places.gather(codes).alias("code"))
        return of_each(rows.filter(pl.col("code") != LEFT_OUT), pl.col("value").median(), end)
    bits = min(_MOST_BITS, (_BINS // end).bit_length() - 1)
    bins = np.zeros((end, 1 << bits), dtype=np.uint32)
    table = None if places is None else places.to_numpy()
    asked = (_address(table), 0 if table is None else len(table), end, bits)
    for numbers, of_what in _parts(values, codes):
        done = library().weblog_count_bins(
            numbers.ctypes.data, of_what.ctypes.data, len(numbers), *asked, bins.ctypes.data
        )
        check(done, len(numbers))
    middle = _Middle.of(bins)
    held, following = np.empty(int(middle.ends[-1])), middle.starts.copy()
    for numbers, of_what in _parts(values, codes):
        done = library().weblog_hold_bins(
            numbers.ctypes.data, of_what.ctypes.data, len(numbers), *asked,
            middle.first.ctypes.data, middle.last.ctypes.data,
            following.ctypes.data, held.ctypes.data,
        )  # fmt: skip
        check(done, len(numbers))
    found = np.empty(end)
    library().weblog_middles(
        held.ctypes.data, middle.ends.ctypes.data, middle.ranks.ctypes.data,
        middle.counts.ctypes.data, end, found.ctypes.data,
    )  # fmt: skip
    return pl.Series("median", found).fill_nan(None)


@dataclass(frozen=True, slots=True)
class _Middle:
    """In which bins the middle of each code's values lies.

    ``first`` and ``last`` bin; ``counts`` of values in all; ``starts`` and ``ends``: where what is
    held of a code lies; ``ranks``: where among it the upper middle is in order.
    """

    first: npt.NDArray[np.uint32]
    last: npt.NDArray[np.uint32]
    counts: npt.NDArray[np.int64]
    starts: npt.NDArray[np.int64]
    ends: npt.NDArray[np.int64]
    ranks: npt.NDArray[np.int64]

    @classmethod
    def of(cls, bins: npt.NDArray[np.uint32]) -> _Middle:
        """Find them from how many values are in each bin."""
        so_far = bins.cumsum(axis=1, dtype=np.uint32)
        counts = so_far[:, -1].astype(np.int64)
        upper, lower = counts // 2, np.maximum(counts - 1, 0) // 2
        first, last = (
            np.minimum((so_far <= rank[:, None]).sum(axis=1), bins.shape[1] - 1)
            for rank in (lower, upper)
        )
        code = np.arange(len(bins))
        before = so_far[code, first].astype(np.int64) - bins[code, first]
        ends = (so_far[code, last] - before).cumsum()
        starts = np.concatenate(([0], ends[:-1]))
        narrow = first.astype(np.uint32), last.astype(np.uint32)
        return cls(*narrow, counts, starts, ends, upper - before)


def _parts(
    values: pl.Series, codes: pl.Series
) -> Iterator[tuple[npt.NDArray[np.float64], npt.NDArray[np.uint32]]]:
    """Yield values, NaN where there is none, and codes: of all at once it would be a copy."""
    for begin in range(0, len(values), _AT_ONCE):
        part = values.slice(begin, _AT_ONCE).fill_null(float("nan"))
        yield part.to_numpy(), codes.slice(begin, _AT_ONCE).to_numpy()


def _address(array: npt.NDArray[np.generic] | None) -> int | None:
    return None if array is None else array.ctypes.data


def together(runs: pl.Series, end: int) -> tuple[pl.Series, pl.Series]:
    """Return which row stands where once rows of the same run stand together, and the runs (u32).

    Runs ascend then, and rows of the same run are in the order they were.

    Args:
        runs: u32, not null.
        end: above every run.
    """
    if not is_compiled():
        by_run = pl.arg_sort_by("run", maintain_order=True).alias("row")
        sorted_rows = runs.to_frame("run").select(by_run)["row"]
        return sorted_rows, runs.gather(sorted_rows).alias("run")
    numbers = runs.to_numpy()
    order, found = (np.empty(len(numbers), dtype=np.uint32) for _ in range(2))
    done = library().weblog_put_together(
        numbers.ctypes.data, len(numbers), end, order.ctypes.data, found.ctypes.data
    )
    check(done, len(numbers))
    return pl.Series("row", order), pl.Series("run", found)


def _count(
    runs: pl.Series, codes: pl.Series, found: np.ndarray, is_first: np.ndarray | None
) -> None:
    numbers, of_what = runs.to_numpy(), codes.to_numpy()
    done = library().weblog_count_runs(
        numbers.ctypes.data,
        numbers.itemsize,
        of_what.ctypes.data,
        len(of_what),
        len(found),
        found.ctypes.data,
        None if is_first is None else is_first.ctypes.data,
    )
    check(done, len(of_what))


def check(done: int, rows: int) -> None:
    """Raise unless the compiled part looked at all rows: it stops at a code beyond the end."""
    if done != rows:
        raise MemoryError(f"{rows} rows could not be counted")


def is_counted(end: int) -> bool:
    """Whether the compiled part is here and counts so many codes."""
    return is_compiled() and 0 < end <= MOST_CODES


def _pairs(runs: pl.Series, codes: pl.Series) -> pl.DataFrame:
    return pl.DataFrame([runs.alias("run"), codes.alias("code")])


def of_each(rows: pl.DataFrame, found: pl.Expr, end: int) -> pl.Series:
    """Return an aggregate of the rows of each code, null of a code without."""
    every = pl.DataFrame({"code": pl.int_range(end, dtype=pl.UInt32, eager=True)})
    by_code = rows.group_by("code").agg(found.alias("found"))
    return every.join(by_code, on="code", how="left", maintain_order="left")["found"]
