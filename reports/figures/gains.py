"""How good suggestions are, by method: a point with its interval, the served one in colour."""

from __future__ import annotations

from typing import Any

import polars as pl

from reports.figures.empty import empty
from reports.figures.theme import ROW_HEIGHT, axis, colours, layout
from reports.figures.words import word


def figure(frame: pl.DataFrame, language: str = "en", theme: str = "light") -> dict[str, Any]:
    """Draw nDCG at 5 of each goal and method with its 95 % interval; filled: what is served.

    Raises:
        UnknownNameError: no such language or theme.
    """
    word("ndcg", language)
    if frame.is_empty():
        return empty(language, theme)
    paint = colours(theme)
    rows = frame.select(
        "goal", "method", "is_served", "customers", "ndcg", "ndcg_low", "ndcg_high", "small"
    ).to_dicts()
    names = [
        f"{word(row['goal'], language)} · {word(row['method'], language)}"
        f"{' *' if row['small'] else ''}"
        for row in rows
    ]
    low = [row["ndcg_low"] if row["ndcg_low"] is not None else row["ndcg"] for row in rows]
    high = [row["ndcg_high"] if row["ndcg_high"] is not None else row["ndcg"] for row in rows]
    texts = [
        f"{row['ndcg']:.3f} ({from_:.3f} – {to:.3f}), "
        f"{word('customers', language)}: {row['customers']:,}"
        + (f", {word('served', language)}" if row["is_served"] else "")
        for row, from_, to in zip(rows, low, high, strict=True)
    ]
    points = {
        "type": "scatter",
        "mode": "markers",
        "name": word("ndcg", language),
        "x": [round(row["ndcg"], 4) for row in rows],
        "y": names,
        "marker": {
            "size": 10,
            "color": [paint.accent if row["is_served"] else paint.surface for row in rows],
            "line": {"width": 2, "color": [_edge(row, paint) for row in rows]},
        },
        "error_x": {
            "type": "data",
            "symmetric": False,
            "array": [round(to - row["ndcg"], 4) for row, to in zip(rows, high, strict=True)],
            "arrayminus": [
                round(row["ndcg"] - from_, 4) for row, from_ in zip(rows, low, strict=True)
            ],
            "color": paint.compare,
            "thickness": 1.5,
            "width": 0,
        },
        "text": texts,
        "hovertemplate": "%{y}: %{text}<extra></extra>",
    }
    # A line between goals: only methods of one goal are to be compared.
    goals = [row["goal"] for row in rows]
    cuts = [place for place in range(1, len(goals)) if goals[place] != goals[place - 1]]
    lines = [
        {
            "type": "line", "xref": "paper", "yref": "y", "x0": 0, "x1": 1,
            "y0": cut - 0.5, "y1": cut - 0.5, "line": {"color": paint.grid, "width": 1},
        }
        for cut in cuts
    ]  # fmt: skip
    return {
        "data": [points],
        "layout": layout(
            theme,
            height=60 + ROW_HEIGHT * len(rows),
            shapes=lines,
            xaxis=axis(
                theme,
                grid=True,
                title={"text": word("ndcg", language)},
                range=[0, min(1.0, max(high) * 1.05) or 1.0],
                tickformat=".1f",
            ),
            yaxis=axis(theme, autorange="reversed", type="category"),
        ),
    }


def _edge(row: dict[str, Any], paint: Any) -> str:
    served: str = paint.accent if row["is_served"] else paint.compare
    return served
