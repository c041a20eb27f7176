"""Two sides compared: a bar to the right where the left side has more, to the left where less."""

from __future__ import annotations

from math import log2
from typing import Any, Final

import polars as pl

from reports.figures import numbers
from reports.figures.bars import SHOWN
from reports.figures.empty import empty
from reports.figures.horizontal import horizontal
from reports.figures.theme import colours
from reports.figures.words import word

MORE: Final = 8
"""Pixels a row is higher than one with a name alone."""

FURTHEST: Final = 2.0
"""Bars end at four times as much, or a quarter."""

TICKS: Final = {-2: "¼×", -1: "½×", 0: "1×", 1: "2×", 2: "4×"}
"""Doublings to their labels."""


def figure(
    frame: pl.DataFrame, language: str = "en", theme: str = "light", *, currency: str = ""
) -> dict[str, Any]:
    """Draw how many times the right side's value the left's is: the surest differences on top.

    Blue is more and amber less than on the right, beyond chance; grey may be chance. Totals of
    segments, which differ by their size, are left out. Bars end at 4 and at a quarter.

    Raises:
        UnknownNameError: no such language or theme.
    """
    rows = (
        frame.filter(pl.col("z").is_not_null())
        .sort(
            pl.col("beyond_chance").fill_null(value=False),
            pl.col("z").abs(),
            descending=[True, True],
            maintain_order=True,
        )
        .head(SHOWN)
        .to_dicts()
    )
    if not rows:
        return empty(language, theme)
    paint = colours(theme)
    values, filled, texts, differences = [], [], [], []
    for row in rows:
        pair = [row[side] for side in _SIDES]
        shown = [numbers.shown(one, row["unit"], language, currency, beside=pair) for one in pair]
        values.append(doublings(row["left"], row["right"]))
        texts.append(" / ".join(shown))
        differences.append(_difference(row, language, currency))
        sure = paint.accent if row["difference"] > 0 else paint.average
        filled.append(sure if row["beyond_chance"] else paint.grid)
    # Beside the bars there is no room on a telephone: both values stand below the name.
    names = [
        f"{_name(row, language)}<br><b>{text}</b>" for row, text in zip(rows, texts, strict=True)
    ]
    drawn = horizontal(
        theme,
        names,
        values,
        filled,
        differences,
        bars={"textposition": "none", "hovertemplate": "%{y}<br>%{text}<extra></extra>"},
        xaxis=ratio_axis(paint.compare, paint.grid),
        bargap=0.45,
    )
    drawn["layout"]["height"] += 60 + MORE * len(rows)
    drawn["layout"]["margin"] = drawn["layout"]["margin"] | {"t": 44}
    drawn["layout"]["annotations"] = [_sides(rows[0], language, paint.text)]
    return drawn


_SIDES: Final = ("left", "right")


def doublings(left: float, right: float) -> float:
    """Return how often to double the right value to get the left one, at most twice."""
    if left <= 0 or right <= 0:
        return 0.0 if left == right else FURTHEST if left > right else -FURTHEST
    return max(-FURTHEST, min(FURTHEST, log2(left / right)))


def _difference(row: dict[str, Any], language: str, currency: str) -> str:
    """Return the difference and its interval; what can be said by their unit, that of rates."""
    unit = "points" if row["unit"] == "rate" else row["unit"]
    one, low, high = (
        numbers.shown(row[name], unit, language, currency) for name in ("difference", "low", "high")
    )
    return f"{one} ({low} – {high})"


def ratio_axis(zero: str, grid: str) -> dict[str, Any]:
    """Return an axis of doublings, labelled as times as much."""
    return {
        "range": [-FURTHEST - 0.2, FURTHEST + 0.2], "fixedrange": True, "showgrid": True,
        "gridcolor": grid, "zeroline": True, "zerolinecolor": zero, "tickmode": "array",
        "tickvals": list(TICKS), "ticktext": list(TICKS.values()), "automargin": True,
    }  # fmt: skip


def _name(row: dict[str, Any], language: str) -> str:
    if row["part"] == "measure":
        return word(row["name"], language)
    return f"{word('viewed_' + row['part'], language)}: {row['name']}"


def _sides(row: dict[str, Any], language: str, colour: str) -> dict[str, Any]:
    left, right = (
        word(_KNOWN[row[name]], language) if row[name] in _KNOWN else row[name]
        for name in ("left_name", "right_name")
    )
    return {
        "text": f"<b>{left} / {right}</b>", "showarrow": False, "font": {"color": colour},
        "x": 0.5, "xref": "paper", "xanchor": "center",
        "y": 1, "yref": "paper", "yanchor": "bottom", "yshift": 12,
    }  # fmt: skip


_KNOWN: Final = {"current": "current", "previous": "previous", "all others": "all_others"}
"""Names of sides that are ours, not the site's, to the key of their word."""
