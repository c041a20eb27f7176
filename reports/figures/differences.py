"""What changed: a bar to the right for more, to the left for less."""

from __future__ import annotations

from typing import Any

import polars as pl

from reports.figures import numbers
from reports.figures.bars import SHOWN
from reports.figures.empty import empty
from reports.figures.theme import ROW_HEIGHT, colours, layout
from reports.figures.theme import axis as themed
from reports.figures.words import word


def figure(frame: pl.DataFrame, language: str = "en", theme: str = "light") -> dict[str, Any]:
    """Draw the differences :func:`reports.changes` lists, in its order.

    Raises:
        UnknownNameError: no such language or theme.
    """
    if frame.is_empty():
        return empty(language, theme)
    rows, paint = frame.head(SHOWN), colours(theme)
    differences = rows["difference"].to_list()
    names = [
        f"{word(dimension, language)}: {name}"
        for dimension, name in rows.select("dimension", "name").rows()
    ]
    texts = [
        f"{'+' if after >= before else ''}{numbers.number(after - before, language)}"
        f"  ({numbers.number(before, language)} → {numbers.number(after, language)})"
        for after, before in rows.select("current", "previous").rows()
    ]
    bars = {
        "type": "bar",
        "orientation": "h",
        "x": differences,
        "y": names,
        "marker": {"color": [paint.good if value > 0 else paint.bad for value in differences]},
        "text": texts,
        "textposition": "auto",
        "cliponaxis": False,
        "hovertemplate": "%{y}: %{text}<extra></extra>",
    }
    return {
        "data": [bars],
        "layout": layout(
            theme,
            height=40 + ROW_HEIGHT * rows.height,
            bargap=0.35,
            xaxis={
                "visible": True, "showticklabels": False, "showgrid": False,
                "zeroline": True, "zerolinecolor": paint.compare, "fixedrange": True,
            },
            yaxis=themed(theme, autorange="reversed", type="category"),
        ),
    }  # fmt: skip
