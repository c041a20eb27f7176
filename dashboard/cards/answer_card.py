"""What a card shows of a report's answer, in the shape chosen."""

from __future__ import annotations

from dataclasses import replace
from inspect import signature
from typing import Any, Final

import polars as pl

from dashboard.ask import SPECS
from dashboard.cards.card import CardSpec, CardState, Choice
from dashboard.cards.guard import Data
from dashboard.cards.ranked import ListSpec, ranked
from dashboard.cards.state import fields_of
from dashboard.cards.table import table
from dashboard.notices import notices, text
from dashboard.value_names import KOREAN, option_name, value_name
from dashboard.view import FIELDS
from dashboard.words import word
from reports import Report
from reports.figures.names import shortened
from reports.figures.theme import THEMES

OF_THE_PAGE: Final = frozenset({"small_numbers", "no_match", "no_data", "period_without_data"})
"""Warnings a page says once, not every card of it."""

SIDES: Final = {"left_name": "segments", "right_name": "segments"}
"""Columns of segments that no click filters by."""

LINKS: Final = 120
"""Values of a figure that can be clicked, the first."""


def answer_card(
    report: Report,
    spec: CardSpec,
    state: CardState,
    *,
    language: str,
    currency: str,
    zone: str,
    options: list[tuple[Choice, list[str]]],
    of_page: frozenset[str] = OF_THE_PAGE,
) -> Data:
    """Return the data of a card: its controls, its notes, and the answer in its shape.

    Warnings with the codes ``of_page`` are said by the page.
    """
    own = [one for one in report.warnings if one not in report.query.warnings]
    data: Data = {
        "state": "ready",
        "card": spec.name,
        "view": state.shape,
        "views": [{"value": one, "label": word(f"shape_{one}", language)} for one in spec.shapes],
        "options": [_option(choice, values, state, language) for choice, values in options],
        "notes": notices([one for one in own if one.code not in of_page], language),
    }
    if report.frame.is_empty():
        about = [one for one in own if one.code not in of_page]
        said = text(about[0], language) if about else word("nothing_here", language)
        return data | {"state": "empty", "text": said, "notes": []}
    if state.shape == "bars":
        return data | _bars(report, spec, state, language)
    if state.shape == "sentences":
        return data | {"sentences": _sentences(report, spec, language)}
    if state.shape == "figure":
        return data | _figure(report, spec, state, language, currency)
    return data | {"table": table(_told_in(report, zone), spec, state, language, currency)}


def _told_in(report: Report, zone: str) -> Report:
    """Return the report with its moments in a time zone."""
    moments = pl.selectors.datetime(time_zone="*").dt.convert_time_zone(zone)
    return replace(report, frame=report.frame.with_columns(moments))


def _option(choice: Choice, values: list[str], state: CardState, language: str) -> Data:
    def named(value: str) -> str:
        if not value:
            return word(choice.default, language)
        if choice.field:
            return value_name(choice.field, value, language)
        return option_name(choice.words, value, language)

    return {
        "name": choice.name,
        "label": word(choice.label, language),
        "value": state.chosen[choice.name],
        "default": values[0] if values else "",
        "options": [{"value": one, "label": named(one)} for one in values],
    }


def _sentences(report: Report, spec: CardSpec, language: str) -> list[Data]:
    """Return what the rows say, each with what it is about where the sentence does not tell."""
    about = pl.col(spec.about) if spec.about else pl.lit(None, pl.String)
    said = report.frame.select(about=about, text=f"sentence_{language}")
    return said.drop_nulls("text").to_dicts()


def _bars(report: Report, spec: CardSpec, state: CardState, language: str) -> Data:
    column, field = next(iter(fields_of(spec, state).items()))
    listed = ListSpec(spec.report, spec.title, field, column, spec.measure, spec.beside)
    return ranked(report, listed, language) | {"figure": word(spec.measure, language)}


def _figure(report: Report, spec: CardSpec, state: CardState, language: str, currency: str) -> Data:
    fields = fields_of(spec, state)
    draw = SPECS[spec.report].figure
    known = signature(draw).parameters
    options: dict[str, Any] = {"currency": currency} if "currency" in known else {}
    options |= state.drawing(spec)
    frame = _named(report.frame, fields, language)
    figures = {name: draw(frame, language, name, **options) for name in THEMES}
    data: Data = {"figures": figures, "links": _links(report, fields, language), "wide": spec.wide}
    if "narrow" in known:
        data["narrow"] = {
            name: draw(frame, language, name, narrow=True, **options) for name in THEMES
        }
    return data


def _named(frame: pl.DataFrame, fields: dict[str, str], language: str) -> pl.DataFrame:
    """Return the rows with values of the data called as elsewhere on the page."""
    found = {column: field for column, field in (SIDES | fields).items() if column in frame.columns}
    return frame.with_columns(
        pl.col(column).replace(
            {value: value_name(field, value, language) for value in frame[column].drop_nulls()}
        )
        for column, field in found.items()
        if field in KOREAN and frame.schema[column] == pl.String
    )


def _links(report: Report, fields: dict[str, str], language: str) -> dict[str, list[str]]:
    """Return what a text in the figure stands for: the filter it sets, and to which value."""
    names = {field: name for name, field in FIELDS.items()}
    links: dict[str, list[str]] = {}
    for column, field in fields.items():
        values = report.frame[column]
        if values.dtype != pl.String:
            continue
        for value in values.drop_nulls().unique(maintain_order=True).head(LINKS):
            for shown in (value, shortened(value), value_name(field, value, language)):
                links.setdefault(shown, [names[field], value])
    return links
