"""What looks like a person's number or address, wherever it stands: marked, not kept.

Names of parameters tell most secrets (:mod:`weblog.classify.privacy`); people also type their
e-mail address into a search box, and programmers put a phone number into a path. Texts may be
percent-encoded, once or twice. What is found is replaced by its sort: ``q=(email)``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

import polars as pl

from weblog.classify.few import changed_where
from weblog.site.privacy import EVERY_PATTERN, Pattern

_LEFT: Final = r"(?:(?<=%[0-9A-Fa-f]{2})|(?<![0-9A-Za-z%]))"
"""Where a number or word may begin: after an encoded sign, or after none of its own letters."""

_RIGHT: Final = r"(?![0-9A-Za-z])"
_GAP: Final = r"(?:[ +.-]|%20|%2[Dd])"

_EMAIL: Final = re.compile(
    rf"(?:(?<=%[0-9A-Fa-f]{{2}})|(?<![0-9A-Za-z._+%-]))(?:[0-9A-Za-z._+-]|%2[Bb]){{1,64}}"
    rf"(?:@|%(?:25)*40)(?:[0-9A-Za-z-]{{1,63}}\.)+([A-Za-z]{{2,24}}){_RIGHT}"
)
_RESIDENT: Final = re.compile(
    rf"{_LEFT}(\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))(-|%2[Dd])?([1-8]\d{{6}}){_RIGHT}"
)
_CARD: Final = re.compile(
    rf"{_LEFT}(?:\d{{14,19}}|\d{{4}}(?:{_GAP}\d{{4}}){{3}}|\d{{4}}{_GAP}\d{{6}}{_GAP}\d{{4,5}}){_RIGHT}"
)
_PHONE: Final = re.compile(
    rf"(?:{_LEFT}0|(?:\+|%2[Bb])82{_GAP}?0?)1[016789]{_GAP}?\d{{3,4}}{_GAP}?\d{{4}}{_RIGHT}"
)

_FILES: Final = frozenset(
    "js mjs css map png jpg jpeg gif webp avif svg ico json xml txt html htm php jsp do jar zip gz "
    "tgz woff woff2 ttf pdf mp3 mp4 webm".split()
)
"""Ends of file names that look like domains: ``logo@2x.png``, ``react@18.2.min.js``."""

_ISSUERS: Final = re.compile(
    r"4|5[1-5]|2(?:22[1-9]|2[3-9]|[3-6]|7[01]|720)|3[47]|3(?:0[0-5]|[689])|35|6011|64[4-9]|65|62|94|9[0-9]"
)
"""How card numbers begin: Visa, Mastercard, American Express, Diners, JCB, Discover, UnionPay,
and the 9 of cards that are good in Korea alone (ISO/IEC 7812)."""

_BEFORE: Final = "(?:^|[^0-9A-Za-z%]|%[0-9A-Fa-f]{2})"
_SUSPECT: Final[dict[Pattern, str]] = {
    "email": "[0-9A-Za-z._+-](?:@|%(?:25)*40)[0-9A-Za-z-]",
    "resident_number": _BEFORE + r"\d\d(?:0[1-9]|1[0-2])[0-3]\d(?:-|%2[Dd])?[1-8]\d{6}",
    "card": _BEFORE + rf"(?:\d{{14}}|\d{{4}}{_GAP}\d{{4}}{_GAP}\d{{4}}|\d{{4}}{_GAP}\d{{6}}{_GAP})",
    "phone": rf"(?:{_BEFORE}0|(?:\+|%2[Bb])82{_GAP}?0?)1[016789]{_GAP}?\d{{3,4}}{_GAP}?\d{{4}}",
}
"""What a text must hold to be looked at closely: the same without what stands after it, and
without what polars' expressions, which are a hundred times as fast, do not know."""


def scrubbed(texts: pl.Series, patterns: Sequence[Pattern]) -> pl.Series:
    """Return distinct texts with what looks like one of ``patterns`` replaced by its sort.

    - ``email``: an e-mail address; a file name such as ``logo@2x.png`` is none.
    - ``resident_number``: six digits that are a date, a hyphen and seven digits, the first of
      them 1 to 8; without the hyphen only if the check digit is right.
    - ``card``: 14 to 19 digits that begin as a card issuer's do and pass Luhn's check
      (ISO/IEC 7812-1), alone or in groups of four.
    - ``phone``: a Korean mobile number, 010-1234-5678 or +82 10 1234 5678.
    """
    if not patterns or texts.dtype != pl.String:
        return texts
    wanted = [each for each in EVERY_PATTERN if each in patterns]
    # One look for all: an expression of four alternatives reads a text as fast as each of them.
    suspect = texts.str.contains("|".join(_SUSPECT[each] for each in wanted))
    return changed_where(texts, suspect, partial(_scrubbed, patterns=wanted))


def _scrubbed(texts: pl.Series, patterns: Sequence[Pattern]) -> pl.Series:
    for each in patterns:
        suspect = texts.str.contains(_SUSPECT[each])
        texts = changed_where(texts, suspect, partial(_replaced, how=_REPLACE[each]))
    return texts


def _replaced(texts: pl.Series, how: Callable[[str], str]) -> pl.Series:
    return pl.Series([how(text) for text in texts.to_list()], dtype=pl.String)


def _emails(text: str) -> str:
    return _EMAIL.sub(lambda m: m[0] if m[1].lower() in _FILES else "(email)", text)


def _residents(text: str) -> str:
    def sort(found: re.Match[str]) -> str:
        is_one = found[2] is not None or _is_checked(found[1] + found[3])
        return "(resident-number)" if is_one else found[0]

    return _RESIDENT.sub(sort, text)


def _cards(text: str) -> str:
    def sort(found: re.Match[str]) -> str:
        digits = re.sub(r"%20|%2[Dd]|\D", "", found[0])
        return "(card)" if _ISSUERS.match(digits) and is_luhn(digits) else found[0]

    return _CARD.sub(sort, text)


def _phones(text: str) -> str:
    return _PHONE.sub("(phone)", text)


_REPLACE: Final[dict[Pattern, Callable[[str], str]]] = {
    "email": _emails,
    "resident_number": _residents,
    "card": _cards,
    "phone": _phones,
}


def is_luhn(digits: str) -> bool:
    """Say whether a number passes Luhn's check (ISO/IEC 7812-1, annex B).

    >>> is_luhn("4111111111111111"), is_luhn("4111111111111112")
    (True, False)
    """
    doubled = (int(digit) * 2 for digit in digits[-2::-2])
    return (sum(map(int, digits[-1::-2])) + sum(d - 9 if d > 9 else d for d in doubled)) % 10 == 0


def _is_checked(digits: str) -> bool:
    """Say whether the last digit of a resident registration number is the sum's (before 2020)."""
    weighted = sum(
        int(d) * w for d, w in zip(digits, (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5), strict=False)
    )
    return (11 - weighted % 11) % 10 == int(digits[12])
