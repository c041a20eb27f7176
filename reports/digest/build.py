"""From a report to a section of a digest: every text in its language, nothing drawn yet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from inspect import signature
from typing import Any, Final

import polars as pl

from reports.day_notes import DayNote, days_drawn
from reports.digest.answer import answer
from reports.digest.columns import NULLS, chosen_columns, header, value_words
from reports.digest.parts import Section, Table
from reports.digest.questions import title_and_question
from reports.digest.words import column_name, word
from reports.figures import numbers
from reports.figures.day_marks import marked, said_note
from reports.figures.names import shortened
from reports.figures.words import WORDS as FIGURE_WORDS
from reports.figures.words import word as figure_word
from reports.measures import MEASURES
from reports.plugged import report_named
from reports.query import FILTERS, Query
from reports.result import Report
from reports.warning import ReportWarning

MOST_COLUMNS: Final = 6
"""As many as a mail of 640 pixels, or a phone, can show."""

WHOLE: Final = frozenset({"summary"})
"""Reports of which no row is left out, however few are wanted: each is another measure."""

LONGEST: Final = 60
"""Characters of a cell; longer texts lose their middle."""

_FIELD_OF: Final = {column: field for field, column in FILTERS.items()}


@dataclass(frozen=True, slots=True)
class Voice:
    """How a digest speaks: its language, the site's currency, and two catalogues of words.

    ``warned`` says a warning; ``named`` what a value of a filter's field is called.
    """

    language: str
    currency: str
    warned: Callable[[ReportWarning, str], str]
    named: Callable[[str, str | None, str], str]

    def value(self, column: str, value: str | None) -> str:
        """Return what a value of a text column is called."""
        if value is None:
            return word("unknown", self.language)
        if column in {"measure", "name"} and value in MEASURES:
            return figure_word(value, self.language)
        if column == "measure" and value in FIGURE_WORDS:
            return figure_word(value, self.language)
        words = value_words(column, value)
        if words is not None:
            return words[self.language == "ko"]
        field = _FIELD_OF.get(column)
        return self.named(field, value, self.language) if field else value


def section_of(
    report: Report,
    frame: pl.DataFrame,
    columns: Sequence[str],
    voice: Voice,
    *,
    title: str | None = None,
    rows: int = 10,
    known: Callable[[date, date], Sequence[DayNote]] | None = None,
) -> Section:
    """Return the section of a report.

    Args:
        report: the answer.
        frame: its rows as people read them, in a table.
        columns: of ``frame``, most telling first; the first few are shown.
        voice: how to say it.
        title: instead of the report's own.
        rows: how many to show: the first, of days the last; 0: none.
        known: tells what is known of days, to be marked on figures that have days.
    """
    own, question = title_and_question(report.name, voice.language)
    spec = report_named(report.name)
    more: dict[str, Any] = {}
    if "currency" in signature(spec.figure).parameters:
        more["currency"] = voice.currency
    figure: dict[str, Any] | None = None
    notes: tuple[DayNote, ...] = ()
    if not report.frame.is_empty():
        figure = spec.figure(report.frame, voice.language, "light", **more)
        days = days_drawn(report.name, report.frame)
        if known and days:
            notes = tuple(known(days[0], days[-1]))
            figure = marked(figure, days, notes, voice.language, "light")
    chosen, most = chosen_columns(
        report.name, frame.columns, columns, in_korean=voice.language == "ko"
    )
    shown = _shown_columns(frame, chosen, most or MOST_COLUMNS)
    return Section(
        name=report.name,
        title=title or own,
        question=question,
        period=said_period(report.query, voice),
        answer=answer(report, voice.language, voice.value),
        figure=figure,
        table=_table(report.name, frame, shown, voice, rows),
        warnings=tuple(dict.fromkeys(voice.warned(one, voice.language) for one in report.warnings)),
        marks=tuple(said_note(note, voice.language) for note in notes),
    )


def said_period(query: Query, voice: Voice) -> str:
    """Return the days, those compared with, and the filters, as people say them."""
    if query.start is None or query.end is None:
        return word("no_period", voice.language)
    parts = [word("period", voice.language, start=query.start, end=query.end)]
    if query.previous:
        start, end = query.previous
        parts.append(word("compared", voice.language, start=start, end=end))
    if query.filters.chosen:
        values = ", ".join(
            voice.named(field, value, voice.language)
            for field, chosen in query.filters.chosen.items()
            for value in chosen
        )
        parts.append(word("filtered", voice.language, filters=values))
    return " · ".join(parts)


def _shown_columns(frame: pl.DataFrame, columns: Sequence[str], most: int) -> list[str]:
    """Return the columns there is room for: at least one that names the row."""
    there = [name for name in columns if name in frame.columns]
    told = [name for name in there if not frame[name].is_null().all()] or there
    return told[:most]


def _table(
    report: str, frame: pl.DataFrame, names: Sequence[str], voice: Voice, rows: int
) -> Table:
    units = {column.name: column.unit for column in report_named(report).columns}
    if report in WHOLE:
        rows = max(rows, frame.height) if rows else 0
    shown = frame.tail(rows) if "day_index" in frame.columns else frame.head(rows)
    small = shown["small"].fill_null(value=False).to_list() if "small" in frame.columns else []
    cells = tuple(
        tuple(
            _null(report, name, row, voice) or _cell(name, row, units.get(name, ""), voice, names)
            for name in names
        )
        for row in shown.to_dicts()
    )
    return Table(
        header=tuple(_header(report, name, voice) for name in names),
        right=tuple(frame.schema[name].is_numeric() for name in names),
        rows=cells,
        small=tuple(small) or (False,) * len(cells),
        more=frame.height - shown.height,
    )


def _header(report: str, column: str, voice: Voice) -> str:
    own = header(report, column)
    if own is not None:
        return own[voice.language == "ko"]
    return column_name(column.removesuffix("_ko"), voice.language)


def _null(report: str, name: str, row: dict[str, object], voice: Voice) -> str | None:
    """Return what it means that there is no value, where that is more than not known."""
    if row[name] is not None:
        return None
    if name == "series" and row.get("is_all"):
        return word("all", voice.language)
    said = NULLS.get((report, name))
    return said and said[voice.language == "ko"]


def _cell(name: str, row: dict[str, object], unit: str, voice: Voice, names: Sequence[str]) -> str:
    value = row[name]
    if name == "change":  # of a report that is not told by row, relative
        unit = str(row.get("unit", "count"))
    elif "unit" in row and name in _BY_ROW:  # rows that have units of their own
        unit = str(row["unit"])
    if isinstance(value, bool):
        return word("yes" if value else "no", voice.language)
    if isinstance(value, (int, float)):
        return _number(name, float(value), unit, voice)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        return shortened(", ".join(str(each) for each in value), LONGEST)
    if value is None and name != names[0]:
        return numbers.UNKNOWN
    return shortened(_text(name, value, row, voice), LONGEST)


def _number(name: str, value: float, unit: str, voice: Voice) -> str:
    if name == "change":
        return numbers.change(value, unit, voice.language)
    if name.isdigit():  # an age of a cohort
        return numbers.rate(value)
    return numbers.shown(value, unit, voice.language, voice.currency)


def _text(name: str, value: object, row: dict[str, object], voice: Voice) -> str:
    for flag, key in (("is_other", "others"), ("is_all", "all")):
        if value is None and row.get(flag):
            return word(key, voice.language)
    return voice.value(name, None if value is None else str(value))


_BY_ROW: Final = frozenset({"value", "previous", "change", "left", "right", "difference"})
