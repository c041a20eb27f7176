"""A matrix: how many moved from each row's segment to each column's."""

from __future__ import annotations

from typing import Any

import polars as pl

from reports.figures import numbers
from reports.figures.empty import empty
from reports.figures.theme import ROW_HEIGHT, axis, colours, layout
from reports.figures.words import word

FAINTEST = 0.12
"""How opaque a cell with the smallest share is: it must differ from one with none."""

FULLEST = 0.6
"""How opaque one with all of its row is: the text on it must stay readable."""


def transitions(frame: pl.DataFrame, language: str = "en", theme: str = "light") -> dict[str, Any]:
    """Draw a cell per pair of segments: the customers, the darker the larger their row's share.

    The cells are bars of the same length, one on the other: a figure of few bytes that every
    build of Plotly can draw.

    Raises:
        UnknownNameError: no such language or theme.
    """
    if frame.is_empty():
        return empty(language, theme)
    paint = colours(theme)
    rows = frame["segment_from"].unique(maintain_order=True).to_list()
    columns = frame["segment_to"].unique(maintain_order=True).to_list()
    columns.sort(key=lambda name: rows.index(name) if name in rows else len(rows))
    cells = {
        (row, column): (count, share)
        for row, column, count, share in frame.select(
            "segment_from", "segment_to", "customers", "share"
        ).rows()
    }
    names = [_name(row, language) for row in rows]
    traces = []
    for column in columns:
        found = [cells.get((row, column)) for row in rows]
        traces.append(
            {
                "type": "bar",
                "orientation": "h",
                "name": _name(column, language),
                "x": [1] * len(rows),
                "y": names,
                "marker": {
                    "color": paint.accent,
                    "opacity": [
                        round(FAINTEST + (FULLEST - FAINTEST) * cell[1], 3) if cell else 0
                        for cell in found
                    ],
                },
                "text": [
                    f"{numbers.number(cell[0], language)}<br>{numbers.rate(cell[1])}"
                    if cell
                    else ""
                    for cell in found
                ],
                "textposition": "inside",
                "insidetextanchor": "middle",
                "textangle": 0,
                "textfont": {"color": paint.text},
                "hovertemplate": "%{y} → %{fullData.name}: %{text}<extra></extra>",
            }
        )
    return {
        "data": traces,
        "layout": layout(
            theme,
            height=80 + (ROW_HEIGHT + 10) * len(rows),
            barmode="stack",
            bargap=0.04,
            xaxis=axis(
                theme,
                side="top",
                range=[0, len(columns)],
                tickvals=[place + 0.5 for place in range(len(columns))],
                ticktext=[_name(column, language) for column in columns],
            ),
            yaxis=axis(theme, autorange="reversed", type="category"),
        ),
    }


def _name(segment: str | None, language: str) -> str:
    if segment is None:
        return word("none", language)
    is_unknown = segment == word("not_known_yet", "en")
    return word("not_known_yet", language) if is_unknown else segment
