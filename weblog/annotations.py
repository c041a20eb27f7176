"""Notes on days: what happened that the logs do not tell, as people wrote it down.

File ``annotations.json`` of the store's folder. A note holds for a day or a span of days; it is
shown on every trend that has them. Nothing of single people belongs into one: an erasure does
not look for them there.
"""

from __future__ import annotations

import secrets
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

from weblog.errors import UnknownNameError
from weblog.record_book import Record, RecordBook, WrittenError, one_line

FILE: Final = "annotations.json"

LONGEST: Final = 200
"""Characters of a note."""

MOST: Final = 2_000
"""Notes of a store."""


@dataclass(frozen=True, slots=True)
class Annotation:
    """A note: ``author`` is an account's name (empty: who need not log in), ``written`` is UTC."""

    id: str
    start: date
    end: date
    text: str
    author: str
    written: datetime


@dataclass(frozen=True, slots=True)
class Annotations:
    """The notes of a store; ``folder`` is the store's."""

    folder: Path

    @property
    def book(self) -> RecordBook:
        """The file they stand in."""
        return RecordBook(self.folder / FILE)

    def all(self) -> list[Annotation]:
        """Return all notes by day.

        Raises:
            StoreError: their file is damaged.
        """
        return sorted(
            self.book.read_as(_read), key=lambda one: (one.start, one.end, one.written, one.id)
        )

    def between(self, first: date, last: date) -> list[Annotation]:
        """Return the notes on any day from ``first`` to ``last``.

        Raises:
            StoreError: their file is damaged.
        """
        return [one for one in self.all() if one.start <= last and one.end >= first]

    def get(self, number: str) -> Annotation:
        """Return the note with this id.

        Raises:
            UnknownNameError: there is none.
        """
        notes = {one.id: one for one in self.all()}
        if number not in notes:
            raise UnknownNameError("annotation", number[:LONGEST], list(notes))
        return notes[number]

    def add(
        self, start: date, end: date | None, text: str, author: str, at: datetime
    ) -> Annotation:
        """Write a note down; without ``end`` it is of one day.

        Raises:
            WrittenError: the text is none, or the span is backwards.
        """
        last = end or start
        if last < start:
            raise WrittenError("span of the note", "span")
        told = one_line(text, "note", LONGEST)
        made = Annotation(secrets.token_hex(4), start, last, told, author, at.astimezone(UTC))

        def added(records: list[Record]) -> list[Record]:
            if len(records) >= MOST:
                raise WrittenError("note", "too_many", MOST)
            return [*records, _record(made)]

        self.book.change(added)
        return made

    def remove(self, number: str) -> Annotation:
        """Remove a note; return what it was.

        Raises:
            UnknownNameError: there is none.
        """
        gone = self.get(number)
        self.book.change(lambda records: [one for one in records if one["id"] != gone.id])
        return gone


def _record(note: Annotation) -> Record:
    days = {"start": note.start.isoformat(), "end": note.end.isoformat()}
    return {**asdict(note), **days, "written": note.written.isoformat(timespec="seconds")}


def _read(record: Record) -> Annotation:
    return Annotation(
        id=str(record["id"]),
        start=date.fromisoformat(record["start"]),
        end=date.fromisoformat(record["end"]),
        text=str(record["text"]),
        author=str(record["author"]),
        written=datetime.fromisoformat(record["written"]),
    )
