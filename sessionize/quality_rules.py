"""What is asked of every column of the register: each rule a row of a table.

The columns beside those of the table come from :mod:`sessionize.quality`: ``NAME:unreadable``,
``NAME:usual`` (how most rows spell it), and what other tables say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import polars as pl

from sessionize.clarity import PLACEHOLDER_DAYS, is_placeholder

DIMENSIONS: Final = ("completeness", "validity", "clarity", "consistency", "accuracy")

OLDEST: Final = 120
"""Years: nobody on any register is older (the oldest person ever known became 122)."""

MOST_CHILDREN: Final = 20

_LABEL: Final = r"[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?"
E_MAIL: Final = rf"^[\p{{L}}\p{{N}}.!#$%&'*+/=?^_`{{|}}~-]{{1,64}}@{_LABEL}(?:\.{_LABEL})+$"
"""The HTML standard's valid e-mail address, with letters of all languages and a dot in the host."""

TEXTS: Final = {
    "customers": ("customer_id", "name", "email", "phone", "grade", "occupation"),
    "purchases": ("purchase_id", "product", "sold_through"),
}
"""Columns of text that people write."""

WORDS: Final = {"customers": ("grade", "occupation"), "purchases": ("product", "sold_through")}
"""Columns of text with few values, each to be spelled one way."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: of ``column``, in one of :data:`DIMENSIONS`, and in words what is ``expected``.

    ``applies`` says which rows are checked, ``holds`` which of these are right.
    """

    column: str
    dimension: str
    expected: str
    applies: pl.Expr
    holds: pl.Expr


def rule(column: str, dimension: str, expected: str, holds: pl.Expr, *others: str) -> Rule:
    """Make a rule for the rows in which the column and the ``others`` have a value."""
    applies = pl.all_horizontal(pl.col(name).is_not_null() for name in (column, *others))
    return Rule(column, dimension, expected, applies, holds)


def customer_rules(day: date) -> list[Rule]:
    """Return the rules for customers, as of ``day``: columns in their order, then dimensions."""
    complete = (
        *("customer_id", "joined", "grade", "name", "email", "phone", "birth_date"),
        *("birth_year", "sex", "occupation", "children", "consent_email", "consent_sms"),
    )
    return _ordered(
        [
            *_complete(complete),
            *_valid_customers(),
            *_clear("customers", "joined", "birth_date", "last_visit"),
            *_consistent_customers(),
            *_spelled("customers"),
            *_accurate_customers(day),
            *_past(day, "joined", "birth_date", "last_visit"),
        ]
    )


def purchase_rules(day: date, products: Sequence[str]) -> list[Rule]:
    """Return the rules for purchases, as of ``day``; ``products`` are those of the site's rules."""
    complete = ("purchase_id", "customer_id", "product", "purchased", "value", "sold_through")
    ended, purchased, matures = pl.col("ended"), pl.col("purchased"), pl.col("matures")
    known = pl.col("product").is_in(products)
    return _ordered(
        [
            *_complete(complete),
            rule("value", "validity", "0 or more", pl.col("value") >= 0),
            *_clear("purchases", "purchased", "ended", "matures"),
            *_spelled("purchases"),
            rule("customer_id", "consistency", "a customer of the register", pl.col("is_known")),
            rule("ended", "consistency", "not before purchased", ended >= purchased, "purchased"),
            rule("matures", "consistency", "after purchased", matures > purchased, "purchased"),
            *_past(day, "purchased"),
            *([rule("product", "accuracy", "one of the site's rules", known)] if products else ()),
        ]
    )


