"""Sessions by several definitions: a bar each, with what makes the difference."""

from __future__ import annotations

from typing import Any

import polars as pl

from reports.figures import numbers
from reports.figures.empty import empty
from reports.figures.horizontal import horizontal
from reports.figures.theme import colours
from reports.figures.words import word
from reports.rule_words import MORE, why


def figure(frame: pl.DataFrame, language: str = "en", theme: str = "light") -> dict[str, Any]:
    """Draw the sessions that each rule set of :func:`reports.definitions` makes.

    Raises:
        UnknownNameError: no such language or theme.
    """
    rows = frame.filter(pl.col("part") == "rule set")
    if rows.is_empty():
        return empty(language, theme)
    paint = colours(theme)
    names = [word("own_rules", language) if n == "site" else n for n in rows["rules"]]
    counts = rows["sessions"].to_list()
    texts = [
        numbers.number(count, language)
        + ("" if name == "site" else f"  {numbers.change(change, 'count', language)}")
        for name, count, change in rows.select("rules", "sessions", "change").rows()
    ]
    reasons = [
        "" if row["rules"] == "site" else why({name: row[name] for name in MORE}, language)
        for row in rows.to_dicts()
    ]
    filled = [paint.accent, *[paint.soft] * (len(names) - 1)]
    bars = {
        "name": word("sessions", language),
        "customdata": reasons,
        "hovertemplate": "%{y}: %{text}<br>%{customdata}<extra></extra>",
    }
    return horizontal(theme, names, counts, filled, texts, bars=bars)
