"""Position based: 40 % to the first and to the last touch each, 20 % to those between."""

from __future__ import annotations

from typing import Final

import numpy as np

from reports.attribution.credits import Settings
from reports.attribution.paths import ConvertingPaths, Floats

END: Final = 0.4
MIDDLE: Final = 1 - 2 * END


def shares(paths: ConvertingPaths, _: Settings) -> Floats:
    """Return 0.4, 0.2 divided by those between, 0.4; halves where there are but two, 1 for one."""
    lengths = paths.lengths
    between = np.maximum(lengths - 2, 1)
    found = np.repeat(MIDDLE / between, lengths)
    end = np.choose(np.minimum(lengths, 3) - 1, [1.0, 0.5, END])
    found[paths.first[:-1]] = end
    found[paths.first[1:] - 1] = end
    return found
