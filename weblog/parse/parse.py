"""Lines to fields: chunk -> (parsed rows, rejects), and lines = rows + rejects + skipped."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import polars as pl

from weblog.formats import Format, LogFormat
from weblog.parse.fast import split_lines
from weblog.parse.lines import Chunk
from weblog.parse.parsed import BLANK, Parsed, placed, rejected
from weblog.parse.reasons import Reason
from weblog.parse.slow import match_lines
from weblog.parse.times import is_possible

_NUMBERS = {"status": pl.Int16, "bytes": pl.Int64}
_PER_MS = {"duration_us": 1e-3, "duration_ms": 1.0, "duration_s": 1e3}


def parse_chunk(chunk: Chunk, log_format: Format, header: bytes = b"") -> Parsed:
    """Parse every line of ``chunk``. Pure: the same bytes and header give the same rows.

    Args:
        chunk: whole lines.
        log_format: of any family; each has its parser in ``PARSERS``.
        header: what the chunk before said in :attr:`Parsed.header`.
    """
    return PARSERS[type(log_format)](chunk, log_format, header)


def parse_layout(chunk: Chunk, log_format: LogFormat, header: bytes) -> Parsed:  # noqa: ARG001
    """Parse a chunk written by a LogFormat: fast where lines are regular, else by patterns."""
    if log_format.segments is None:
        fast = pl.DataFrame(schema={"row": pl.UInt32})
        accepted = np.zeros(chunk.lines, dtype=np.bool_)
    else:
        fast, accepted = split_lines(chunk, log_format.segments)
    frames = [fast] if fast.height else []
    left = np.flatnonzero(~accepted)
    matched = match_lines(chunk, left.tolist(), log_format)
    slow, bad_times = _timed(matched.rows)
    if slow.height or not frames:
        frames.append(_typed(slow))
    rows = pl.concat(frames, how="diagonal") if len(frames) > 1 else frames[0]
    rejects = matched.rejects + [(row, Reason.BAD_TIME) for row in bad_times]
    skipped = {BLANK: matched.blank} if matched.blank else {}
    return Parsed(placed(rows, chunk), rejected(rejects, chunk), chunk.lines, skipped)


PARSERS: Final[dict[type, Callable[[Chunk, Any, bytes], Parsed]]] = {LogFormat: parse_layout}
"""The parser of each family of formats, by the class of its formats."""


def _timed(rows: pl.DataFrame) -> tuple[pl.DataFrame, list[int]]:
    """Turn ``time`` into ``ts``; also return the rows whose time is none."""
    time = pl.col("time").str.strip_chars("[]")
    fraction = time.str.extract(r"(\.\d+)", 1)
    whole = time.str.replace(r"\.\d+", "")
    utc = pl.Datetime("us", "UTC")
    instant = pl.coalesce(
        whole.str.strptime(utc, "%d/%b/%Y:%H:%M:%S %z", strict=False),
        whole.str.replace(r"Z$", "+0000").str.strptime(utc, "%Y-%m-%dT%H:%M:%S%z", strict=False),
        pl.from_epoch(whole.cast(pl.Int64, strict=False), "s").dt.replace_time_zone("UTC"),
    )
    micros = (fraction.cast(pl.Float64, strict=False).fill_null(0.0) * 1e6).round().cast(pl.Int64)
    timed = rows.with_columns(ts=instant + pl.duration(microseconds=micros)).drop("time")
    good = timed.select(is_possible(pl.col("ts")).fill_null(value=False)).to_series()
    return timed.filter(good), timed.filter(~good)["row"].to_list()


def _typed(rows: pl.DataFrame) -> pl.DataFrame:
    expressions = []
    for name in rows.columns:
        if name in _NUMBERS:
            expressions.append(pl.col(name).cast(_NUMBERS[name], strict=False))
        elif name in _PER_MS:
            scaled = pl.col(name).cast(pl.Float64, strict=False) * _PER_MS[name]
            expressions.append(scaled.round().cast(pl.Int32, strict=False).alias("duration_ms"))
        else:
            expressions.append(pl.col(name))
    return rows.select(expressions)
