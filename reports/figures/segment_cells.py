"""Segments side by side: a row each, and how each measure of it lies to everybody's."""

from __future__ import annotations

from math import log2
from typing import Any, Final

import polars as pl

from reports.figures import numbers
from reports.figures.cells import Cell, matrix
from reports.figures.empty import empty
from reports.figures.theme import colours
from reports.figures.words import word

SHOWN: Final = {
    "sessions": "count",
    "visits_per_week": "ratio",
    "views_per_session": "ratio",
    "engagement_rate": "rate",
    "conversion_rate": "rate",
    "premium": "money",
}
"""Columns drawn, with their units."""

COMPARED: Final = ("visits_per_week", "views_per_session", "engagement_rate", "conversion_rate")
"""Those that can be more or less than everybody's, whatever the size of the segment."""

LEAST: Final = 0.1
"""Less of a doubling than this is no difference to look at."""

FULLEST: Final = 0.55
"""How opaque a cell of twice as much as everybody, or half, or further away, is."""


def figure(
    frame: pl.DataFrame, language: str = "en", theme: str = "light", *, currency: str = ""
) -> dict[str, Any]:
    """Draw a cell per segment and measure: blue above everybody's, amber below, stronger with it.

    Conversion rates whose interval holds everybody's, and segments of too few sessions, have no
    colour: nothing can be concluded.

    Raises:
        UnknownNameError: no such language or theme.
    """
    parts = frame.filter(~pl.col("is_all"))
    whole = frame.filter(pl.col("is_all")).to_dicts()
    if parts.is_empty() or not whole:
        return empty(language, theme)
    rows = [*parts.to_dicts(), *whole]
    shown = [name for name in SHOWN if any(row[name] is not None for row in rows)]
    names = [row["segment"] or word("none", language) for row in rows[:-1]]
    paint = colours(theme)

    def cell(number: int, column: int) -> Cell | None:
        row, name = rows[number], shown[column]
        text = numbers.shown(row[name], SHOWN[name], language, currency)
        lean = _lean(row, whole[0], name)
        if abs(lean) < LEAST:
            return Cell(text, paint.grid, 0.3)
        return Cell(text, paint.accent if lean > 0 else paint.average, FULLEST * abs(lean))

    heads = [word(name, language).replace(" ", "<br>") for name in shown]
    together = f"<b>{word('all_segments', language)}</b>"
    return matrix(theme, [*names, together], heads, cell, between=": ", top=100)


def _lean(row: dict[str, Any], whole: dict[str, Any], name: str) -> float:
    """Return from -1 to 1 how far a segment lies below or above everybody; 0: no conclusion."""
    value, of_all = row[name], whole[name]
    if name not in COMPARED or row["small"] or value is None or not of_all:
        return 0.0
    if name == "conversion_rate" and row["low"] <= of_all <= row["high"]:
        return 0.0
    return max(-1.0, min(1.0, log2(value / of_all))) if value else -1.0
