"""How lately customers came: a bar per segment, parted by days since the last visit."""

from __future__ import annotations

from typing import Any, Final

import polars as pl

from reports.figures.empty import empty
from reports.figures.numbers import number, rate
from reports.figures.theme import ROW_HEIGHT, Theme, axis, colours, layout
from reports.figures.words import word
from reports.recency import NEVER, recency_bands

_FADE: Final = (1.0, 0.72, 0.5, 0.34, 0.22, 0.12)
"""How opaque each band is, the latest first."""

_TEXT_FROM: Final = 0.09
"""A part smaller than this has no room for its number."""


def figure(frame: pl.DataFrame, language: str = "en", theme: str = "light") -> dict[str, Any]:
    """Draw :func:`reports.activity`: of each segment, how lately its customers came.

    Raises:
        UnknownNameError: no such language or theme.
    """
    rows = frame.filter(part="recency")
    if rows.is_empty():
        return empty(language, theme)
    paint = colours(theme)
    names = _names(rows, language)
    traces = []
    for index, band in enumerate(recency_bands()):
        own = rows.filter(band=band)
        shares = own["share"].to_list()
        is_never = band == NEVER
        traces.append(
            {
                "type": "bar",
                "orientation": "h",
                "name": _band(band, language),
                "x": [round(share, 4) for share in shares],
                "y": names,
                "marker": {
                    "color": paint.compare if is_never else _faded(paint, _FADE[index]),
                },
                "text": [rate(share)[:-1] if share >= _TEXT_FROM else "" for share in shares],
                "textposition": "inside",
                "insidetextanchor": "middle",
                "textangle": 0,
                "textfont": {"color": paint.text if index else paint.surface, "size": 10},
                "hovertemplate": "%{y}<br>%{fullData.name}: %{x:.1%}<extra></extra>",
            }
        )
    return {
        "data": traces,
        "layout": layout(
            theme,
            height=120 + ROW_HEIGHT * len(names),
            barmode="stack",
            bargap=0.25,
            showlegend=True,
            legend={
                "orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "traceorder": "normal",
                "title": {"text": word("days_since_visit", language), "side": "top",
                          "font": {"size": 11}},
            },
            xaxis=axis(theme, range=[0, 1], tickformat=".0%", tickvals=[0, 0.5, 1]),
            yaxis=axis(theme, autorange="reversed", type="category"),
        ),
    }  # fmt: skip


def _band(band: str, language: str) -> str:
    if band == NEVER:
        return word("never", language)
    return word("or_more", language).format(band.split(maxsplit=1)[0]) if " " in band else band


def _faded(paint: Theme, part: float) -> str:
    """Return the accent on the surface as one colour: a legend does not know of opacity."""
    over, under = (
        [int(colour[place : place + 2], 16) for place in (1, 3, 5)]
        for colour in (paint.accent, paint.surface)
    )
    mixed = (round(part * a + (1 - part) * b) for a, b in zip(over, under, strict=True))
    return "#" + "".join(f"{channel:02x}" for channel in mixed)


def _names(rows: pl.DataFrame, language: str) -> list[str]:
    """Return the names of the bars, with how many customers each stands for."""
    own = rows.filter(band=NEVER)
    counts = own["of_customers"].to_list()
    return [
        f"{segment or word('all_cohorts' if is_all else 'none', language)}"
        f" · {number(count, language, beside=counts)}"
        for segment, is_all, count in zip(own["segment"], own["is_all"], counts, strict=True)
    ]
