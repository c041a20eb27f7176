"""The fast path: split every line at its double quotes at once, and accept what adds up.

A CSV reader that knows no quoting splits the whole chunk at ``"``, so a stray quote can never
swallow the next line. A row is accepted only if its pieces and the quotes between them
are exactly as long as the line was, every fixed piece is what the format says, and nothing
in it is escaped. All other rows are left to the patterns in :mod:`weblog.parse.slow`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from weblog.formats import Segment
from weblog.formats.log_format import Token
from weblog.parse.lines import LONGEST, Chunk
from weblog.parse.times import is_possible

_TIME_LENGTH = len("[17/May/2015:10:05:03 +0000]")
_LOOK_AT = 100
_PER_MS = {"duration_us": 1e-3, "duration_ms": 1.0, "duration_s": 1e3}
_DURATION = r"^-?\d{1,15}(?:\.\d{1,9})?$"


@dataclass
class _Plan:
    """What the passes over the pieces compute, in order: splits, values, conditions, fields."""

    splits: list[pl.Expr] = field(default_factory=list)
    values: list[pl.Expr] = field(default_factory=list)
    conditions: list[pl.Expr] = field(default_factory=list)
    fields: dict[str, pl.Expr] = field(default_factory=dict)


def split_lines(
    chunk: Chunk, segments: tuple[Segment, ...]
) -> tuple[pl.DataFrame, NDArray[np.bool_]]:
    """Return the accepted rows and, for every line, whether it was accepted.

    The frame has ``row`` (UInt32: number of the line in the chunk, from 0), ``ts``
    (Datetime[us, UTC]), ``status`` (Int16), ``bytes`` (Int64), ``duration_ms`` (Int32), and the
    format's other fields as strings, a ``-`` still a ``-``.
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
    if pieces.height != chunk.lines:
        none = np.zeros(chunk.lines, dtype=np.bool_)
        return pl.DataFrame(schema={"row": pl.UInt32}), none
    plan = _plan(segments, _usual_zone(pieces, segments))
    length = pl.sum_horizontal(pl.col(name).str.len_bytes() for name in names)
    adds_up = (length + len(names) - 1) == pl.Series(chunk.lengths)
    candidate = pl.lit(pl.Series((chunk.lengths <= LONGEST) & ~chunk.has_backslash))
    accepted = pl.all_horizontal(adds_up, candidate, *plan.conditions).fill_null(value=False)
    fields = [expression.alias(name) for name, expression in plan.fields.items()]
    columns = (
        pieces.with_columns(plan.splits)
        .with_columns(plan.values)
        .select(
            pl.int_range(pl.len(), dtype=pl.UInt32).alias("row"),
            *fields,
            accepted.alias("_accepted"),
        )
    )
    mask = columns["_accepted"]
    if not mask.all():
        columns = columns.filter(mask)
    return columns.drop("_accepted"), mask.to_numpy()


def _plan(segments: tuple[Segment, ...], zone: str) -> _Plan:
    plan = _Plan()
    for i, segment in enumerate(segments):
        piece = pl.col(f"p{i}")
        if segment.quoted:
            name = segment.tokens[0].fields[0]
            if name is not None:
                plan.fields.setdefault(name, piece)
            continue
        _unquoted(plan, segment, piece, f"s{i}", zone)
    return plan


def _usual_zone(pieces: pl.DataFrame, segments: tuple[Segment, ...]) -> str:
    """Return the zone most of the first lines carry; lines with another take the slow path."""
    i = next(i for i, segment in enumerate(segments) if segment.has_time)
    zones = pieces[f"p{i}"].head(_LOOK_AT).str.extract(r" ([+-]\d{4})\]", 1).drop_nulls()
    found: str = zones.mode(maintain_order=True)[0] if len(zones) else "+0000"
    return found


def zone_offset(zone: str) -> timedelta:
    """Return how far a zone such as ``+0900`` is ahead of UTC."""
    offset = timedelta(hours=int(zone[1:3]), minutes=int(zone[3:5]))
    return -offset if zone.startswith("-") else offset


def _unquoted(plan: _Plan, segment: Segment, piece: pl.Expr, name: str, zone: str) -> None:
    text = piece
    after = segment.after
    if segment.has_time:
        length = _TIME_LENGTH + len(after)
        # The zone is a fixed text here: reading it from every line takes thrice as long.
        local = piece.str.tail(length).str.strptime(
            pl.Datetime("us"), f"[%d/%b/%Y:%H:%M:%S {zone}]{after}", strict=False, cache=True
        )
        utc = (local - zone_offset(zone)).dt.replace_time_zone("UTC")
        plan.values.append(utc.alias("ts"))
        # strptime also takes blanks for digits
        exact = rf"^\[\d\d/[A-Z][a-z][a-z]/\d{{4}}:\d\d:\d\d:\d\d \{zone}\]"
        plan.conditions += [is_possible(pl.col("ts")), piece.str.tail(length).str.contains(exact)]
        plan.fields["ts"] = pl.col("ts")
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
        if name in plan.fields:
            plan.conditions.append(value != "")
        else:
            _value(plan, name, value)


def _value(plan: _Plan, name: str | None, value: pl.Expr) -> None:
    """Add an unquoted field, with what the format's pattern says of it as conditions."""
    if name == "status":
        plan.values.append(value.cast(pl.Int16, strict=False).alias("status"))
        plan.conditions += [value.str.len_bytes() == 3, pl.col("status").is_between(100, 999)]
        plan.fields[name] = pl.col("status")
    elif name == "bytes":
        plan.values.append(value.cast(pl.Int64, strict=False).alias("bytes"))
        number = (pl.col("bytes") >= 0) & ~value.str.starts_with("+")
        plan.conditions.append(
            pl.when(pl.col("bytes").is_null()).then(value == "-").otherwise(number)
        )
        plan.fields[name] = pl.col("bytes")
    elif name in _PER_MS:
        scaled = value.cast(pl.Float64, strict=False) * _PER_MS[name]
        plan.fields["duration_ms"] = scaled.round().cast(pl.Int32, strict=False)
        plan.conditions.append(value.str.contains(_DURATION) | (value == "-"))
    else:
        plan.conditions.append(value != "")
        if name is not None:
            plan.fields[name] = value
