"""What a model answers: conversions and value credited to each name, in every resample."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from reports.attribution.paths import AllPaths, ConvertingPaths, Floats, Paths, Whole

SEED: Final = 20_251_130
"""Of the resamples: the same question has the same interval."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What models can be told: the half-life of time decay, the order of the Markov chain."""

    half_life_days: float = 7.0
    order: int = 1


@dataclass(frozen=True, slots=True)
class Credits:
    """Conversions and value credited: a row per resample, a column per name.

    Row 0 is the answer, in which everybody counts once. Each row sums to the conversions, and
    the value, of that resample. Rows of NaN: the model was not resampled.
    """

    conversions: Floats
    value: Floats


Model = Callable[[AllPaths, Settings, Floats], Credits]
"""A model: paths, settings and how often each group counts in each resample to credits."""

TouchShares = Callable[[ConvertingPaths, Settings], Floats]
"""A rule: which share of its path's conversions each touch gets; those of a path sum to 1."""


def resamples(paths: AllPaths, count: int) -> Floats:
    """Return how often each group counts: once in row 0, then ``count`` draws with replacement.

    Source: Efron (1979), "Bootstrap methods: another look at the jackknife"; the unit drawn is
    the person, since sessions of one person are not independent. Groups are of n or n + 1
    people: each draw is scaled to as many people as there are.
    """
    once = np.ones((1, paths.groups))
    if not (paths.groups and count):
        return once
    drawn = np.random.default_rng(SEED).multinomial(
        paths.groups, np.full(paths.groups, 1 / paths.groups), size=count
    )
    sizes = paths.people // paths.groups + (np.arange(paths.groups) < paths.people % paths.groups)
    scale = paths.people / (drawn @ sizes)
    return np.concatenate([once, drawn * scale[:, None]])


def by_group(paths: Paths, amounts: Floats) -> Floats:
    """Sum amounts of paths by group."""
    return table(paths.group, np.zeros_like(paths.group), amounts, (paths.groups, 1))[:, 0]


def table(
    row: Whole, column: npt.NDArray[np.integer[Any]], amounts: Floats, shape: tuple[int, int]
) -> Floats:
    """Sum amounts by row and column."""
    sums = np.bincount(row * shape[1] + column, weights=amounts, minlength=shape[0] * shape[1])
    return np.asarray(sums, dtype=np.float64).reshape(shape)


def closed(given: Floats, totals: Floats) -> Floats:
    """Scale each row to its total: rounding leaves some 1e-8 of a million sums."""
    sums = given.sum(axis=1)
    scale = np.divide(totals, sums, out=np.zeros_like(totals), where=sums != 0)
    return np.asarray(given * scale[:, None], dtype=np.float64)


def padded(given: Floats, count: int) -> Floats:
    """Add rows of NaN up to ``count``: for resamples a model did not take."""
    missing = np.full((count - len(given), given.shape[1]), np.nan)
    return np.concatenate([given, missing])


def by_touch(shares: TouchShares) -> Model:
    """Make a model of a rule that shares each path's conversions between its touches."""

    def model(everybody: AllPaths, settings: Settings, counts: Floats) -> Credits:
        paths = everybody.led
        share = shares(paths, settings)
        of_touch = paths.of_touch
        group = paths.group[of_touch]

        def credited(amounts: Floats) -> Floats:
            shape = (paths.groups, paths.players)
            sums = table(group, paths.code, share * amounts[of_touch], shape)
            return closed(counts @ sums, counts @ by_group(paths, amounts))

        return Credits(credited(paths.conversions), credited(paths.value))

    return model
