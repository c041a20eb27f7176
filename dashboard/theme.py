"""The one theme as CSS: every colour a page uses is a variable made from the figures' theme."""

from __future__ import annotations

from dataclasses import fields
from typing import Final

from flask import has_request_context, request

from reports.figures.theme import FONT, THEMES, Theme

COOKIE: Final = "theme"
"""Says, to pages without a script, what was chosen in the dashboard."""

PAGE_FONT: Final = FONT.replace("system-ui", "'Noto Sans CJK KR', system-ui")
"""The figures' font, by the name Linux distributions give it too; charts take it over."""


def css() -> str:
    """Return the rules that define the colours of both themes and the font.

    Light is the default; ``data-theme`` on the root element, set before anything is drawn
    by ``assets/first/theme.js``, chooses.
    """
    light, dark = (_variables(THEMES[name]) for name in ("light", "dark"))
    return (
        f":root{{color-scheme:light;--font:{PAGE_FONT};{light}}}"
        f":root[data-theme=dark]{{color-scheme:dark;{dark}}}"
    )


def chosen_theme() -> str:
    """Return the root element's attribute that holds the theme a reader chose in the dashboard.

    Empty where none was chosen, or outside of a request: the reader's system decides.
    """
    theme = request.cookies.get(COOKIE, "") if has_request_context() else ""
    return f' data-theme="{theme}"' if theme in THEMES else ""


def _variables(theme: Theme) -> str:
    names = [one.name for one in fields(theme) if one.name != "categories"]
    return "".join(f"--{name}:{getattr(theme, name)};" for name in names)
