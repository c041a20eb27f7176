"""A company's own rule: 30 % to the first touch, 50 % to the last, 20 % to those between."""

from __future__ import annotations

import numpy as np

from reports.extending import AttributionModel, ConvertingPaths, Floats, Settings, Words, by_touch

FIRST, LAST = 0.3, 0.5


def shares(paths: ConvertingPaths, _: Settings) -> Floats:
    """Return the share of each touch in its path; all touches stand in one array, path by path."""
    lengths = paths.lengths
    between = np.maximum(lengths - 2, 1)
    found = np.repeat((1 - FIRST - LAST) / between, lengths)
    begin, end = paths.first[:-1], paths.first[1:] - 1
    found[begin] = FIRST
    found[end] = LAST
    pairs = lengths == 2
    found[begin[pairs]] = FIRST / (FIRST + LAST)
    found[end[pairs]] = LAST / (FIRST + LAST)
    found[begin[lengths == 1]] = 1.0
    return found


MODEL = AttributionModel(Words("30/20/50", "30/20/50"), by_touch(shares))
