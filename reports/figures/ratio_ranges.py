"""Quotients with their intervals on a scale of doublings: 1 in the middle, chance left grey."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from reports.figures import numbers
from reports.figures.theme import ROW_HEIGHT, axis, colours, layout, small_note

_TICKS: Final = (0.05, 0.1, 0.25, 0.5, 1, 2, 4, 10, 20, 50)
_WIDEST: Final = 64.0
"""Ends of intervals are drawn no farther from 1 than this, or nothing else could be seen."""


@dataclass(frozen=True, slots=True)
class Ratio:
    """One row: its name, the quotient (None: unknown), its interval, whether it is a finding."""

    name: str
    value: float | None
    low: float | None
    high: float | None
    is_found: bool


def ratio_ranges(
    theme: str, ratios: Sequence[Ratio], *, title: str, sides: tuple[str, str], note: str
) -> dict[str, Any]:
    """Return the figure: a point and a line per row, dotted: no difference.

    Args:
        theme: name of a theme.
        ratios: one a row, from the top.
        title: of the axis.
        sides: what lies left and right of 1.
        note: what a grey row means, below the axis.
    """
    paint = colours(theme)
    shown = [ratio for ratio in ratios if ratio.value is not None and ratio.value > 0]
    ends = [_drawn(end) for ratio in shown for end in (ratio.low, ratio.high) if end is not None]
    least = min([0.5, *ends, *(_drawn(ratio.value or 1) for ratio in shown)])
    most = max([2.0, *ends, *(_drawn(ratio.value or 1) for ratio in shown)])
    filled = [paint.accent if ratio.is_found else paint.compare for ratio in shown]
    points = {
        "type": "scatter",
        "mode": "markers",
        "x": [_drawn(ratio.value or 1) for ratio in shown],
        "y": [ratio.name for ratio in shown],
        "marker": {"color": filled, "size": 9},
        "text": [_told(ratio) for ratio in shown],
        "hovertemplate": "%{y}: %{text}<extra></extra>",
    }
    lines = [
        {
            "type": "line", "layer": "below", "xref": "x", "yref": "y",
            "x0": _drawn(ratio.low or 0), "x1": _drawn(ratio.high or math.inf),
            "y0": index, "y1": index,
            "line": {"color": colour, "width": 2 if ratio.is_found else 1.2},
        }
        for index, (ratio, colour) in enumerate(zip(shown, filled, strict=True))
    ]  # fmt: skip
    equal = {
        "type": "line", "xref": "x", "yref": "paper", "x0": 1, "x1": 1, "y0": 0, "y1": 1,
        "line": {"color": paint.average, "width": 2, "dash": "dot"},
    }  # fmt: skip
    ticks = [tick for tick in _TICKS if least * 0.99 <= tick <= most * 1.01]
    return {
        "data": [points],
        "layout": layout(
            theme,
            height=150 + ROW_HEIGHT * len(shown),
            margin={"l": 8, "r": 12, "t": 36, "b": 8},
            shapes=[*lines, equal],
            annotations=[
                _side(paint.muted, f"← {sides[0]}", "right", -6),
                _side(paint.muted, f"{sides[1]} →", "left", 6),
            ],
            xaxis=axis(
                theme,
                grid=True,
                type="log",
                range=[math.log10(least) - 0.05, math.log10(most) + 0.05],
                tickmode="array",
                tickvals=ticks,
                ticktext=[f"{numbers.tick(tick)}×" for tick in ticks],
                title={"text": f"{title}<br>{small_note(note)}"},
            ),
            yaxis=axis(theme, autorange="reversed", type="category"),
        ),
    }


def _drawn(value: float) -> float:
    return min(max(value, 1 / _WIDEST), _WIDEST)


def _told(ratio: Ratio) -> str:
    low, high = numbers.ratio(ratio.low), numbers.ratio(ratio.high)
    return f"{numbers.ratio(ratio.value)}× ({low} – {high})"


def _side(colour: str, text: str, anchor: str, shift: int) -> dict[str, Any]:
    return {
        "text": text, "x": 0, "xref": "x", "xanchor": anchor, "xshift": shift, "y": 1,
        "yref": "paper", "yanchor": "bottom", "showarrow": False,
        "font": {"color": colour, "size": 11},
    }  # fmt: skip
