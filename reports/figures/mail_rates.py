"""One rate of each mailing with its interval: people's, and beside it the raw one."""

from __future__ import annotations

from typing import Any, Final

import polars as pl

from reports.figures import numbers
from reports.figures.bars import SHOWN
from reports.figures.empty import empty
from reports.figures.mail_names import mail_names
from reports.figures.theme import ROW_HEIGHT, axis, colours, layout
from reports.figures.ticks import ticks
from reports.figures.words import word
from weblog.errors import UnknownNameError

MEASURES: Final = ("open", "click", "visit", "conversion", "purchase", "unsubscribe")
"""Rates there are to draw."""

_RAW: Final = ("open", "click")


def figure(
    frame: pl.DataFrame, language: str = "en", theme: str = "light", *, measure: str = "click"
) -> dict[str, Any]:
    """Draw a rate of each row of :func:`reports.mailings`: a point and its interval; hollow: raw.

    ``measure`` is one of :data:`MEASURES`. Few cases are pale.

    Raises:
        UnknownNameError: no such language, theme or measure.
    """
    if measure not in MEASURES:
        raise UnknownNameError("measure of this report", measure, list(MEASURES))
    rate, low, high = f"{measure}_rate", f"{measure}_low", f"{measure}_high"
    rows = frame.filter(pl.col(rate).is_not_null()).tail(SHOWN)
    if rows.is_empty():
        return empty(language, theme)
    paint = colours(theme)
    names = mail_names(rows, language)
    told = rows.select(rate, low, high).rows()
    points = {
        "type": "scatter",
        "mode": "markers",
        "name": word("by_people" if measure in _RAW else f"mail_{measure}", language),
        "x": [value for value, _, _ in told],
        "y": names,
        "marker": {
            "color": paint.accent,
            "size": 9,
            "opacity": [0.4 if small else 1 for small in rows["small"]],
        },
        "error_x": {
            "type": "data",
            "symmetric": False,
            "array": [above - value for value, _, above in told],
            "arrayminus": [value - below for value, below, _ in told],
            "color": paint.accent,
            "thickness": 1.5,
            "width": 0,
        },
        "text": [
            f"{numbers.rate(value)} ({numbers.rate(below)} – {numbers.rate(above)})"
            for value, below, above in told
        ],
        "hovertemplate": "%{y}: %{text}<extra></extra>",
        "cliponaxis": False,
    }
    data, highest = [points], float(rows[high].max() or 0)  # type: ignore[arg-type]
    if measure in _RAW:
        raw = rows[f"{measure}_rate_raw"].to_list()
        highest = max(highest, *raw)
        data.insert(0, _hollow(names, raw, paint.compare, word("with_machines", language)))
    return {
        "data": data,
        "layout": layout(
            theme,
            height=100 + ROW_HEIGHT * rows.height,
            margin={"l": 8, "r": 16, "t": 34, "b": 8},
            showlegend=measure in _RAW,
            legend={"orientation": "h", "x": 0, "y": 1, "yanchor": "bottom"},
            xaxis=axis(
                theme,
                grid=True,
                title={"text": word(f"mail_{measure}", language)},
                **ticks(0, highest, "rate", language),
            ),
            yaxis=axis(
                theme, autorange="reversed", type="category", tickfont={"color": paint.text}
            ),
        ),
    }


def _hollow(names: list[str], values: list[float], colour: str, name: str) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "markers",
        "name": name,
        "x": values,
        "y": names,
        "marker": {"symbol": "circle-open", "size": 9, "color": colour},
        "text": [numbers.rate(value) for value in values],
        "hovertemplate": f"%{{y}}: %{{text}} {name}<extra></extra>",
        "cliponaxis": False,
    }
