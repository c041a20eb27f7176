"""Two dimensions crossed, as a heat map: where sessions are more or fewer than chance has it."""

from __future__ import annotations

from math import log2
from typing import Any, Final

import polars as pl

from reports.figures import numbers
from reports.figures.cells import Cell, matrix
from reports.figures.empty import empty
from reports.figures.names import shortened
from reports.figures.theme import colours
from reports.figures.words import word

ROWS: Final = 14
COLUMNS: Final = 9
"""Rows and columns drawn, the first; the table has all."""

FAINTEST: Final = 0.15
FULLEST: Final = 0.6
"""How opaque cells are that lie a little, and twice or more, beyond what is expected."""

HEAD: Final = 11
"""Letters in a line of a column's name."""


def figure(frame: pl.DataFrame, language: str = "en", theme: str = "light") -> dict[str, Any]:
    """Draw a cell per pair of values: its sessions, and how many times what chance expects.

    Blue is more and amber fewer than expected, beyond chance, stronger the further; a cell
    without colour can be chance, or too little is expected in it.

    Raises:
        UnknownNameError: no such language or theme.
    """
    if frame.is_empty():
        return empty(language, theme)
    cells = frame.to_dicts()
    rows = list(dict.fromkeys(_label(cell, "row", language) for cell in cells))[:ROWS]
    columns = list(dict.fromkeys(_label(cell, "column", language) for cell in cells))[:COLUMNS]
    found = {
        (_label(cell, "row", language), _label(cell, "column", language)): cell for cell in cells
    }
    paint = colours(theme)

    def cell(row: int, column: int) -> Cell | None:
        one = found[rows[row], columns[column]]
        text = numbers.number(one["sessions"], language)
        if not one["beyond_chance"]:
            return Cell(text, paint.grid, 0.3)
        ratio = one["ratio"]
        size = min(1.0, abs(log2(ratio))) if ratio > 0 else 1.0
        colour = paint.accent if ratio > 1 else paint.average
        times = f"{text}<br>×{ratio:.1f}" if ratio < 10 else f"{text}<br>×{ratio:.0f}"
        return Cell(times, colour, FAINTEST + (FULLEST - FAINTEST) * size)

    heads = [_broken(name) for name in columns]
    return matrix(theme, rows, heads, cell, between=" · ", top=110)


def _label(cell: dict[str, Any], side: str, language: str) -> str:
    if cell[f"{side}_is_other"]:
        return word("other", language)
    value = cell[f"{side}_value"]
    return word("none", language) if value is None else shortened(value)


def _broken(name: str) -> str:
    """Put a long name on several lines, broken between words."""
    lines: list[str] = []
    for part in name.split(" "):
        if lines and len(lines[-1]) + len(part) < HEAD:
            lines[-1] += f" {part}"
        else:
            lines.append(part)
    return "<br>".join(lines)
