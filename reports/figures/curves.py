"""Curves of the share that has bought by each day, a line per product."""

from __future__ import annotations

from typing import Any, Final

import polars as pl

from reports.figures import numbers
from reports.figures.empty import empty
from reports.figures.theme import axis, colours, layout
from reports.figures.ticks import ticks
from reports.figures.words import word

DRAWN: Final = 5
"""Lines a reader can keep apart."""

_APART: Final = 0.012
"""How far apart the ends of two lines are drawn, as a share of the days."""

_DASHES: Final = ("solid", "dash", "dot", "dashdot", "longdash")


def figure(frame: pl.DataFrame, language: str = "en", theme: str = "light") -> dict[str, Any]:
    """Draw the curve of each product of :func:`reports.time_to_purchase`, the first five.

    A bar at the end of each is its 95 % interval there.

    Raises:
        UnknownNameError: no such language or theme.
    """
    curve = frame.filter(pl.col("part") == "curve")
    products = curve["product"].unique(maintain_order=True).head(DRAWN).to_list()
    if not products:
        return empty(language, theme)
    paint = colours(theme)
    inks = (paint.accent, paint.average, paint.good, paint.bad, paint.muted)
    last = int(curve["day"].max() or 0)  # type: ignore[arg-type]
    traces = [
        _curve(
            curve.filter(pl.col("product") == product),
            product,
            {"color": inks[at], "width": 2.2, "shape": "hv", "dash": _DASHES[at]},
            language,
            shift=at * last * _APART,
        )
        for at, product in enumerate(products)
    ]
    highest = max(float(end) for trace in traces for end in trace["y"])
    reach = curve.filter(pl.col("product").is_in(products))["high"].max()
    top = max(highest, float(reach or 0))  # type: ignore[arg-type]
    return {
        "data": traces,
        "layout": layout(
            theme,
            height=380,
            showlegend=True,
            legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
            margin={"l": 8, "r": 16, "t": 8, "b": 8},
            xaxis=axis(
                theme,
                title={"text": word("days_since_look", language)},
                **ticks(0, max(last, 1), "count", language),
            ),
            yaxis=axis(
                theme,
                grid=True,
                title={"text": word("share_bought", language)},
                **ticks(0, top, "rate", language),
            ),
        ),
    }


def _curve(
    steps: pl.DataFrame, name: str, line: dict[str, Any], language: str, *, shift: float
) -> dict[str, Any]:
    """Return the line of one product: the days on which it rises, and the last one.

    ``shift`` moves its end to the right, for intervals there not to hide each other.
    """
    told = steps.filter(
        (pl.col("bought") > 0) | (pl.col("day") == pl.col("day").max()) | (pl.col("day") == 0)
    ).select("day", "share", "low", "high", "at_risk")
    rows = told.rows()
    start = [] if rows[0][0] == 0 else [(0, 0.0, None, None, int(steps["at_risk"][0]))]
    whole = [*start, *rows]
    _, share, low, high, _ = whole[-1]
    nothing = [0.0] * (len(whole) - 1)
    ends = (0.0, 0.0) if low is None or high is None else (high - share, share - low)
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": [*(day for day, *_ in whole[:-1]), whole[-1][0] + shift],
        "y": [at for _, at, *_ in whole],
        "line": line,
        "error_y": {
            "type": "data",
            "symmetric": False,
            "array": [*nothing, ends[0]],
            "arrayminus": [*nothing, ends[1]],
            "color": line["color"],
            "thickness": 1.2,
            "width": 3,
        },
        "text": [
            word("curve_point", language).format(
                product=name, day=day, share=numbers.rate(at), low=numbers.rate(below),
                high=numbers.rate(above), left=numbers.number(left, language),
            )
            for day, at, below, above, left in whole
        ],
        "hovertemplate": "%{text}<extra></extra>",
    }  # fmt: skip
