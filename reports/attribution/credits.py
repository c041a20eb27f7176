"""What a model answers: conversions and value credited to each name, in every resample."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from reports.attribution.paths import AllPaths, ConvertingPaths, Floats, Paths, Whole
from reports.attribution.tallies import Sums, Tally

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


@dataclass(frozen=True, slots=True)
class Summing:
    """A model in two steps: sums over people, and what follows from these sums alone.

    Sums of parts of the people add up (:func:`reports.attribution.tallies.added_up`), so that
    the first step can be taken by many machines, and the second by one.
    """

    summed: Callable[[AllPaths, Settings], Sums]
    credited: Callable[[Sums, Settings, int, Floats], Credits]

    def __call__(self, paths: AllPaths, settings: Settings, counts: Floats) -> Credits:
        """Answer as any :data:`Model`."""
        return self.credited(self.summed(paths, settings), settings, paths.players, counts)


def resamples(paths: AllPaths, count: int) -> Floats:
    """Return :func:`resampled` of these paths' people."""
    return resampled(paths.people, paths.groups, count)


def resampled(people: int, groups: int, count: int) -> Floats:
    """Return how often each group counts: once in row 0, then ``count`` draws with replacement.

    Source: Efron (1979), "Bootstrap methods: another look at the jackknife"; the unit drawn is
    the person, since sessions of one person are not independent. Groups are of n or n + 1
    people: each draw is scaled to as many people as there are.
    """
    once = np.ones((1, groups))
    if not (groups and count):
        return once
    drawn = np.random.default_rng(SEED).multinomial(groups, np.full(groups, 1 / groups), size=count)
    sizes = people // groups + (np.arange(groups) < people % groups)
    scale = people / (drawn @ sizes)
    return np.concatenate([once, drawn * scale[:, None]])


def totals(paths: Paths) -> Tally:
    """Sum conversions and their value by group."""
    sums = [by_group(paths, amounts) for amounts in (paths.conversions, paths.value)]
    return Tally(np.zeros(1, dtype=np.int64), np.stack(sums)[:, :, None])


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


def by_touch(shares: TouchShares) -> Summing:
    """Make a model of a rule that shares each path's conversions between its touches."""

    def summed(everybody: AllPaths, settings: Settings) -> Sums:
        paths = everybody.led
        if not paths.conversions.size:
            none = np.zeros((2, paths.groups, paths.players))
            return Tally(np.arange(paths.players), none), totals(paths)
        share = shares(paths, settings)
        of_touch = paths.of_touch
        group, shape = paths.group[of_touch], (paths.groups, paths.players)
        sums = [
            table(group, paths.code, share * amounts[of_touch], shape)
            for amounts in (paths.conversions, paths.value)
        ]
        return Tally(np.arange(paths.players), np.stack(sums)), totals(paths)

    def credited(sums: Sums, _: Settings, __: int, counts: Floats) -> Credits:
        given, whole = sums
        conversions, value = (
            closed(counts @ amounts, counts @ of_all[:, 0])
            for amounts, of_all in zip(given.amounts, whole.amounts, strict=True)
        )
        return Credits(conversions, value)

    return Summing(summed, credited)
