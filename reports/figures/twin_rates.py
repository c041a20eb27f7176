"""Two rates a row, with their intervals: of those who looked, and of those who did not."""

from __future__ import annotations

from typing import Any, Final

import polars as pl

from reports.figures import numbers
from reports.figures.bars import SHOWN
from reports.figures.empty import empty
from reports.figures.theme import Theme, axis, colours, layout, small_note
from reports.figures.ticks import ticks
from reports.figures.words import word

_ROW: Final = 44
_APART: Final = 0.16
"""How far the two rates of a row stand above and below its middle."""


def figure(frame: pl.DataFrame, language: str = "en", theme: str = "light") -> dict[str, Any]:
    """Draw both rates of each row of :func:`reports.interest_to_purchase`; few cases are pale.

    Raises:
        UnknownNameError: no such language or theme.
    """
    rows = frame.filter(pl.col("viewed_rate").is_not_null()).head(SHOWN)
    if rows.is_empty():
        return empty(language, theme)
    paint = colours(theme)
    names = [
        product if segment is None else f"{product}<br>{segment}"
        for product, segment in rows.select("product", "segment").rows()
    ]
    highest = max(float(rows[end].max() or 0) for end in ("viewed_high", "others_high"))  # type: ignore[arg-type]
    marks = ticks(0, highest, "rate", language)
    marks["range"] = [-0.02 * marks["range"][1], marks["range"][1]]  # room for a point at 0
    days = int(rows["days"][0])
    title = word("bought_within", language).format(days=days)
    return {
        "data": [
            _points(rows, "viewed", -_APART, paint.accent, word("looked", language)),
            _points(rows, "others", _APART, paint.compare, word("looked_not", language)),
        ],
        "layout": layout(
            theme,
            height=110 + _ROW * rows.height,
            margin={"l": 8, "r": 12, "t": 34, "b": 8},
            showlegend=True,
            legend={"orientation": "h", "x": 0, "y": 1, "yanchor": "bottom"},
            xaxis=axis(
                theme,
                grid=True,
                title={"text": f"{title}<br>{small_note(word('association', language))}"},
                **marks,
            ),
            yaxis=_names(theme, paint, names),
        ),
    }


def _points(rows: pl.DataFrame, side: str, shift: float, colour: str, name: str) -> dict[str, Any]:
    told = rows.select(f"{side}_rate", f"{side}_low", f"{side}_high").rows()
    rates = [rate for rate, _, _ in told]
    return {
        "type": "scatter",
        "mode": "markers",
        "name": name,
        "cliponaxis": False,
        "x": rates,
        "y": [index + shift for index in range(rows.height)],
        "marker": {
            "color": colour,
            "size": 9,
            "opacity": [0.35 if small else 1 for small in rows["small"]],
        },
        "error_x": {
            "type": "data",
            "symmetric": False,
            "array": [None if rate is None else high - rate for rate, _, high in told],
            "arrayminus": [None if rate is None else rate - low for rate, low, _ in told],
            "color": colour,
            "thickness": 1.5,
            "width": 0,
        },
        "text": [
            f"{name}: {numbers.rate(rate)} ({numbers.rate(low)} – {numbers.rate(high)})"
            for rate, low, high in told
        ],
        "hovertemplate": "%{text}<extra></extra>",
    }


def _names(theme: str, paint: Theme, names: list[str]) -> dict[str, Any]:
    return axis(
        theme,
        range=[len(names) - 0.5, -0.5],
        tickmode="array",
        tickvals=list(range(len(names))),
        ticktext=names,
        tickfont={"color": paint.text},
    )
