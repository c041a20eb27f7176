"""Lines over days: the trend of a measure, and where every line of the log went."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import polars as pl

from reports.figures import numbers
from reports.figures.empty import empty
from reports.figures.names import as_text, shortened
from reports.figures.theme import axis, colours, layout
from reports.figures.ticks import ticks
from reports.figures.words import word
from reports.goal_lines import GoalLine
from reports.measures import MEASURES
from weblog.errors import UnknownNameError
from weblog.schema import KINDS

_DAY_TICKS = 5
_GOAL_NAME = 24

_FAR = 3.0
"""A target so many times above all days is not drawn: the days would lie flat on the axis."""


def trend(
    frame: pl.DataFrame,
    language: str = "en",
    theme: str = "light",
    *,
    measure: str = "sessions",
    currency: str = "",
    goals: Sequence[GoalLine] = (),
) -> dict[str, Any]:
    """Draw a measure of :func:`reports.site_status` by day; the period before grey and dashed.

    ``goals`` are targets of this measure: a green dashed line of what a day has to bring,
    where it is not far above them all.

    Raises:
        UnknownNameError: no such measure, language or theme.
    """
    if measure not in MEASURES:
        raise UnknownNameError("measure", measure, list(MEASURES))
    unit, paint = MEASURES[measure].unit, colours(theme)
    now = frame.filter(pl.col("period") == "current")
    before = frame.filter(pl.col("period") == "previous")
    if now.is_empty():
        return empty(language, theme)
    solid = {"color": paint.accent, "width": 2.5}
    drawn = _line(now, measure, language, currency, name=measure, line=solid)
    drawn["legendrank"] = 1  # stands first whatever lies on top
    if unit != "rate":  # an area says how much; a rate has no amount
        drawn |= {"fill": "tozeroy", "fillcolor": paint.soft}
    traces = [drawn]
    if before.height:
        dashed = {"color": paint.compare, "width": 1.5, "dash": "dot"}
        line = _line(before, measure, language, currency, name="previous", line=dashed)
        traces.insert(len(traces) if "fill" in drawn else 0, line)  # an area would hide it
    highest = max(float(part[measure].max() or 0) for part in (now, before))  # type: ignore[arg-type]
    levels = {one.target: max(one.per_day.values(), default=0.0) for one in goals}
    near = [one for one in goals if 0 < levels[one.target] <= _FAR * highest]
    traces += [_goal(one, now, unit, (language, currency), paint.good) for one in near]
    highest = max(highest, *(levels[one.target] for one in near), 0.0)
    return {
        "data": traces,
        "layout": layout(
            theme,
            xaxis=axis(theme, **_days(now["date"].to_list(), language)),
            yaxis=axis(theme, grid=True, **ticks(0, highest, unit, language)),
            showlegend=bool(before.height or near),
            hovermode="x unified",
        ),
    }


def _goal(
    goal: GoalLine, days: pl.DataFrame, unit: str, told: tuple[str, str], colour: str
) -> dict[str, Any]:
    levels = [goal.per_day.get(day) for day in days["date"]]
    name = f"{word('a_day_for', told[0])} {as_text(shortened(goal.target, _GOAL_NAME))}"
    texts = [
        f"{name}: {numbers.shown(None if level is None else round(level, 1), unit, *told)}"
        for level in levels
    ]
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": days["day_index"].to_list(),
        "y": levels,
        "line": {"color": colour, "width": 1.8, "dash": "dash", "shape": "hvh"},
        "text": texts,
        "hovertemplate": "%{text}<extra></extra>",
    }


def _line(
    days: pl.DataFrame,
    measure: str,
    language: str,
    currency: str,
    *,
    name: str,
    line: dict[str, Any],
) -> dict[str, Any]:
    unit = MEASURES[measure].unit
    values = days[measure].to_list()
    shown = [numbers.shown(value, unit, language, currency) for value in values]
    dates = [numbers.day(value, language) for value in days["date"]]
    return {
        "type": "scatter",
        "mode": "lines" if days.height > 1 else "markers",
        "name": word(name, language),
        "x": days["day_index"].to_list(),
        "y": values,
        "line": line,
        "marker": {"color": line["color"], "size": 8},
        "text": [f"{day}: {value}" for day, value in zip(dates, shown, strict=True)],
        "hovertemplate": "%{text}",
    }


def _days(days: list[date], language: str) -> dict[str, Any]:
    every = max(1, -(-len(days) // _DAY_TICKS))
    if every > 3:  # weeks apart: the same weekday
        every = -(-every // 7) * 7
    marked = range(0, len(days), every)
    return {
        "tickmode": "array",
        "tickvals": list(marked),
        "ticktext": [numbers.day(days[index], language) for index in marked],
        "range": [-0.2, len(days) - 0.8],
        "ticklabelstandoff": 5,  # the first day stands under the zero of the other axis
    }


def accounts(frame: pl.DataFrame, language: str = "en", theme: str = "light") -> dict[str, Any]:
    """Draw :func:`reports.reconciliation`: hits of each kind by day, stacked.

    Raises:
        UnknownNameError: no such language or theme.
    """
    days = frame.filter(pl.col("part") == "day")
    if days.is_empty():
        return empty(language, theme)
    paint = colours(theme)
    kinds = [kind for kind in KINDS if days[kind].sum()]
    traces = [
        {
            "type": "bar",
            "name": word(f"kind_{kind}", language),
            "x": list(range(days.height)),
            "y": days[kind].to_list(),
            "marker": {"color": paint.categories[KINDS.index(kind)]},
            "text": [numbers.number(value, language) for value in days[kind]],
            "textposition": "none",
            "hovertemplate": "%{text}",
        }
        for kind in kinds
    ]
    highest = float(days["lines"].max() or 0)  # type: ignore[arg-type]
    return {
        "data": traces,
        "layout": layout(
            theme,
            barmode="stack",
            bargap=0.25,
            showlegend=True,
            hovermode="x unified",
            xaxis=axis(
                theme,
                **_days(days["date"].to_list(), language),
            )
            | {"range": [-0.6, days.height - 0.4]},
            yaxis=axis(theme, grid=True, **ticks(0, highest, "count", language)),
        ),
    }
