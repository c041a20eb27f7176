"""Texts for customers, with what is known of each filled in: ``{top_product|our products}``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import polars as pl

_PART: Final = re.compile(r"\{\{|\}\}|\{([^{}|]*)(?:\|([^{}]*))?\}|([{}])|([^{}]+)")


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a text: ``text`` as it is, or the value of ``column``, else of null ``text``.

    A column without a word for null has None there: who has no value gets no text.
    """

    text: str | None
    column: str | None = None


def parts_of(template: str) -> list[Part]:
    """Cut a text into what stands as it is and what is filled in; ``{{`` is a brace.

    Raises:
        ValueError: a brace is not closed or stands alone; says where.
    """
    return list(_parts(template))


def _parts(template: str) -> Iterator[Part]:
    for found in _PART.finditer(template):
        column, fallback, alone, plain = found.groups()
        if alone:
            place = found.start() + 1
            raise ValueError(
                f"a {alone} stands alone at character {place}; expected {{column}}, or {alone * 2} "
                "for the brace itself"
            )
        if column is not None:
            yield Part(fallback, column.strip())
        else:
            yield Part(plain or found[0][0])


def columns_of(template: str) -> list[str]:
    """Return the columns a text fills in."""
    return [part.column for part in parts_of(template) if part.column is not None]


def filled(template: str, schema: pl.Schema) -> pl.Expr:
    """Return the text for each customer; null where a value is unknown and has no other word."""
    pieces = [_piece(part, schema) for part in parts_of(template)]
    return pl.concat_str(pieces) if pieces else pl.lit("")


def _piece(part: Part, schema: pl.Schema) -> pl.Expr:
    if part.column is None:
        return pl.lit(part.text)
    value, dtype = pl.col(part.column), schema[part.column]
    text: pl.Expr
    if dtype == pl.List(pl.String):
        joined = value.list.join(", ")
        text = pl.when(joined != "").then(joined)
    elif dtype == pl.Float64:
        text = value.cast(pl.String).str.replace(r"\.0$", "")
    else:
        text = value.cast(pl.String)
    return text if part.text is None else text.fill_null(part.text)
