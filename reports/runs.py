"""Counting along runs: how many sessions, or visitors, something is met in.

Page views stand in the order of visitors (:mod:`reports.ordered`), those of one session together.
Whether a session views something for the first time is then known by its rows just before, in one
pass of the compiled part; without it polars finds the same, in some ten times the time. Codes are
u32 and not null: what there is to be met, numbered from 0.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from weblog.parse.library import is_compiled as is_compiled  # noqa: PLC0414  a name of this module
from weblog.parse.library import library

MOST_CODES: Final = 1 << 22
"""More codes are left to polars: a few numbers for each are held in memory."""

_AT_ONCE: Final = 1 << 18


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


def medians(values: pl.Series, codes: pl.Series, end: int) -> pl.Series:
    """Return the median of the values of each code from 0 to before ``end``; null if it has none.

    Args:
        values: f64; null is no value.
        codes: of what each is a value.
        end: how many codes there are.
    """
    if not is_counted(end):
        rows = pl.DataFrame([values.alias("value"), codes.alias("code")])
        return of_each(rows, pl.col("value").median(), end)
    numbers, of_what = values.fill_null(float("nan")).to_numpy(), codes.to_numpy()
    middles = np.empty(end, dtype=np.float64)
    done = library().weblog_medians(
        numbers.ctypes.data, of_what.ctypes.data, len(numbers), end, middles.ctypes.data
    )
    check(done, len(numbers))
    return pl.Series("median", middles).fill_nan(None)


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
