"""From the touches of people to paths: what led up to each conversion, or to none."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

GROUPS: Final = 1_000
"""People are resampled one by one up to this many, beyond it in this many random groups: sums of
independent people, so their spread is that of the people (Wolter, 2007, "Introduction to Variance
Estimation", ch. 2), and a resample costs the same for a million people as for a thousand."""

MOST_TOUCHES: Final = 100
"""Touches of one path at most, the latest: a shared computer that converts all day would else
cost the square of its sessions."""

MOST_COUNTED: Final = 1 << 20
"""Distinct values are found by a table of this many, larger ones by sorting."""

DAY_MS: Final = 86_400_000

TOUCHES: Final = pl.Schema(
    {
        "person": pl.UInt64(),
        "start": pl.Int64(),
        "key": pl.UInt64(),
        "code": pl.Int64(),
        "is_direct": pl.Boolean(),
        "is_end": pl.Boolean(),
        "conversions": pl.Int64(),
        "value": pl.Float64(),
    }
)
"""A touch is a session: whose, when it began (ms), its hash (orders those of one moment), which
name it bears (an index), whether it is direct, whether a path may end with it (it lies in the
period and passes the filters), the conversions it reached and their value."""


ORDER: Final = ("person", "start", "key")
"""What touches are sorted by."""


def numbered(values: Whole, below: int) -> tuple[Whole, Whole]:
    """Return the distinct values, ascending, and the place of each value among them.

    Like `numpy.unique`, but without sorting where values are small: ``below`` bounds them.
    """
    if below > max(MOST_COUNTED, values.size):
        known, places = np.unique(values, return_inverse=True)
        return known, places
    occurs = np.zeros(below, dtype=bool)
    occurs[values] = True
    return np.flatnonzero(occurs), (np.cumsum(occurs) - 1)[values]


@dataclass(frozen=True, slots=True)
class Paths:
    """Paths one after the other, and the touches of all of them end to end, earliest first.

    Touches of path ``i`` are those from ``first[i]`` up to ``first[i + 1]``.

    Attributes:
        players: how many names there are; codes are below.
        code, age_days, is_direct: of each touch; age is the time until the path's last touch.
        first: of each path, and one more: where its touches begin.
        conversions: of each path; 0 if it led to none.
        value: of these conversions.
        group: of each path: whom it is resampled with, from 0 to ``groups`` - 1.
        groups: how many there are.
        people: how many people have a path.
        shortened: how many paths lost their earliest touches to :data:`MOST_TOUCHES`.
    """

    players: int
    code: Whole
    age_days: Floats
    is_direct: Flags
    first: Whole
    conversions: Floats
    value: Floats
    group: Whole
    groups: int
    people: int = 0
    shortened: int = 0

    @property
    def lengths(self) -> Whole:
        """Touches of each path."""
        return np.diff(self.first)

    @property
    def of_touch(self) -> Whole:
        """Path of each touch."""
        return np.repeat(np.arange(self.conversions.size), self.lengths)

    @property
    def place(self) -> Whole:
        """Place of each touch in its path, from 0."""
        return np.arange(self.code.size) - np.repeat(self.first[:-1], self.lengths)

    @property
    def weight(self) -> Floats:
        """How many paths each stands for: each conversion has its own, none is one as well."""
        return np.where(self.conversions > 0, self.conversions, 1.0)

    def converting(self) -> Paths:
        """Return the paths that converted alone: all that a rule looks at, and few."""
        chosen = np.flatnonzero(self.conversions > 0)
        first, touches = _flat(self.first[chosen], self.lengths[chosen])
        return replace(
            self,
            code=self.code[touches],
            age_days=self.age_days[touches],
            is_direct=self.is_direct[touches],
            first=first,
            conversions=self.conversions[chosen],
            value=self.value[chosen],
            group=self.group[chosen],
        )

    def touched(self) -> Floats:
        """Return per code how many conversions have it on their path."""
        led = self.converting()
        seen = np.zeros((led.conversions.size, led.players))
        seen[led.of_touch, led.code] = 1.0
        return np.asarray(led.conversions @ seen, dtype=np.float64)


def paths_of(touches: pl.DataFrame, window_days: float, players: int) -> Paths:
    """Return the paths of all people: one per converting session, one per person who left.

    A path that converts has the person's touches within ``window_days`` before the session of
    the conversion, and that session. Earlier conversions do not cut it: what is credited would
    else depend on which other goals the site happens to name. A person whose last session that
    may end a path reached no goal has one more path, which leads to none: the touches of the
    same window since their last conversion. Sessions after the period are not known, so some
    of these will convert later.

    Args:
        touches: in any order; columns are :data:`TOUCHES`.
        window_days: how far a path reaches back.
        players: how many names there are.
    """
    rows = touches if _is_sorted(touches) else touches.sort(ORDER)
    person, start = rows["person"].to_numpy(), rows["start"].to_numpy()
    converts = rows["conversions"].to_numpy() > 0
    is_end = rows["is_end"].to_numpy()
    last = _last_end(person, is_end)
    ends = np.flatnonzero(is_end & (converts | last))
    begins = _window_begins(person, start, ends, window_days)
    leaves = ~converts[ends]
    begins[leaves] = np.maximum(begins[leaves], _after_conversion(converts)[ends[leaves]])
    shortened = int(np.count_nonzero(ends + 1 - begins > MOST_TOUCHES))
    begins = np.maximum(begins, ends + 1 - MOST_TOUCHES)
    first, flat = _flat(begins, ends + 1 - begins)
    age = np.repeat(start[ends], np.diff(first)) - start[flat]
    group, groups, people = _groups(person[ends])
    return Paths(
        players=players,
        code=rows["code"].to_numpy()[flat],
        age_days=age / DAY_MS,
        is_direct=rows["is_direct"].to_numpy()[flat],
        first=first,
        conversions=rows["conversions"].to_numpy()[ends].astype(np.float64),
        value=np.where(leaves, 0.0, rows["value"].to_numpy()[ends]),
        group=group,
        groups=groups,
        people=people,
        shortened=shortened,
    )


def _is_sorted(touches: pl.DataFrame) -> bool:
    """Say whether touches are in order already: much cheaper than to sort them again."""
    person, start, key = (pl.col(name) for name in ORDER)
    same, at_once = person == person.shift(), start == start.shift()
    behind = (person < person.shift()) | (
        same & ((start < start.shift()) | (at_once & (key < key.shift())))
    )
    return not touches.select(behind.any()).item()


def _flat(begins: Whole, lengths: Whole) -> tuple[Whole, Whole]:
    """Return where ranges begin when they are laid end to end, and the places they are made of."""
    first = np.concatenate([[0], np.cumsum(lengths)])
    return first, np.arange(first[-1]) + np.repeat(begins - first[:-1], lengths)


def _last_end(person: npt.NDArray[np.uint64], is_end: Flags) -> Flags:
    """Mark each person's last touch that may end a path."""
    last = np.zeros(person.size, dtype=bool)
    ends = np.flatnonzero(is_end)
    if ends.size:
        owners = person[ends]
        last[ends[np.append(owners[1:] != owners[:-1], True)]] = True
    return last


def _window_begins(
    person: npt.NDArray[np.uint64], start: Whole, ends: Whole, window_days: float
) -> Whole:
    """Return where the window of each end begins among the sorted touches."""
    if not ends.size:
        return ends
    rank = np.cumsum(np.append(False, person[1:] != person[:-1]))
    since = start - start.min()
    window = int(window_days * DAY_MS)
    # One ascending number per touch: the person, then the time. A window that reaches before all
    # touches stops at the person's first.
    stride = int(since.max()) + 1
    moment = rank * stride + since
    reached = rank[ends] * stride + np.maximum(since[ends] - window, 0)
    return np.asarray(np.searchsorted(moment, reached, side="left"), dtype=np.int64)


def _after_conversion(converts: Flags) -> Whole:
    """Return for each touch the first one after the last conversion up to it, whoever's."""
    places = np.where(converts, np.arange(1, converts.size + 1), 0)
    return np.maximum.accumulate(places)


def _groups(owners: npt.NDArray[np.uint64]) -> tuple[Whole, int, int]:
    """Return the group of each path, and how many groups and people there are.

    People are numbered by their hashes: as good as chance, and the same in every order of rows.
    """
    if not owners.size:
        return owners.astype(np.int64), 0, 0
    rank = np.cumsum(np.append(False, owners[1:] != owners[:-1])).astype(np.int64)
    people = int(rank[-1]) + 1
    return rank % GROUPS, min(people, GROUPS), people
