"""Time decay: a touch half a life older than another gets half as much."""

from __future__ import annotations

import numpy as np

from reports.attribution.credits import Settings
from reports.attribution.paths import ConvertingPaths, Floats


def shares(paths: ConvertingPaths, settings: Settings) -> Floats:
    """Return 2 ** (-age / half-life), scaled to sum to 1 within each path."""
    if not paths.code.size:
        return np.zeros(0)
    # The last touch has age 0, hence weight 1: the sum is never 0, however short the half-life.
    decayed = np.exp2(-paths.age_days / settings.half_life_days)
    return np.asarray(
        decayed / np.repeat(np.add.reduceat(decayed, paths.first[:-1]), paths.lengths),
        dtype=np.float64,
    )
