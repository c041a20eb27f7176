"""Heat maps of preference: blue is more than everybody, amber less, pale may be chance."""

from __future__ import annotations

import math
from typing import Any, Final

import polars as pl

from reports.figures import numbers
from reports.figures.empty import empty
from reports.figures.theme import axis, colours, layout
from reports.figures.words import word

ROWS: Final = 12
COLUMNS: Final = 10
_ROW: Final = 30

FULLEST: Final = 0.62
"""How opaque a fourfold difference is: the number on it must stay readable."""

FAINT: Final = 0.06
"""How opaque a cell is that may be chance."""

_LEAST: Final = 0.16
_FOURFOLD: Final = 2.0


def groups(frame: pl.DataFrame, language: str = "en", theme: str = "light") -> dict[str, Any]:
    """Draw the index of each group (row) and name (column) of :func:`reports.preference`.

    Raises:
        UnknownNameError: no such language or theme.
    """
    cells = frame.select(
        pl.col("group").alias("row"), "name", "index", "low", "high", "page_views",
        pl.col("beyond_chance").alias("is_found"), "small", "everyone_share",
    )  # fmt: skip
    names = frame.unique("name").sort(
        ["everyone_share", "name"], descending=[True, False], nulls_last=True
    )["name"]
    return _heat_map(cells, names.head(COLUMNS).to_list(), language, theme, "affinity_note")


def customers(frame: pl.DataFrame, language: str = "en", theme: str = "light") -> dict[str, Any]:
    """Draw the index of each customer (row) and name of :func:`reports.customer_preference`.

    Raises:
        UnknownNameError: no such language or theme.
    """
    cells = frame.select(
        pl.col("customer_id").alias("row"), "name", "index", "low", "high", "page_views",
        ((pl.col("low") > 100) | (pl.col("high") < 100)).alias("is_found"),
        pl.lit(value=False).alias("small"),
    )  # fmt: skip
    names = (
        frame.group_by("name")
        .agg(pl.col("page_views").sum())
        .sort(["page_views", "name"], descending=[True, False])["name"]
    )
    return _heat_map(cells, names.head(COLUMNS).to_list(), language, theme, "taste_note")


def _heat_map(
    cells: pl.DataFrame, names: list[str], language: str, theme: str, note: str
) -> dict[str, Any]:
    """Return cells as bars of one length, stacked: few bytes, and every build draws them."""
    if cells.is_empty():
        return empty(language, theme)
    paint = colours(theme)
    rows = cells["row"].unique(maintain_order=True).head(ROWS).to_list()
    found = {
        (row["row"], row["name"]): row
        for row in cells.filter(pl.col("row").is_in(rows), pl.col("name").is_in(names)).to_dicts()
    }
    traces = []
    for name in names:
        column = [found.get((row, name)) for row in rows]
        inked = [cell is not None and cell["is_found"] for cell in column]
        traces.append(
            {
                "type": "bar",
                "orientation": "h",
                "name": name,
                "x": [1] * len(rows),
                "y": rows,
                "marker": {
                    "color": [
                        paint.accent if cell is None or cell["index"] >= 100 else paint.average
                        for cell in column
                    ],
                    "opacity": [_opacity(cell) for cell in column],
                },
                "text": ["" if cell is None else f"{cell['index']:.0f}" for cell in column],
                "textposition": "inside",
                "insidetextanchor": "middle",
                "textangle": 0,
                "constraintext": "none",
                "textfont": {
                    "size": 11,
                    "color": [paint.text if strong else paint.muted for strong in inked],
                },
                "customdata": [_told(cell, language) for cell in column],
                "hovertemplate": "%{y} · %{fullData.name}: %{customdata}<extra></extra>",
            }
        )
    return {
        "data": traces,
        "layout": layout(
            theme,
            height=144 + _ROW * len(rows),
            barmode="stack",
            bargap=0.06,
            margin={"l": 8, "r": 8, "t": 8, "b": 48},
            annotations=[
                {
                    "text": word(note, language), "x": 0, "xref": "paper", "xanchor": "left",
                    "y": 0, "yref": "paper", "yanchor": "top", "yshift": -8, "showarrow": False,
                    "align": "left", "font": {"color": paint.muted, "size": 11},
                }
            ],
            xaxis=axis(
                theme,
                side="top",
                range=[0, len(names)],
                tickmode="array",
                tickvals=[place + 0.5 for place in range(len(names))],
                ticktext=names,
                autotickangles=[0, -90],
                tickfont={"color": paint.text},
            ),
            yaxis=axis(
                theme, autorange="reversed", type="category", tickfont={"color": paint.text}
            ),
        ),
    }  # fmt: skip


def _opacity(cell: dict[str, Any] | None) -> float:
    if cell is None:
        return 0.0
    if not cell["is_found"]:
        return FAINT
    doublings = abs(math.log2(max(cell["index"], 1.0) / 100))
    return round(_LEAST + (FULLEST - _LEAST) * min(doublings / _FOURFOLD, 1.0), 3)


def _told(cell: dict[str, Any] | None, language: str) -> str:
    if cell is None:
        return numbers.UNKNOWN
    views = f"{word('page_views', language)} {numbers.number(cell['page_views'], language)}"
    few = f", {word('too_few', language)}" if cell["small"] else ""
    return f"{cell['index']:.0f} ({cell['low']:.0f} – {cell['high']:.0f}), {views}{few}"
