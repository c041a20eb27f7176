"""Last touch: the session of the conversion gets everything, direct or not."""

from __future__ import annotations

import numpy as np

from reports.attribution.credits import Settings
from reports.attribution.paths import ConvertingPaths, Floats


def shares(paths: ConvertingPaths, _: Settings) -> Floats:
    """Return 1 for the last touch of each path."""
    found = np.zeros(paths.code.size)
    found[paths.first[1:] - 1] = 1.0
    return found
