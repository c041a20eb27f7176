"""From the touches of people to paths: what led up to each conversion, or to none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import polars as pl

from reports import runs
from reports.attribution import passes

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
Codes = npt.NDArray[np.uint8]
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

_LONGEST: Final = 1 << 62
"""Milliseconds: no window reaches further back."""

TOUCHES: Final = pl.Schema(
    {
        "person": pl.UInt64(),
        "start": pl.Int64(),
        "key": pl.UInt64(),
        "code": pl.UInt8(),
        "is_direct": pl.Boolean(),
        "is_end": pl.Boolean(),
        "conversions": pl.UInt32(),
        "value": pl.Float64(),
    }
)
"""A touch is a session: whose, when it began (ms), its hash (orders those of one moment), which
name it bears (an index), whether it is direct, whether a path may end with it (it lies in the
period and passes the filters), the conversions it reached and their value."""


ORDER: Final = ("person", "start", "key")
"""What touches are sorted by."""


def numbered(
    values: npt.NDArray[np.integer[Any]], below: int, dtype: npt.DTypeLike = np.int64
) -> tuple[Whole, npt.NDArray[Any]]:
    """Return the distinct values, ascending, and the place of each value among them.

    Like `numpy.unique`, but without sorting where values are small: ``below`` bounds them.
    ``dtype`` is that of the places.
    """
    if below > max(MOST_COUNTED, values.size):
        known, places = np.unique(values, return_inverse=True)
        return known, places.astype(dtype)
    occurs = np.zeros(below, dtype=bool)
    occurs[values] = True
    return np.flatnonzero(occurs), (np.cumsum(occurs) - 1).astype(dtype)[values]


@dataclass(frozen=True, slots=True, kw_only=True)
class Paths:
    """Paths one after the other, and the touches of all of them end to end, earliest first.

    Touches of path ``i`` are those from ``first[i]`` up to ``first[i + 1]``.

    Attributes:
        players: how many names there are; codes are below.
        code: of each touch.
        first: of each path, and one more: where its touches begin.
        conversions: of each path; 0 if it led to none.
        value: of these conversions.
        group: of each path: whom it is resampled with, from 0 to ``groups`` - 1.
        groups: how many there are.
    """

    players: int
    code: Codes
    first: Whole
    conversions: Floats
    value: Floats
    group: Whole
    groups: int

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
        return np.maximum(self.conversions, 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConvertingPaths(Paths):
    """The paths that converted alone: all that a rule looks at, and few.

    Attributes:
        age_days: of each touch, the time until the path's last.
        is_direct: of each touch.
    """

    age_days: Floats
    is_direct: Flags

    def touched(self) -> Floats:
        """Return per code how many conversions have it on their path."""
        seen = np.zeros((self.conversions.size, self.players))
        seen[self.of_touch, self.code] = 1.0
        return np.asarray(self.conversions @ seen, dtype=np.float64)


@dataclass(frozen=True, slots=True, kw_only=True)
class AllPaths(Paths):
    """All paths, those that led to no conversion as well.

    Attributes:
        led: those that converted.
        people: how many people have a path.
        shortened: how many paths lost their earliest touches to :data:`MOST_TOUCHES`.
    """

    led: ConvertingPaths
    people: int
    shortened: int


def paths_of(touches: pl.DataFrame, window_days: float, players: int) -> AllPaths:
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
    rows = touches if is_sorted(touches) else touches.sort(ORDER)
    rows, window = rows.rechunk(), min(int(window_days * DAY_MS), _LONGEST)
    begins, ends, owners, shortened = (
        passes.found(rows, window, MOST_TOUCHES) if runs.is_compiled() else _found(rows, window)
    )
    conversions = rows["conversions"].to_numpy()[ends].astype(np.float64)
    value = np.where(conversions > 0, rows["value"].to_numpy()[ends], 0.0)
    people = int(owners[-1]) + 1 if owners.size else 0
    # People are numbered by their hashes: as good as chance, and the same in every order of rows.
    group, groups = owners % GROUPS, min(people, GROUPS)
    code, first = (passes.laid if runs.is_compiled() else _laid)(rows["code"], begins, ends)
    led = np.flatnonzero(conversions)
    led_first, touches_led = _flat(begins[led], ends[led] + 1 - begins[led])
    start = rows["start"].to_numpy()
    age = np.repeat(start[ends[led]], np.diff(led_first)) - start[touches_led]
    return AllPaths(
        players=players,
        code=code,
        first=first,
        conversions=conversions,
        value=value,
        group=group,
        groups=groups,
        people=people,
        shortened=shortened,
        led=ConvertingPaths(
            players=players,
            code=rows["code"].to_numpy()[touches_led],
            first=led_first,
            conversions=conversions[led],
            value=value[led],
            group=group[led],
            groups=groups,
            age_days=age / DAY_MS,
            is_direct=rows["is_direct"].to_numpy()[touches_led],
        ),
    )


def _found(rows: pl.DataFrame, window: int) -> tuple[Whole, Whole, Whole, int]:
    """Return where paths begin, where they end, whose each is, and how many were shortened."""
    person, start = rows["person"].to_numpy(), rows["start"].to_numpy()
    converts = rows["conversions"].to_numpy() > 0
    is_end = rows["is_end"].to_numpy()
    ends = np.flatnonzero(is_end & (converts | _last_end(person, is_end)))
    begins = _window_begins(person, start, ends, window)
    leaves = ~converts[ends]
    begins[leaves] = np.maximum(begins[leaves], _after_conversion(converts)[ends[leaves]])
    shortened = int(np.count_nonzero(ends + 1 - begins > MOST_TOUCHES))
    owners = person[ends]
    rank = np.cumsum(np.append(False, owners[1:] != owners[:-1])[: ends.size])
    return np.maximum(begins, ends + 1 - MOST_TOUCHES), ends, rank.astype(np.int64), shortened


def _laid(codes: pl.Series, begins: Whole, ends: Whole) -> tuple[Codes, Whole]:
    """Return the codes of the touches of paths, one path after the other, and where each begins."""
    first, flat = _flat(begins, ends + 1 - begins)
    return codes.to_numpy()[flat], first


def is_sorted(touches: pl.DataFrame) -> bool:
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


def _window_begins(person: npt.NDArray[np.uint64], start: Whole, ends: Whole, window: int) -> Whole:
    """Return where the window of each end begins among the sorted touches."""
    if not ends.size:
        return ends
    rank = np.cumsum(np.append(False, person[1:] != person[:-1]))
    since = start - start.min()
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
