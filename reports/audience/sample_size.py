"""How many customers it takes to see a lift, and which lift a list can show.

Two proportions, compared two-sided at 5 %, with a power of 80 %: Fleiss, Levin & Paik (2003),
"Statistical Methods for Rates and Proportions", 3rd ed., chapter 4, without continuity
correction, for groups of unequal size. With n1 held out at rate p1, n2 = r n1 written to at p2,
and p the rate of both together::

    n1 = (z(0.975) sqrt((r + 1) p (1 - p)) + z(0.8) sqrt(r p1 (1 - p1) + p2 (1 - p2)))^2
         / (r (p2 - p1)^2)
"""

from __future__ import annotations

from math import ceil, sqrt
from statistics import NormalDist
from typing import Final

POWER: Final = 0.8
ALPHA: Final = 0.05

_Z_ALPHA: Final = NormalDist().inv_cdf(1 - ALPHA / 2)
_Z_POWER: Final = NormalDist().inv_cdf(POWER)
_HALVINGS: Final = 60


def needed(base: float, lift: float, share: float) -> tuple[int, int]:
    """Return how many must be written to and held out, to see ``lift`` over the rate ``base``.

    Args:
        base: rate of those who are not written to, between 0 and 1.
        lift: what is to be seen in addition, in points (0.01 is 1 %); may be negative.
        share: held out, of both together.

    Raises:
        ValueError: a rate, or the share, is not between 0 and 1, or the lift is 0.
    """
    if not (0 < share < 1 and 0 <= base <= 1 and 0 <= base + lift <= 1 and lift):
        raise ValueError("expected rates and a share between 0 and 1, and a lift that is not 0")
    ratio = (1 - share) / share
    control = _control(base, lift, ratio)
    return ceil(control * ratio), ceil(control)


def detectable(base: float, written: int, held_out: int) -> float | None:
    """Return the least lift upward that groups of these sizes show, in points.

    None where even a rate of 1 would not be seen, as without anybody held out.
    """
    if not (written and held_out and 0 <= base < 1):
        return None
    ratio = written / held_out
    low, high = 0.0, 1 - base
    if _control(base, high, ratio) > held_out:
        return None
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (low, middle) if _control(base, middle, ratio) <= held_out else (middle, high)
    return high


def _control(base: float, lift: float, ratio: float) -> float:
    """Return the size of the group held out."""
    other = base + lift
    both = (base + ratio * other) / (ratio + 1)
    chance = _Z_ALPHA * sqrt((ratio + 1) * both * (1 - both))
    effect = _Z_POWER * sqrt(ratio * base * (1 - base) + other * (1 - other))
    return (chance + effect) ** 2 / (ratio * lift**2) if lift else float("inf")
