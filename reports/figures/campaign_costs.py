"""What a conversion of each campaign cost: a point and its interval; without costs, its rate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from reports.figures import numbers
from reports.figures.empty import empty
from reports.figures.names import as_text, shortened, told_apart
from reports.figures.theme import ROW_HEIGHT, axis, colours, layout
from reports.figures.ticks import ticks
from reports.figures.words import word
from reports.spec import Unit
from weblog.errors import UnknownNameError

SHOWN: Final = 15
NAME: Final = 30
"""Characters of a name that leave room for intervals on a telephone."""

_LEVELS: Final = ("segment", "channel", "source", "medium", "campaign", "content", "keyword")


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A measure that can be drawn: its interval's columns, what the average divides, its unit."""

    low: str
    high: str
    over: str
    under: str
    unit: Unit


MEASURES: Final = {
    "cpa": _Drawn("cpa_low", "cpa_high", "cost", "conversions", "money"),
    "roas": _Drawn("roas_low", "roas_high", "value", "cost", "ratio"),
    "conversion_rate": _Drawn("low", "high", "converted", "sessions", "rate"),
}
"""What the figure can draw; by default the first that is known of any row."""

_WIDEST: Final = 3.0
"""The axis ends at so many times the largest point: a wider interval runs out of the picture."""


def figure(
    frame: pl.DataFrame,
    language: str = "en",
    theme: str = "light",
    *,
    measure: str | None = None,
    currency: str = "",
) -> dict[str, Any]:
    """Draw a measure of each row with its 95 % interval; dotted: that of all rows together.

    A row without a conversion has no CPA, but a least one: a line without a point.

    Raises:
        UnknownNameError: no such measure, language or theme.
    """
    if measure is not None and measure not in MEASURES:
        raise UnknownNameError("measure of this figure", measure, list(MEASURES))
    has_cpa = frame.select(pl.any_horizontal(pl.col("cpa", "cpa_low").is_not_null()).any()).item()
    chosen = measure or ("cpa" if has_cpa else "conversion_rate")
    drawn = MEASURES[chosen]
    is_known = pl.col(chosen).is_not_null() | pl.col(drawn.low).is_not_null()
    rows = frame.filter(is_known).head(SHOWN)
    if rows.is_empty():
        return empty(language, theme)
    paint = colours(theme)
    average = _average(frame, drawn)
    points = [value for value in rows[chosen] if value is not None]
    lows = [low for low in rows[drawn.low] if low is not None]
    most = _WIDEST * max([*points, *lows, average or 0.0]) or 1.0
    highs = [min(high, most) for high in rows[drawn.high] if high is not None]
    unbounded = rows.filter(pl.col(drawn.low).is_not_null() & pl.col(drawn.high).is_null()).height
    last = max([*points, *highs, *([most] if unbounded else []), average or 0.0])
    names = told_apart([_name(row, language) for row in rows.to_dicts()])
    texts = [_told(row, chosen, drawn, language, currency) for row in rows.to_dicts()]
    scatter = {
        "type": "scatter",
        "mode": "markers",
        "name": word(chosen, language),
        "x": [
            value if value is not None else low
            for value, low in rows.select(chosen, drawn.low).rows()
        ],
        "y": names,
        "marker": {
            "color": [paint.compare if small else paint.accent for small in rows["small"]],
            "size": [9 if value is not None else 1 for value in rows[chosen]],
        },
        "text": texts,
        "hovertemplate": "%{y}: %{text}<extra></extra>",
    }
    lines = [
        {
            "type": "line", "layer": "below", "xref": "x", "yref": "y", "y0": place, "y1": place,
            "x0": low, "x1": last if high is None else min(high, last),
            "line": {"color": paint.compare, "width": 1.5},
        }
        for place, (low, high) in enumerate(rows.select(drawn.low, drawn.high).rows())
        if low is not None
    ]  # fmt: skip
    if average is not None:
        lines.append({
            "type": "line", "xref": "x", "yref": "paper", "x0": average, "x1": average,
            "y0": 0, "y1": 1, "line": {"color": paint.average, "width": 2, "dash": "dot"},
        })  # fmt: skip
    return {
        "data": [scatter],
        "layout": layout(
            theme,
            height=70 + ROW_HEIGHT * rows.height,
            shapes=lines,
            xaxis=axis(
                theme,
                grid=True,
                title={"text": word(chosen, language)},
                **ticks(0, last, drawn.unit, language, 3),
            ),
            yaxis=axis(theme, autorange="reversed", type="category"),
        ),
    }


def _average(frame: pl.DataFrame, drawn: _Drawn) -> float | None:
    """Return the measure of all rows together, of those whose cost is known."""
    rows = frame.filter(pl.col(drawn.over).is_not_null() & pl.col(drawn.under).is_not_null())
    under = float(rows[drawn.under].sum())
    return float(rows[drawn.over].sum()) / under if under else None


def _name(row: dict[str, Any], language: str) -> str:
    if row["is_other"]:
        label = word("other", language)
    else:
        label = " / ".join(row[level] for level in _LEVELS if row[level]) or word("none", language)
    day = numbers.day(row["date"], language) + " " if row["date"] else ""
    return as_text(day + shortened(label, NAME))


def _told(row: dict[str, Any], chosen: str, drawn: _Drawn, language: str, currency: str) -> str:
    value, low, high = (
        numbers.shown(row[name], drawn.unit, language, currency)
        for name in (chosen, drawn.low, drawn.high)
    )
    if row[chosen] is None:
        return word("no_conversion_yet", language).format(low=low)
    return f"{value} ({low} – {high})"
