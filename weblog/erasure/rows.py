"""A table's rows without a person: rows of the person go, others lose the person's words."""

from __future__ import annotations

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
    gone = _belongs(rows, person)
    removed, kept = rows.filter(gone), rows.filter(~gone)
    changed = pl.Series([False], dtype=pl.Boolean).new_from_index(0, kept.height)
    for name, dtype in kept.schema.items():
        if dtype == pl.String and name not in IDS:
            new = _redacted(kept[name], person)
        elif dtype == pl.List(pl.String):
            new = kept.select(pl.col(name).list.set_difference(list(person.ids))).to_series()
            new = new if (new.list.len() != kept[name].list.len()).any() else kept[name]
        else:
            continue
        if new is not kept[name]:
            changed |= kept[name].ne_missing(new)
            kept = kept.with_columns(new.alias(name))
    return Without(kept, removed, int(changed.sum()))


def _belongs(rows: pl.DataFrame, person: Person) -> pl.Series:
    """Say which rows are the person's."""
    found = pl.Series([False], dtype=pl.Boolean).new_from_index(0, rows.height)
    for name, ids in (("customer_id", person.customers), ("visitor_id", person.visitors)):
        if name in rows.columns and ids:
            found |= rows[name].is_in(list(ids)).fill_null(value=False)
    if {"log_source", "line"} <= set(rows.columns):
        for source, numbers in person.lines.items():
            found |= (rows["log_source"] == source) & rows["line"].is_in(list(numbers))
    if person.words:
        for name, dtype in rows.schema.items():
            if dtype == pl.Binary:
                holds = finder(person.words)
                told = [value is not None and holds(value) for value in rows[name].to_list()]
                found |= pl.Series(told, dtype=pl.Boolean)
    return found


def _redacted(texts: pl.Series, person: Person) -> pl.Series:
    """Return texts without the person's words; the very Series where none holds one."""
    values = texts.unique().drop_nulls()
    words = spellings(person.words)
    if not words:
        return texts
    suspects = values.filter(values.str.contains_any(words, ascii_case_insensitive=True))
    found = pattern(person.words)
    new = pl.Series([found.sub(ERASED, text) for text in suspects.to_list()], dtype=pl.String)
    differs = suspects != new
    if not differs.any():
        return texts
    return texts.replace(suspects.filter(differs), new.filter(differs))
