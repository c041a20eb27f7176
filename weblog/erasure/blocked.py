"""People who were erased for good: later lines and register files come in without them.

The store keeps no id of theirs, only hashes keyed with its visitor key: enough to know an id
when it comes again, and nothing to read one from.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl

from weblog.classify import keyed
from weblog.errors import StoreError, shown_path
from weblog.store.layout import visitor_key, write_atomically

BLOCKED: Final = "blocked.json"

TELLING: Final = ("customer_id", "visitor_id", "client", "country", "query", "referrer")
"""What a hit of a blocked person loses. It stays a hit: lines still add up."""


@dataclass(frozen=True, slots=True)
class Blocked:
    """The keyed hashes of customers and visitors that are to come in no more."""

    key: bytes
    customers: frozenset[str] = frozenset()
    visitors: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.customers or self.visitors)

    def with_more(self, customers: Iterable[str], visitors: Iterable[str]) -> Blocked:
        """Return the same with these ids, too."""
        return Blocked(
            self.key,
            self.customers | {self._hash("customer", each) for each in customers},
            self.visitors | {self._hash("visitor", each) for each in visitors},
        )

    def write(self, folder: Path) -> None:
        """Write it to the store in ``folder``."""
        told = {"customers": sorted(self.customers), "visitors": sorted(self.visitors)}
        write_atomically(folder / BLOCKED, json.dumps(told), mode=0o600)

    def hidden(self, hits: pl.DataFrame) -> pl.DataFrame:
        """Return hits; those of a blocked person without what tells of the person."""
        if not self:
            return hits
        is_hidden = self._among(hits["customer_id"], "customer") | self._among(
            hits["visitor_id"], "visitor"
        )
        if not is_hidden.any():
            return hits
        return hits.with_columns(
            pl.when(~is_hidden).then(name).alias(name) for name in TELLING if name in hits.columns
        )

    def without(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return rows of the register without blocked customers."""
        if not self or "customer_id" not in rows.columns:
            return rows
        return rows.filter(~self._among(rows["customer_id"], "customer"))

    def _among(self, ids: pl.Series, kind: str) -> pl.Series:
        """Say which ids are blocked ones; distinct ids are hashed once each."""
        hashes = self.customers if kind == "customer" else self.visitors
        values = ids.unique().drop_nulls().cast(pl.String)
        found = [each for each in values.to_list() if hashes and self._hash(kind, each) in hashes]
        return ids.cast(pl.String).is_in(found).fill_null(value=False)

    def _hash(self, kind: str, value: str) -> str:
        return keyed(self.key)(f"blocked {kind}\n{value}")


NOBODY: Final = Blocked(b"")
"""Whom a store blocks in which nobody was erased for good."""


def blocked_in(folder: Path) -> Blocked:
    """Return who is blocked in the store in ``folder``.

    Raises:
        StoreError: the list, or the visitor key, cannot be read.
    """
    try:
        told = json.loads((folder / BLOCKED).read_text("utf-8"))
        lists = frozenset(told["customers"]), frozenset(told["visitors"])
    except FileNotFoundError:
        return NOBODY
    except (OSError, ValueError, KeyError, TypeError) as error:
        advice = "Restore it from a backup: without it erased people would come back."
        raise StoreError(shown_path(folder), f"{BLOCKED} is damaged ({error})", advice) from None
    return Blocked(visitor_key(folder), *lists)


def block(folder: Path, customers: Iterable[str], visitors: Iterable[str]) -> None:
    """Add people to those who are blocked in the store in ``folder``."""
    known = blocked_in(folder)
    if not known.key:
        known = Blocked(visitor_key(folder))
    known.with_more(customers, visitors).write(folder)
