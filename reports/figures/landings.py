"""Where visits of campaigns begin: a bar each, with what leaves at once and what converts."""

from __future__ import annotations

from typing import Any, Final

import polars as pl

from reports.figures import numbers
from reports.figures.empty import empty
from reports.figures.horizontal import horizontal
from reports.figures.names import as_text, shortened, told_apart
from reports.figures.theme import ROW_HEIGHT, colours
from reports.figures.words import word

SHOWN: Final = 12
NAME: Final = 28
"""Characters of a line that leave room for the bars on a telephone."""

ROW: Final = 46
"""Height of a row whose name has two lines."""


def figure(frame: pl.DataFrame, language: str = "en", theme: str = "light") -> dict[str, Any]:
    """Draw the sessions of each campaign and page of :func:`reports.landing_pages`.

    Raises:
        UnknownNameError: no such language or theme.
    """
    if frame.is_empty():
        return empty(language, theme)
    paint = colours(theme)
    rows = pl.concat(
        [frame.filter(~pl.col("is_other")).head(SHOWN), frame.filter(pl.col("is_other"))]
    )
    names, texts = [], []
    for row in rows.to_dicts():
        page = as_text(shortened(row["entry_page"] or word("none", language), NAME))
        campaign = as_text(shortened(row["campaign"] or "", NAME))
        names.append(word("other", language) if row["is_other"] else f"<b>{campaign}</b><br>{page}")
        texts.append(
            f"{numbers.number(row['sessions'], language)}<br>"
            f"{word('bounce_rate', language)} {numbers.rate(row['bounce_rate'])}"
        )
    drawn = horizontal(
        theme,
        told_apart(names),
        rows["sessions"].to_list(),
        [paint.grid if other else paint.soft for other in rows["is_other"]],
        texts,
        bars={"textfont": {"color": paint.text}, "insidetextanchor": "end"},
        bargap=0.3,
    )
    drawn["layout"]["height"] += (ROW - ROW_HEIGHT) * rows.height
    # Room for what stands beside the shorter bars.
    drawn["layout"]["xaxis"] |= {"range": [0, 1.15 * float(rows["sessions"].max() or 1)]}  # type: ignore[arg-type]
    return drawn
