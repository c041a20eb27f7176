r"""JSON lines, read by DuckDB: every line on its own, so that a bad one harms no other.

Measured on nested lines of Caddy, ns of CPU a line: DuckDB 2,800, orjson 5,300 (without taking
anything out), pyarrow 6,000, polars' reader of JSON lines 12,300; and the last two refuse a
whole chunk for one bad line. Values come as text, numbers as written, so that the types are
given in one place (:mod:`weblog.parse.typed`).

What DuckDB refuses is mended where it can be, and read again: bytes that are no UTF-8, raw
control characters, half a surrogate pair, and ``\x22`` where nginx's ``log_format`` lacks
``escape=json``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from threading import local
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from weblog.formats.json_lines import JsonFormat, Path
from weblog.parse.escapes import CLOUDFRONT
from weblog.parse.lines import BOM, LONGEST, Chunk
from weblog.parse.parsed import BLANK, Parsed, placed, rejected
from weblog.parse.reasons import Reason
from weblog.parse.slow import reason_for
from weblog.parse.texts import line_texts, repaired
from weblog.parse.typed import typed

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_ESCAPE: Final = re.compile(rb"\\(?:x([0-9A-Fa-f]{2})|.)", re.DOTALL)
_HALVES: Final = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])"
    r"|(?<!\\u[dD][89abAB][0-9a-fA-F]{2})\\u[dD][c-fC-F][0-9a-fA-F]{2}"
)
_CONTROL: Final = re.compile(r"[\x00-\x1f]")
_LOOK_AT: Final = 100
_NOTHING: Final = ("", "-")
_ALL_SENT: Final = ("headers", "httpRequest")
"""Objects that writers (Caddy; Google) fill with whatever the client sent, and with no more."""
_THREAD: Final = local()


def parse_json(chunk: Chunk, log_format: JsonFormat, header: bytes) -> Parsed:  # noqa: ARG001
    """Parse a chunk of JSON lines."""
    texts, left = line_texts(chunk)
    paths = _paths(log_format) if left.any() else _present(texts, log_format)
    found = extracted(texts, paths)
    is_object = texts.str.starts_with("{")
    if not is_object.all():  # an array or a number alone is JSON too
        found = found.select(pl.when(is_object).then("found"))
    bad = np.flatnonzero(found["found"].is_null().to_numpy())
    frames = [_columns(found, texts, None, paths, log_format)]
    rejects: list[tuple[int, Reason]] = []
    blank = 0
    mended: list[tuple[int, str]] = []
    for row in bad.tolist():
        line = chunk.line(row)
        if row == 0 and chunk.offset == 0:
            line = line.removeprefix(BOM)
        if not line.strip():
            blank += 1
        elif len(line) > LONGEST:
            rejects.append((row, Reason.TOO_LONG))
        elif line.lstrip()[:1] != b"{":
            rejects.append((row, reason_for(line)))
        else:
            mended.append((row, _mended(line)))
    if mended:
        rows = np.array([row for row, _ in mended], dtype=np.uint32)
        texts = pl.Series("text", [text for _, text in mended])
        again = extracted(texts, paths)
        frames.append(_columns(again, texts, rows, paths, log_format))
        broken = again["found"].is_null().to_numpy()
        rejects += [(int(row), _reason(chunk.line(int(row)))) for row in rows[broken]]
    rows_found = pl.concat(frames)
    if log_format.like == "cloudfront":
        rows_found = rows_found.with_columns(
            change(rows_found[name])
            for name, change in CLOUDFRONT.items()
            if name in rows_found.columns
        )
    result = typed(rows_found, log_format.times)
    rejects += result.rejects
    skipped = {BLANK: blank} if blank else {}
    return Parsed(placed(result.rows, chunk), rejected(rejects, chunk), chunk.lines, skipped)


def _paths(log_format: JsonFormat) -> tuple[Path, ...]:
    return tuple(dict.fromkeys(path for _, several in log_format.paths for path in several))


def _present(texts: pl.Series, log_format: JsonFormat) -> tuple[Path, ...]:
    """Return the paths whose first key stands in the chunk: asking for one in vain costs 90 ns.

    The first lines tell the usual keys; one look at all lines tells whether there are others.
    """
    paths = _paths(log_format)
    keys = [f'"{key}"' for key in dict.fromkeys(str(path[0]) for path in paths)]
    first = "\n".join(texts.head(_LOOK_AT).to_list())
    others = [key for key in keys if key not in first]
    # A key may also be written in escapes.
    if not others or texts.str.contains_any([*others, "\\u00"]).any():
        return paths
    return tuple(path for path in paths if f'"{path[0]}"' not in others) or paths[:1]


def extracted(texts: pl.Series, paths: Sequence[Path]) -> pl.DataFrame:
    """Return one column ``found``: the values at the paths as text; null for what is no JSON.

    A value that is an object or an array is null.
    """
    found = _asked("json_extract_string", texts, paths)
    values = pl.col("found").list
    value = pl.element().str
    nested = found.select(values.eval(value.starts_with("{") | value.starts_with("[")).list.any())
    odd = nested.to_series().fill_null(value=False)
    if not odd.any():
        return found
    # A user agent may begin with a brace, so the type of these few is asked for.
    rows = odd.arg_true()
    kinds = _asked("json_type", texts.gather(rows), paths)["found"]
    kept = [
        [None if kind in ("OBJECT", "ARRAY") else value for value, kind in zip(*pair, strict=True)]
        for pair in zip(found["found"].gather(rows).to_list(), kinds.to_list(), strict=True)
    ]
    mended = found.with_row_index("row").join(
        pl.DataFrame({"row": rows, "kept": pl.Series(kept, dtype=pl.List(pl.String))}),
        on="row",
        how="left",
        maintain_order="left",
    )
    return mended.select(found=pl.coalesce("kept", "found"))


def _asked(function: str, texts: pl.Series, paths: Sequence[Path]) -> pl.DataFrame:
    """Apply one of DuckDB's JSON functions; ``try`` makes null of what is no JSON."""
    if not len(texts):
        return pl.DataFrame(schema={"found": pl.List(pl.String)})
    connection = _connection()
    connection.register("weblog_lines", texts.to_frame("line").to_arrow())
    try:
        answer = connection.sql(_query(function, tuple(paths)))
        return pl.DataFrame(answer.to_arrow_table())
    finally:
        connection.unregister("weblog_lines")


