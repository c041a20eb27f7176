"""Lines to columns at a separator, where a column may stand in quotes.

A CSV reader that knows no quoting does the splitting, so a stray quote can never swallow the
next line (the idea of :mod:`weblog.parse.fast`): at the separator for lines without a
quote; at the quotes for the others, by plans learned from the lines themselves, since a
writer quotes the same columns in nearly every line. A row is accepted if its pieces are exactly
as long as the line. What no plan fits is read by :func:`split_line`, the rule in one place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import polars as pl
from numpy.typing import NDArray

from weblog.formats.columns import split_line
from weblog.parse.lines import LONGEST, Chunk
from weblog.parse.split import split_at
from weblog.parse.texts import not_utf8

Rows = NDArray[np.int64]

_QUOTE, _RETURN = 34, 13
_PLANS = 4
_FEW = 64
"""So few lines are quicker read one by one."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Lines split into columns: ``row`` (UInt32) and the wanted ones; and the lines that were not.

    A column is named ``c`` and its number.
    """

    frame: pl.DataFrame
    left: Rows


@dataclass(frozen=True, slots=True)
class Marks:
    """What is to be known of every line of a chunk: ``odd`` ones, and those with a quote."""

    odd: NDArray[np.bool_]
    quoted: NDArray[np.bool_]

    @classmethod
    def of(cls, chunk: Chunk) -> Marks:
        """Look at a chunk.

        The reader drops a carriage return and writes three bytes for one that is no UTF-8: a
        column too few or too many could then go unnoticed. Such lines are odd, and long ones.
        """
        odd = _lines_with(chunk, _RETURN) | not_utf8(chunk) | (chunk.lengths > LONGEST)
        return cls(odd, _lines_with(chunk, _QUOTE))


def split_columns(  # noqa: PLR0917
    chunk: Chunk, marks: Marks, rows: Rows, count: int, wanted: Sequence[int], separator: str
) -> Columns:
    """Split the given lines of a chunk into ``count`` columns.

    Args:
        chunk: has the lines.
        marks: what is known of them.
        rows: their places in it, ascending, none of them blank.
        count: of columns in a line.
        wanted: the numbers of the columns to return, from 0.
        separator: one character.
    """
    usual = ~marks.odd[rows]
    left = [rows[~usual]]
    rows = rows[usual]
    has_quote = marks.quoted[rows]
    frames: list[pl.DataFrame] = []
    plain, quoted = rows[~has_quote], rows[has_quote]
    if len(plain) > _FEW:
        names = [f"c{i}" for i in range(count)]
        pieces = _pieces(chunk, plain, names, separator)
        accepted = _adds_up(pieces, names, chunk.lengths[plain])
        frames.append(_accepted(pieces, plain, accepted, wanted))
        plain = plain[~accepted]
    left.append(plain)
    tried: set[tuple[int, ...]] = set()
    while len(quoted) > _FEW and len(tried) < _PLANS:
        plan = _plan(chunk, quoted, count, separator, tried)
        if plan is None:
            break
        tried.add(plan)
        frame, accepted = _by_plan(chunk, quoted, plan, count, wanted, separator)
        frames.append(frame)
        quoted = quoted[~accepted]
    left.append(quoted)
    schema = {"row": pl.UInt32, **{f"c{i}": pl.String for i in wanted}}
    frame = pl.concat(frames) if frames else pl.DataFrame(schema=schema)
    return Columns(frame, np.sort(np.concatenate(left)))


def _lines_with(chunk: Chunk, byte: int) -> NDArray[np.bool_]:
    """Say which lines have the byte, before their end."""
    marks = np.zeros(chunk.lines, dtype=np.bool_)
    if bytes([byte]) in chunk.data:
        places = np.flatnonzero(chunk.bytes_seen == byte)
        lines = np.searchsorted(chunk.ends, places)
        inside = places < chunk.starts[lines] + chunk.lengths[lines]
        marks[lines[inside]] = True
    return marks


def _bytes_of(chunk: Chunk, rows: Rows) -> bytes:
    """Return the given lines, each with its end, as one piece."""
    if len(rows) == chunk.lines:
        return chunk.data
    breaks = np.flatnonzero(np.diff(rows) != 1) + 1
    bounds = [0, *breaks.tolist(), len(rows)]
    starts, ends = chunk.starts, chunk.ends
    parts = [chunk.data[starts[rows[a]] : ends[rows[b - 1]]] for a, b in pairwise(bounds)]
    return b"\n".join(parts)


def _pieces(chunk: Chunk, rows: Rows, names: Sequence[str], separator: str) -> pl.DataFrame:
    """Return the lines split at every separator; empty if the reader sees other lines than we."""
    pieces = split_at(_bytes_of(chunk, rows), separator, names)
    if pieces.height == len(rows):
        return pieces
    return pl.DataFrame({name: pl.Series([None] * len(rows), dtype=pl.String) for name in names})


def _adds_up(
    pieces: pl.DataFrame, names: Sequence[str], lengths: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Say which lines were split into exactly these pieces."""
    length = pl.sum_horizontal(pl.col(name).str.len_bytes() for name in names) + (len(names) - 1)
    whole = pl.col(names[-1]).is_not_null() & (length == pl.Series(lengths))
    return pieces.select(whole).to_series().to_numpy()


