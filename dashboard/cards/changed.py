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


def changed(report: Report, language: str, *, measure: str, currency: str = "") -> Data:
    """Return the rows of :func:`reports.changes`, or why there are none."""
    name = word(measure, language)
    shown = name.lower() if language == "en" else name
    data: Data = {"help": word("changed_help", language, measure=shown)}
    if report.frame.is_empty():
        about = [one for one in report.warnings if one.code in {"no_change", "no_comparison"}]
        reason = text(about[0], language) if about else word("nothing_here", language)
        return data | {"state": "empty", "text": reason}
    chosen = report.query.filters.chosen
    return data | {
        "state": "ready",
        "rows": [
            _row(row, language, measure, currency)
            | {"chosen": row["name"] in chosen.get(FIELDS[row["dimension"]], ())}
            for row in report.frame.to_dicts()
        ],
    }


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
