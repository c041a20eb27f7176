"""Sums over people that models of attribution need, and sums of parts put together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from reports.attribution.paths import GROUPS, Floats, Whole


@dataclass(frozen=True, slots=True)
class Tally:
    """Amounts by what they are of, for each group of people.

    Attributes:
        keys: what they are of, ascending: names' codes, sets of names, ways from state to state.
        amounts: by measure, group and key.
        most: with more keys than these in all, groups are not told apart; None: always told.
        is_whole: they are not: there is one group, of all people.
    """

    keys: Whole
    amounts: Floats
    most: int | None = None
    is_whole: bool = False

    @property
    def as_whole(self) -> Tally:
        """The same with all groups as one."""
        if self.is_whole:
            return self
        return Tally(self.keys, self.amounts.sum(axis=1, keepdims=True), self.most, is_whole=True)


Sums = tuple[Tally, ...]
"""All that a model needs to know of people."""


def added_up(parts: Sequence[tuple[int, Sums]], groups: int) -> Sums:
    """Return the sums over all people from those over parts of them.

    Args:
        parts: how many people with paths stand before each part's, and its sums. People are in
            groups by their number, so those of a part are the groups from there on.
        groups: how many there are in all.
    """
    befores = [before for before, _ in parts]
    by_place = list(zip(*(sums for _, sums in parts), strict=True))
    every = [np.unique(np.concatenate([one.keys for one in tallies])) for tallies in by_place]
    is_whole = any(
        tallies[0].most is not None
        and (keys.size > tallies[0].most or any(one.is_whole for one in tallies))
        for tallies, keys in zip(by_place, every, strict=True)
    )
    return tuple(
        _added(tallies, keys, befores, groups, is_whole=is_whole and tallies[0].most is not None)
        for tallies, keys in zip(by_place, every, strict=True)
    )


def _added(
    tallies: Sequence[Tally], keys: Whole, befores: Sequence[int], groups: int, *, is_whole: bool
) -> Tally:
    measures = len(tallies[0].amounts)
    amounts = np.zeros((measures, 1 if is_whole else groups, keys.size))
    for one, before in zip(tallies, befores, strict=True):
        place = np.searchsorted(keys, one.keys)
        if is_whole:
            amounts[:, 0, place] += one.amounts.sum(axis=1)
        else:
            of = (before + np.arange(one.amounts.shape[1])) % GROUPS
            amounts[:, of[:, None], place] += one.amounts
    return Tally(keys, amounts, tallies[0].most, is_whole=is_whole)