def _accepted(
    pieces: pl.DataFrame, rows: Rows, accepted: NDArray[np.bool_], wanted: Sequence[int]
) -> pl.DataFrame:
    number = pl.Series("row", rows.astype(np.uint32))
    frame = pieces.select(number, *(f"c{i}" for i in wanted))
    return frame if accepted.all() else frame.filter(pl.Series(accepted))


def _plan(
    chunk: Chunk, rows: Rows, count: int, separator: str, tried: set[tuple[int, ...]]
) -> tuple[int, ...] | None:
    """Return which columns stand in quotes in the first line of a way not yet tried."""
    for row in rows[:_FEW].tolist():
        line = chunk.line(row).decode("utf-8", "replace")
        plan, at, column = [], 0, 0
        for column, text in enumerate(split_line(line, separator)):
            is_quoted = line[at : at + len(text) + 2] == f'"{text}"'
            if is_quoted:
                plan.append(column)
            at += len(text) + 1 + 2 * is_quoted
        if column + 1 == count and plan and tuple(plan) not in tried:
            return tuple(plan)
    return None


def _by_plan(  # noqa: PLR0917
    chunk: Chunk,
    rows: Rows,
    plan: tuple[int, ...],
    count: int,
    wanted: Sequence[int],
    separator: str,
) -> tuple[pl.DataFrame, NDArray[np.bool_]]:
    """Split at the quotes: quoted columns are pieces 1, 3, 5 ...; between them stand the others."""
    names = [f"p{i}" for i in range(2 * len(plan) + 1)]
    pieces = _pieces(chunk, rows, names, '"')
    conditions: list[pl.Expr] = [pl.Series(_adds_up(pieces, names, chunk.lengths[rows]))]  # type: ignore[list-item]
    columns: dict[int, pl.Expr] = {column: pl.col(f"p{2 * i + 1}") for i, column in enumerate(plan)}
    for i, (before, after) in enumerate(pairwise((-1, *plan, count))):
        piece = pl.col(f"p{2 * i}")
        between = range(before + 1, after)
        blanks_before, blanks_after = int(before >= 0), int(after < count)
        parts = len(between) + blanks_before + blanks_after
        if not between:
            conditions.append(piece == separator * (parts - 1))
            continue
        words = piece.str.splitn(separator, parts + 1).struct
        word = [words.field(f"field_{j}") for j in range(parts + 1)]
        conditions += [word[parts - 1].is_not_null(), word[parts].is_null()]
        conditions += [word[0] == ""] * blanks_before + [word[parts - 1] == ""] * blanks_after
        unquoted = word[blanks_before : parts - blanks_after]
        columns |= dict(zip(between, unquoted, strict=True))
    number = pl.Series("row", rows.astype(np.uint32))
    frame = pieces.select(
        number,
        *(columns[i].alias(f"c{i}") for i in wanted),
        pl.all_horizontal(conditions).fill_null(value=False).alias("accepted"),
    )
    accepted = frame["accepted"].to_numpy()
    return frame.filter("accepted").drop("accepted"), accepted
