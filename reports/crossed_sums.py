"""Sums over visitors of products of counts: how much alike the sessions of one visitor are.

With o, a, b and m a visitor's sessions in a cell, in its row, in its column and at all. Lists in
the order of visitors, as sessions stand (:mod:`reports.ordered`), are walked side by side by the
compiled part; without it polars joins a table of all counts, in some twenty times the time. As in
:mod:`reports.runs`, codes are u32 and not null.
"""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from reports import runs
from weblog.parse.library import library


@dataclass(frozen=True, slots=True)
class Coded:
    """Sessions, each with a code.

    Attributes:
        visitor: of each, ascending.
        code: of each, below ``end``.
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


@dataclass(frozen=True, slots=True)
class CrossedSums:
    """What :func:`crossed_sums` finds; all sums are i64.

    Attributes:
        cells: a row per cell: ``visitors`` with a session in it, ``oo``, ``oa``, ``ob``, ``om``
            and ``ab``; a visitor who is in row and column counts in ``ab``, in the cell or not.
        rows: a row per row: ``aa`` and ``am``.
        columns: a row per column: ``bb`` and ``bm``.
        mm: over all visitors.
    """

    cells: pl.DataFrame
    rows: pl.DataFrame
    columns: pl.DataFrame
    mm: int


_CELLS: Final = ("visitors", "oo", "oa", "ob", "om", "ab")


def crossed_sums(everyone: pl.Series, rows: Coded, columns: Coded, cells: Coded) -> CrossedSums:
    """Sum over visitors the products of what they have in each row, column and cell.

    Args:
        everyone: the visitor of each session, ascending.
        rows: sessions and the rows they are in.
        columns: sessions and the columns they are in.
        cells: sessions and the cells they are in: row x columns + column, in both of which the
            session is.
    """
    if not runs.is_counted(rows.end * columns.end):
        return _joined(everyone, rows, columns, cells)
    sums = np.zeros((rows.end * columns.end, len(_CELLS)), dtype=np.int64)
    of_rows, of_columns = (np.zeros((side.end, 2), dtype=np.int64) for side in (rows, columns))
    squares = np.zeros(1, dtype=np.int64)
    visitors = everyone.cast(pl.UInt64).to_numpy()
    lists = [side.numbers for side in (rows, columns, cells)]  # as long as addresses are used
    told = (_Rows * 3)(*(_Rows(*(a.ctypes.data for a in pair), len(pair[0])) for pair in lists))
    done = library().weblog_sum_crossed(
        visitors.ctypes.data,
        len(visitors),
        ctypes.addressof(told),
        rows.end,
        columns.end,
        *(found.ctypes.data for found in (sums, of_rows, of_columns, squares)),
    )
    runs.check(done, len(visitors))
    return CrossedSums(
        pl.DataFrame(sums, schema=list(_CELLS)),
        pl.DataFrame(of_rows, schema=["aa", "am"]),
        pl.DataFrame(of_columns, schema=["bb", "bm"]),
        int(squares[0]),
    )


class _Rows(ctypes.Structure):
    _fields_ = (
        *((name, ctypes.c_void_p) for name in ("visitors", "codes")),
        ("count", ctypes.c_int64),
    )


def _joined(everyone: pl.Series, rows: Coded, columns: Coded, cells: Coded) -> CrossedSums:
    """Return the same by grouping."""
    width = pl.lit(columns.end, pl.UInt32)
    m = everyone.to_frame("visitor").group_by("visitor").agg(_COUNT.alias("m"))
    a, b, o = (
        side.frame.group_by("visitor", "code").agg(_COUNT.alias(name))
        for name, side in (("a", rows), ("b", columns), ("o", cells))
    )
    a, b = a.rename({"code": "row"}), b.rename({"code": "column"})
    of_cells = (
        o.with_columns((pl.col("code") // width).alias("row"))
        .with_columns((pl.col("code") % width).alias("column"))
        .join(a, on=["visitor", "row"])
        .join(b, on=["visitor", "column"])
        .join(m, on="visitor")
        .group_by("code")
        .agg(
            pl.len().cast(pl.Int64).alias("visitors"),
            *((pl.col("o") * pl.col(name)).sum().alias(f"o{name}") for name in "oabm"),
        )
    )
    both = a.join(b, on="visitor").group_by(
        (pl.col("row") * width + pl.col("column")).alias("code")
    )
    of_cells = _each(rows.end * columns.end, of_cells, both.agg((_A * _B).sum().alias("ab")))
    lines = [
        side.join(m, on="visitor")
        .group_by(pl.col(by).alias("code"))
        .agg((n * n).sum().alias(name * 2), (n * pl.col("m")).sum().alias(f"{name}m"))
        for name, n, by, side in (("a", _A, "row", a), ("b", _B, "column", b))
    ]
    of_rows, of_columns = (
        _each(side.end, line) for side, line in zip((rows, columns), lines, strict=True)
    )
    return CrossedSums(of_cells, of_rows, of_columns, int((m["m"] ** 2).sum()))


_COUNT: Final = pl.len().cast(pl.Int64)
_A: Final = pl.col("a")
_B: Final = pl.col("b")


def _each(end: int, *parts: pl.DataFrame) -> pl.DataFrame:
    """Return sums by ``code`` beside each other, a row for each code to ``end``; 0 where none."""
    found = pl.DataFrame({"code": pl.int_range(end, dtype=pl.UInt32, eager=True)})
    for part in parts:
        found = found.join(part, on="code", how="left", maintain_order="left")
    return found.drop("code").fill_null(0)
