"""The trend of one measure, as a chart with a text for those who do not see it, or as a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import polars as pl

from dashboard.cards.goals import told
from dashboard.cards.guard import Data
from dashboard.meanings import meaning
from dashboard.notices import long_day
from dashboard.words import word
from reports import Report
from reports.figures import numbers
from reports.figures.theme import THEMES
from reports.goal_lines import GoalLine
from reports.measures import MEASURES

TABLE: Final = (
    "page_views", "sessions", "visitors", "new_visitors", "logins", "logins_per_session",
    "logins_per_visitor", "bounce_rate", "conversions", "conversion_rate",
)  # fmt: skip
"""Measures of the table."""


def trend(
    report: Report,
    language: str,
    *,
    measure: str,
    currency: str = "",
    table: bool = False,
    goals: Sequence[GoalLine] = (),
) -> Data:
    """Return :func:`reports.site_status` drawn in both themes, or its table.

    ``goals`` are the targets of this measure: a line each, and how far it is.
    """
    data: Data = {
        "state": "ready",
        "title": f"{word('trend', language)}: {word(measure, language)}",
        "help": meaning(measure, language),
        "goals": [told(one, measure, language, currency) for one in goals],
    }
    if table:
        return data | {"table": _table(report, language, currency)}
    options = {"measure": measure, "currency": currency, "goals": goals}
    figures = {name: report.figure_dict(language, name, **options) for name in THEMES}
    has_gaps = any(one.code == "rows_withheld" for one in report.warnings)
    for figure in figures.values():
        _fit(figure, has_gaps=has_gaps)
    return data | {"figures": figures, "summary": summary(report, language, measure, currency)}


def _fit(figure: Data, *, has_gaps: bool = False) -> None:
    """Fit a figure into its card: nothing hidden under the area, no label cut off or touching.

    A day between two that are not told of is a point, and no area spans what is not told.
    """
    if has_gaps:
        for trace in figure["data"]:
            trace.pop("fill", None)
            trace["mode"] = "lines+markers"
    figure["data"].sort(key=lambda trace: "fill" not in trace)  # what comes later lies on top
    figure["layout"]["margin"] |= {"t": 14}
    figure["layout"].get("xaxis", {})["ticklabelstandoff"] = 6


def summary(report: Report, language: str, measure: str, currency: str = "") -> str:
    """Return what the chart shows, as text: its days, its highest and its lowest."""
    days = report.frame.filter(pl.col("period") == "current", pl.col(measure).is_not_null())
    name, unit = word(measure, language), MEASURES[measure].unit
    if days.is_empty():
        return word("trend_unknown", language, measure=name)
    ranked = days.sort(measure, "date")
    low, high = ranked.row(0, named=True), ranked.row(-1, named=True)
    text = word(
        "trend_summary",
        language,
        measure=name,
        start=long_day(days["date"][0], language),
        end=long_day(days["date"][-1], language),
        high=numbers.shown(high[measure], unit, language, currency),
        high_day=numbers.day(high["date"], language),
        low=numbers.shown(low[measure], unit, language, currency),
        low_day=numbers.day(low["date"], language),
    )
    before = report.query.previous
    if before is None:
        return text
    start, end = (long_day(day, language) for day in before)
    return f"{text} {word('trend_previous', language, start=start, end=end)}"


def _table(report: Report, language: str, currency: str) -> Data:
    days = report.frame.filter(pl.col("period") == "current").sort("date", descending=True)
    columns = [{"name": word("day", language), "meaning": ""}]
    columns += [{"name": word(one, language), "meaning": meaning(one, language)} for one in TABLE]
    cells = [[long_day(day, language) for day in days["date"]]]
    for one in TABLE:
        unit = MEASURES[one].unit
        cells.append([numbers.shown(value, unit, language, currency) for value in days[one]])
    return {
        "caption": word("trend", language),
        "columns": columns,
        "rows": [list(row) for row in zip(*cells, strict=True)],
    }
