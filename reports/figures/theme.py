"""Colours, sizes and the layout all figures share: one theme, light and dark.

One accent, a grey dashed line for what is compared with, never two axes for one direction.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from weblog.errors import UnknownNameError

FONT: Final = (
    "Pretendard, 'Noto Sans KR', 'Apple SD Gothic Neo', 'Malgun Gothic', system-ui, sans-serif"
)
FONT_SIZE: Final = 12
HEIGHT: Final = 300
ROW_HEIGHT: Final = 30
"""Height of one bar or interval of a ranked figure, in pixels."""


NOTE_SIZE: Final = 10
"""Of a note beneath the title of an axis, in pixels."""


def small_note(text: str) -> str:
    """Return a note for a line of its own beneath a title: a superscript would rise into it."""
    return f"<span style='font-size:{NOTE_SIZE}px'>{text}</span>"


@dataclass(frozen=True, slots=True)
class Theme:
    """The colours of one theme, by what they are for."""

    background: str
    surface: str
    border: str
    text: str
    muted: str
    grid: str
    accent: str
    soft: str
    compare: str
    average: str
    good: str
    bad: str
    categories: tuple[str, ...]


THEMES: Final = {
    "light": Theme(
        background="#f5f6fa",
        surface="#ffffff",
        border="#e3e6ee",
        text="#12182b",
        muted="#5d6880",
        grid="#e6e8ef",
        accent="#3b5bdb",
        soft="#e4e9fd",
        compare="#8d95a8",
        average="#b7791f",
        good="#0b7a4b",
        bad="#c92a2a",
        categories=("#3b5bdb", "#7c93ee", "#b9c5f7", "#5d6880", "#c92a2a", "#8d95a8", "#c5cad6"),
    ),
    "dark": Theme(
        background="#111624",
        surface="#1b2133",
        border="#2b3349",
        text="#eef1f8",
        muted="#9aa5bd",
        grid="#2b3349",
        accent="#7c93ee",
        soft="#2c3859",
        compare="#8d97ae",
        average="#e0b050",
        good="#4ecb91",
        bad="#ff8787",
        categories=("#7c93ee", "#4d65c9", "#34457f", "#9aa5bd", "#ff8787", "#6b7690", "#454f68"),
    ),
}
"""Both themes by name."""


def colours(theme: str) -> Theme:
    """Return the theme called ``theme``.

    Raises:
        UnknownNameError: there is no such theme.
    """
    if theme not in THEMES:
        raise UnknownNameError("theme", theme, list(THEMES))
    return THEMES[theme]


def layout(theme: str, *, height: int = HEIGHT, **more: Any) -> dict[str, Any]:
    """Return the layout all figures share; ``more`` overrides it.

    ``template`` is empty on purpose: without it Plotly puts in its default of 6.5 KB.
    """
    paint = colours(theme)
    shared: dict[str, Any] = {
        "template": {},
        "height": height,
        "margin": {"l": 8, "r": 12, "t": 8, "b": 8},
        "paper_bgcolor": paint.surface,
        "plot_bgcolor": paint.surface,
        "font": {"family": FONT, "size": FONT_SIZE, "color": paint.muted},
        "hoverlabel": {
            "bgcolor": paint.surface,
            "bordercolor": paint.border,
            "font": {"family": FONT, "color": paint.text},
        },
        "showlegend": False,
        "legend": {"orientation": "h", "x": 0, "y": -0.12, "yanchor": "top"},
        "colorway": list(paint.categories),
    }
    return shared | more


def axis(theme: str, *, grid: bool = False, **more: Any) -> dict[str, Any]:
    """Return an axis: no line, a faint grid where it helps, labels that make their own room."""
    paint = colours(theme)
    shared: dict[str, Any] = {
        "automargin": True,
        "showgrid": grid,
        "gridcolor": paint.grid,
        "zeroline": False,
        "showline": False,
        "ticks": "",
        "fixedrange": True,
    }
    return shared | more
