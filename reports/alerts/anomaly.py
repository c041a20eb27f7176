"""What makes a number odd beside earlier ones: one function, to be replaced by a better one.

Why not that of :mod:`reports.anomalies`, which report ``anomalies`` uses? It knows days of counts
alone, no hours, rates or cells of reports; it takes 1.2 s to import, of a run every ten minutes;
and of what falls by half it tells little more: of days of 100 sessions 99 in 100 against 93, of
days that vary by a tenth more than chance 81 against 66, each at its own limit. Of growth and of
steps it knows more: the report is where to look when an alert has fired.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import median
from typing import Final, Protocol

from reports.spec import Unit

LIMIT: Final = 3.5
"""Modified z-scores beyond this are outliers: Iglewicz and Hoaglin (1993), "How to detect and
handle outliers", ASQC."""

NORMAL: Final = 0.6744897501960817
"""The median absolute deviation of a normal distribution, in standard deviations."""


@dataclass(frozen=True, slots=True)
class Oddity:
    """The judgement: whether a number is odd, what was expected, and from where to where."""

    is_odd: bool
    expected: float
    low: float
    high: float


class Detector(Protocol):
    """Judges ``now`` by what the same weekdays brought ``before``, the latest first."""

    def __call__(self, now: float, before: Sequence[float], unit: Unit) -> Oddity:
        """Return the judgement."""


def by_median(now: float, before: Sequence[float], unit: Unit) -> Oddity:
    """Judge by the median and the median absolute deviation, which no single odd week moves.

    z = 0.6745 (now - median) / MAD; odd where |z| > 3.5. The standard deviation MAD / 0.6745 is
    taken as not less than the Poisson one of a count, the square root of its median.
    """
    middle = median(before)
    deviation = median(abs(each - middle) for each in before) / NORMAL
    if unit == "count":
        deviation = max(deviation, sqrt(max(middle, 1.0)))
    low, high = middle - LIMIT * deviation, middle + LIMIT * deviation
    if unit in {"count", "rate"}:
        low = max(low, 0.0)
    return Oddity(not low <= now <= high, middle, low, high)


DETECTOR: Final[Detector] = by_median
"""The one rules with ``anomaly = true`` are judged by."""
