"""The figure of nothing: one line of text, so that an empty answer does not look broken."""

from __future__ import annotations

from typing import Any

from reports.figures.theme import colours, layout
from reports.figures.words import word


def empty(language: str, theme: str) -> dict[str, Any]:
    """Return a figure without data that says so."""
    note = {
        "text": word("no_rows", language),
        "showarrow": False,
        "x": 0.5,
        "y": 0.5,
        "xref": "paper",
        "yref": "paper",
        "font": {"color": colours(theme).muted, "size": 14},
    }
    hidden = {"visible": False}
    return {
        "data": [],
        "layout": layout(theme, annotations=[note], xaxis=hidden, yaxis=hidden),
    }
