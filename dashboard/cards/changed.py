"""What changed, and where."""

from __future__ import annotations

from typing import Any

from dashboard.cards.guard import Data
from dashboard.cards.tiles import judgement
from dashboard.notices import text
from dashboard.value_names import value_name
from dashboard.view import FIELDS
from dashboard.words import word
from reports import Report
from reports.figures import numbers
from reports.measures import MEASURES


def changed(
    report: Report, language: str, *, measure: str, plotted: str = "", currency: str = ""
) -> Data:
    """Return the rows of :func:`reports.changes`, or why there are none.

    ``plotted`` is the measure the reader chose: the card says why it tells ``measure`` instead.
    """
    data: Data = {"help": _help(measure, plotted or measure, language)}
    if report.frame.is_empty():
        return data | {"state": "empty", "text": _reason(report, language)}
    return data | {
        "state": "ready",
        "rows": [_row(row, language, measure, currency) for row in report.frame.to_dicts()],
    }


def _help(measure: str, plotted: str, language: str) -> str:
    name = word(plotted, language)
    shown = name.lower() if language == "en" else name
    if plotted == measure:
        return word("changed_help", language, measure=shown)
    counted = MEASURES[plotted].unit == "count"
    return word("changed_no_parts" if counted else "changed_no_rates", language, measure=shown)


def _reason(report: Report, language: str) -> str:
    """Say why nothing changed, or why it cannot be said."""
    if report.query.filters.compare == "none":
        return word("changed_unasked", language)
    if report.query.previous is None:
        return word("changed_unknown", language)
    about = [one for one in report.warnings if one.code == "no_change"]
    return text(about[0], language) if about else word("nothing_here", language)


def _row(row: dict[str, Any], language: str, measure: str, currency: str) -> dict[str, Any]:
    unit = MEASURES[measure].unit
    now, before, difference = (
        numbers.shown(row[name], unit, language, currency, beside=(row["current"], row["previous"]))
        for name in ("current", "previous", "difference")
    )
    return {
        "name": row["dimension"],  # it is called in the address as in the report
        "value": row["name"],
        "dimension": word(row["dimension"], language),
        "label": value_name(FIELDS[row["dimension"]], row["name"], language),
        "fromto": f"{before} → {now}",
        "difference": difference if row["difference"] < 0 else f"+{difference}",
        "judgement": judgement(row["difference"], measure),
    }
