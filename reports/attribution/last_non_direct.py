"""Last non-direct touch: the latest session that came from somewhere gets everything.

Direct gets it only where the whole path is direct (Universal Analytics' default model).
"""

from __future__ import annotations

import numpy as np

from reports.attribution.credits import Settings
from reports.attribution.paths import ConvertingPaths, Floats


def shares(paths: ConvertingPaths, _: Settings) -> Floats:
    """Return 1 for the last touch of each path that is not direct, else for its last."""
    touches = np.arange(paths.code.size)
    found = np.zeros(paths.code.size)
    if paths.code.size:
        led = np.maximum.reduceat(np.where(paths.is_direct, -1, touches), paths.first[:-1])
        found[np.where(led < 0, paths.first[1:] - 1, led)] = 1.0
    return found
