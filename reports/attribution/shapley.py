"""Shapley value: what a name adds to the conversion rate, on average over all orders of joining.

The worth v(S) of a set of names is the conversion rate of the paths that touch exactly these
names, paths without a conversion included: Shao & Li (2011), "Data-driven multi-touch attribution
models", KDD; Dalessandro, Perlich, Stitelman, Provost (2012), "Causally motivated attribution for
online advertising", ADKDD. v of no name, and of a set no path touches, is 0. Each set C that
converts plays its own game: name k of C gets

    phi_k = sum over S in C without k of |S|! (|C| - |S| - 1)! / |C|! * (v(S + k) - v(S))

and the conversions of C are shared in proportion to phi. A name that lowers the rate gets nothing
(its phi is below 0); where none raises it, all get the same. One game of all names instead would
need the rate of sets nobody ever touched. Sets of more than eight names are shared equally, which
is the Shapley value where v(S) counts the conversions of paths within S (Zhao, Mahboobi, Bagheri,
2018, "Shapley value methods for attribution modeling in online advertising").
"""

from __future__ import annotations

from math import factorial
from typing import Final

import numpy as np

from reports.attribution.credits import Credits, Settings, Summing, closed, padded, table
from reports.attribution.paths import Floats, Paths, Whole, numbered
from reports.attribution.tallies import Sums, Tally

MOST_MEMBERS: Final = 8
"""Larger sets are shared equally: a game of n names has 2^n sets, most of them never seen."""

MOST_RESAMPLED: Final = 10_000
"""With more different sets they are shared once, without intervals."""

AT_ONCE: Final = 1_000_000
"""Worths of sets that are looked up together, 8 MB."""


def summed(paths: Paths, _: Settings) -> Sums:
    """Sum conversions, value and weight of the paths that touch exactly the same names."""
    if not paths.code.size:
        none = np.zeros(0, dtype=np.int64)
        return (Tally(none, np.zeros((3, paths.groups, 0)), MOST_RESAMPLED),)
    one = np.left_shift(np.int64(1), paths.code)
    members_of = np.bitwise_or.reduceat(one, paths.first[:-1])
    masks, of_path = numbered(members_of, 1 << paths.players)
    group, groups = paths.group, paths.groups
    is_whole = masks.size > MOST_RESAMPLED
    if is_whole:
        group, groups = np.zeros_like(group), 1

    def sums(amounts: Floats, of: Whole | slice = slice(None)) -> Floats:
        return table(group[of], of_path[of], amounts[of], (groups, masks.size))

    # Few paths convert: the others have none to add.
    led = np.flatnonzero(paths.conversions)
    amounts = np.empty((3, groups, masks.size))
    amounts[0], amounts[1] = sums(paths.conversions, led), sums(paths.value, led)
    amounts[2] = sums(paths.weight)
    return (Tally(masks, amounts, MOST_RESAMPLED, is_whole=is_whole),)


def credited(sums: Sums, _: Settings, players: int, counts: Floats) -> Credits:
    """Share the conversions and the value of each set of names by its Shapley values."""
    (sets,) = sums
    if not sets.keys.size:
        empty = np.zeros((len(counts), players))
        return Credits(empty, empty)
    masks, drawn = sets.keys, np.ones((1, 1)) if sets.is_whole else counts
    conversions, value, weight = (drawn @ amounts for amounts in sets.amounts)
    rate = np.divide(conversions, weight, out=np.zeros_like(weight), where=weight > 0)
    given = np.zeros((2, len(drawn), players))
    for members, chosen in _by_size(masks, players):
        size = min(members.shape[1], MOST_MEMBERS)
        step = max(1, AT_ONCE // (chosen.size << size))
        for rows in (slice(begin, begin + step) for begin in range(0, len(drawn), step)):
            parts = shares(masks, rate[rows], masks[chosen], members)
            amounts = np.stack([conversions[rows, chosen], value[rows, chosen]])
            for place in range(members.shape[1]):
                held = np.eye(players)[members[:, place]]
                given[:, rows] += (amounts * parts[..., place]) @ held
    return Credits(
        padded(closed(given[0], conversions.sum(axis=1)), len(counts)),
        padded(closed(given[1], value.sum(axis=1)), len(counts)),
    )


credit: Final = Summing(summed, credited)
"""The model."""


def shares(masks: Whole, rate: Floats, sets: Whole, members: Whole) -> Floats:
    """Return which part of its conversions each member of each set gets, in every resample.

    Args:
        masks: every set of names that occurs, ascending; bit ``code`` is set for each member.
        rate: conversion rate of these sets: a row per resample.
        sets: those to share for, all of one size.
        members: their codes: a row per set.
    """
    size = members.shape[1]
    equal = np.full((len(rate), sets.size, size), 1.0 / size)
    if size == 1 or size > MOST_MEMBERS:
        return equal
    bits = np.arange(1 << size)[:, None] >> np.arange(size) & 1
    within = np.left_shift(np.int64(1), members) @ bits.T
    place = np.minimum(np.searchsorted(masks, within), masks.size - 1)
    is_seen = masks[place] == within
    marginal = _weights(bits)
    phi = np.maximum(np.where(is_seen, rate[:, place], 0.0) @ marginal, 0.0)
    sums = phi.sum(axis=2, keepdims=True)
    np.divide(phi, sums, out=equal, where=sums > 0)
    return equal


def _weights(bits: Whole) -> Floats:
    """Return the matrix that makes Shapley values of the worths of all sets of a game."""
    size = bits.shape[1]
    joins = np.array(
        [factorial(s) * factorial(size - s - 1) / factorial(size) for s in range(size)]
    )
    joined = bits.sum(axis=1)[:, None]
    leaves = -joins[np.minimum(joined, size - 1)]
    return np.asarray(np.where(bits == 1, joins[np.maximum(joined - 1, 0)], leaves))


def _by_size(masks: Whole, players: int) -> list[tuple[Whole, Whole]]:
    """Return the members of all sets, and the sets' places, in a pair for each size."""
    has = masks[:, None] >> np.arange(players) & 1 == 1
    sizes = has.sum(axis=1)
    pairs = []
    for size in np.unique(sizes):
        chosen = np.flatnonzero(sizes == size)
        pairs.append((np.nonzero(has[chosen])[1].reshape(chosen.size, size), chosen))
    return pairs
