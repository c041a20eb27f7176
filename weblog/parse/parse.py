"""Lines to fields: chunk -> (parsed rows, rejects), and lines = rows + rejects + skipped."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from weblog.formats import Format, LogFormat
from weblog.formats.csv_lines import CsvFormat
from weblog.formats.json_lines import JsonFormat
from weblog.formats.plugged import PluggedFormat
from weblog.formats.regex import RegexFormat
from weblog.formats.times import CLF
from weblog.formats.w3c import W3CFormat
from weblog.parse.at_once import match_at_once
from weblog.parse.clf import read_texts
from weblog.parse.csv_lines import parse_csv
from weblog.parse.fast import split_lines
from weblog.parse.json_lines import parse_json
from weblog.parse.library import is_compiled
from weblog.parse.lines import Chunk
from weblog.parse.native import program_of, split_chunk
from weblog.parse.parsed import BLANK, Parsed, placed, rejected
from weblog.parse.reasons import Reason
from weblog.parse.regex import parse_plugged, parse_regex
from weblog.parse.slow import match_lines
from weblog.parse.times import PER_MS, instants, is_possible
from weblog.parse.w3c import parse_w3c
from weblog.parse.words import Vocabulary, as_text, numbered_columns


def parse_chunk(
    chunk: Chunk,
    log_format: Format,
    header: bytes = b"",
    vocabulary: Vocabulary | None = None,
) -> Parsed:
    """Parse every line of ``chunk``. Pure: the same bytes and header give the same rows.

    Args:
        chunk: whole lines.
        log_format: of any family; each has its parser in ``PARSERS``.
        header: what the chunk before said in :attr:`Parsed.header`.
        vocabulary: the texts that this run met before, and their numbers, for columns that are
            categorical where the parser can number them; without, all texts are strings.
    """
    if vocabulary is not None and isinstance(log_format, LogFormat):
        return parse_layout(chunk, log_format, header, vocabulary)
    return PARSERS[type(log_format)](chunk, log_format, header)


def parse_layout(
    chunk: Chunk,
    log_format: LogFormat,
    header: bytes,  # noqa: ARG001
    vocabulary: Vocabulary | None = None,
) -> Parsed:
    """Parse a chunk written by a LogFormat: fast where lines are regular, else by patterns."""
    fast, texts, accepted = _regular(chunk, log_format, vocabulary)
    frames = [fast] if fast.height else []
    left = np.flatnonzero(~accepted)
    matched = match_lines(chunk, left.tolist(), log_format)
    texts.append(matched.rows)
    slow, bad_times = _timed(pl.concat(texts, how="diagonal"), log_format)
    if slow.height or not frames:
        typed = _typed(slow)
        if vocabulary is not None:
            typed = vocabulary.encoded(typed, numbered_columns(fast))
        frames.append(typed)
    rows = pl.concat(frames, how="diagonal") if len(frames) > 1 else frames[0]
    if log_format.names_hosts:
        rows = with_hosts(rows)
    rejects = matched.rejects + [(row, Reason.BAD_TIME) for row in bad_times]
    skipped = {BLANK: matched.blank} if matched.blank else {}
    return Parsed(placed(rows, chunk), rejected(rejects, chunk), chunk.lines, skipped)


def _regular(
    chunk: Chunk, log_format: LogFormat, vocabulary: Vocabulary | None
) -> tuple[pl.DataFrame, list[pl.DataFrame], NDArray[np.bool_]]:
    """Read the lines that are regular: return rows, rows still all text, and which lines."""
    if log_format.segments is None:
        at_once, accepted = match_at_once(chunk, log_format)
        return pl.DataFrame(schema={"row": pl.UInt32}), [at_once], accepted
    program = program_of(log_format.segments) if is_compiled() else None
    if program is None:
        fast, accepted = split_lines(chunk, log_format.segments)
        return fast, [], accepted
    fast, accepted = split_chunk(chunk, program, vocabulary or Vocabulary())
    if vocabulary is None:
        fast = as_text(fast)
    return fast, [], accepted


def with_hosts(rows: pl.DataFrame) -> pl.DataFrame:
    """Add ``host`` from requests that are whole addresses, as proxies and load balancers write."""
    target = pl.col("target" if "target" in rows.columns else "request").cast(pl.String)
    return rows.with_columns(
        host=pl.coalesce(
            target.str.extract(r"^(?:[A-Za-z]+ +)?[A-Za-z]+://(\[[^\]]*\]|[^/?#: ]+)", 1),
            target.str.extract(r"^(?:CONNECT +)?([^/?#: ]+):\d+(?: |$)", 1),
        )
    )


PARSERS: Final[dict[type, Callable[[Chunk, Any, bytes], Parsed]]] = {
    LogFormat: parse_layout,
    JsonFormat: parse_json,
    CsvFormat: parse_csv,
    W3CFormat: parse_w3c,
    RegexFormat: parse_regex,
    PluggedFormat: parse_plugged,
}
"""The parser of each family of formats, by the class of its formats."""


def _timed(rows: pl.DataFrame, log_format: LogFormat) -> tuple[pl.DataFrame, list[int]]:
    """Turn what tells the time into ``ts``; also return the rows whose time is none."""
    if log_format.times == ((CLF.part, CLF),):
        told = read_texts(rows[CLF.part])
        if told is not None:
            others = [column for column in rows.get_columns() if column.name != CLF.part]
            return pl.DataFrame([*others, told]), []
    instant = instants(log_format.times, log_format.zone)
    timed = rows.with_columns(ts=instant).drop(name for name, _ in log_format.times)
    good = timed.select(is_possible(pl.col("ts")).fill_null(value=False)).to_series()
    return timed.filter(good), timed.filter(~good)["row"].to_list()


def _typed(rows: pl.DataFrame) -> pl.DataFrame:
    expressions = []
    durations = []
    for name in rows.columns:
        if name == "status":  # 000 where no answer was sent
            status = pl.col(name).cast(pl.Int16, strict=False)
            expressions.append(pl.when(status >= 100).then(status).alias(name))
        elif name == "bytes":
            expressions.append(pl.col(name).cast(pl.Int64, strict=False))
        elif (unit := name.partition("+")[0]) in PER_MS:
            number = pl.col(name).cast(pl.Float64, strict=False)
            is_one = (number >= 0) & ~pl.col(name).str.starts_with("-")
            durations.append(pl.when(is_one).then(number * PER_MS[unit]))
        else:
            expressions.append(pl.col(name))
    if durations:
        some = pl.any_horizontal(duration.is_not_null() for duration in durations)
        total = pl.when(some).then(pl.sum_horizontal(durations))
        expressions.append(total.round().cast(pl.Int32, strict=False).alias("duration_ms"))
    return rows.select(expressions)
