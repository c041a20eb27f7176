"""Lines read as text by a function: a user's own regular expression, or a package's format."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl

from weblog.formats.mapping import TimeRule
from weblog.formats.plugged import PluggedFormat
from weblog.formats.regex import WHOLE, RegexFormat
from weblog.parse.lines import LONGEST, Chunk
from weblog.parse.one_by_one import BOM, Rejects, line_at
from weblog.parse.parsed import BLANK, Parsed, placed, rejected
from weblog.parse.reasons import Reason
from weblog.parse.slow import reason_for
from weblog.parse.texts import line_texts, repaired
from weblog.parse.typed import typed

Read = Callable[[pl.Series], tuple[pl.DataFrame, pl.Series]]
"""Lines as text to their fields, a row each, and which lines are of the format."""


def parse_regex(chunk: Chunk, log_format: RegexFormat, header: bytes) -> Parsed:  # noqa: ARG001
    """Parse a chunk by a regular expression."""

    def read(texts: pl.Series) -> tuple[pl.DataFrame, pl.Series]:
        found = texts.str.extract_groups(log_format.pattern).struct.unnest()
        fields = (pl.col(group).alias(name) for group, name in log_format.groups)
        return found.select(fields), found[WHOLE].is_not_null()

    return _parsed(chunk, read, log_format.times)


def parse_plugged(chunk: Chunk, log_format: PluggedFormat, header: bytes) -> Parsed:  # noqa: ARG001
    """Parse a chunk by a package's function, which is shown no blank line.

    Raises:
        PluginError: the function fails, or answers with something else than it should.
    """

    def read(texts: pl.Series) -> tuple[pl.DataFrame, pl.Series]:
        told = texts.str.contains(r"\S")
        if told.all():
            found = log_format.read(texts.alias("line"))
        else:
            rows = pl.DataFrame({"place": np.flatnonzero(told.to_numpy())})
            some = rows.hstack(log_format.read(texts.filter(told).alias("line")))
            places = pl.DataFrame({"place": np.arange(len(texts))})
            found = places.join(some, on="place", how="left", maintain_order="left").drop("place")
        return found, log_format.matched(found)

    return _parsed(chunk, read, log_format.times)


def _parsed(chunk: Chunk, read: Read, times: TimeRule) -> Parsed:
    """Parse a chunk: lines that are UTF-8 together, the others as far as they are."""
    texts, left = line_texts(chunk)
    rows = np.arange(chunk.lines, dtype=np.uint32)
    rejects: Rejects = []
    others: list[tuple[int, str]] = []
    if chunk.offset == 0 and chunk.data.startswith(BOM):
        left[0] = True
    for row in np.flatnonzero(left).tolist():
        line = line_at(chunk, row)
        if len(line) > LONGEST:
            rejects.append((row, Reason.TOO_LONG))
        else:
            others.append((row, repaired(line)))
    if left.any():
        fitting = np.flatnonzero(~left)
        texts, rows = texts.gather(fitting), rows[fitting]
        more = pl.Series("text", [text for _, text in others], dtype=pl.String)
        texts = pl.concat([texts, more])
        rows = np.concatenate([rows, np.array([row for row, _ in others], dtype=np.uint32)])
    fields, matched = read(texts)
    found = pl.DataFrame([pl.Series("row", rows), *fields.get_columns()])
    result = typed(found.filter(matched), times)
    blank = 0
    for row in found["row"].filter(~matched).to_list():
        line = line_at(chunk, row)
        if line.strip():
            rejects.append((row, reason_for(line)))
        else:
            blank += 1
    skipped = {BLANK: blank} if blank else {}
    rejects += result.rejects
    return Parsed(placed(result.rows, chunk), rejected(rejects, chunk), chunk.lines, skipped)