def _valid_customers() -> list[Rule]:
    return [
        rule("name", "validity", "a letter in it", pl.col("name").str.contains(r"\p{L}")),
        rule("phone", "validity", "8 to 15 digits", _digits().str.contains(r"^\d{8,15}$")),
        rule("birth_year", "validity", "four digits", pl.col("birth_year").is_between(1000, 9999)),
        rule("sex", "validity", "F or M", pl.col("sex").is_in(["F", "M"])),
        rule("children", "validity", "0 or more", pl.col("children") >= 0),
        rule("phone", "clarity", "not a row of zeros", ~_digits().str.contains(r"^0*1?0{6,}$")),
        rule(
            "birth_year",
            "clarity",
            "a year, not a placeholder",
            ~pl.col("birth_year").is_in([1900, 9999]),
        ),
    ]


def _digits() -> pl.Expr:
    return pl.col("phone").str.replace_all(r"[\s().+/-]", "")


def _consistent_customers() -> list[Rule]:
    """Return what must hold between columns; a consent is of use where there is an address."""
    joined, born, first = pl.col("joined"), pl.col("birth_date"), pl.col("first_session")
    is_year = pl.col("birth_year") == born.dt.year()
    after = {name: pl.col(name) >= joined for name in ("valid_from", "last_visit")}
    return [
        *(
            rule(name, "consistency", "not before joined", holds, "joined")
            for name, holds in after.items()
        ),
        rule("joined", "consistency", "after birth_date", joined > born, "birth_date"),
        rule(
            "joined",
            "consistency",
            "no session of the customer's before it",
            first >= joined,
            "first_session",
        ),
        rule("birth_year", "consistency", "the year of birth_date", is_year, "birth_date"),
        *(
            Rule(
                consent,
                "consistency",
                f"{address} where there is consent",
                # Asked only of registers that have some.
                pl.col(consent) & pl.col(address).is_not_null().any(),
                pl.col(address).is_not_null(),
            )
            for consent, address in (("consent_email", "email"), ("consent_sms", "phone"))
        ),
    ]


def _accurate_customers(day: date) -> list[Rule]:
    oldest = day.year - OLDEST
    limit = f"at most {OLDEST} years ago"
    born, year = pl.col("birth_date").dt.year(), pl.col("birth_year")
    children = pl.col("children") <= MOST_CHILDREN
    return [
        rule("email", "accuracy", "an address that can be written to", _is_address()),
        rule("birth_date", "accuracy", limit, born >= oldest),
        rule("birth_year", "accuracy", limit, year >= oldest),
        rule("birth_year", "accuracy", f"not after {day.year}", year <= day.year),
        rule("children", "accuracy", f"at most {MOST_CHILDREN}", children),
    ]


def _ordered(rules: list[Rule]) -> list[Rule]:
    names = list(dict.fromkeys(each.column for each in rules))
    return sorted(
        rules, key=lambda each: (names.index(each.column), DIMENSIONS.index(each.dimension))
    )


def _complete(columns: Sequence[str]) -> list[Rule]:
    return [
        Rule(name, "completeness", "a value", pl.lit(value=True), pl.col(name).is_not_null())
        for name in columns
    ]


def _clear(table: str, *days: str) -> list[Rule]:
    """Return rules for a table's columns of text, and for these ``days``."""
    texts = [
        made
        for name in TEXTS[table]
        for made in (
            rule(name, "clarity", "a value, not a placeholder", ~is_placeholder(pl.col(name))),
            rule(name, "clarity", "text that can be read", ~pl.col(f"{name}:unreadable")),
        )
    ]
    expected = "a day, not a placeholder"
    return texts + [
        rule(name, "clarity", expected, ~pl.col(name).is_in(PLACEHOLDER_DAYS)) for name in days
    ]


def _spelled(table: str) -> list[Rule]:
    expected = "spelled as in most rows"
    return [
        rule(name, "consistency", expected, pl.col(name) == pl.col(f"{name}:usual"))
        for name in WORDS[table]
    ]


def _past(day: date, *columns: str) -> list[Rule]:
    return [rule(name, "accuracy", f"not after {day}", pl.col(name) <= day) for name in columns]


def _is_address() -> pl.Expr:
    address = pl.col("email").str.strip_chars()
    return address.str.contains(E_MAIL) & ~address.str.contains(r"\.\.|^\.|\.@")
