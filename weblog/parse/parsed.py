"""What parsing a chunk gives: rows, rejects, and what was left out, by rule."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from weblog.parse.lines import Chunk
from weblog.parse.reasons import Reason

KEPT = 64 * 1024
"""Bytes of a rejected line that are kept verbatim."""

BLANK = "blank line"
"""Rule under which lines without text are counted as skipped."""

HEADER = "header line"
"""Rule under which lines that tell of the log itself are counted as skipped (W3C's ``#Fields``)."""

REJECTS = pl.Schema(
    {
        "line": pl.Int64(),
        "offset": pl.Int64(),
        "length": pl.Int64(),
        "reason": pl.String(),
        "raw": pl.Binary(),
    }
)


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a chunk held; lines = rows + rejects + the sum of ``skipped``.

    ``rows``: ``line`` Int64, ``offset`` Int64, ``ts`` Datetime[us, UTC], ``status`` Int16,
    ``bytes`` Int64, ``duration_ms`` Int32 and the format's other fields as strings; the
    log's ``-`` is null or still ``-``. Columns the format lacks are missing.
    ``rejects``: :data:`REJECTS` (``raw`` is the line verbatim, at most its first 64 KiB).
    ``skipped``: lines left out, by the name of the rule.
    ``header``: what a later chunk of the same source must know of this and earlier ones
    (W3C's last ``#Fields`` line); empty where the format needs nothing.
    """

    rows: pl.DataFrame
    rejects: pl.DataFrame
    lines: int
    skipped: Mapping[str, int] = field(default_factory=dict)
    header: bytes = b""


def placed(rows: pl.DataFrame, chunk: Chunk) -> pl.DataFrame:
    """Return rows with ``line`` and ``offset`` in the source, not ``row``, their place here."""
    places = rows["row"].to_numpy()
    return pl.DataFrame(
        [
            *(column for column in rows.get_columns() if column.name != "row"),
            pl.Series("line", places.astype(np.int64) + chunk.first_line),
            pl.Series("offset", chunk.starts[places] + chunk.offset),
        ]
    )


def rejected(rejects: Iterable[tuple[int, Reason]], chunk: Chunk) -> pl.DataFrame:
    """Return the table of rejects for (place in the chunk, reason)."""
    ordered = sorted(rejects)
    rows = [row for row, _ in ordered]
    return pl.DataFrame(
        {
            "line": [row + chunk.first_line for row in rows],
            "offset": [int(chunk.starts[row]) + chunk.offset for row in rows],
            "length": [int(chunk.lengths[row]) for row in rows],
            "reason": [str(reason) for _, reason in ordered],
            "raw": [chunk.line(row)[:KEPT] for row in rows],
        },
        schema=REJECTS,
    )
