"""Where days of other tools are kept: file ``history.json`` of the store's folder.

A record is what is in force of one file: its days, less those a newer file told anew. They are sums
by day of everybody: nothing of a person is in them, and an erasure need not look here.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

import polars as pl

from weblog.errors import UnknownNameError
from weblog.history.export import MEASURES, Export
from weblog.record_book import Record, RecordBook, one_line

FILE: Final = "history.json"

LONGEST: Final = 120
"""Characters of a source's name."""

_WHEN: Final = pl.Datetime("ms", "UTC")
_DAYS: Final = {
    "day": pl.Date(),
    "tool": pl.String(),
    "source": pl.String(),
    "measure": pl.String(),
    "value": pl.Int64(),
    "digest": pl.String(),
    "loaded_at": _WHEN,
}
_FILES: Final = {
    "source": pl.String(),
    "tool": pl.String(),
    "file": pl.String(),
    "first": pl.Date(),
    "last": pl.Date(),
    "days": pl.Int64(),
    "measures": pl.String(),
    "loaded_at": _WHEN,
    "digest": pl.String(),
}


@dataclass(frozen=True, slots=True)
class HistoryLoad:
    """What became of one file.

    ``is_known``: it was loaded before, and nothing was done. Of its ``days``, ``new`` ones were not
    known, ``replaced`` ones were; ``older`` ones are known from a file the tool wrote later, and
    stay as they are. ``gone`` days were known of its month and are not in it; ``lower`` ones tell
    less than they told before.
    """

    source: str
    tool: str
    first: date
    last: date
    days: int
    is_known: bool = False
    new: int = 0
    replaced: int = 0
    older: int = 0
    gone: int = 0
    lower: int = 0
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Histories:
    """The days other tools counted; ``folder`` is the store's."""

    folder: Path

    @property
    def book(self) -> RecordBook:
        """The file they stand in."""
        return RecordBook(self.folder / FILE)

    def load(
        self, export: Export, digest: str, file: str, at: datetime, source: str | None = None
    ) -> HistoryLoad:
        """Keep the days of a file; a day is kept once for each source.

        A file known already changes nothing. Where the tool says when it wrote its files, what it
        wrote last counts, in whatever order they are loaded; else what is loaded last.

        Raises:
            WrittenError: ``source`` is no name.
            StoreError: what is kept is damaged.
        """
        name = one_line(source or export.source, "name of the source", LONGEST)
        done: list[HistoryLoad] = []

        def changed(records: list[Record]) -> list[Record]:
            kept, told = _replaced(records, export, digest, name)
            done.append(told)
            if told.is_known or not told.new + told.replaced:
                return records
            about = {"file": file, "digest": digest, "source": name, "loaded_at": _when(at)}
            return [*kept, _record(export, _in_force(records, export, name), about)]

        self.book.change(changed)
        return done[-1]  # a bucket may have had it done more than once

    def remove(self, source: str) -> int:
        """Remove everything of a source; return how many days that were.

        Raises:
            UnknownNameError: there is no such source.
            StoreError: what is kept is damaged.
        """
        gone = [one for one in self.book.read() if one["source"] == source]
        if not gone:
            known = sorted({str(one["source"]) for one in self.book.read()})
            raise UnknownNameError("source", source[:LONGEST], known)
        self.book.change(lambda records: [one for one in records if one["source"] != source])
        return sum(len(one["days"]) for one in gone)

    def files(self) -> pl.DataFrame:
        """Return a row per file in force: source, tool, file, first and last day, days and more.

        Raises:
            StoreError: what is kept is damaged.
        """
        rows = self.book.read_as(_file_row)
        return pl.DataFrame(rows, schema=_FILES, orient="row").sort("source", "first", "loaded_at")

    def days(self) -> pl.DataFrame:
        """Return a row per day, source and measure, in that order, with its file's digest.

        Raises:
            StoreError: what is kept is damaged.
        """
        rows = [row for rows in self.book.read_as(_day_rows) for row in rows]
        return pl.DataFrame(rows, schema=_DAYS, orient="row").sort("day", "source", "measure")

    def months(self) -> pl.DataFrame:
        """Return the visitors of months as tools tell them: day (the first), tool, source, value.

        Raises:
            StoreError: what is kept is damaged.
        """
        schema = {"day": pl.Date, "tool": pl.String, "source": pl.String, "value": pl.Int64}
        rows = [row for rows in self.book.read_as(_month_rows) for row in rows]
        return pl.DataFrame(rows, schema=schema, orient="row").sort("day", "source")

    @property
    def digest(self) -> str:
        """What tells one state of them from another: for caches."""
        told = repr([(one["digest"], one["source"], *one["days"]) for one in self.book.read()])
        return hashlib.sha256(told.encode()).hexdigest()[:16]


