"""Which language a request is answered in."""

from __future__ import annotations

from typing import Final

from flask import Request

from reports.figures.numbers import LANGUAGES

COOKIE: Final = "language"

NAMES: Final = {"en": "EN", "ko": "한국어"}
"""Each language in its own words, as the switch shows it."""


def chosen_language(request: Request) -> str:
    """Return the language the reader chose, else the first of the browser's that we speak."""
    cookie = request.cookies.get(COOKIE, "")
    if cookie in LANGUAGES:
        return cookie
    return request.accept_languages.best_match(LANGUAGES, "en") or "en"
