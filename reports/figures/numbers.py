"""Numbers as people read them, in English and Korean: the only place that formats them.

English counts in thousands (K, M, B), Korean in ten-thousands (만 1e4, 억 1e8, 조 1e12).
"""

from __future__ import annotations

import math
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

_SIGNS: Final = {"KRW": "₩", "USD": "$", "EUR": "€", "JPY": "¥", "GBP": "£"}

_MONTHS: Final = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


def number(value: float | None, language: str = "en") -> str:
    """Return a count, exact below 10,000 and to one decimal of its unit from there on.

    >>> number(2423), number(149_200), number(149_200, "ko"), number(260_000_000, "ko")
    ('2,423', '149.2K', '14.9만', '2.6억')

    Raises:
        UnknownNameError: no such language.
    """
    return _scaled(value, check_language(language), 10_000)


def tick(value: float, language: str = "en") -> str:
    """Return a number for an axis: as short as it can be said.

    >>> tick(8000), tick(10_000), tick(20_000, "ko"), tick(0.5)
    ('8,000', '10K', '2만', '0.5')
    """
    shown = _scaled(value, check_language(language), 10_000)
    for _, unit in _SCALES[language]:
        shown = shown.replace(f".0{unit}", unit)
    return shown


def money(value: float | None, language: str = "en", currency: str = "") -> str:
    """Return an amount with its currency's sign, or its code behind.

    >>> money(566_000_000, "en", "KRW"), money(260_000_000, "ko", "KRW"), money(12, "en", "CHF")
    ('₩566.0M', '₩2.6억', '12 CHF')
    """
    shown = _scaled(value, check_language(language), 10_000, decimals_below=0)
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


def shown(value: float | None, unit: str, language: str = "en", currency: str = "") -> str:
    """Return a value by the unit its column declares (see :mod:`reports.spec`)."""
    if unit == "rate":
        return rate(value)
    if unit == "points":
        return change(value, "points", language)
    if unit in {"ratio", "z"}:
        return ratio(value)
    if unit == "seconds":
        return seconds(value, language)
    if unit == "money":
        return money(value, language, currency)
    return number(value, language)


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


def _scaled(value: float | None, language: str, whole_below: float, decimals_below: int = 2) -> str:
    if value is None or not math.isfinite(value):
        return UNKNOWN
    if abs(value) >= whole_below - 0.5:
        value = round(value)  # 9,999.7 is 10.0K, not 9,999.7
    if abs(value) < whole_below:
        if float(value).is_integer() or decimals_below == 0:
            return f"{value:,.0f}".replace("-0", "0") if round(value) == 0 else f"{value:,.0f}"
        return f"{value:,.{decimals_below}f}".rstrip("0").rstrip(".")
    for index, (size, unit) in enumerate(_SCALES[language]):
        if abs(value) >= size:
            digits = round(value / size, 1)
            larger = _SCALES[language][index - 1] if index else None
            if larger and abs(digits) * size >= larger[0]:  # 999,960 is 1.0M, not 1,000.0K
                return f"{value / larger[0]:,.1f}{larger[1]}"
            return f"{digits:,.1f}{unit}"
    return f"{value:,.0f}"
