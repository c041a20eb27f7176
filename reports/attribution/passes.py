"""Touches to paths in one pass of the compiled part.

What numpy finds in :mod:`reports.attribution.paths` with an array of all touches for each step of
the way, in some five times the time.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from weblog.parse.library import library

Whole = npt.NDArray[np.int64]
Codes = npt.NDArray[np.uint8]


def found(touches: pl.DataFrame, window: int, most: int) -> tuple[Whole, Whole, Whole, int]:
    """Return where paths begin, where they end, whose each is, and how many were shortened.

    Args:
        touches: of a person together and in order of time.
        window: milliseconds a path reaches back.
        most: touches of a path.
    """
    names = ("person", "start", "conversions", "is_end")
    persons, starts, conversions, is_end = (touches[name].to_numpy() for name in names)
    begins, ends, owners = (np.empty(touches.height, dtype=np.int64) for _ in range(3))
    shortened = np.zeros(1, dtype=np.int64)
    count = library().weblog_find_paths(
        *addresses(persons, starts, conversions, is_end),
        touches.height,
        window,
        most,
        *addresses(begins, ends, owners, shortened),
    )
    return begins[:count], ends[:count], owners[:count], int(shortened[0])


def laid(codes: pl.Series, begins: Whole, ends: Whole) -> tuple[Codes, Whole]:
    """Return the codes of the touches of paths, one path after the other, and where each begins."""
    read, first = codes.to_numpy(), np.empty(ends.size + 1, dtype=np.int64)
    code = np.empty(int((ends + 1 - begins).sum()), dtype=np.uint8)
    library().weblog_lay_paths(*addresses(begins, ends), ends.size, *addresses(read, code, first))
    return code, first


def addresses(*arrays: npt.NDArray[Any]) -> list[int]:
    """Return where arrays lie; they must outlive the call."""
    return [array.ctypes.data for array in arrays]