def _replaced(
    records: list[Record], export: Export, digest: str, source: str
) -> tuple[list[Record], HistoryLoad]:
    """Return the records without the days a new file tells anew, and what became of its days."""
    own = [one for one in records if one["source"] == source]
    first, last, days = min(export.days), max(export.days), len(export.days)
    if any(one["digest"] == digest for one in own):
        return records, HistoryLoad(source, export.tool, first, last, days, is_known=True)
    known = {day: cells for one in own for day, cells in one["days"].items()}
    told = {day.isoformat(): cells for day, cells in _in_force(records, export, source).items()}
    months = {day[:7] for day in told} if export.is_whole_month else set()
    anew = {day for day in known if day in told or day[:7] in months}
    kept = [_without(one, anew, months) if one["source"] == source else one for one in records]
    lower = sum(_is_lower(told[day], known[day]) for day in told if day in known)
    return [one for one in kept if one["days"]], HistoryLoad(
        source,
        export.tool,
        first,
        last,
        days,
        new=sum(day not in known for day in told),
        replaced=sum(day in known for day in told),
        older=days - len(told),
        gone=len(anew - told.keys()),
        lower=lower,
        left_out=export.left_out,
    )


def _in_force(records: list[Record], export: Export, source: str) -> dict[date, dict[str, int]]:
    """Return the days of a file, less those its tool told in one it wrote later."""
    later = [
        one for one in records if one["source"] == source and export.as_of < one["as_of"]
    ] if export.as_of else []  # fmt: skip
    days = {day for one in later for day in one["days"]}
    months = {day[:7] for day in days} if export.is_whole_month else set()
    return {
        day: cells
        for day, cells in export.days.items()
        if day.isoformat() not in days and f"{day:%Y-%m}" not in months
    }


def _without(record: Record, days: set[str], months: set[str]) -> Record:
    left = {day: cells for day, cells in record["days"].items() if day not in days}
    visitors = {day: n for day, n in record["month_visitors"].items() if day[:7] not in months}
    return {**record, "days": left, "month_visitors": visitors}


def _is_lower(now: dict[str, int], before: dict[str, int]) -> bool:
    return any(now[name] < value for name, value in before.items() if name in now)


def _record(export: Export, days: dict[date, dict[str, int]], about: dict[str, str]) -> Record:
    months = {day.replace(day=1) for day in days}
    return {
        "id": f"{about['source']} {about['digest'][:12]}",
        **about,
        "tool": export.tool,
        "as_of": export.as_of,
        "days": {day.isoformat(): days[day] for day in sorted(days)},
        "month_visitors": {
            month.isoformat(): visitors
            for month, visitors in export.month_visitors.items()
            if month in months
        },
    }


def _when(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds")


def _day_rows(one: Record) -> list[tuple[object, ...]]:
    about = (str(one["tool"]), str(one["source"]))
    since = (str(one["digest"]), datetime.fromisoformat(one["loaded_at"]))
    return [
        (date.fromisoformat(day), *about, measure, int(cells[measure]), *since)
        for day, cells in one["days"].items()
        for measure in MEASURES
        if measure in cells
    ]


def _month_rows(one: Record) -> list[tuple[object, ...]]:
    return [
        (date.fromisoformat(day), str(one["tool"]), str(one["source"]), int(visitors))
        for day, visitors in one["month_visitors"].items()
    ]


def _file_row(one: Record) -> tuple[object, ...]:
    days = [date.fromisoformat(day) for day in one["days"]]
    told = {measure for cells in one["days"].values() for measure in cells}
    return (
        str(one["source"]),
        str(one["tool"]),
        str(one["file"]),
        min(days),
        max(days),
        len(days),
        ", ".join(measure for measure in MEASURES if measure in told),
        datetime.fromisoformat(one["loaded_at"]),
        str(one["digest"]),
    )
