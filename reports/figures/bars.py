"""Ranked bars: what there is most of stands on top."""

from __future__ import annotations

from typing import Any

import polars as pl

from reports.figures import numbers
from reports.figures.empty import empty
from reports.figures.horizontal import horizontal
from reports.figures.names import row_names
from reports.figures.theme import colours
from reports.figures.words import word
from reports.measures import MEASURES
from weblog.errors import UnknownNameError

SHOWN = 15
"""Bars drawn; the table has all rows."""


def ranked(
    frame: pl.DataFrame,
    language: str = "en",
    theme: str = "light",
    *,
    measure: str | None = None,
    currency: str = "",
) -> dict[str, Any]:
    """Draw a bar per row of a broken-down report, with its value and its change.

    ``measure`` is a column that is a measure; by default what the report is ranked by
    (page views for what was viewed, else sessions).

    Raises:
        UnknownNameError: the report has no such measure; no such language or theme.
    """
    default = "page_views" if "previous_page_views" in frame.columns else "sessions"
    chosen = measure or default
    known = [name for name in MEASURES if name in frame.columns]
    if chosen not in known:
        raise UnknownNameError("measure of this report", chosen, known)
    if frame.is_empty():
        return empty(language, theme)
    rows = frame.head(SHOWN)
    paint, unit = colours(theme), MEASURES[chosen].unit
    values = rows[chosen].to_list()
    labels = [numbers.shown(value, unit, language, currency) for value in values]
    if chosen == default:
        labels = [
            label if change is None else f"{label}  {numbers.change(change, 'count', language)}"
            for label, change in zip(labels, rows["change"], strict=True)
        ]
    bars = {
        "name": word(chosen, language),
        "textfont": {"color": paint.text},
        "insidetextanchor": "end",
    }
    filled = [paint.grid if other else paint.soft for other in rows["is_other"]]
    return horizontal(theme, row_names(rows, language), values, filled, labels, bars=bars)
