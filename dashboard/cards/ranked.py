"""Ranked lists: what there is most of stands on top, with how often it converts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dashboard.cards.guard import Data
from dashboard.value_names import value_name
from dashboard.view import FIELDS
from dashboard.words import word
from reports import Report
from reports.figures import numbers

SHOWN = 7
"""Rows of a list, the one that sums up the others not counted."""


def ranked(
    report: Report,
    language: str,
    *,
    field: str,
    column: str,
    measure: str = "sessions",
    beside: str = "",
    clickable: bool = True,
) -> Data:
    """Return the rows of a broken-down report.

    Args:
        report: its rows, already limited to what is shown.
        language: "en" or "ko".
        field: the field of `Filters` that a click on a row sets.
        column: the column of the report that holds its values.
        measure: what the list is ranked by.
        beside: a second column shown behind the value.
        clickable: whether a click filters.
    """
    if report.frame.is_empty():
        own = [one.code for one in report.warnings if one.code.startswith("no_")]
        return {"state": "empty", "codes": own}
    chosen = report.query.filters.chosen.get(field, ())
    highest = max(report.frame[measure].max() or 0, 1)  # type: ignore[type-var]
    name = next(name for name, one in FIELDS.items() if one == field)
    return {
        "state": "ready",
        "name": name if clickable else None,
        "rows": [
            _row(row, language, field, column, measure, beside, chosen, highest)
            for row in report.frame.to_dicts()
        ],
    }


def _row(
    row: dict[str, Any],
    language: str,
    field: str,
    column: str,
    measure: str,
    beside: str,
    chosen: Sequence[str],
    highest: Any,
) -> dict[str, Any]:
    value = None if row["is_other"] else row[column]
    label = word("other", language) if row["is_other"] else value_name(field, value, language)
    if beside and row[beside] and not row["is_other"]:
        label = f"{label} · {row[beside]}"
    return {
        "value": value,
        "label": label,
        "figure": numbers.number(row[measure], language),
        "raw": row[measure],
        "share": round(min(100.0, 100 * row[measure] / highest), 1),
        "rate": numbers.rate(row["conversion_rate"]),
        "interval": f"{numbers.rate(row['low'])} – {numbers.rate(row['high'])}",
        "small": row["small"],
        "chosen": value in chosen,
    }
