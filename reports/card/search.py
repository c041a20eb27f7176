"""Find a customer in the register, by what a role may see of them and by nothing else.

Whoever sees masked data only could else learn the rest by asking: type a whole name, and who
appears has it. So names and telephone numbers are compared *as they are shown*: a marketer who
types 김민수 finds all whose name is shown as 김** with room for it, and tells them apart by the
last four digits, which are shown. What is found is a function of what is shown
(``tests/reports/card/test_search.py`` holds it to that).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import reduce
from operator import and_
from typing import Final
from unicodedata import normalize

import polars as pl

from reports.card.roles import ROLES, as_seen
from reports.load import CACHE, key_of
from reports.query import check_limit
from reports.result import SnapshotKey
from reports.spec import ColumnSpec
from weblog.errors import UnknownNameError
from weblog.store import Snapshot, Store

LEAST: Final = 2
"""Characters of a text to find by: one of a million names tells nobody."""

LONGEST: Final = 200
"""Characters looked at."""

SHOWN_DIGITS: Final = 4
"""Of a telephone number, those at its end that every role sees (:mod:`reports.card.roles`)."""

COLUMNS: Final = (
    ColumnSpec("customer_id", pl.String(), "", "Number of the customer"),
    ColumnSpec("name", pl.String(), "", "Name, as the role may see it"),
    ColumnSpec("phone", pl.String(), "", "Telephone number, as the role may see it"),
    ColumnSpec("birth_date", pl.String(), "", "Day of birth, as the role may see it"),
    ColumnSpec("grade", pl.String(), "", "Grade by the register"),
    ColumnSpec("joined", pl.Date(), "day", "Day of joining"),
)

_NUMBER: Final = re.compile(r"[\d\-+().]*\d[\d\-+().]*")
_DIGITS: Final = r"\d"
_NOT_DIGITS: Final = r"\D"


@dataclass(frozen=True, slots=True)
class Found:
    """Customers found.

    Attributes:
        frame: those shown, whose number fits best first, then by number (:data:`COLUMNS`).
        total: how many fit.
        known: how many the register knows.
        is_too_short: the text has too few characters to look for.
        snapshot: the table versions it was read from.
    """

    frame: pl.DataFrame
    total: int
    known: int = 0
    is_too_short: bool = False
    snapshot: SnapshotKey = ()


def find_customers(
    source: Store | Snapshot, text: str, *, role: str = "marketer", limit: int = 20
) -> Found:
    """Return the customers of the register that fit ``text``, as the register knows them last.

    Words with letters are (a part of) a customer number, the beginning of a name or, for an
    analyst, any part of a name or an e-mail address. Numbers are a part of a customer number or
    of a telephone number; for a marketer the last four digits of one. All words must fit.

    Args:
        source: the store.
        text: what is typed.
        role: whose eyes it is for.
        limit: how many are shown.

    Raises:
        QueryError: ``limit`` is less than 1.
        UnknownNameError: no such role.
        StoreError: the store cannot be read.
    """
    check_limit(limit)
    if role not in ROLES:
        raise UnknownNameError("role", role, list(ROLES))
    snapshot = source.snapshot() if isinstance(source, Store) else source
    typed = " ".join(normalize("NFC", text[:LONGEST]).lower().split())
    nobody = pl.DataFrame(schema={column.name: column.dtype for column in COLUMNS})
    if len(typed) < LEAST:
        return Found(nobody, 0, is_too_short=True, snapshot=snapshot.key)
    known = CACHE.get(
        key_of(snapshot, "customers", "found by"), lambda: found_by(snapshot.scan("customers"))
    )
    number = pl.col("number")
    found = known.lazy().filter(fits(typed, role))
    ranked = (
        found.with_columns(
            pl.when(number == typed)
            .then(0)
            .when(number.str.starts_with(typed))
            .then(1)
            .when(number.str.contains(typed, literal=True))
            .then(2)
            .otherwise(3)
            .alias("rank")
        )
        .sort("rank", "customer_id")
        .select("customer_id", pl.len().alias("total"))
        .head(limit)
        .collect()
    )
    if ranked.is_empty():
        return Found(nobody, 0, known.height, snapshot=snapshot.key)
    people = _people(snapshot, ranked["customer_id"])
    shown = [as_seen(row, role) for row in people.to_dicts()]
    frame = pl.DataFrame(shown, schema=nobody.schema)
    return Found(frame, int(ranked["total"][0]), known.height, snapshot=snapshot.key)


def fits(typed: str, role: str) -> pl.Expr:
    """Return which rows of :func:`found_by` fit a text in small letters, for a role's eyes."""
    words = typed.split(" ")
    numbers = [word for word in words if _NUMBER.fullmatch(word)]
    phrase = " ".join(word for word in words if not _NUMBER.fullmatch(word))
    conditions = [
        _in_number(word) | _in_phone(re.sub(_NOT_DIGITS, "", word), role) for word in numbers
    ]
    if phrase:
        conditions.append(_in_number(phrase) | _in_name(phrase, role))
    return reduce(and_, conditions)


def _in_number(text: str) -> pl.Expr:
    return pl.col("number").str.contains(text, literal=True)


def _in_phone(digits: str, role: str) -> pl.Expr:
    """Say whether a telephone number fits: a marketer's need all the digits that are shown."""
    if len(digits) < SHOWN_DIGITS:
        return pl.lit(value=False)
    if role == "analyst":
        return pl.col("digits").str.contains(digits, literal=True).fill_null(value=False)
    last = pl.col("digits").str.slice(-SHOWN_DIGITS) == digits[-SHOWN_DIGITS:]
    has_more = pl.col("digits").str.len_chars() > SHOWN_DIGITS  # else all of them are hidden
    return (last & has_more).fill_null(value=False)


def _in_name(phrase: str, role: str) -> pl.Expr:
    name = pl.col("name")
    if role == "analyst":
        inside = name.str.contains(phrase, literal=True)
        mailed = pl.col("email").str.contains(phrase, literal=True)
        return inside.fill_null(value=False) | mailed.fill_null(value=False)
    if re.search(_DIGITS, phrase):
        return pl.lit(value=False)
    # As it is shown: the first letter, and a star for each of the others (one at least).
    room = pl.max_horizontal(name.str.len_chars(), pl.lit(2))
    return ((name.str.slice(0, 1) == phrase[0]) & (room >= len(phrase))).fill_null(value=False)


def found_by(states: pl.LazyFrame) -> pl.DataFrame:
    """Return what customers are found by: a row each, of the register's last state."""
    return (
        _last(states)
        .select(
            "customer_id",
            number=pl.col("customer_id").str.to_lowercase(),
            name=pl.col("name").str.normalize("NFC").str.to_lowercase(),
            email=pl.col("email").str.to_lowercase(),
            digits=pl.col("phone").str.replace_all(_NOT_DIGITS, ""),
        )
        .collect()
    )


def _people(snapshot: Snapshot, customers: pl.Series) -> pl.DataFrame:
    """Return the register's last state of some customers, in their order."""
    states = _last(
        snapshot.scan("customers").filter(pl.col("customer_id").is_in(customers.implode()))
    )
    columns = [pl.col(column.name).cast(column.dtype, strict=False) for column in COLUMNS]
    return (
        customers.to_frame()
        .lazy()
        .join(states.select(columns), on="customer_id", how="left", maintain_order="left")
        .collect()
    )


def _last(states: pl.LazyFrame) -> pl.LazyFrame:
    return states.sort("valid_from").unique("customer_id", keep="last", maintain_order=True)
