"""What became of the clicks a medium reports: a bar each, cut into its steps."""

from __future__ import annotations

from typing import Any, Final

import polars as pl

from reports.advertising.reported import KEYS
from reports.figures import numbers
from reports.figures.banner_rates import row_labels
from reports.figures.empty import empty
from reports.figures.names import told_apart
from reports.figures.theme import Theme, axis, colours, layout
from reports.figures.ticks import ticks
from reports.figures.words import word

SHOWN: Final = 12
"""Bars drawn; the table has all rows."""

DRAWN: Final = (
    "sessions", "repeated", "internal", "failed", "robot", "lost_parameter", "no_landing",
)  # fmt: skip
"""Steps from people's sessions to what nobody saw: the better known to the left."""

_ROW: Final = 34
_LINE: Final = 14
_LEAST_TOLD: Final = 0.07
"""A part smaller than this has no room for its number."""


def figure(frame: pl.DataFrame, language: str = "en", theme: str = "light") -> dict[str, Any]:
    """Draw the steps of each row of :func:`reports.banner_gap` as parts of the clicks reported.

    Where nothing is reported, what landed is drawn, counted. Where more arrived than was
    reported, a bar is longer than 100 %.

    Raises:
        UnknownNameError: no such language or theme.
    """
    whole = frame.filter(pl.col("step") == "reported")
    if whole.is_empty():
        return empty(language, theme)
    paint = colours(theme)
    is_reported = bool(whole["clicks"].count())
    if is_reported:
        whole = whole.filter(pl.col("clicks") > 0)
        if whole.is_empty():
            return empty(language, theme)
    whole = whole.head(SHOWN)
    names = told_apart(
        [
            f"{name}<br><b>{numbers.number(clicks, language)}</b> {word('clicks', language)}"
            if clicks is not None
            else name
            for name, clicks in zip(row_labels(whole, language), whole["clicks"], strict=True)
        ]
    )
    order = whole.select(KEYS).with_row_index("row")
    rows = frame.join(order, on=KEYS, nulls_equal=True).sort("row")
    value = "share" if is_reported else "clicks"
    traces = [
        _part(rows.filter(pl.col("step") == step), names, value, language, paint) for step in DRAWN
    ]
    traces = [trace for trace in traces if any(trace["x"])]
    longest = max(
        sum(trace["x"][row] for trace in traces) for row in range(whole.height)
    ) if traces else 1.0  # fmt: skip
    marks = ticks(0, round(float(longest), 6), "rate" if is_reported else "count", language)
    marks["range"] = [0, max(marks["range"][1], 1.0 if is_reported else 0.0) * 1.03]
    title = word("of_clicks" if is_reported else "landings", language)
    return {
        "data": traces,
        "layout": layout(
            theme,
            height=150 + (_ROW + _LINE * max(names[0].count("<br>") - 1, 0)) * whole.height,
            barmode="stack",
            bargap=0.45,
            showlegend=True,
            legend={
                "orientation": "h", "x": 0, "xref": "container", "y": 1, "yref": "container",
                "yanchor": "top", "traceorder": "normal", "itemwidth": 30,
            },
            margin={"l": 8, "r": 16, "t": 64, "b": 8},
            xaxis=axis(theme, grid=True, title={"text": title, "standoff": 8}, **marks),
            yaxis=axis(theme, autorange="reversed", type="category"),
        ),
    }  # fmt: skip


def _part(
    rows: pl.DataFrame, names: list[str], value: str, language: str, paint: Theme
) -> dict[str, Any]:
    step = str(rows["step"][0])
    colour, ink = _colours(paint)[step]
    lengths = rows[value].fill_null(0.0).clip(lower_bound=0.0).to_list()
    told = rows.select("clicks", "low", "high", "share", "share_low", "share_high").to_dicts()
    return {
        "type": "bar",
        "orientation": "h",
        "name": word(f"click_{step}", language),
        "y": names,
        "x": lengths,
        "marker": {"color": colour},
        "text": [
            f"{length:.0%}" if value == "share" and length >= _LEAST_TOLD else ""
            for length in lengths
        ],
        "textposition": "inside",
        "insidetextanchor": "middle",
        "textangle": 0,
        "constraintext": "none",
        "textfont": {"color": ink},
        "customdata": [_hover(row, language) for row in told],
        "hovertemplate": f"{word(f'click_{step}', language)}: %{{customdata}}<extra></extra>",
    }


def _hover(row: dict[str, float | None], language: str) -> str:
    clicks = numbers.number(_rounded(row["clicks"]), language)
    if row["low"] is not None and row["low"] != row["high"]:
        ends = (numbers.number(_rounded(row[end]), language) for end in ("low", "high"))
        clicks += f" ({' – '.join(ends)})"
    if row["share"] is None:
        return clicks
    share = numbers.rate(row["share"])
    if row["share_low"] is not None:
        share += f" ({numbers.rate(row['share_low'])} – {numbers.rate(row['share_high'])})"
    return f"{clicks}, {share}"


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)


def _colours(paint: Theme) -> dict[str, tuple[str, str]]:
    """Return each step's colour and that of a number on it."""
    return {
        "sessions": (paint.accent, paint.surface),
        "repeated": (paint.categories[1], paint.surface),
        "internal": (paint.categories[2], paint.text),
        "failed": (paint.bad, paint.surface),
        "robot": (paint.muted, paint.surface),
        "lost_parameter": (paint.average, paint.surface),
        "no_landing": (paint.grid, paint.text),
    }
