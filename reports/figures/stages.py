"""Stages month by month: a row of bars per stage on its own scale, and who came and went last."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

import polars as pl

from reports.figures.empty import empty
from reports.figures.numbers import LANGUAGES, number, rate
from reports.figures.theme import axis, colours, layout
from reports.figures.words import word
from reports.stages import LADDER, STAGES

MONTHS: Final = 12
"""Months drawn, the latest; the table has all."""

_ROW: Final = 46
_NAMES: Final = 0.34
_NAMES_NARROW: Final = 0.48
"""Where the bars begin: left of it stand name and numbers."""

_KOREAN: Final = {
    "first-time anonymous": "첫 방문 익명",
    "anonymous": "익명",
    "member": "회원",
    "customer": "고객",
    "repeat customer": "재구매 고객",
    "reactivated": "복귀",
    "dormant": "휴면",
    "churned": "이탈",
}


def stage_name(stage: str, language: str) -> str:
    """Return what a stage is called in figures."""
    return _KOREAN.get(stage, stage) if language == LANGUAGES[1] else stage


def figure(
    frame: pl.DataFrame, language: str = "en", theme: str = "light", *, narrow: bool = False
) -> dict[str, Any]:
    """Draw :func:`reports.lifecycle`: the size of each stage at the end of each month.

    Beside the name of a stage stand its size at last, who came into it and who left it in the
    last month, and, below, how many in a hundred took the next step up. ``narrow``: for a place
    that is no wider than a phone's screen.

    Raises:
        UnknownNameError: no such language or theme.
    """
    stages = frame.filter(part="stage")
    if stages["people"].sum() == 0:
        return empty(language, theme)
    paint = colours(theme)
    months: list[date] = stages["month"].unique().sort().to_list()[-MONTHS:]
    drawn: dict[str, Any] = layout(theme, height=34 + _ROW * len(STAGES), bargap=0.25)
    drawn["annotations"] = []
    drawn["hovermode"] = False
    traces = []
    steps = _steps(frame, months[-1])
    for index, stage in enumerate(STAGES):
        rows = stages.filter(pl.col("stage") == stage, pl.col("month").is_in(months))
        sizes = rows["people"].to_list()
        last = rows.row(-1, named=True)
        suffix = "" if index == 0 else str(index + 1)
        top = 1 - index / len(STAGES)
        bottom = top - 1 / len(STAGES)
        is_up = stage in LADDER
        traces.append(
            {
                "type": "bar",
                "x": list(range(len(months))),
                "y": sizes,
                "yaxis": f"y{suffix}",
                "marker": {
                    "color": paint.accent if is_up else paint.compare,
                    "opacity": [0.75 if whole else 0.35 for whole in rows["is_complete"]],
                },
                "text": [number(size, language, beside=sizes) for size in sizes],
                "textposition": "outside" if len(months) <= MONTHS // 2 else "none",
                "textfont": {"size": 10, "color": paint.muted},
                "textangle": 0,
                "cliponaxis": False,
            }
        )
        drawn[f"yaxis{suffix}"] = {
            "domain": [bottom + 0.012, top - 0.035],
            "range": [0, max(sizes) or 1],
            "visible": False,
            "fixedrange": True,
        }
        drawn["annotations"].append(
            _note(stage, last, steps.get(stage), language=language, top=top, colour=paint.text)
        )
    drawn["margin"] = drawn["margin"] | {"t": 26}
    drawn["annotations"].append(
        {
            "text": word("stage_signs", language),
            "x": 0,
            "xref": "paper",
            "xanchor": "left",
            "y": 1,
            "yref": "paper",
            "yanchor": "bottom",
            "showarrow": False,
            "font": {"size": 11},
        }
    )
    drawn["xaxis"] = axis(
        theme,
        domain=[_NAMES_NARROW if narrow else _NAMES, 1.0],
        tickvals=list(range(len(months))),
        ticktext=[f"{month:%y-%m}" for month in months],
        anchor=f"y{len(STAGES)}",
    )
    return {"data": traces, "layout": drawn}


def _steps(frame: pl.DataFrame, month: date) -> dict[str, float | None]:
    """Return, of those in each stage, the part that stepped up in the month; None for few."""
    rows = frame.filter(pl.col("is_step"), pl.col("month") == month).group_by("stage").agg(
        pl.col("people").sum(), pl.col("from_people").first(), pl.col("small").first()
    )  # fmt: skip
    return {
        stage: None if small else people / start
        for stage, people, start, small in rows.select(
            "stage", "people", "from_people", "small"
        ).rows()
    }


def _note(
    stage: str,
    last: dict[str, Any],
    step: float | None,
    *,
    language: str,
    top: float,
    colour: str,
) -> dict[str, Any]:
    moved = f"+{number(last['came'], language)} −{number(last['went'], language)}"
    up = "" if step is None else f" ↗{rate(step)}"
    size = number(last["people"], language)
    return {
        "text": f"{stage_name(stage, language)}<br>"
        f"<span style='font-size:11px'><b>{size}</b>  {moved}{up}</span>",
        "x": 0,
        "xref": "paper",
        "xanchor": "left",
        "align": "left",
        "y": top - 0.5 / len(STAGES),
        "yref": "paper",
        "yanchor": "middle",
        "showarrow": False,
        "font": {"color": colour},
    }
