"""Numbers and days as ad systems write them.

What cannot be read for certain is not read: ``1.234,5`` is no number where the point divides
decimals, and 03/10/2025 no day without a format.
"""

from __future__ import annotations

from typing import Final

import polars as pl

NONE: Final = r"^(?:--|-|–|—|n/a)?$"
"""How exports write that there is no value."""

NUMBER: Final = "expected a number such as 1,250 or 0.5"
WHOLE: Final = "expected a whole number such as 1,250"
DAY: Final = "expected a day such as 2025-10-03, 2025.10.03., 20251003 or Oct 3, 2025"

_CURRENCY: Final = r"(?:₩|￦|\\|\$|€|£|¥|[A-Z]{3}\b)"
_UNIT: Final = r"(?:원|건|회|₩|€|[A-Z]{3})"
_DIGITS: Final = {
    ".": r"^-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?$",
    ",": r"^-?(?:\d{1,3}(?:\.\d{3})+|\d+)(?:,\d+)?$",
}

_MONTHS: Final = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_MONTH: Final = {name[:3]: f"{number:02}" for number, name in enumerate(_MONTHS, 1)}
_WEEKDAY: Final = r"\s*\((?:[월화수목금토일](?:요일)?|[A-Za-z]{3,9})\)$"
_MIDNIGHT: Final = r"[T ]00:00(?::00(?:\.0+)?)?$"
_NUMBERED: Final = r"^(\d{4})([-/.])\s?(\d{1,2})([-/.])\s?(\d{1,2})\.?$"
_KOREAN: Final = r"^(\d{4})년\s?(\d{1,2})월\s?(\d{1,2})일$"
_PLAIN: Final = r"^(\d{4})(\d{2})(\d{2})$"
_NAMED: Final = (
    (r"^([A-Za-z]{3,9})\.? (\d{1,2}),? (\d{4})$", (3, 1, 2)),
    (r"^(\d{1,2})[ -]([A-Za-z]{3,9})\.?,?[ -](\d{4})$", (3, 2, 1)),
)


def present(text: pl.Expr) -> pl.Expr:
    """Return text without blanks around it; null where an export says that there is none."""
    bare = text.str.replace_all(r"[\u00a0\u2007\u202f\ufeff]", " ").str.strip_chars()
    return pl.when(~bare.str.contains(f"(?i){NONE}")).then(bare)


def number(text: pl.Expr, decimal: str = ".") -> pl.Expr:
    """Return numbers of text: with thousands' commas, a currency or 원; null where it is none.

    Args:
        text: what :func:`present` returns.
        decimal: what divides decimals, a point or a comma; the other one divides thousands.
    """
    sign = text.str.replace("^−", "-").str.replace(r"^\((.*)\)$", "-${1}")
    bare = sign.str.replace(rf"^(-?)\s?{_CURRENCY}\s?(-?)", "${1}${2}")
    bare = bare.str.replace(rf"\s?{_UNIT}$", "")
    thousands = "," if decimal == "." else "."
    plain = bare.str.replace_all(thousands, "", literal=True).str.replace(
        decimal, ".", literal=True
    )
    value = pl.when(bare.str.contains(_DIGITS[decimal])).then(plain)
    parsed = value.cast(pl.Float64, strict=False)
    return pl.when(parsed.is_finite()).then(parsed)


def whole(text: pl.Expr, decimal: str = ".") -> pl.Expr:
    """Return whole numbers of text, likewise; null where there is a fraction."""
    value = number(text, decimal)
    return pl.when((value == value.floor()) & (value.abs() < 2**53)).then(value).cast(pl.Int64)


def day(text: pl.Expr, day_format: str | None = None) -> pl.Expr:
    """Return days of text; null where it is none.

    Args:
        text: what :func:`present` returns.
        day_format: how they are written (strptime), where they are ambiguous.
    """
    if day_format is not None:
        return text.str.to_date(day_format, strict=False)
    bare = text.str.replace(_MIDNIGHT, "").str.replace(_WEEKDAY, "")
    is_even = bare.str.extract(_NUMBERED, 2) == bare.str.extract(_NUMBERED, 4)
    found = [
        pl.when(is_even).then(_joined(bare, _NUMBERED, (1, 3, 5))),
        _joined(bare, _KOREAN, (1, 2, 3)),
        _joined(bare, _PLAIN, (1, 2, 3)),
    ]
    for pattern, (year, month, number_of_day) in _NAMED:
        name = bare.str.extract(pattern, month).str.to_lowercase()
        short = name.str.head(3).replace_strict(_MONTH, default=None, return_dtype=pl.String)
        is_month = (name.str.len_chars() == 3) | name.is_in(_MONTHS) | (name == "sept")
        parts = (bare.str.extract(pattern, year), short, bare.str.extract(pattern, number_of_day))
        found.append(pl.when(is_month).then(_dashed(*parts)))
    return pl.coalesce(found).str.to_date("%Y-%m-%d", strict=False)


def _joined(text: pl.Expr, pattern: str, groups: tuple[int, int, int]) -> pl.Expr:
    year, month, number_of_day = (text.str.extract(pattern, group) for group in groups)
    return _dashed(year, month, number_of_day)


def _dashed(year: pl.Expr, month: pl.Expr, number_of_day: pl.Expr) -> pl.Expr:
    two = (month.str.zfill(2), number_of_day.str.zfill(2))
    return pl.concat_str(year, *two, separator="-", ignore_nulls=False)
