"""What a day was made of when a round of changes began, also where that was killed.

A round (:mod:`sessionize.touched`) changes one table after the other. Before the first it notes,
in marks of table visitors, the state it began with. Whoever comes after it was killed finds
some tables changed and some not; the note tells since when hits are to be looked at again, and
that nothing else came between.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from sessionize.agreement import ENRICHED, WALK, Findings, mark_of
from sessionize.plan import state

ROUND: Final = "round"
"""Mark of visitors: the number of the round that began last; :data:`ENRICHED` is the same as
long as no other walk began and it did not end."""

_DAY, _NUMBER, _SETTLED, _WALK = (f"{ROUND}:{what}" for what in ("day", "number", "from", "walk"))
_NEVER = 0
"""Stands for no mark."""


@dataclass(frozen=True, slots=True)
class Base:
    """The state that all tables were in when hits began to be added to a day.

    Attributes:
        day: the day.
        number: the mark it bore.
        settled: :data:`ENRICHED` of visitors.
        walk: :data:`WALK` of sessions as it is now; what is found later is this, or the round's.
    """

    day: date
    number: int
    settled: int
    walk: int

    @classmethod
    def of(cls, found: Findings) -> Base | None:
        """Return the base of what was found; None where more than one day's hits were added."""
        return cls._settled(found) if found.is_settled else cls._begun(found)

    @classmethod
    def _settled(cls, found: Findings) -> Base | None:
        """Return the state as it is, where all that is to be done is a day with a mark."""
        if len(found.days.stale) != 1:
            return None
        day, head = found.days.stale[0], found.head
        number, settled = found.days.marks[day], head.marks("visitors").get(ENRICHED)
        if number is None or settled is None or head.marks("places").get(mark_of(day)) != number:
            return None
        return cls(day, number, settled, head.marks("sessions").get(WALK, _NEVER))

    @classmethod
    def _begun(cls, found: Findings) -> Base | None:
        """Return the state that a round began with that was cut short."""
        marks, walk = found.head.marks("visitors"), found.head.marks("sessions").get(WALK, _NEVER)
        if ROUND not in marks or marks[ROUND] != marks.get(ENRICHED):
            return None
        day, number = date.fromordinal(marks[_DAY]), marks[_NUMBER]
        before = {**found.days.marks, day: number}
        is_all = set(found.days.stale) <= {day}
        is_same = state(before, *found.inputs) == marks[_SETTLED]
        if not is_all or not is_same or walk not in (marks[_WALK], marks[ROUND]):
            return None
        return cls(day, number, marks[_SETTLED], walk)

    def marks(self, own: int) -> Mapping[str, int]:
        """Return the marks of visitors that note this for the round of number ``own``."""
        noted = {
            _DAY: self.day.toordinal(),
            _NUMBER: self.number,
            _SETTLED: self.settled,
            _WALK: self.walk,
        }
        return {ROUND: own, **noted}

    def is_before(self, found: Findings, name: str) -> bool:
        """Say whether a table still is as it was then."""
        return found.head.marks(name).get(mark_of(self.day)) == self.number
