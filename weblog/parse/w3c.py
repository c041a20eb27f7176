"""W3C extended log files: lines by the ``#Fields`` line before them.

A chunk may have several such lines, and IIS writes the same one over and over. Lines under the
same columns are split together, wherever they stand.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from weblog.formats.w3c import BOM, COLUMNS, Header, W3CFormat, lacks
from weblog.parse.delimited import Marks, Rows, split_columns
from weblog.parse.escapes import CLOUDFRONT, IIS
from weblog.parse.lines import Chunk
from weblog.parse.one_by_one import Rejects, split_slowly
from weblog.parse.parsed import BLANK, HEADER, Parsed, placed, rejected
from weblog.parse.reasons import Reason
from weblog.parse.typed import Typed, typed

STREAM: Final = "stream event"
"""Rule under which what RTMP logs besides the start of playing is counted as skipped."""

_HASH: Final = 35
Marked = NDArray[np.bool_]


def parse_w3c(chunk: Chunk, log_format: W3CFormat, header: bytes) -> Parsed:
    """Parse a chunk; ``header`` is what the header lines before it said."""
    known = Header.read(header, log_format.start)
    is_blank, is_header = _blank_lines(chunk), _header_lines(chunk)
    groups: dict[Header, list[Rows]] = {}
    begin = 0
    for line in [*np.flatnonzero(is_header).tolist(), chunk.lines]:
        rows = np.arange(begin, line)
        groups.setdefault(known, []).append(rows[~is_blank[begin:line]])
        begin = line + 1
        if line < chunk.lines:
            known = known.told(chunk.line(line).removeprefix(BOM))
    marks = Marks.of(chunk)
    frames: list[pl.DataFrame] = []
    rejects: Rejects = []
    streams = 0
    for told, parts in groups.items():
        rows = np.concatenate(parts)
        if not rows.size:
            continue
        found, skipped = _group(chunk, marks, rows, told, log_format)
        frames.append(found.rows)
        rejects += found.rejects
        streams += skipped
    counts = {HEADER: int(is_header.sum()), BLANK: int(is_blank.sum()), STREAM: streams}
    rows_found = pl.concat(frames, how="diagonal_relaxed") if frames else _nothing()
    return Parsed(
        placed(rows_found, chunk),
        rejected(rejects, chunk),
        chunk.lines,
        {rule: count for rule, count in counts.items() if count},
        known.written(),
    )


def _header_lines(chunk: Chunk) -> Marked:
    first = chunk.bytes_seen[np.minimum(chunk.starts, len(chunk.data) - 1)]
    found: Marked = (first == _HASH) & (chunk.lengths > 0)
    if chunk.offset == 0 and chunk.lines:
        found[0] = chunk.data.startswith((b"#", BOM + b"#"))
    return found


def _blank_lines(chunk: Chunk) -> Marked:
    """Say which lines are blank; IIS fills the end of a file with zeros when power fails."""
    found: Marked = chunk.lengths == 0
    begins = chunk.bytes_seen[np.minimum(chunk.starts, len(chunk.data) - 1)] <= ord(" ")
    for row in np.flatnonzero(begins & ~found).tolist():
        found[row] = not chunk.line(row).strip(b" \t\r\0")
    return found


def _group(
    chunk: Chunk, marks: Marks, rows: Rows, told: Header, log_format: W3CFormat
) -> tuple[Typed, int]:
    """Return the lines of the same columns, and how many were skipped."""
    names = told.columns
    problem = lacks(names) if names else None
    if not names or problem:
        reason = {None: Reason.NO_FIELDS, "time": Reason.BAD_TIME, "request": Reason.NO_REQUEST}
        return Typed(_nothing(), [(int(row), reason[problem]) for row in rows]), 0
    places = _places(names)
    wanted = list(places.values())
    frames: list[pl.DataFrame] = []
    for separator in ("\t", " ") if b"\t" in chunk.data else (" ",):
        split = split_columns(chunk, marks, rows, len(names), wanted, separator)
        frames.append(split.frame)
        rows = split.left
    slow, rejects = split_slowly(chunk, rows, len(names), wanted, "\t ")
    frame = pl.concat([*frames, slow]).rename({f"c{i}": name for name, i in places.items()})
    frame, skipped = _fields(frame, told, log_format)
    result = typed(frame, log_format.times)
    return Typed(result.rows, rejects + result.rejects), skipped


def _places(names: Sequence[str]) -> dict[str, int]:
    """Return the column of each field, the first that has it."""
    places: dict[str, int] = {}
    for i, name in enumerate(names):
        field = COLUMNS.get(name)
        if field is None and name.startswith("cs(") and name.endswith(")"):
            field = f"header:{name[3:-1]}"
        if field is not None:
            places.setdefault(field, i)
    return places


def _fields(frame: pl.DataFrame, told: Header, log_format: W3CFormat) -> tuple[pl.DataFrame, int]:
    """Return the columns of a file as fields of a hit, and how many lines are none."""
    height = frame.height
    if "event" in frame.columns:
        frame = _stream(frame)
    if "date" not in frame.columns:
        frame = frame.with_columns(date=pl.lit(told.date, pl.String))
    if "viewer_host" in frame.columns:
        names = [name for name in ("viewer_host", "host") if name in frame.columns]
        said = [pl.when(pl.col(name) != "-").then(name) for name in names]
        frame = frame.with_columns(host=pl.coalesce(*said)).drop("viewer_host")
    if "uri" in frame.columns:
        uri = pl.col("uri")
        bare = ~uri.str.starts_with("/") & ~uri.str.contains("://", literal=True) & (uri != "-")
        url = pl.when(bare).then(pl.concat_str(pl.lit("http://"), uri)).otherwise(uri)
        frame = frame.with_columns(url=url).drop("uri")
    is_edge = "edge" in frame.columns
    if "time_taken" in frame.columns:
        unit = log_format.time_taken or ("s" if is_edge else "ms")
        frame = _timed(frame, f"duration_{unit}")
    changes = CLOUDFRONT if is_edge else IIS
    changed = [change(frame[name]) for name, change in changes.items() if name in frame.columns]
    return frame.with_columns(changed).drop("edge", strict=False), height - frame.height


def _timed(frame: pl.DataFrame, name: str) -> pl.DataFrame:
    """Name the column of durations; where a file has two, W3C's own counts."""
    others = [each for each in frame.columns if each.startswith("duration")]
    return frame.drop(others).rename({"time_taken": name})


def _stream(frame: pl.DataFrame) -> pl.DataFrame:
    """Return what RTMP logs of a stream's start as a view of it; other events are no hits.

    CloudFront writes a line for connecting, playing, seeking, stopping and so on; a visitor who
    watches one film would be many page views else.
    """
    plays = frame.filter(pl.col("event") == "play")
    stream = pl.concat_str(pl.lit("/"), pl.col("stream").str.strip_prefix("/"))
    page = {"referrer": pl.col("page")} if "page" in frame.columns else {}
    return plays.with_columns(
        target=stream, method=pl.lit("GET"), status=pl.lit("200"), **page
    ).drop("event", "event_status", "stream", "page", "query", strict=False)


def _nothing() -> pl.DataFrame:
    return pl.DataFrame(schema={"row": pl.UInt32, "ts": pl.Datetime("us", "UTC")})
