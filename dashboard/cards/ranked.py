"""Ranked lists: what there is most of stands on top, with how often it converts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from dashboard.cards.guard import Data
from dashboard.notices import text
from dashboard.value_names import value_name
from dashboard.view import FIELDS
from dashboard.words import word
from reports import Report
from reports.figures import numbers

REASONS: Final = frozenset({"no_categories", "no_products", "no_campaigns"})
"""Warnings that say why a list is worth nothing: shown in its place."""


@dataclass(frozen=True, slots=True)
class ListSpec:
    """A ranked list of a page.

    Attributes:
        report: name of the report.
        title: key of the card's title.
        field: the field of `Filters` that a click on a row sets.
        column: the column of the report that holds its values.
        measure: what the list is ranked by.
        beside: a second text column, shown behind the value.
    """

    report: str
    title: str
    field: str
    column: str
    measure: str = "sessions"
    beside: str = ""


def ranked(report: Report, spec: ListSpec, language: str) -> Data:
    """Return the rows of a broken-down report, or why there are none."""
    reason = next((one for one in report.warnings if one.code in REASONS), None)
    if reason:
        return {"state": "empty", "text": text(reason, language)}
    if report.frame.is_empty():
        return {"state": "empty"}
    rows = report.frame.to_dicts()
    highest = max(1, *(row[spec.measure] for row in rows if not row["is_other"]))
    return {
        "state": "ready",
        "name": next(name for name, field in FIELDS.items() if field == spec.field),
        "rows": [
            _row(row, spec, language)
            | {
                "share": min(100.0, round(100 * row[spec.measure] / highest, 1)),
                "other": row["is_other"],
            }
            for row in rows
        ],
    }


def _row(row: dict[str, Any], spec: ListSpec, language: str) -> dict[str, Any]:
    value, known = row[spec.column], row["conversion_rate"] is not None
    label = value_name(spec.field, value, language)
    if row["is_other"]:
        value, label = None, word("other", language)
    elif spec.beside and row[spec.beside]:
        label = f"{label} · {row[spec.beside]}"
    return {
        "value": value,
        "label": label,
        "figure": numbers.number(row[spec.measure], language),
        "raw": row[spec.measure],
        "rate": numbers.rate(row["conversion_rate"]),
        "interval": f"{numbers.rate(row['low'])} – {numbers.rate(row['high'])}" if known else "",
        "small": row["small"] and known,
    }
