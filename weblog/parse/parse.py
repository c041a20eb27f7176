"""Lines to fields: chunk -> (parsed rows, rejects), and lines = rows + rejects + skipped."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from weblog.formats import LogFormat
from weblog.parse.fast import split_lines
from weblog.parse.lines import Chunk
from weblog.parse.reasons import Reason
from weblog.parse.slow import KEPT, match_lines
from weblog.parse.times import is_possible

_NUMBERS = {"status": pl.Int16, "bytes": pl.Int64}
_PER_MS = {"duration_us": 1e-3, "duration_ms": 1.0, "duration_s": 1e3}


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a chunk held.

    ``rows``: ``line`` Int64, ``offset`` Int64, ``ts`` Datetime[us, UTC], ``status`` Int16,
    ``bytes`` Int64, ``duration_ms`` Int32 and the format's other fields as strings; the
    log's ``-`` is null. Columns the format lacks are missing.
    ``rejects``: ``line`` Int64, ``offset`` Int64, ``length`` Int64, ``reason`` String,
    ``raw`` Binary (the line verbatim, at most its first 64 KiB).
    """

    rows: pl.DataFrame
    rejects: pl.DataFrame
    lines: int
    skipped: int


def parse_chunk(chunk: Chunk, log_format: LogFormat) -> Parsed:
    """Parse every line of ``chunk``. Pure: the same bytes give the same rows."""
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
    return Parsed(
        _placed(rows, chunk),
        _rejected(sorted(rejects), chunk),
        lines=chunk.lines,
        skipped=matched.blank,
    )


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


def _placed(rows: pl.DataFrame, chunk: Chunk) -> pl.DataFrame:
    """Give every row its line number and offset in the source instead of its place here."""
    places = rows["row"].to_numpy()
    return rows.drop("row").with_columns(
        line=pl.Series(places.astype(np.int64) + chunk.first_line),
        offset=pl.Series(chunk.starts[places] + chunk.offset),
    )


def _rejected(rejects: list[tuple[int, Reason]], chunk: Chunk) -> pl.DataFrame:
    rows = [row for row, _ in rejects]
    return pl.DataFrame(
        {
            "line": [row + chunk.first_line for row in rows],
            "offset": [int(chunk.starts[row]) + chunk.offset for row in rows],
            "length": [int(chunk.lengths[row]) for row in rows],
            "reason": [str(reason) for _, reason in rejects],
            "raw": [chunk.line(row)[:KEPT] for row in rows],
        },
        schema={
            "line": pl.Int64,
            "offset": pl.Int64,
            "length": pl.Int64,
            "reason": pl.String,
            "raw": pl.Binary,
        },
    )
