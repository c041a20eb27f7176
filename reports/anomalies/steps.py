"""Change points: the days from which on a series of days runs on another level.

The search itself is that of ruptures (Truong, Oudre and Vayatis 2020, "Selective review of offline
change point detection methods", Signal Processing 167): the levels and days with the least sum of
squares, and a penalty for each change (PELT; Killick, Fearnhead and Eckley 2012, JASA 107).

The penalty is the critical value of the largest likelihood ratio over all possible days, so that a
series without a change shows one with chance ``alpha``::

    alpha = phi(b) (b (1 - 1 / b^2) ln((1 - e)^2 / e^2) + 4 / b),  e = least days / days

times the variance of a level. Source: James, James and Siegmund (1987), "Tests for a change-point",
Biometrika 74. What one day has in common with the next makes levels vary more, by
(1 + r) / (1 - r); r is estimated of differences of days, which a change of level hardly touches
(Chakar, Lebarbier, Levy-Leduc and Robin 2017, "A robust approach for estimating change-points in
the mean of an AR(1) process", Bernoulli 23). A steady growth is no change of level: a line is
fitted beside the steps, and a step is what it leaves over. That takes a larger step to be seen,
but none is made of growth.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log, pi, sqrt
from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

LEAST_DAYS: Final = 14
"""So long at least a level lasts, two weeks; what is shorter is days out of line."""

MOST_ALIKE: Final = 0.8
_ROUNDS: Final = 6


@dataclass(frozen=True, slots=True)
class Levels:
    """Where levels begin: numbers of days, the first not told."""

    starts: tuple[int, ...]

    def design(self, days: int) -> Floats:
        """Return a column per level, and one for the slope."""
        number = np.searchsorted(np.asarray(self.starts, dtype=np.int64), np.arange(days), "right")
        columns = (number[:, None] == np.arange(len(self.starts) + 1)).astype(np.float64)
        return np.column_stack([columns, _centred(days)])


def critical(alpha: float, days: int) -> float:
    """Return the likelihood ratio a series of so many days exceeds with chance ``alpha``."""
    share = min(LEAST_DAYS / days, 0.5)
    odds = 2 * log((1 - share) / share)
    low, high = 1.0, 12.0
    for _ in range(60):
        b = (low + high) / 2
        density = exp(-b * b / 2) / sqrt(2 * pi)
        low, high = (b, high) if density * ((b - 1 / b) * odds + 4 / b) > alpha else (low, b)
    return high**2


def spread(x: Floats, known: npt.NDArray[np.bool_]) -> tuple[float, float]:
    """Return the variance of a day and the correlation of one with the next, of differences."""
    means = []
    for lag in (1, 2):
        both = known[lag:] & known[:-lag]
        means.append(float(np.mean((x[lag:] - x[:-lag])[both] ** 2)) if both.any() else 0.0)
    if means[0] <= 0:
        return 0.0, 0.0
    alike = min(max(means[1] / means[0] - 1, 0.0), MOST_ALIKE)
    variance = means[0] / (2 * (1 - alike))
    # An estimate from so few days; too small a one would make changes of what is none.
    return variance, min(alike + 0.5 / sqrt(len(x)), MOST_ALIKE)


def long_run(alike: float) -> float:
    """Return by how much more a mean of days varies than one of independent days."""
    return (1 + alike) / (1 - alike)


def levels(x: Floats, known: npt.NDArray[np.bool_], alpha: float) -> Levels:
    """Return the levels of a series of days.

    Args:
        x: a value per day, the weekday taken out; of about the same variance each day.
        known: which of them say something; the others have to be near their neighbours.
        alpha: chance of a change where there is none.
    """
    days = len(x)
    if days < 2 * LEAST_DAYS:
        return Levels(())
    variance, alike = spread(x, known)
    # Days of counts vary by chance at least; a series of noughts has no variance of its own.
    penalty = critical(alpha, days) * max(variance, 1e-6) * long_run(alike)
    found = []
    for begin in (Levels(()), Levels(_starts(x, penalty))):
        sloped = begin
        for _ in range(_ROUNDS):
            after = Levels(_starts(x - _slope(x, sloped) * _centred(days), penalty))
            if after == sloped:
                break
            sloped = after
        found.append((_cost(x, sloped, penalty), len(sloped.starts), sloped))
    return min(found, key=lambda each: each[:2])[-1]


def _starts(x: Floats, penalty: float) -> tuple[int, ...]:
    import ruptures  # noqa: PLC0415  takes a second to import, and few reports need it

    search = ruptures.KernelCPD(kernel="linear", min_size=LEAST_DAYS)
    ends: list[int] = search.fit(x.reshape(-1, 1)).predict(pen=penalty)
    return tuple(int(end) for end in ends[:-1])


def _centred(days: int) -> Floats:
    return (np.arange(days) - (days - 1) / 2) / days


def _slope(x: Floats, of: Levels) -> float:
    solved = np.linalg.lstsq(of.design(len(x)), x, rcond=None)[0]
    return float(solved[-1])


def _cost(x: Floats, of: Levels, penalty: float) -> float:
    """Return squares left over, and a penalty for each step."""
    design = of.design(len(x))
    left = x - design @ np.linalg.lstsq(design, x, rcond=None)[0]
    return float(left @ left) + penalty * len(of.starts)
