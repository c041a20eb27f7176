"""What people asked in the last days, so that a server that starts anew is asked it beforehand.

File ``asked.json`` of the store's folder: how often each question was asked on each of the last
days, never by whom. What tells of people is not written: no question about a customer or a
browser, and no text that somebody typed (:mod:`dashboard.foreseen` chooses). Processes add what
they counted to what the others wrote. The file only saves time: one that is damaged is set aside.
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import Final

from weblog.errors import StoreError, WeblogError
from weblog.record_book import Record, RecordBook

LOG = logging.getLogger("dashboard")

FILE: Final = "asked.json"

DAYS: Final = 7
"""Days that count, today among them: each day of the week has been one of them."""

MOST: Final = 300
"""Questions that are kept, those asked most."""


@dataclass(frozen=True, slots=True, order=True)
class PageQuestion:
    """What a page asks of a store.

    Attributes:
        page: its name.
        part: the slow component that asks; empty for all quick ones.
        search: what the address says; a period such as the last seven days stays one.
        groups: whether it is asked for a reader who sees groups only.
    """

    page: str
    part: str = ""
    search: str = ""
    groups: bool = False


Counts = dict[PageQuestion, Counter[date]]


@dataclass(slots=True)
class Remembered:
    """How often questions were asked; safe between threads and processes.

    Attributes:
        folder: of the store.
        clock: seconds since 1970.
    """

    folder: Path
    clock: Callable[[], float] = time.time
    _counts: Counts = field(default_factory=dict)
    _guard: Lock = field(default_factory=Lock)
    _is_told: bool = False

    def note(self, question: PageQuestion) -> None:
        """Count a question."""
        with self._guard:
            self._counts.setdefault(question, Counter())[self._today] += 1

    def most_asked(self) -> list[PageQuestion]:
        """Return the questions of the last days, the one asked most first."""
        with self._guard:
            own = {question: Counter(days) for question, days in self._counts.items()}
        return list(self._added(self._read(), own))

    def write(self) -> None:
        """Add what was counted since to the file; where it cannot be written, that is told once."""
        with self._guard:
            counted, self._counts = self._counts, {}
        if not counted:
            return

        def added(records: list[Record]) -> list[Record]:
            found = self._added(_counts_of(records), counted)
            return [_record(question, found[question]) for question in found]

        try:
            self._set_aside()
            self._book.change(added)
        except (OSError, WeblogError) as error:
            if not self._is_told:
                LOG.warning(
                    "what is asked is not remembered: %s cannot be written (%s)", FILE, error
                )
            self._is_told = True

    @property
    def _book(self) -> RecordBook:
        """The file: what people look at is not for every user of the machine."""
        return RecordBook(self.folder / FILE, mode=0o600)

    @property
    def _today(self) -> date:
        return datetime.fromtimestamp(self.clock(), UTC).date()

    def _read(self) -> Counts:
        try:
            self._set_aside()
            return _counts_of(self._book.read())
        except (OSError, WeblogError) as error:
            LOG.warning("what was asked cannot be read: %s", error)
            return {}

    def _set_aside(self) -> None:
        """Begin a damaged file anew."""
        try:
            self._book.read_as(_read)
        except StoreError as error:
            aside = self._book.set_aside(_read)
            if aside is not None:
                LOG.warning("%s It was moved to %s and is begun anew.", error, aside.name)

    def _added(self, *some: Counts) -> Counts:
        """Return the sum of the days that count, what was asked most first."""
        first = self._today - timedelta(days=DAYS - 1)
        found: Counts = {}
        for counts in some:
            for question, days in counts.items():
                lately = {day: n for day, n in days.items() if first <= day <= self._today}
                if lately:
                    found.setdefault(question, Counter()).update(lately)
        ranked = sorted(found, key=lambda one: (-found[one].total(), one))
        return {question: found[question] for question in ranked[:MOST]}


def _counts_of(records: Iterable[Record]) -> Counts:
    found: Counts = {}
    for question, days in map(_read, records):
        found.setdefault(question, Counter()).update(days)
    return found


def _record(question: PageQuestion, days: Counter[date]) -> Record:
    return {**asdict(question), "days": {f"{day}": days[day] for day in sorted(days)}}


def _read(record: Record) -> tuple[PageQuestion, Counter[date]]:
    """Read a record.

    Raises:
        KeyError, TypeError, ValueError: it is none of ours.
    """
    texts = record["page"], record["part"], record["search"]
    days = dict(record["days"])
    if not all(isinstance(text, str) and text.isascii() for text in texts):
        raise ValueError("a question is no text of ours")
    if not all(isinstance(n, int) for n in days.values()):
        raise ValueError("a count is no number")
    question = PageQuestion(*texts, groups=bool(record["groups"]))
    return question, Counter({date.fromisoformat(day): n for day, n in days.items()})
