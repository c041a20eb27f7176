"""Sums over visitors of products of counts: how much what one visitor does is alike.

Two lists of rows, each in the order of visitors as sessions stand (:mod:`reports.ordered`), are
walked side by side by the compiled part; without it polars joins a table of all counts, in some
twenty times the time. As in :mod:`reports.runs`, codes are u32 and not null.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from reports import runs
from weblog.parse.library import library


@dataclass(frozen=True, slots=True)
class Coded:
    """Rows of visitors, each with a code.

    Attributes:
        visitor: u32 or u64, ascending.
        code: of each row, below ``end``.
        end: how many codes there are.
    """

    visitor: pl.Series
    code: pl.Series
    end: int

    @property
    def frame(self) -> pl.DataFrame:
        """``visitor`` and ``code``."""
        return pl.DataFrame([self.visitor.alias("visitor"), self.code.alias("code")])

    @property
    def numbers(self) -> tuple[np.ndarray, np.ndarray]:
        """Visitors and codes as the compiled part takes them: u64 and u32."""
        return self.visitor.cast(pl.UInt64).to_numpy(), self.code.cast(pl.UInt32).to_numpy()


def products(rows: Coded, of: Coded, asked: pl.Series | None = None) -> pl.Series:
    """Sum, for each code of ``rows``, over visitors: rows that have it x ``of`` that go with it.

    Args:
        rows: their codes are summed by.
        of: what is counted of each visitor.
        asked: for each of ``rows`` the code of ``of`` that goes with it, the same for all of one
            code of ``rows``; None: whatever code ``of`` has.

    Returns:
        An i64 for each code of ``rows``.
    """
    if not runs.is_counted(rows.end) or not runs.is_counted(of.end):
        return _joined_products(rows, of, asked)
    found = np.zeros(rows.end, dtype=np.int64)
    (mine, own), (theirs, into) = of.numbers, rows.numbers
    codes = None if asked is None else (own, asked.cast(pl.UInt32).to_numpy())
    done = library().weblog_sum_shared(
        mine.ctypes.data,
        None if codes is None else codes[0].ctypes.data,
        len(mine),
        of.end,
        theirs.ctypes.data,
        None if codes is None else codes[1].ctypes.data,
        into.ctypes.data,
        len(theirs),
        rows.end,
        found.ctypes.data,
    )
    runs.check(done, len(theirs))
    return pl.Series("products", found)


def pairs(one: Coded, other: Coded) -> pl.Series:
    """Sum, for each code here and each there, over visitors: rows with this x rows with that.

    Returns:
        An i64 for each pair: all of code 0 of ``one`` first, in the order of the codes of
        ``other``.
    """
    if not runs.is_counted(one.end * other.end):
        return _joined_pairs(one, other)
    found = np.zeros(one.end * other.end, dtype=np.int64)
    (mine, codes), (theirs, their_codes) = one.numbers, other.numbers
    done = library().weblog_count_pairs(
        mine.ctypes.data,
        codes.ctypes.data,
        len(mine),
        one.end,
        theirs.ctypes.data,
        their_codes.ctypes.data,
        len(theirs),
        other.end,
        found.ctypes.data,
    )
    runs.check(done, len(theirs))
    return pl.Series("pairs", found)


def _joined_products(rows: Coded, of: Coded, asked: pl.Series | None) -> pl.Series:
    by = ["visitor"] if asked is None else ["visitor", "code"]
    counted = of.frame.group_by(by).agg(pl.len().cast(pl.Int64).alias("n"))
    wanted = rows.frame.rename({"code": "into"})
    if asked is not None:
        wanted = wanted.with_columns(asked.alias("code"))
    return runs.of_each(
        wanted.join(counted, on=by)
        .rename({"code": "asked"}, strict=False)
        .rename({"into": "code"}),
        pl.col("n").sum(),
        rows.end,
    ).fill_null(0)


def _joined_pairs(one: Coded, other: Coded) -> pl.Series:
    n = pl.len().cast(pl.Int64).alias("n")
    mine, theirs = (side.frame.group_by("visitor", "code").agg(n) for side in (one, other))
    both = mine.join(theirs, on="visitor", suffix="_2").select(
        (pl.col("code") * pl.lit(other.end, pl.UInt32) + pl.col("code_2")).alias("code"),
        (pl.col("n") * pl.col("n_2")).alias("n"),
    )
    return runs.of_each(both, pl.col("n").sum(), one.end * other.end).fill_null(0)
