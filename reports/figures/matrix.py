"""A matrix: how many moved from each row's segment to each column's."""

from __future__ import annotations

from typing import Any

import polars as pl

from reports.figures import numbers
from reports.figures.cells import Cell, matrix
from reports.figures.empty import empty
from reports.figures.theme import colours
from reports.figures.words import word

FAINTEST = 0.12
"""How opaque a cell with the smallest share is: it must differ from one with none."""

FULLEST = 0.6
"""How opaque one with all of its row is: the text on it must stay readable."""


def transitions(frame: pl.DataFrame, language: str = "en", theme: str = "light") -> dict[str, Any]:
    """Draw a cell per pair of segments: the customers, the darker the larger their row's share.

    Raises:
        UnknownNameError: no such language or theme.
    """
    if frame.is_empty():
        return empty(language, theme)
    accent = colours(theme).accent
    rows = frame["segment_from"].unique(maintain_order=True).to_list()
    columns = frame["segment_to"].unique(maintain_order=True).to_list()
    columns.sort(key=lambda name: rows.index(name) if name in rows else len(rows))
    cells = {
        (row, column): (count, share)
        for row, column, count, share in frame.select(
            "segment_from", "segment_to", "customers", "share"
        ).rows()
    }

    def cell(row: int, column: int) -> Cell | None:
        found = cells.get((rows[row], columns[column]))
        if found is None:
            return None
        count, share = found
        text = f"{numbers.number(count, language)}<br>{numbers.rate(share)}"
        return Cell(text, accent, FAINTEST + (FULLEST - FAINTEST) * share)

    heads = [_name(column, language) for column in columns]
    return matrix(theme, [_name(row, language) for row in rows], heads, cell)


def _name(segment: str | None, language: str) -> str:
    if segment is None:
        return word("none", language)
    is_unknown = segment == word("not_known_yet", "en")
    return word("not_known_yet", language) if is_unknown else segment
