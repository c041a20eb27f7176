"""Values that stand for nothing, and text that nobody can read."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import Final

import polars as pl

PLACEHOLDERS: Final = (
    *("-", "--", "---", ".", "..", "?", "??", "x", "xx", "xxx", "0", "nan", "#n/a", "n/a", "na"),
    *("n.a.", "none", "null", "nil", "undefined", "unknown", "not known", "empty", "test", "tbd"),
    *(
        "없음",
        "무",
        "미입력",
        "미상",
        "모름",
        "불명",
        "해당없음",
        "해당 없음",
        "알수없음",
        "기타없음",
    ),
)
"""What people and programs write where they know nothing; case and blanks around do not count."""

PLACEHOLDER_DAYS: Final = (
    *(date(1, 1, 1), date(1111, 11, 11), date(1899, 12, 30), date(1900, 1, 1)),
    *(date(1970, 1, 1), date(2999, 12, 31), date(9999, 12, 31)),
)
"""Days that systems write where they know none: the first and last of calendars and clocks."""

_HANGUL: Final = re.compile("[가-힣]")
_HANJA: Final = re.compile("[\u4e00-\u9fff\uf900-\ufaff]")
_CP949_AS_LATIN: Final = re.compile(rb"(?:[\x00-\x7f]|[\xb0-\xc8][\xa1-\xfe])+")
"""Whole letters of KS X 1001: two letters of a European name are hardly ever such a pair."""


def is_placeholder(text: pl.Expr) -> pl.Expr:
    """Say which texts stand for nothing."""
    return text.str.strip_chars().str.to_lowercase().is_in(PLACEHOLDERS)


def unreadable(values: pl.Series) -> pl.Series:
    """Return the distinct texts that were damaged on their way, e.g. by a wrong encoding."""
    odd = values.drop_nulls().unique()
    odd = odd.filter(odd.str.contains(r"[^\x20-\x7e]"))
    return pl.Series([text for text in odd if is_unreadable(text)], dtype=pl.String)


def is_unreadable(text: str) -> bool:
    """Say whether a text holds replacement or control characters, or was decoded wrongly.

    Korean in UTF-8 that was read as CP949 or as Latin letters becomes the same again if that is
    undone; so does CP949 read as Latin letters.
    """
    if "\ufffd" in text or any(unicodedata.category(c) in ("Cc", "Co", "Cn") for c in text):
        return True
    as_latin = _encoded(text, "cp1252")
    if as_latin is None:
        as_latin = _encoded(text, "latin-1")
    is_pairs = as_latin is not None and _CP949_AS_LATIN.fullmatch(as_latin) is not None
    return (
        # Bytes that are no letter of CP949 were lost on the way: what is left will do.
        (_HANJA.search(text) is not None and _is_korean(_encoded(text, "cp949"), "utf-8"))
        or _is_other_text(as_latin)
        or (is_pairs and not text.isascii() and _is_korean(as_latin, "cp949"))
    )


def _encoded(text: str, encoding: str) -> bytes | None:
    try:
        return text.encode(encoding)
    except UnicodeEncodeError:
        return None


def _is_korean(data: bytes | None, encoding: str) -> bool:
    return data is not None and _HANGUL.search(data.decode(encoding, "ignore")) is not None


def _is_other_text(data: bytes | None) -> bool:
    """Say whether Latin letters are the bytes of other letters in UTF-8, as ``Ã©`` is of é."""
    if data is None or data.isascii():
        return False
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
