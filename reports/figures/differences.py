"""What changed: a bar to the right for more, to the left for less."""

from __future__ import annotations

from typing import Any

import polars as pl

from reports.figures import numbers
from reports.figures.bars import SHOWN
from reports.figures.empty import empty
from reports.figures.horizontal import horizontal
from reports.figures.theme import colours
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
    filled = [paint.good if value > 0 else paint.bad for value in differences]
    around_zero = {
        "visible": True, "showticklabels": False, "showgrid": False,
        "zeroline": True, "zerolinecolor": paint.compare, "fixedrange": True,
    }  # fmt: skip
    return horizontal(theme, names, differences, filled, texts, xaxis=around_zero, bargap=0.35)
