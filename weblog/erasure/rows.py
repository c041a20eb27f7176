"""A table's rows without a person: rows of the person go, others lose the person's words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from weblog.erasure.person import IDS, Person, finder, pattern, spellings

ERASED: Final = "(erased)"
"""What stands where a word of the person stood in a text that is not only about the person."""


@dataclass(frozen=True, slots=True)
class Without:
    """What is left of rows: ``kept``, how many went (``removed``) or lost a word (``changed``)."""

    kept: pl.DataFrame
    removed: pl.DataFrame
    changed: int

    @property
    def is_same(self) -> bool:
        """Whether nothing of the person was in them."""
        return self.removed.is_empty() and not self.changed


def concerned(columns: pl.Schema) -> list[str]:
    """Return the columns that may tell of a person: ids, texts, bytes and lists of ids."""
    kinds = (pl.String, pl.Binary, pl.List(pl.String))
    return [name for name, dtype in columns.items() if dtype in kinds or name == "line"]


def without(rows: pl.DataFrame, person: Person) -> Without:
    """Return ``rows`` of any table of the store without ``person``.

    A row goes if its customer or its visitor is the person's, if it is one of the person's
    lines, or if its bytes (a line nobody could parse) hold a word of the person. In other rows
    the person's words are replaced, and the person's ids leave lists of ids.
    """
    gone = rows.select(_belongs(rows, person)).to_series()
    removed, kept = (rows.filter(gone), rows.filter(~gone)) if gone.any() else (rows.clear(), rows)
    new = [_redacted(kept[name], person) for name in suspects(kept, person.words)]
    new += [_shortened(kept[name], person) for name in _lists(kept, person.ids)]
    if not new:
        return Without(kept, removed, 0)
    differs = pl.any_horizontal(pl.col(each.name).ne_missing(each) for each in new)
    changed = int(kept.select(differs.sum()).item())
    return Without(kept.with_columns(new), removed, changed)


def suspects(rows: pl.DataFrame, words: Sequence[str]) -> list[str]:
    """Return the columns of text in which one of ``words`` may stand; columns of ids are none.

    A cheap look, at all columns at once: it does not ask where a word ends.
    """
    texts = [n for n, dtype in rows.schema.items() if dtype == pl.String and n not in IDS]
    if not words or not texts or rows.is_empty():
        return []
    known = spellings(words)
    held = pl.col(texts).str.contains_any(known, ascii_case_insensitive=True).any()
    return [name for name, is_there in rows.select(held).row(0, named=True).items() if is_there]


def _lists(rows: pl.DataFrame, ids: Sequence[str]) -> list[str]:
    """Return the columns of lists of ids that one of ``ids`` is in."""
    lists = [name for name, dtype in rows.schema.items() if dtype == pl.List(pl.String)]
    if not lists or rows.is_empty():
        return []
    held = pl.col(lists).list.eval(pl.element().is_in(list(ids))).list.any().any()
    return [name for name, is_there in rows.select(held).row(0, named=True).items() if is_there]


def _belongs(rows: pl.DataFrame, person: Person) -> pl.Expr:
    """Say which rows are the person's."""
    found = [pl.lit(value=False)]
    for name, ids in (("customer_id", person.customers), ("visitor_id", person.visitors)):
        if name in rows.columns and ids:
            found.append(pl.col(name).is_in(list(ids)))
    if {"log_source", "line"} <= set(rows.columns):
        found += [
            (pl.col("log_source") == source) & pl.col("line").is_in(list(numbers))
            for source, numbers in person.lines.items()
        ]
    if person.words:
        found += [
            pl.lit(_holding(rows[name], person))
            for name, dtype in rows.schema.items()
            if dtype == pl.Binary
        ]
    # A frame without rows has no length to give to a literal.
    return pl.any_horizontal(found).fill_null(value=False) & pl.repeat(True, pl.len())


def _holding(column: pl.Series, person: Person) -> pl.Series:
    """Say which bytes hold a word of the person."""
    holds = finder(person.words)
    told = [value is not None and holds(value) for value in column.to_list()]
    return pl.Series(told, dtype=pl.Boolean)


def _redacted(texts: pl.Series, person: Person) -> pl.Series:
    """Return texts with the person's words replaced."""
    known = spellings(person.words)
    held = texts.str.contains_any(known, ascii_case_insensitive=True)
    values = texts.filter(held.fill_null(value=False)).unique()
    found = pattern(person.words)
    new = pl.Series([found.sub(ERASED, text) for text in values.to_list()], dtype=pl.String)
    return texts.replace(values, new)


def _shortened(lists: pl.Series, person: Person) -> pl.Series:
    """Return lists of ids without the person's, in their order."""
    column = pl.col(lists.name)
    left = column.list.eval(pl.element().filter(~pl.element().is_in(list(person.ids))))
    return lists.to_frame().select(left).to_series()
