"""What was viewed, counted by place in one pass over page views, without a copy of them.

A *place* is a row of the report: what was viewed is known by its code (of the categorical column),
and a small table says which place each code is counted at. Without the compiled part polars finds
the same, in some ten times the time.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from reports.compact import places_by_code
from reports.runs import LEFT_OUT, check, counts, is_counted, medians, tally
from weblog.parse.library import library

_SUMS: Final = ("sessions", "visitors", "converted", "conversions", "value")
"""As in native.c."""


@dataclass(frozen=True, slots=True)
class Coded:
    """Values of a categorical column by their codes.

    Attributes:
        codes: of each row (u32); null has a code of its own, ``null``.
        null: the highest code.
        like: no row, of the column's name and dtype.
    """

    codes: pl.Series
    null: int
    like: pl.Series

    @classmethod
    def of(cls, values: pl.Series, *others: pl.Series) -> Coded:
        """Return the codes of ``values``; that of null is beyond all there are in ``others``."""
        highest = (part.to_physical().max() for part in (values, *others))
        null = max((int(code) + 1 for code in highest if code is not None), default=0)  # type: ignore[arg-type]
        return cls(values.to_physical().fill_null(null), null, values.clear())

    def values(self, codes: pl.Series) -> pl.Series:
        """Return the values that have these codes."""
        known = pl.select(pl.when(codes != self.null).then(codes.cast(pl.UInt32))).to_series()
        return known.cat.to(self.like.dtype).alias(self.like.name)

    def tallied(self, where: pl.Series | None = None) -> pl.DataFrame:
        """Return each value there is and in how many rows, of those ``where`` if given (i64, n)."""
        rows = self.codes if where is None else self.codes.filter(where)
        n = tally(rows, self.null + 1).alias("n")
        codes = (n > 0).arg_true()
        return pl.DataFrame([self.values(codes), n.gather(codes)])

    def places(self, shown: pl.Series, other: int) -> pl.Series:
        """Return by code where in ``shown`` its value stands; ``other`` of those it has not."""
        return places_by_code(shown, self.null, other)


def counted(
    views: pl.DataFrame, codes: pl.Series, places: pl.Series, end: int, sessions: pl.DataFrame
) -> pl.DataFrame:
    """Return a row per place from 0 to before ``end`` with what its views are.

    Args:
        views: ``session`` (u32, ascending), ``visitor`` (u32, a visitor's together), ``dwell_s``.
        codes: of what each views.
        places: by code, its place, or :data:`reports.runs.LEFT_OUT`.
        end: how many places there are.
        sessions: ``session`` (u32, ascending), ``conversions``, ``value``; of these views.

    Returns:
        ``sessions`` and ``visitors`` that viewed it, how many of these sessions ``converted``,
        their ``conversions`` and ``value``; ``dwell_s``, the median.
    """
    with ThreadPoolExecutor(1) as beside:
        middles = beside.submit(medians, views["dwell_s"], codes, end, places)
        summed = _walked if is_counted(end) else _joined
        found = summed(views, codes, places, end, sessions)
        return found.with_columns(middles.result().alias("dwell_s"))


def _walked(
    views: pl.DataFrame, codes: pl.Series, places: pl.Series, end: int, sessions: pl.DataFrame
) -> pl.DataFrame:
    numbers, value = np.zeros((end, len(_SUMS)), dtype=np.int64), _SUMS.index("value")
    session, visitor = (views[name].to_numpy() for name in ("session", "visitor"))
    reached = [sessions[name].to_numpy() for name in ("session", "conversions", "value")]
    code, table = codes.to_numpy(), places.to_numpy()
    done = library().weblog_sum_looks(
        session.ctypes.data, visitor.ctypes.data, code.ctypes.data, len(code),
        table.ctypes.data, len(table), end,
        *(array.ctypes.data for array in reached), sessions.height,
        numbers.ctypes.data,
    )  # fmt: skip
    check(done, len(code))
    whole = pl.DataFrame(numbers[:, :value], schema=list(_SUMS[:value]), orient="row")
    return whole.with_columns(pl.Series("value", numbers[:, value].copy().view(np.float64)))


def _joined(
    views: pl.DataFrame, codes: pl.Series, places: pl.Series, end: int, sessions: pl.DataFrame
) -> pl.DataFrame:
    """Return the same by grouping.

    Few sessions reach a goal: only their page views need telling apart.
    """
    place = places.gather(codes).alias("place")
    rows = views.select("session", "visitor", place).filter(pl.col("place") != LEFT_OUT)
    reached = sessions.filter(pl.col("conversions") > 0)
    sums = (
        rows.select("session", "place")
        .join(reached, on="session", maintain_order="left")
        .unique(["session", "place"], maintain_order=True)
        .group_by("place")
        .agg(pl.len().cast(pl.Int64).alias("converted"), pl.col("conversions", "value").sum())
    )
    every = pl.DataFrame({"place": pl.int_range(end, dtype=pl.UInt32, eager=True)})
    return every.join(sums, on="place", how="left", maintain_order="left").select(
        counts(rows["session"], rows["place"], end).alias("sessions"),
        counts(rows["visitor"], rows["place"], end).alias("visitors"),
        pl.col("converted", "conversions").fill_null(0),
        pl.col("value").fill_null(0.0),
    )
