"""Two ascending columns put into one another, and with them whatever stands beside them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl


@dataclass(frozen=True, slots=True)
class Merged:
    """Two ascending columns put into one another.

    Attributes:
        taken: which row of both, one after the other, stands where.
        of_old: where those that stay stand now (u32).
        of_new: where the others stand now (u32).
    """

    taken: pl.Series
    of_old: pl.Series
    of_new: pl.Series

    @classmethod
    def of(cls, old: pl.Series, stays: pl.Series, new: pl.Series) -> Merged:
        """Merge ``new`` with those of ``old`` that stay; behind those that are equal."""
        mine, others = old.gather(stays).to_numpy(), new.to_numpy()
        place = np.searchsorted(mine, others, side="right") + np.arange(len(others))
        taken = np.empty(len(mine) + len(others), dtype=np.uint32)
        is_old = np.ones(len(taken), dtype=bool)
        is_old[place] = False
        taken[place] = np.arange(len(old), len(old) + len(others), dtype=np.uint32)
        taken[is_old] = stays.to_numpy()
        of_old = np.flatnonzero(is_old).astype(np.uint32)
        return cls(pl.Series(taken), pl.Series(of_old), pl.Series(place.astype(np.uint32)))

    def put(self, old: pl.Series, new: pl.Series) -> pl.Series:
        """Return a column of both."""
        return pl.concat([old, new], rechunk=True).gather(self.taken)
