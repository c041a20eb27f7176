"""Which of many findings are more than chance: the share of false ones is controlled."""

from __future__ import annotations

from typing import Final

import polars as pl

LEVEL: Final = 0.05
"""At most this share of what is called beyond chance is chance, on average."""


def benjamini_hochberg(p: pl.Expr) -> pl.Expr:
    """Return the adjusted p-values: a finding is beyond chance at level q if its is q or less.

    The number of tests is that of the values that are not null; null stays null. Source:
    Benjamini and Hochberg (1995), "Controlling the false discovery rate", JRSS B 57.
    """
    scaled = p * p.count() / p.rank("max")
    falling = scaled.sort_by(p, descending=True, nulls_last=True).cum_min()
    return falling.gather(p.rank("ordinal", descending=True) - 1).clip(0.0, 1.0)
