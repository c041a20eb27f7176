"""Links with wrong tags, and visits without: a bar each, the commonest of each kind on top."""

from __future__ import annotations

from typing import Any, Final

import polars as pl

from reports.figures import numbers
from reports.figures.empty import empty
from reports.figures.horizontal import horizontal
from reports.figures.names import as_text, shortened, told_apart
from reports.figures.theme import ROW_HEIGHT, colours
from reports.figures.words import word

SHOWN: Final = 15
NAME: Final = 34
ROW: Final = 44
"""Height of a row whose name has two lines."""


def figure(frame: pl.DataFrame, language: str = "en", theme: str = "light") -> dict[str, Any]:
    """Draw how often each finding of :func:`reports.tagging` was seen.

    Raises:
        UnknownNameError: no such language or theme.
    """
    if frame.is_empty():
        return empty(language, theme)
    rows, paint = frame.head(SHOWN), colours(theme)
    names = []
    for row in rows.to_dicts():
        value = shortened(row["value"], NAME if row["meant"] is None else NAME // 2)
        said = value if row["meant"] is None else f"{value} → {shortened(row['meant'], NAME // 2)}"
        kind = word(f"finding_{row['finding']}", language)
        names.append(f"<b>{kind}</b><br>{as_text(said)}")
    texts = [numbers.number(count, language) for count in rows["count"]]
    drawn = horizontal(
        theme,
        told_apart(names),
        rows["count"].to_list(),
        [paint.soft] * rows.height,
        texts,
        bars={"textfont": {"color": paint.text}, "insidetextanchor": "end"},
        bargap=0.4,
    )
    drawn["layout"]["height"] += (ROW - ROW_HEIGHT) * rows.height
    return drawn
