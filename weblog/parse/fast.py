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
from weblog.parse.clf import LENGTH, read_times
from weblog.parse.lines import LONGEST, Chunk
from weblog.parse.split import split_at
from weblog.parse.texts import not_utf8
from weblog.parse.times import PER_MS, is_possible

_WHOLE = r"^(?:[0-9]{1,15}|-)$"
_DURATION = r"^(?:[0-9]{1,15}(?:\.[0-9]{1,9})?|-)$"

_WRITTEN = {
    "status": "^[1-9][0-9]{2}$",
    "bytes": "^(?:[0-9]{1,18}|-)$",
    **dict.fromkeys(PER_MS, _DURATION),
    **dict.fromkeys(("duration_us", "duration_ms"), _WHOLE),
    **dict.fromkeys(("client", "header:x-forwarded-for"), "^[^,]+$"),
}
"""What a field looks like, as the patterns have it; others only are not empty."""


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
    pieces = split_at(chunk.data, '"', names)
    if pieces.height != chunk.lines:
        none = np.zeros(chunk.lines, dtype=np.bool_)
        return pl.DataFrame(schema={"row": pl.UInt32}), none
    lengths = pieces.select(pl.all().str.len_bytes().cast(pl.Int64))
    plan = _plan(segments, _instants(chunk, segments, lengths))
    length = pl.Series(chunk.lengths - (len(names) - 1))
    adds_up = lengths.select(pl.sum_horizontal(pl.all()) == length).to_series()
    usual = (chunk.lengths <= LONGEST) & ~chunk.has_backslash
    if not chunk.data.isascii():
        # The sign put for bytes that are none can be as long as they: no length would tell.
        usual &= ~not_utf8(chunk)
    candidate = adds_up & pl.Series(usual)
    accepted = pl.all_horizontal(candidate, *plan.conditions).fill_null(value=False)
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


def _plan(segments: tuple[Segment, ...], instants: pl.Series) -> _Plan:
    plan = _Plan()
    for i, segment in enumerate(segments):
        piece = pl.col(f"p{i}")
        if segment.quoted:
            name = segment.tokens[0].fields[0]
            if name is not None:
                plan.fields.setdefault(name, piece)
            continue
        if segment.has_time:
            plan.conditions.append(pl.lit(instants.is_not_null()))
            plan.fields["ts"] = pl.lit(instants)
        _unquoted(plan, segment, piece, f"s{i}")
    return plan


def _instants(chunk: Chunk, segments: tuple[Segment, ...], lengths: pl.DataFrame) -> pl.Series:
    """Return the instant each line tells (Datetime[us, UTC]), null for none.

    The time ends its piece, so where it stands follows from the lengths of the pieces.
    """
    i = next(i for i, segment in enumerate(segments) if segment.has_time)
    after = segments[i].after
    before = lengths.select(pl.sum_horizontal(pl.nth(range(i + 1)))).to_series().to_numpy()
    places = chunk.starts + before + i - LENGTH - len(after)
    seconds = pl.Series(read_times(chunk.bytes_seen, places))
    instant = (seconds * 1_000_000).cast(pl.Datetime("us", "UTC"))
    is_ended = pl.lit(value=True)
    for place in range(LENGTH, LENGTH + len(after)):
        ends = chunk.bytes_seen[np.clip(places + place, 0, chunk.bytes_seen.size - 1)]
        is_ended &= pl.lit(pl.Series(ends == ord(" ")))
    is_time = pl.lit(seconds >= 0) & is_possible(pl.lit(instant)) & is_ended
    return pl.select(pl.when(is_time).then(instant)).to_series()


def _unquoted(plan: _Plan, segment: Segment, piece: pl.Expr, name: str) -> None:
    first = len(segment.before)
    count = first + len(segment.tokens)
    after = "" if segment.has_time else segment.after
    if not segment.tokens:
        text = segment.before
        plan.conditions.append(
            _is_time_behind(piece, segment, text) if segment.has_time else piece == text
        )
        return
    # "before a b after": leading and trailing spaces are empty words of their own
    words = count + len(after)
    plan.splits.append(piece.str.splitn(" ", words + 1).alias(name))
    word = [pl.col(name).struct.field(f"field_{i}") for i in range(words + 1)]
    rest = word[-1]
    time = LENGTH + len(segment.after)
    plan.conditions.append(rest.str.len_bytes() == time if segment.has_time else rest.is_null())
    blanks = [*word[:first], *word[count:words]]
    plan.conditions.extend(blank == "" for blank in blanks)
    for token, text_of_token in zip(segment.tokens, word[first:], strict=False):
        _token(plan, token, text_of_token)


def _is_time_behind(piece: pl.Expr, segment: Segment, text: str) -> pl.Expr:
    length = len(text) + LENGTH + len(segment.after)
    return (piece.str.len_bytes() == length) & piece.str.starts_with(text)


def _token(plan: _Plan, token: Token, word: pl.Expr) -> None:
    if token.literal is not None:
        plan.conditions.append(word == token.literal)
        return
    values = [word]
    if token.separator:
        parts = word.str.splitn(token.separator, 2)
        values = [parts.struct.field("field_0"), parts.struct.field("field_1")]
        # Where it could be divided elsewhere too, the patterns say which is meant.
        plan.conditions.append(~values[1].str.contains(token.separator[-1], literal=True))
    for name, value in zip(token.fields, values, strict=True):
        # Of a field that is written twice the first counts, but the second must be one too.
        if ("duration_ms" if name in PER_MS else name) in plan.fields:
            plan.conditions.append(value.str.contains(_WRITTEN.get(name or "", "^.")))
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
        is_signed = value.str.starts_with("+") | value.str.starts_with("-")
        number = (pl.col("bytes") >= 0) & ~is_signed
        plan.conditions.append(
            pl.when(pl.col("bytes").is_null()).then(value == "-").otherwise(number)
        )
        plan.fields[name] = pl.col("bytes")
    elif name in PER_MS:
        scaled = value.cast(pl.Float64, strict=False) * PER_MS[name]
        plan.fields["duration_ms"] = scaled.round().cast(pl.Int32, strict=False)
        plan.conditions.append(value.str.contains(_WRITTEN[name]))
    else:
        plan.conditions.append(value != "")
        if name in ("client", "header:x-forwarded-for"):  # only the patterns tell lists
            plan.conditions.append(~value.str.contains(",", literal=True))
        if name is not None:
            plan.fields[name] = value