@lru_cache(maxsize=64)
def _query(function: str, paths: tuple[Path, ...]) -> str:
    listed = ", ".join("'" + _pointer(path).replace("'", "''") + "'" for path in paths)
    return f"SELECT try({function}(line, [{listed}])) AS found FROM weblog_lines"


def _pointer(path: Path) -> str:
    """Return a path as a JSON Pointer (RFC 6901), which can name any key."""
    steps = (str(step).replace("~", "~0").replace("/", "~1") for step in path)
    return "".join(f"/{step}" for step in steps)


def _connection() -> DuckDBPyConnection:
    """Return the thread's connection: it holds nothing, but takes milliseconds to open."""
    if not hasattr(_THREAD, "connection"):
        import duckdb  # noqa: PLC0415  200 ms that only JSON needs

        _THREAD.connection = duckdb.connect(config={"threads": 1, "enable_external_access": False})
    connection: DuckDBPyConnection = _THREAD.connection
    return connection


def _columns(
    found: pl.DataFrame,
    texts: pl.Series,
    rows: np.ndarray[tuple[int], np.dtype[np.uint32]] | None,
    paths: Sequence[Path],
    log_format: JsonFormat,
) -> pl.DataFrame:
    """Return ``row`` and every field of the format, of the lines that are JSON."""
    place = {path: i for i, path in enumerate(paths)}
    columns: list[pl.Expr] = []
    for name, several in log_format.paths:
        values = [pl.col("found").list.get(place[path]) for path in several if path in place]
        columns.append(_first(values).alias(name))
    number = pl.int_range(len(texts), dtype=pl.UInt32) if rows is None else pl.Series(rows)
    is_json = pl.col("found").is_not_null()
    frame = found.select(number.alias("row"), *columns, is_json.alias("_is_json"))
    if "user_agent" in frame.columns:
        agents = _agents(frame, texts, paths, log_format)
        frame = frame.with_columns(agents)
    return frame.filter("_is_json").drop("_is_json")


def _agents(
    frame: pl.DataFrame, texts: pl.Series, paths: Sequence[Path], log_format: JsonFormat
) -> pl.Series:
    """Return the user agents: empty where a line tells that none was sent, null where it does not.

    It tells it by a null, or by the object of all headers, if there is no agent in it. A line
    without the key says nothing: many a log has no agents.
    """
    agents = frame["user_agent"]
    places = [path for path in dict(log_format.paths)["user_agent"] if path in paths]
    holders = [path[: path.index(key) + 1] for path in places for key in _ALL_SENT if key in path]
    rows = (agents.is_null() & frame["_is_json"]).arg_true()
    if not places or rows.is_empty():
        return agents
    kinds = _asked("json_type", texts.gather(rows), [*places, *holders])
    at = pl.col("found").list
    sent_none = [at.get(i) == "NULL" for i in range(len(places))]
    sent_none += [at.get(len(places) + i) == "OBJECT" for i in range(len(holders))]
    empty = kinds.select(pl.any_horizontal(sent_none).fill_null(value=False)).to_series()
    return agents.scatter(rows.filter(empty), "")


def _first(values: Sequence[pl.Expr]) -> pl.Expr:
    """Return the first value that holds something, else the first that is there."""
    if not values:
        return pl.lit(None, pl.String)
    if len(values) == 1:
        return values[0]
    return pl.coalesce(*(pl.when(~value.is_in(_NOTHING)).then(value) for value in values), *values)


def _mended(line: bytes) -> str:
    """Return a line as the JSON its writer meant."""
    if b"\\x" in line:
        line = _ESCAPE.sub(lambda match: _byte(match[1]) if match[1] else match[0], line)
    text = _HALVES.sub(r"\\ufffd", repaired(line))
    return _CONTROL.sub(lambda match: " " if match[0] == "\t" else f"\\u{ord(match[0]):04x}", text)


def _byte(digits: bytes) -> bytes:
    byte = bytes([int(digits, 16)])
    if byte in b'"\\':
        return b"\\" + byte
    return byte if byte >= b" " else b"\\u00" + digits


def _reason(line: bytes) -> Reason:
    whole = line.rstrip().endswith(b"}")
    return reason_for(line) if whole else Reason.CUT_OFF
