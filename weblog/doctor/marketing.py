"""What marketing did hangs together: mailings and campaigns that are named are there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import polars as pl

from weblog.doctor.finding import Finding
from weblog.store import Snapshot

_NAMES: Final = (
    ("deliveries", "mailing", "mailings", "mailing"),
    ("mailings", "campaign", "campaigns", "campaign"),
    ("banners", "campaign", "campaigns", "campaign"),
)
"""Rows of a table, the column that names others, their table, and its column."""

_SHOWN: Final = 3


def names(head: Snapshot) -> Iterator[Finding]:
    """Mailings that deliveries name are loaded, and campaigns that banners and mailings name.

    Where a table is empty, it is not used, and nothing is said.
    """
    for table, column, other, key in _NAMES:
        known = head.scan(other).select(_plain(key)).collect()[key]
        if known.is_empty():
            continue
        plain = head.scan(table).select(column, key=_plain(column)).drop_nulls(column)
        unknown = plain.filter(~pl.col("key").is_in(known.implode())).collect()[column]
        if unknown.is_empty():
            continue
        missing = unknown.unique().sort()
        shown = ", ".join(map(repr, missing.head(_SHOWN)))
        more = f" and {len(missing) - _SHOWN:,} more" if len(missing) > _SHOWN else ""
        problem = f"{len(unknown):,} rows are of {other} that are not loaded: {shown}{more}"
        advice = f"`weblog {other} load` loads them."
        yield Finding("marketing", "note", table, problem, advice, len(unknown))


def _plain(name: str) -> pl.Expr:
    return pl.col(name).str.to_lowercase()
