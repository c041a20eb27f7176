"""What another tool counted beside the store's own: one line each, never a sum of both."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

import polars as pl

from reports.figures import numbers
from reports.figures.empty import empty
from reports.figures.names import as_text, shortened
from reports.figures.theme import axis, colours, layout
from reports.figures.ticks import ticks
from reports.figures.words import word
from weblog.errors import UnknownNameError
from weblog.history import MEASURES
from weblog.history.export import TOOLS

_TICKS: Final = 5
_YEAR: Final = 365
"""Days; where there are more, the axis tells years."""

_NAME: Final = 30
_DASHES: Final = ("dash", "dot", "dashdot", "longdash")


def figure(
    frame: pl.DataFrame, language: str = "en", theme: str = "light", *, measure: str | None = None
) -> dict[str, Any]:
    """Draw a measure of :func:`reports.history`: the store's own solid, each tool's dashed.

    Without ``measure`` it is the first the rows have of sessions, page views, hits, visitors,
    bytes. A day nobody tells is a gap, not 0.

    Raises:
        UnknownNameError: no such measure, language or theme.
    """
    if measure is not None and measure not in MEASURES:
        raise UnknownNameError("measure", measure, list(MEASURES))
    rows = frame.filter(pl.col("part") == "period")
    chosen = measure or next((one for one in MEASURES if one in rows["measure"]), MEASURES[0])
    rows = rows.filter(pl.col("measure") == chosen)
    if rows.is_empty():
        return empty(language, theme)
    paint, places = colours(theme), _places(rows["date"].unique().sort().to_list())
    name = word("own_count", language).format(measure=word(chosen, language))
    solid = {"color": paint.accent, "width": 2.5}
    own = rows.filter(pl.col("own").is_not_null()).unique("date", keep="first")
    traces = [_line(own, "own", places, (language, name), solid)] if own.height else []
    sources = rows.select("source", "tool").drop_nulls().unique().sort("source").rows()
    for number, (source, tool) in enumerate(sources):
        told = {"source": as_text(shortened(source, _NAME)), "tool": TOOLS[tool]}
        title = word("imported_count", language).format(**told)
        dashed = {
            "color": (paint.average, paint.good, paint.compare, paint.bad)[number % 4],
            "width": 2,
            "dash": _DASHES[number % len(_DASHES)],
        }
        of = rows.filter(pl.col("source") == source)
        traces.append(_line(of, "imported", places, (language, title), dashed))
    highest = max(float(rows[column].max() or 0) for column in ("own", "imported"))  # type: ignore[arg-type]
    return {
        "data": traces,
        "layout": layout(
            theme,
            xaxis=axis(theme, **_days(list(places), language)),
            yaxis=axis(theme, grid=True, **ticks(0, highest, "count", language)),
            showlegend=True,
            hovermode="x unified",
        ),
    }


def _places(days: list[date]) -> dict[date, int]:
    """Return the place of each day along the axis, days without a row among them."""
    if _are_months(days):
        step = [
            date(at // 12, at % 12 + 1, 1)
            for at in range(_month(days[0]), _month(days[-1]) + 1)
        ]  # fmt: skip
    else:
        span = (days[-1] - days[0]).days
        step = [days[0] + timedelta(days=ahead) for ahead in range(span + 1)]
    return {day: place for place, day in enumerate(step)}


def _are_months(days: list[date]) -> bool:
    return len(days) > 1 and all(day.day == 1 for day in days)


def _month(day: date) -> int:
    return day.year * 12 + day.month - 1


def _line(
    rows: pl.DataFrame,
    column: str,
    places: dict[date, int],
    told: tuple[str, str],
    line: dict[str, Any],
) -> dict[str, Any]:
    language, name = told
    values = dict(zip(rows["date"], rows[column], strict=True))
    drawn = [day for day in places if min(values) <= day <= max(values)]
    shown = [
        f"{_dated(day, language)}: {numbers.number(values.get(day), language)}" for day in drawn
    ]
    return {
        "type": "scatter",
        "mode": "lines" if len(drawn) > 1 else "markers",
        "name": name,
        "x": [places[day] for day in drawn],
        "y": [values.get(day) for day in drawn],
        "line": line,
        "marker": {"color": line["color"], "size": 8},
        "text": shown,
        "hovertemplate": "%{text}",
    }


def _days(days: list[date], language: str) -> dict[str, Any]:
    every = max(1, -(-len(days) // _TICKS))
    is_long = len(days) > 1 and (days[-1] - days[0]).days > _YEAR
    if every > 3 and not is_long:  # weeks apart: the same weekday
        every = -(-every // 7) * 7
    marked = range(0, len(days), every)
    named = _monthly if is_long or _are_months(days) else numbers.day
    return {
        "tickmode": "array",
        "tickvals": list(marked),
        "ticktext": [named(days[place], language) for place in marked],
        "range": [-0.2, max(len(days) - 0.8, 0.8)],
        "ticklabelstandoff": 5,
    }


def _monthly(day: date, language: str) -> str:
    return f"{day:%Y.%m}" if language == "ko" else f"{numbers.day(day).split()[-1]} {day.year}"


def _dated(day: date, language: str) -> str:
    """Return a day with its year: a history may have several."""
    return f"{day:%Y.%m.%d}" if language == "ko" else f"{numbers.day(day)} {day.year}"
