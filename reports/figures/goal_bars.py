"""Targets as bars: how far each is, where it ought to be by now, where it is going."""

from __future__ import annotations

from typing import Any, Final

import polars as pl

from reports.figures import numbers
from reports.figures.empty import empty
from reports.figures.horizontal import horizontal
from reports.figures.names import as_text, shortened, told_apart
from reports.figures.theme import ROW_HEIGHT, axis, colours, small_note
from reports.figures.ticks import ticks
from reports.figures.words import word

SHOWN: Final = 15
NAME: Final = 30
ROW: Final = 46
FURTHEST: Final = 2.5
"""The axis ends at so many times the target."""


def figure(
    frame: pl.DataFrame, language: str = "en", theme: str = "light", *, currency: str = ""
) -> dict[str, Any]:
    """Draw each target: a bar so far, a mark where it ought to be, a line to where it is going.

    Without any target, a bar per goal with how often it was reached.

    Raises:
        UnknownNameError: no such language or theme.
    """
    rows = frame.filter(pl.col("number").is_not_null()).head(SHOWN)
    if rows.is_empty():
        return _without_targets(frame, language, theme)
    paint = colours(theme)
    names, texts, filled = [], [], []
    for row in rows.to_dicts():
        unit = "money" if row["measure"] == "value" else "count"
        pair = [round(row["so_far"]), round(row["number"])]
        so_far, number = (numbers.shown(one, unit, language, currency, beside=pair) for one in pair)
        state = word(f"state_{row['state']}", language)
        title = as_text(shortened(row["target"], NAME))
        names.append(f"{title}<br><b>{so_far} / {number}</b> · {state}")
        texts.append(
            f"{numbers.rate(row['progress'])} · {_projected(row, unit, language, currency)}"
        )
        filled.append(paint.good if row["state"] == "reached" else paint.soft)
    part = rows.select(
        pl.col("so_far", "expected", "projection", "low", "high") / pl.col("number")
    ).with_columns(pl.all().clip(upper_bound=FURTHEST))
    last = max(1.1, *(float(part[name].max() or 0) for name in part.columns))  # type: ignore[arg-type]
    drawn = horizontal(
        theme,
        told_apart(names),
        part["so_far"].to_list(),
        filled,
        texts,
        bars={"name": word("so_far", language), "textposition": "none"},
        xaxis=axis(
            theme, grid=True, title={"text": _legend(language)}, **ticks(0, last, "rate", language)
        ),
        bargap=0.6,
    )
    lines = [
        _line(place, low, high, paint.muted, 2)
        for place, (low, high) in enumerate(part.select("low", "high").rows())
        if low is not None and high > low
    ]
    lines += [
        _tick(place, expected, paint.average)
        for place, expected in enumerate(part["expected"])
        if expected is not None
    ]
    lines.append({
        "type": "line", "xref": "x", "yref": "paper", "x0": 1, "x1": 1, "y0": 0, "y1": 1,
        "line": {"color": paint.compare, "width": 1.5, "dash": "dot"},
    })  # fmt: skip
    drawn["layout"]["shapes"] = lines
    drawn["layout"]["height"] += 70 + (ROW - ROW_HEIGHT) * rows.height
    return drawn


def _without_targets(frame: pl.DataFrame, language: str, theme: str) -> dict[str, Any]:
    rows = frame.head(SHOWN)
    if rows.is_empty():
        return empty(language, theme)
    paint = colours(theme)
    names = told_apart([as_text(shortened(goal, NAME)) for goal in rows["goal"]])
    counts = rows["so_far"].to_list()
    return horizontal(
        theme,
        names,
        counts,
        [paint.soft] * rows.height,
        [numbers.number(count, language) for count in counts],
        bars={"textfont": {"color": paint.text}, "insidetextanchor": "end"},
    )


def _projected(row: dict[str, Any], unit: str, language: str, currency: str) -> str:
    one, low, high = (
        numbers.shown(
            row[name] if row[name] is None else round(row[name]), unit, language, currency
        )
        for name in ("projection", "low", "high")
    )
    return f"{word('projected', language)}: {one} ({low} – {high})"


def _legend(language: str) -> str:
    marks = (("▮", "so_far"), ("│", "expected_now"), ("—", "projected"))
    told = " · ".join(f"{mark} {word(key, language)}" for mark, key in marks)
    return f"{word('of_target', language)}<br>{small_note(told)}"


def _line(place: int, start: float, end: float, colour: str, width: float) -> dict[str, Any]:
    return {
        "type": "line", "xref": "x", "yref": "y", "x0": start, "x1": end, "y0": place, "y1": place,
        "line": {"color": colour, "width": width},
    }  # fmt: skip


def _tick(place: int, at: float, colour: str) -> dict[str, Any]:
    return {
        "type": "line", "xref": "x", "yref": "y", "x0": at, "x1": at,
        "y0": place - 0.32, "y1": place + 0.32, "line": {"color": colour, "width": 3},
    }  # fmt: skip
