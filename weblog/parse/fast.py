"""The fast path: split every line at its double quotes at once, and accept what adds up.

A CSV reader that knows no quoting splits the whole chunk at ``"``, so a stray quote can never
swallow the next line. A row is accepted only if its pieces and the quotes between them
are exactly as long as the line was, every fixed piece is what the format says, and nothing
in it is escaped. All other rows are left to the patterns in :mod:`weblog.parse.slow`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from weblog.formats import Segment
from weblog.formats.log_format import Token
from weblog.parse.lines import LONGEST, Chunk

_TIME_LENGTH = len("[17/May/2015:10:05:03 +0000]")
_TIME = "[%d/%b/%Y:%H:%M:%S %z]"


@dataclass
class _Plan:
    """What one pass over the pieces computes: fields, and conditions on each row."""

    fields: dict[str, pl.Expr] = field(default_factory=dict)
    splits: list[pl.Expr] = field(default_factory=list)
    conditions: list[pl.Expr] = field(default_factory=list)


def split_lines(
    chunk: Chunk, segments: tuple[Segment, ...]
) -> tuple[pl.DataFrame, NDArray[np.bool_]]:
    """Return the accepted rows and, for every line, whether it was accepted.

    The frame has ``row`` (UInt32: number of the line in the chunk, from 0), ``ts``
    (Datetime[us, UTC]) and the format's fields as strings, a ``-`` still a ``-``.
    """
    names = [f"p{i}" for i in range(len(segments))]
    pieces = pl.scan_csv(
        chunk.data,
        separator='"',
        quote_char=None,
        has_header=False,
        schema=dict.fromkeys(names, pl.String),
        encoding="utf8-lossy",
        truncate_ragged_lines=True,
        missing_columns="insert",
        extra_columns="ignore",
        empty_string_is_null=False,
    ).collect(engine="streaming")
    none = np.zeros(chunk.lines, dtype=np.bool_)
    if pieces.height != chunk.lines:
        return pieces.clear().select(row=pl.lit(0, pl.UInt32)), none
    plan = _plan(segments)
    length = pl.sum_horizontal(pl.col(name).str.len_bytes() for name in names)
    candidates = (chunk.lengths <= LONGEST) & ~chunk.has_backslash
    split = pieces.with_columns(
        *plan.splits,
        _adds_up=(length + len(names) - 1) == pl.Series(chunk.lengths),
        _candidate=pl.Series(candidates),
    )
    accepted = split.with_columns(
        _accepted=pl.all_horizontal("_adds_up", "_candidate", *plan.conditions).fill_null(False)
    )
    mask = accepted["_accepted"]
    row = pl.int_range(pl.len(), dtype=pl.UInt32).alias("row")
    fields = [expression.alias(name) for name, expression in plan.fields.items()]
    columns = accepted.select(row, *fields, "_accepted")
    if not mask.all():
        columns = columns.filter("_accepted")
    return columns.drop("_accepted"), mask.to_numpy()


def _plan(segments: tuple[Segment, ...]) -> _Plan:
    plan = _Plan()
    for i, segment in enumerate(segments):
        piece = pl.col(f"p{i}")
        if segment.quoted:
            name = segment.tokens[0].fields[0]
            if name is not None:
                plan.fields.setdefault(name, piece)
            continue
        _unquoted(plan, segment, piece, f"s{i}")
    return plan


def _unquoted(plan: _Plan, segment: Segment, piece: pl.Expr, name: str) -> None:
    text = piece
    after = segment.after
    if segment.has_time:
        length = _TIME_LENGTH + len(after)
        time = piece.str.tail(length).str.strptime(
            pl.Datetime("us", "UTC"), _TIME + after, strict=False, cache=True
        )
        plan.splits.append(time.alias(f"{name}_ts"))
        plan.fields["ts"] = pl.col(f"{name}_ts")
        plan.conditions.append(pl.col(f"{name}_ts").is_not_null())
        text = piece.str.head(-length)
        after = " " if segment.tokens else ""
    if not segment.tokens:
        plan.conditions.append(text == segment.before)
        return
    # "before a b after": leading and trailing spaces are empty words of their own
    words = len(segment.before) + len(segment.tokens) + len(after)
    plan.splits.append(text.str.splitn(" ", words + 1).alias(name))
    word = [pl.col(name).struct.field(f"field_{i}") for i in range(words + 1)]
    plan.conditions.append(word[-1].is_null())
    first = len(segment.before)
    blanks = [*word[:first], *word[first + len(segment.tokens) : words]]
    plan.conditions.extend(blank == "" for blank in blanks)
    for token, text_of_token in zip(segment.tokens, word[first:], strict=False):
        _token(plan, token, text_of_token)


def _token(plan: _Plan, token: Token, word: pl.Expr) -> None:
    if token.literal is not None:
        plan.conditions.append(word == token.literal)
        return
    values = [word]
    if token.separator:
        parts = word.str.splitn(token.separator, 2)
        values = [parts.struct.field("field_0"), parts.struct.field("field_1")]
    for name, value in zip(token.fields, values, strict=True):
        plan.conditions.append(_valid(name, value))
        if name is not None:
            plan.fields.setdefault(name, value)


def _valid(name: str | None, value: pl.Expr) -> pl.Expr:
    """What the format's pattern says of an unquoted field, as an expression."""
    if name == "status":
        return (value.str.len_bytes() == 3) & value.cast(pl.UInt16, strict=False).is_not_null()
    if name == "bytes":
        return value.cast(pl.Int64, strict=False).is_not_null() | (value == "-")
    if name is not None and name.startswith("duration"):
        return value.cast(pl.Float64, strict=False).is_not_null() | (value == "-")
    return value != ""
