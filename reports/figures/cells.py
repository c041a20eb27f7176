"""Cells in rows and columns, each with a text and a shade: what matrices are drawn of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from reports.figures.theme import ROW_HEIGHT, axis, colours, layout


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: what stands in it, its colour, and how much of that colour (0 to 1)."""

    text: str
    colour: str
    opacity: float


def matrix(
    theme: str,
    rows: list[str],
    columns: list[str],
    cell: Callable[[int, int], Cell | None],
    *,
    between: str = " → ",
    top: int = 80,
) -> dict[str, Any]:
    """Return the figure: the first row on top, the first column at the left.

    The cells are bars of the same length, one on the other: a figure of few bytes that every
    build of Plotly can draw.

    Args:
        theme: name of a theme.
        rows: their names, all different.
        columns: theirs.
        cell: of a row's and a column's number; None for an empty one.
        between: the names of row and column, in what is shown when a cell is pointed at.
        top: room for the names of the columns, in pixels.
    """
    paint = colours(theme)
    traces = []
    for number, name in enumerate(columns):
        found = [cell(row, number) for row in range(len(rows))]
        shades = [one.colour if one else paint.surface for one in found]
        traces.append(
            {
                "type": "bar",
                "orientation": "h",
                "name": name,
                "x": [1] * len(rows),
                "y": rows,
                "marker": {
                    "color": shades[0] if len(set(shades)) == 1 else shades,
                    "opacity": [round(one.opacity, 3) if one else 0 for one in found],
                },
                "text": [one.text if one else "" for one in found],
                "textposition": "inside",
                "insidetextanchor": "middle",
                "textangle": 0,
                "textfont": {"color": paint.text},
                "hovertemplate": f"%{{y}}{between}%{{fullData.name}}: %{{text}}<extra></extra>",
            }
        )
    return {
        "data": traces,
        "layout": layout(
            theme,
            height=top + (ROW_HEIGHT + 10) * len(rows),
            barmode="stack",
            bargap=0.04,
            xaxis=axis(
                theme,
                side="top",
                range=[0, len(columns)],
                tickvals=[place + 0.5 for place in range(len(columns))],
                ticktext=columns,
            ),
            yaxis=axis(theme, autorange="reversed", type="category"),
        ),
    }
