"""The retention table: a row per cohort, a cell per age, the darker the more came back."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

import polars as pl

from reports.figures.empty import empty
from reports.figures.numbers import number
from reports.figures.theme import axis, colours, layout
from reports.figures.words import word
from weblog.errors import UnknownNameError

RATES: Final = {"rate": "since", "bought_rate": "bought"}
"""What the cells can show, and the end of the words for it."""

COHORTS: Final = 12
"""Cohorts drawn, the latest; the table has all."""

AGES: Final = 10
"""Cells of a row, so that each can be read on a telephone; the table has all."""

FAINTEST: Final = 0.06
FULLEST: Final = 0.62
"""How opaque the cell with the greatest rate is: the number on it must stay readable."""

ROW: Final = 28
PEOPLE: Final = 1.6
"""How wide the column of people is, in cells."""

WEEK: Final = 7


def table(
    frame: pl.DataFrame, language: str = "en", theme: str = "light", *, measure: str = "rate"
) -> dict[str, Any]:
    """Draw :func:`reports.cohorts` as a triangle: who came back, in per cent of those observed.

    ``measure`` is "rate", or "bought_rate" for who bought. What was not observed is blank; a
    few people's rate is in italics and not coloured. The cells are bars of the same length, one
    on the other: a figure of few bytes that every build of Plotly can draw.

    Raises:
        UnknownNameError: no such measure, language or theme.
    """
    if measure not in RATES:
        raise UnknownNameError("measure of this report", measure, list(RATES))
    rows = frame.filter(pl.col("age") < AGES)
    if rows[measure].null_count() == rows.height:
        return empty(language, theme)
    paint = colours(theme)
    starts: list[date] = rows["cohort"].drop_nulls().unique().sort().to_list()[-COHORTS:]
    each = "weeks" if any(start.day != 1 for start in starts) else "months"
    names = [word("all_cohorts", language), *(_label(start, each) for start in starts)]
    kept = [None, *starts]
    sizes = dict(rows.filter(age=0).select("cohort", "size").rows())
    known = rows.filter(pl.col("cohort").is_in(starts), ~pl.col("small"))
    highest = float(str(known[measure].max() or 1.0))
    people = [number(sizes[start], language, beside=[*sizes.values()]) for start in kept]
    traces = [
        _cells(
            names, people, [0.0] * len(names), text=paint.muted, width=PEOPLE, fill=paint.surface
        )
    ]
    last = int(str(rows.filter(pl.col(measure).is_not_null())["age"].max()))
    for age in range(last + 1):
        cells = {
            row[0]: row[1:]
            for row in rows.filter(age=age).select("cohort", measure, "small").rows()
        }
        found = [cells[start] for start in kept]
        opacity = [_opacity(rate, highest, small) for rate, small in found]
        texts = [_text(rate, small) for rate, small in found]
        traces.append(_cells(names, texts, opacity, text=paint.text, width=1, fill=paint.accent))
    places = [PEOPLE / 2, *(PEOPLE + age + 0.5 for age in range(last + 1))]
    title = word(f"{each}_{RATES[measure]}", language)
    return {
        "data": traces,
        "layout": layout(
            theme,
            height=76 + ROW * len(names),
            barmode="stack",
            bargap=0.06,
            hovermode=False,
            xaxis=axis(
                theme,
                side="top",
                range=[0, PEOPLE + max(last + 1, 4)],
                tickvals=places,
                ticktext=[word("people", language), *map(str, range(last + 1))],
                tickangle=0,
                title={"text": title, "font": {"size": 11}, "standoff": 4},
            ),
            yaxis=axis(theme, autorange="reversed", type="category"),
        ),
    }


def _cells(
    names: list[str],
    texts: list[str],
    opacity: list[float],
    *,
    text: str,
    width: float,
    fill: str,
) -> dict[str, Any]:
    return {
        "type": "bar",
        "orientation": "h",
        "x": [width] * len(names),
        "y": names,
        "marker": {"color": fill, "opacity": opacity},
        "text": texts,
        "textposition": "inside",
        "insidetextanchor": "middle",
        "textangle": 0,
        "textfont": {"color": text, "size": 11},
        "hoverinfo": "skip",
    }


def _label(start: date, each: str) -> str:
    return f"{start:%Y-%m-%d}" if each == "weeks" else f"{start:%Y-%m}"


def _opacity(rate: float | None, highest: float, small: bool) -> float:
    if rate is None or small:
        return 0.0
    return round(FAINTEST + (FULLEST - FAINTEST) * rate / (highest or 1.0), 2)


def _text(rate: float | None, small: bool) -> str:
    if rate is None:
        return ""
    per_cent = rate * 100
    said = f"{per_cent:.0f}" if per_cent >= 9.95 else f"{per_cent:.1f}"
    return f"<i>{said}</i>" if small else said
