"""Which days are to be worked through, in which portions: a pure function of what is stored."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sessionize.rules import stable_number

Reach = Callable[[date], set[date]]
"""The days whose sessions depend on the hits of a day, itself among them."""


@dataclass(frozen=True, slots=True)
class Portion:
    """Days that are worked through together: sessions made anew, or only looked over."""

    days: tuple[date, ...]
    is_stale: bool
    rows: int


@dataclass(frozen=True, slots=True)
class Days:
    """What the store says about its days.

    ``wanted`` holds for every day the number its mark should have, ``marks`` the number it
    has in sessions and page views (None unless both agree), ``rows`` its hits. A day of the
    past that has no hits any more is among them as long as it has sessions.
    """

    wanted: Mapping[date, int]
    marks: Mapping[date, int | None]
    rows: Mapping[date, int]

    @property
    def stale(self) -> list[date]:
        """The days whose sessions are missing or made of other hits or by other rules."""
        return sorted(day for day, number in self.wanted.items() if self.marks[day] != number)

    def state(self, *inputs: object) -> int:
        """Return a number for the sessions of all days as their marks tell, and ``inputs``."""
        return state(self.marks, *inputs)


def day_number(rows: int, fingerprint: int) -> int:
    """Return the mark of a day with so many hits, its sessions made by these rules."""
    return stable_number("day", rows, fingerprint)


def state(marks: Mapping[date, int | None], *inputs: object) -> int:
    """Return a number for the sessions of all days, as their marks tell, and ``inputs``.

    Days without a mark count for nothing: they are stale, and have their turn for that. Else a
    day that is new would have all days before it looked over again.
    """
    marked = sorted(
        (day.isoformat(), number) for day, number in marks.items() if number is not None
    )
    return stable_number(marked, inputs)


def portions(days: Days, *, from_the_start: bool, reach: Reach, limit: int) -> list[Portion]:
    """Return the days to work through, in order.

    From the first day whose sessions change on, every day has its turn: later sessions may
    have become somebody's first, or somebody's second.

    Args:
        days: what is stored.
        from_the_start: look over every day, whatever its mark says.
        reach: which days share sessions with a day; where midnight ends sessions, itself alone.
        limit: hits per portion; a portion holds one day, or days that share sessions, at least.
    """
    everything = sorted(days.wanted)
    units = _units(days.stale, everything, reach)
    if not from_the_start:
        first = units[0][0] if units else None
        everything = [day for day in everything if first is not None and day >= first]
    taken = {day for unit in units for day in unit}
    units += [(day,) for day in everything if day not in taken]
    units.sort()
    pieces = (
        (unit, unit[0] in taken, sum(days.rows.get(day, 0) for day in unit)) for unit in units
    )
    return list(_gathered(pieces, limit))


def _units(stale: Iterable[date], known: Sequence[date], reach: Reach) -> list[tuple[date, ...]]:
    """Return the stale days, each with the days that change with it; overlaps are one unit.

    Of stale days in a row only the first and the last can reach others: what reaches further
    from one between has hits on these, too.
    """
    stale = set(stale)
    inner = {
        day
        for before, day, after in zip(known, known[1:], known[2:], strict=False)
        if {before, day, after} <= stale
    }
    units: list[set[date]] = []
    for day in sorted(stale):
        unit = {day} if day in inner else {day, *(reach(day) - stale)}
        # Days between must go along, or the units would not be in order.
        unit |= {other for other in stale if min(unit) < other < max(unit)}
        if units and max(units[-1]) >= min(unit):
            units[-1] |= unit
        else:
            units.append(unit)
    return [tuple(sorted(unit)) for unit in units]


def _gathered(
    pieces: Iterable[tuple[tuple[date, ...], bool, int]], limit: int
) -> Iterator[Portion]:
    """Put neighbouring pieces of one sort together, up to ``limit`` hits."""
    waiting: Portion | None = None
    for days, is_stale, rows in pieces:
        if waiting and waiting.is_stale == is_stale and waiting.rows + rows <= limit:
            waiting = Portion((*waiting.days, *days), is_stale, waiting.rows + rows)
            continue
        if waiting:
            yield waiting
        waiting = Portion(days, is_stale, rows)
    if waiting:
        yield waiting
