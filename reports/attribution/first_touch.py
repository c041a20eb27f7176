"""First touch: the earliest session within the window gets everything."""

from __future__ import annotations

import numpy as np

from reports.attribution.credits import Settings
from reports.attribution.paths import ConvertingPaths, Floats


def shares(paths: ConvertingPaths, _: Settings) -> Floats:
    """Return 1 for the first touch of each path."""
    found = np.zeros(paths.code.size)
    found[paths.first[:-1]] = 1.0
    return found
