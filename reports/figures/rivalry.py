"""Creatives pair by pair: a bar to the right where the first named does better."""

from __future__ import annotations

from typing import Any, Final

import polars as pl

from reports.figures import numbers
from reports.figures.empty import empty
from reports.figures.horizontal import horizontal
from reports.figures.names import as_text, shortened, told_apart
from reports.figures.theme import colours
from reports.figures.versus import doublings, ratio_axis
from reports.figures.words import word

SHOWN: Final = 10
"""Pairs drawn; the table has all rows."""

_ROW: Final = 62


def figure(frame: pl.DataFrame, language: str = "en", theme: str = "light") -> dict[str, Any]:
    """Draw the pairs of :func:`reports.creatives` with enough cases, the surest on top.

    The better one is named first, so all bars point to the right; coloured is what is beyond
    chance, grey what may be chance. Bars end at 4 times.

    Raises:
        UnknownNameError: no such language or theme.
    """
    rows = (
        frame.filter(~pl.col("small"), pl.col("z").is_not_null())
        .sort(pl.col("z").abs(), descending=True, maintain_order=True)
        .head(SHOWN)
        .to_dicts()
    )
    if not rows:
        return empty(language, theme)
    paint = colours(theme)
    names, values, filled, texts = [], [], [], []
    for row in rows:
        better, worse = ("left", "right") if row["difference"] >= 0 else ("right", "left")
        both = [numbers.rate(row[side]) for side in (better, worse)]
        pair = [as_text(shortened(row[f"{side}_banner"], 26)) for side in (better, worse)]
        names.append(
            f"{word(row['measure'], language)} <b>{both[0]} / {both[1]}</b>"
            f"<br>{pair[0]}<br>{pair[1]}"
        )
        values.append(doublings(row[better], row[worse]))
        filled.append(paint.accent if row["beyond_chance"] else paint.grid)
        ends = sorted((abs(row["low"]), abs(row["high"])))
        if row["low"] < 0 < row["high"]:
            ends = [-min(abs(row["low"]), row["high"]), max(abs(row["low"]), row["high"])]
        said = [numbers.change(end, "points", language) for end in (abs(row["difference"]), *ends)]
        texts.append(f"{said[0]} ({said[1]} – {said[2]})")
    drawn = horizontal(
        theme,
        told_apart(names),
        values,
        filled,
        texts,
        bars={"textposition": "none", "hovertemplate": "%{y}<br>%{text}<extra></extra>"},
        xaxis=ratio_axis(paint.compare, paint.grid)
        | {"title": {"text": word("times_as_much", language), "standoff": 8}},
        bargap=0.55,
    )
    drawn["layout"]["height"] = 110 + _ROW * len(rows)
    drawn["layout"]["xaxis"]["range"] = [-0.05, 2.2]
    return drawn
