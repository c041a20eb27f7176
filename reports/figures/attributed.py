"""Attribution models side by side: per name a point and a line for each model."""

from __future__ import annotations

from typing import Any, Final

import polars as pl

from reports.attribution.plugged import model_title
from reports.figures import numbers
from reports.figures.empty import empty
from reports.figures.names import row_names
from reports.figures.theme import axis, colours, layout
from reports.figures.ticks import ticks
from reports.figures.words import word

SHOWN: Final = 8
"""Names at most: the most touched."""

POINT_HEIGHT: Final = 11
"""Height of one point with its interval, in pixels."""

GAP: Final = 1.6
"""Room between two names, in points."""

FAINT: Final = 0.45
"""Opacity of points that too few conversions stand behind."""

MARKS: Final = {
    "last_touch": ("muted", "circle"),
    "last_non_direct": ("muted", "circle-open"),
    "first_touch": ("average", "circle"),
    "linear": ("average", "circle-open"),
    "position_based": ("average", "diamond"),
    "time_decay": ("average", "diamond-open"),
    "markov": ("accent", "square"),
    "shapley": ("accent", "square-open"),
}
"""Colour and symbol of each model: grey looks at the end of a path, amber follows a rule for all
of it, blue learns from the data. A symbol tells apart what a colour does not."""


def figure(frame: pl.DataFrame, language: str = "en", theme: str = "light") -> dict[str, Any]:
    """Draw the conversions each model credits to each name with their 95 % intervals.

    Raises:
        UnknownNameError: no such language or theme.
    """
    if frame.is_empty():
        return empty(language, theme)
    models = frame["model"].unique(maintain_order=True).to_list()
    shown = frame.filter(pl.col("model") == models[0]).head(SHOWN)
    names = [
        f"{name} *" if small else name
        for name, small in zip(
            row_names(shown.select("name", "is_other"), language), shown["small"], strict=True
        )
    ]
    title = word("credited", language)
    if shown["small"].any():
        title += f"<br>* {word('too_few', language)}"
    keys = shown.select("name", "is_other").with_row_index("row")
    rows = frame.join(keys, on=["name", "is_other"], nulls_equal=True, maintain_order="left")
    step = len(models) + GAP
    traces = [
        _points(
            rows.filter(pl.col("model") == model), model, names, language, theme,
            at=[index * step + place for index in range(len(names))],
        )
        for place, model in enumerate(models)
    ]  # fmt: skip
    middle = (len(models) - 1) / 2
    between = [index * step - (GAP + 1) / 2 for index in range(1, len(names))]
    paint = colours(theme)
    lines = [
        {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": y, "y1": y,
         "line": {"color": paint.grid, "width": 1}}
        for y in between
    ]  # fmt: skip
    highest = float(rows.select(pl.max_horizontal("conversions", "high").max()).item())
    bottom = (len(names) - 1) * step + len(models) - 1
    return {
        "data": traces,
        "layout": layout(
            theme,
            height=int(170 + POINT_HEIGHT * step * len(names)),
            shapes=lines,
            showlegend=True,
            legend={
                "orientation": "h", "x": 0, "xref": "container", "y": 1, "yref": "container",
                "yanchor": "top", "itemwidth": 30,
            },
            margin={"l": 8, "r": 12, "t": 74, "b": 64},
            xaxis=axis(
                theme,
                grid=True,
                title={"text": title, "standoff": 10},
                **ticks(0, highest, "count", language) | {"range": [0, highest * 1.04]},
            ),
            yaxis=axis(
                theme,
                tickmode="array",
                tickvals=[round(index * step + middle, 1) for index in range(len(names))],
                ticktext=names,
                ticks="outside",
                ticklen=6,
                tickcolor=paint.surface,
                range=[bottom + 1, -1],
            ),
        ),
    }  # fmt: skip


def _points(
    rows: pl.DataFrame, model: str, names: list[str], language: str, theme: str, *, at: list[float]
) -> dict[str, Any]:
    paint = colours(theme)
    role, symbol = MARKS.get(model, ("good", "triangle-up"))
    colour = getattr(paint, role)
    rows = rows.sort("row")
    texts = [
        f"{names[row]}: {_said(conversions, low, high, language)}"
        for row, conversions, low, high in rows.select("row", "conversions", "low", "high").rows()
    ]
    above = (rows["high"] - rows["conversions"]).clip(0).round(3)
    below = (rows["conversions"] - rows["low"]).clip(0).round(3)
    return {
        "type": "scatter",
        "mode": "markers",
        "name": model_title(model, language),
        "x": rows["conversions"].round(3).to_list(),
        "y": [round(at[row], 1) for row in rows["row"]],
        "marker": {
            "color": colour,
            "size": 7,
            "symbol": symbol,
            "opacity": [FAINT if small else 1 for small in rows["small"]],
        },
        "error_x": {
            "type": "data",
            "symmetric": False,
            "array": above.to_list(),
            "arrayminus": below.to_list(),
            "color": colour,
            "thickness": 1,
            "width": 0,
        },
        "text": texts,
        "hovertemplate": "%{text}",
    }


def _said(conversions: float, low: float | None, high: float | None, language: str) -> str:
    said = numbers.number(round(conversions, 1), language)
    if low is None or high is None:
        return said
    ends = (numbers.number(round(end, 1), language) for end in (low, high))
    return f"{said} ({' – '.join(ends)})"
