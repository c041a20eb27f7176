"""Horizontal bars, a row each: the first on top, what it says on it or beside it."""

from __future__ import annotations

from typing import Any

from reports.figures.theme import ROW_HEIGHT, axis, layout
from reports.figures.theme import colours as colours_of


def horizontal(
    theme: str,
    names: list[str],
    values: list[Any],
    colours: list[str],
    texts: list[str],
    *,
    bars: dict[str, Any] | None = None,
    xaxis: dict[str, Any] | None = None,
    bargap: float = 0.25,
) -> dict[str, Any]:
    """Return the figure: of each row its name, how long its bar is, its colour and what it says.

    Args:
        theme: name of a theme.
        names: one a row, as are ``values``, ``colours`` and ``texts``.
        values: lengths of the bars; null for none.
        colours: of the bars.
        texts: what stands on or beside each bar, and is shown when it is pointed at.
        bars: more settings of the bars.
        xaxis: settings of the axis of values; by default it begins at 0 and is not seen.
        bargap: room between bars, as a share of a row.
    """
    paint = colours_of(theme)
    strong = {paint.accent, paint.good, paint.bad, paint.muted}
    shared = {
        "type": "bar",
        "orientation": "h",
        "y": names,
        "x": values,
        "marker": {"color": colours},
        "text": texts,
        "textposition": "auto",
        "insidetextfont": {
            "color": [paint.surface if one in strong else paint.text for one in colours]
        },
        "cliponaxis": False,
        "hovertemplate": "%{y}: %{text}<extra></extra>",
    }
    return {
        "data": [shared | (bars or {})],
        "layout": layout(
            theme,
            height=40 + ROW_HEIGHT * len(names),
            bargap=bargap,
            xaxis=xaxis or {"visible": False, "fixedrange": True, "rangemode": "tozero"},
            yaxis=axis(theme, autorange="reversed", type="category"),
        ),
    }
