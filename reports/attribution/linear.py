"""Linear: all touches of a path get the same."""

from __future__ import annotations

import numpy as np

from reports.attribution.credits import Settings
from reports.attribution.paths import ConvertingPaths, Floats


def shares(paths: ConvertingPaths, _: Settings) -> Floats:
    """Return 1 / the number of touches."""
    return np.repeat(1.0 / paths.lengths, paths.lengths)
