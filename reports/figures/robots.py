"""Robots by what they are: a bar each, with its share of everybody's hits."""

from __future__ import annotations

from typing import Any

import polars as pl

from reports.figures import numbers
from reports.figures.empty import empty
from reports.figures.horizontal import horizontal
from reports.figures.theme import colours
from reports.figures.words import SORT_WORDS, word


def figure(frame: pl.DataFrame, language: str = "en", theme: str = "light") -> dict[str, Any]:
    """Draw the hits of each sort of robot of :func:`reports.bots`, most first.

    Raises:
        UnknownNameError: no such language or theme.
    """
    rows = frame.filter(pl.col("part") == "sort").sort("hits", "name", descending=[True, False])
    if rows.is_empty():
        return empty(language, theme)
    paint = colours(theme)
    names = [SORT_WORDS.get(name, name) if language == "ko" else name for name in rows["name"]]
    texts = [
        f"{numbers.number(hits, language)}  {numbers.shown(share, 'rate', language)}"
        for hits, share in rows.select("hits", "share").rows()
    ]
    filled = [paint.accent if name == "AI" else paint.soft for name in rows["name"]]
    inside = [paint.surface if name == "AI" else paint.text for name in rows["name"]]
    bars = {
        "name": word("robot_hits", language),
        "insidetextfont": {"color": inside},
        "outsidetextfont": {"color": paint.text},
    }
    return horizontal(theme, names, rows["hits"].to_list(), filled, texts, bars=bars)
