"""Banners ranked by a rate: a bar each, with its interval."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

import polars as pl

from reports.advertising.reported import KEYS
from reports.figures import numbers
from reports.figures.bars import SHOWN
from reports.figures.empty import empty
from reports.figures.horizontal import horizontal
from reports.figures.names import as_text, shortened, told_apart
from reports.figures.theme import axis, colours, small_note
from reports.figures.ticks import ticks
from reports.figures.words import word
from weblog.errors import UnknownNameError

MEASURES: Final = {
    "ctr": "rate",
    "conversion_rate": "rate",
    "bounce_rate": "rate",
    "arrival_rate": "ratio",
    "clicks": "count",
    "sessions": "count",
    "cpc": "money",
    "cost_per_session": "money",
    "cpa": "money",
    "roas": "ratio",
}
"""What can be drawn, to its unit."""

_ENDS: Final = {
    "ctr": ("ctr_low", "ctr_high"),
    "conversion_rate": ("low", "high"),
    "bounce_rate": ("bounce_low", "bounce_high"),
}
_ROW: Final = 34
_LINE: Final = 14


def figure(
    frame: pl.DataFrame,
    language: str = "en",
    theme: str = "light",
    *,
    measure: str | None = None,
    currency: str = "",
) -> dict[str, Any]:
    """Draw a measure of each row of :func:`reports.banners`, the highest on top.

    By default the click rate, or sessions where no medium reports impressions. Rates have their
    95 % intervals; rows of few sessions are pale.

    Raises:
        UnknownNameError: no such measure, language or theme.
    """
    if measure is not None and measure not in MEASURES:
        raise UnknownNameError("measure of banners", measure, list(MEASURES))
    chosen = measure or ("ctr" if frame["ctr"].count() else "sessions")
    rows = (
        frame.filter(pl.col(chosen).is_not_null())
        .sort("is_other", chosen, descending=[False, True], maintain_order=True)
        .head(SHOWN)
    )
    if rows.is_empty():
        return empty(language, theme)
    paint, unit = colours(theme), MEASURES[chosen]
    values = rows[chosen].to_list()
    shown = [numbers.shown(value, unit, language, currency, beside=values) for value in values]
    low, high = _ENDS.get(chosen, (chosen, chosen))
    bars: dict[str, Any] = {
        "name": word(chosen, language),
        "textposition": "none",
        "hovertemplate": "%{y}<br>%{text}<extra></extra>",
    }
    if chosen in _ENDS:
        bars["error_x"] = {
            "type": "data",
            "symmetric": False,
            "array": _apart(rows[high], rows[chosen]),
            "arrayminus": _apart(rows[chosen], rows[low]),
            "color": paint.accent,
            "thickness": 2,
            "width": 5,
        }
        ends = zip(shown, rows[low], rows[high], strict=True)
        hover = [f"{one} ({numbers.rate(a)} – {numbers.rate(b)})" for one, a, b in ends]
    else:
        hover = shown
    names = told_apart(
        [
            f"{name}<br><b>{value}</b>{' *' if small and not other else ''}"
            for name, value, small, other in zip(
                row_labels(rows, language), shown, rows["small"], rows["is_other"], strict=True
            )
        ]
    )
    title = word(chosen, language)
    if rows.filter(~pl.col("is_other"))["small"].any():
        title += f"<br>{small_note('* ' + word('few_sessions', language))}"
    highest = max((value for value in (*rows[high], *values) if value is not None), default=0.0)
    marks = ticks(0, float(highest), unit, language)
    filled = [paint.grid if other else paint.soft for other in rows["is_other"]]
    drawn = horizontal(
        theme,
        names,
        values,
        filled,
        hover,
        bars=bars,
        xaxis=axis(theme, grid=True, title={"text": title, "standoff": 8}, **marks),
        bargap=0.5,
    )
    drawn["layout"]["height"] = (
        90 + (_ROW + _LINE * max(names[0].count("<br>") - 1, 0)) * rows.height
    )
    return drawn


def _apart(one: pl.Series, other: pl.Series) -> list[float | None]:
    return (one - other).clip(0).to_list()


def row_labels(rows: pl.DataFrame, language: str) -> list[str]:
    """Return what each row is about: what of campaign, portal and the like it tells."""
    if "is_other" not in rows.columns:
        rows = rows.with_columns(is_other=pl.lit(value=False))
    labels = []
    for row in rows.select(*KEYS, "is_other").to_dicts():
        if row.pop("is_other"):
            labels.append(word("other", language))
            continue
        parts = [_told(value, language) for value in row.values() if value is not None]
        labels.append("<br>".join(parts) or word("none", language))
    return labels


def _told(value: object, language: str) -> str:
    if isinstance(value, date):
        return numbers.day(value, language)
    return as_text(shortened(str(value), 28))
