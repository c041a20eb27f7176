"""Numbers as people read them, in English and Korean: the only place that formats them.

English counts in thousands (K, M, B), Korean in ten-thousands (만 1e4, 억 1e8, 조 1e12).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from datetime import date
from typing import Final

from weblog.errors import UnknownNameError

LANGUAGES: Final = ("en", "ko")

UNKNOWN: Final = "–"
"""Shown for a value that is not known, and for a rate of nothing."""

_SCALES: Final = {
    "en": ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "K")),
    "ko": ((1e12, "조"), (1e8, "억"), (1e4, "만")),
}

_EXACT_BELOW: Final = 10_000

_SIGNS: Final = {"KRW": "₩", "USD": "$", "EUR": "€", "JPY": "¥", "GBP": "£"}

_MONTHS: Final = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


def number(
    value: float | None, language: str = "en", *, beside: Sequence[float | None] = ()
) -> str:
    """Return a count, exact below 10,000 and to one decimal of its unit from there on.

    ``beside`` are the values it is compared with: it takes the unit of the largest unless too
    little of it would be left, less than half of that unit, or one if it could be exact.

    >>> number(2423), number(149_200), number(149_200, "ko"), number(260_000_000, "ko")
    ('2,423', '149.2K', '14.9만', '2.6억')
    >>> number(9_412, beside=[12_840]), number(412, beside=[12_840])
    ('9.4K', '412')

    Raises:
        UnknownNameError: no such language.
    """
    return _scaled(value, check_language(language), beside)


def tick(value: float, language: str = "en") -> str:
    """Return a number for an axis: as short as it can be said.

    >>> tick(8000), tick(10_000), tick(20_000, "ko"), tick(0.5)
    ('8,000', '10K', '2만', '0.5')
    """
    shown = _scaled(value, check_language(language))
    for _, unit in _SCALES[language]:
        shown = shown.replace(f".0{unit}", unit)
    return shown


def money(
    value: float | None,
    language: str = "en",
    currency: str = "",
    *,
    beside: Sequence[float | None] = (),
) -> str:
    """Return an amount with its currency's sign, or its code behind.

    Like :func:`number`, but in whole units below 10,000 and from 1,000 of a larger unit on.

    >>> money(566_000_000, "en", "KRW"), money(260_000_000, "ko", "KRW"), money(12, "en", "CHF")
    ('₩566.0M', '₩2.6억', '12 CHF')
    >>> money(91_780_000, "ko", "KRW"), money(91_780_000, "ko", "KRW", beside=[230_000_000])
    ('₩9,178만', '₩0.9억')
    """
    shown = _scaled(value, check_language(language), beside, whole=True)
    if shown == UNKNOWN or not currency:
        return shown
    sign = _SIGNS.get(currency)
    if not sign:
        return f"{shown} {currency}"
    return f"-{sign}{shown[1:]}" if shown.startswith("-") else f"{sign}{shown}"


def rate(value: float | None) -> str:
    """Return a fraction as per cent: two decimals below 10 %, else one.

    >>> rate(0.0162), rate(0.427), rate(None)
    ('1.62%', '42.7%', '–')
    """
    if value is None or not math.isfinite(value):
        return UNKNOWN
    per_cent = value * 100
    return f"{per_cent:.2f}%" if abs(round(per_cent, 2)) < 10 else f"{per_cent:.1f}%"


def ratio(value: float | None) -> str:
    """Return a quotient with two decimals.

    >>> ratio(1.5)
    '1.50'
    """
    return UNKNOWN if value is None or not math.isfinite(value) else f"{value:,.2f}"


def seconds(value: float | None, language: str = "en") -> str:
    """Return a time span in minutes and seconds.

    >>> seconds(75), seconds(8), seconds(75, "ko")
    ('1m 15s', '8s', '1분 15초')
    """
    if value is None or not math.isfinite(value):
        return UNKNOWN
    minute, second = ("분", "초") if check_language(language) == "ko" else ("m", "s")
    minutes, rest = divmod(round(value), 60)
    return f"{minutes}{minute} {rest}{second}" if minutes else f"{rest}{second}"


def change(value: float | None, unit: str = "count", language: str = "en") -> str:
    """Return a change with its sign: relative in per cent, of a rate in points.

    >>> change(0.187), change(-0.0009, "rate"), change(-0.0009, "rate", "ko"), change(None)
    ('+18.7%', '-0.09 pp', '-0.09%p', '–')
    """
    if value is None or not math.isfinite(value):
        return UNKNOWN
    korean = check_language(language) == "ko"
    if unit in {"rate", "points"}:
        return f"{value * 100:+.2f}" + ("%p" if korean else " pp")
    return f"{value * 100:+,.1f}%"


def shown(
    value: float | None,
    unit: str,
    language: str = "en",
    currency: str = "",
    *,
    beside: Sequence[float | None] = (),
) -> str:
    """Return a value by the unit its column declares (see :mod:`reports.spec`).

    ``beside`` are the values it is compared with, for it to be told like them.
    """
    if unit == "rate":
        return rate(value)
    if unit == "points":
        return change(value, "points", language)
    if unit in {"ratio", "z"}:
        return ratio(value)
    if unit == "seconds":
        return seconds(value, language)
    if unit == "money":
        return money(value, language, currency, beside=beside)
    return number(value, language, beside=beside)


def day(value: date, language: str = "en") -> str:
    """Return a day without its year.

    >>> day(date(2026, 11, 1)), day(date(2026, 11, 1), "ko")
    ('1 Nov', '11/1')
    """
    if check_language(language) == "ko":
        return f"{value.month}/{value.day}"
    return f"{value.day} {_MONTHS[value.month - 1]}"


def check_language(language: str) -> str:
    """Return the language if there is such a one.

    Raises:
        UnknownNameError: there is none.
    """
    if language not in LANGUAGES:
        raise UnknownNameError("language", language, list(LANGUAGES))
    return language


def _scaled(
    value: float | None, language: str, beside: Sequence[float | None] = (), *, whole: bool = False
) -> str:
    if value is None or not math.isfinite(value):
        return UNKNOWN
    known = [abs(other) for other in beside if other is not None and math.isfinite(other)]
    largest = max(known, default=0.0)
    size, unit = _unit(max(abs(value), largest), language, whole)
    least = size if abs(value) < _EXACT_BELOW else size / 2  # 5,000 reads better than 0.5만
    if abs(value) < min(largest, least):
        largest = 0.0
        size, unit = _unit(abs(value), language, whole)
    if unit:
        decimals = _decimals(max(abs(value), largest) / size, whole)
        return f"{round(value / size, decimals):,.{decimals}f}{unit}"
    if float(value).is_integer() or whole:
        return f"{value:,.0f}".replace("-0", "0") if round(value) == 0 else f"{value:,.0f}"
    return f"{value:,.2f}".rstrip("0").rstrip(".")


def _unit(value: float, language: str, whole: bool) -> tuple[float, str]:
    """Return the size and the name of the unit a value, not negative, is told in."""
    if value < _EXACT_BELOW - 0.5:  # 9,999.7 is 10.0K, not 9,999.7
        return 1.0, ""
    for larger, smaller in itertools.pairwise(_SCALES[language]):
        digits = value / smaller[0]
        if round(digits, _decimals(digits, whole)) * smaller[0] >= larger[0]:
            return larger  # 999,960 is 1.0M, not 1,000.0K
    return _SCALES[language][-1]


def _decimals(digits: float, whole: bool) -> int:
    return 0 if whole and digits >= 999.95 else 1
