"""What the columns of reports are called and what they mean, in English and Korean.

In English a meaning is the report's own (``COLUMNS``); the Korean ones stand in this package,
by column, or by ``report.column`` where a report means something else by the same name.
"""

from __future__ import annotations

from typing import Final

from dashboard.columns import (
    banners,
    campaigns,
    content,
    mail,
    paths,
    people,
    quality,
    sources,
    visits,
)
from dashboard.meanings import KOREAN as MEASURES_IN_KOREAN
from dashboard.words import word
from reports.figures.numbers import check_language
from reports.measures import MEASURES
from reports.plugged import own_words
from reports.spec import ColumnSpec

WORDS: Final[dict[str, tuple[str, str, str]]] = {
    name: words
    for module in (visits, content, paths, people, sources, quality, banners, campaigns, mail)
    for name, words in module.WORDS.items()
}
"""Column, or ``report.column``, to English name, Korean name and Korean meaning."""


def is_named(report: str, column: str) -> bool:
    """Say whether a column has a name and a meaning in both languages."""
    if own_words(report, column) is not None:
        return True
    return f"{report}.{column}" in WORDS or column in MEASURES or column in WORDS


def column_name(report: str, column: str, language: str) -> str:
    """Return what a column is called.

    Raises:
        UnknownNameError: no such language.
        KeyError: the column has no name.
    """
    korean = check_language(language) == "ko"
    if said := own_words(report, column):
        return said.korean if korean else said.english
    own = WORDS.get(f"{report}.{column}")
    if own is None and column in MEASURES:
        return word(column, language)
    return (own or WORDS[column])[korean]


def column_meaning(report: str, column: ColumnSpec, language: str) -> str:
    """Return what a column means, in one sentence.

    Raises:
        UnknownNameError: no such language.
        KeyError: the column has no Korean meaning.
    """
    if check_language(language) == "en":
        return column.meaning
    if said := own_words(report, column.name):
        return said.korean_meaning
    own = WORDS.get(f"{report}.{column.name}")
    if own is None and column.name in MEASURES:
        return MEASURES_IN_KOREAN[column.name]
    return (own or WORDS[column.name])[2]
