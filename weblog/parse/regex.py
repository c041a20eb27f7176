"""Lines matched by a user's own regular expression."""

from __future__ import annotations

import numpy as np
import polars as pl

from weblog.formats.regex import WHOLE, RegexFormat
from weblog.parse.lines import LONGEST, Chunk
from weblog.parse.one_by_one import BOM, Rejects, line_at
from weblog.parse.parsed import BLANK, Parsed, placed, rejected
from weblog.parse.reasons import Reason
from weblog.parse.slow import reason_for
from weblog.parse.texts import line_texts, repaired
from weblog.parse.typed import typed


def parse_regex(chunk: Chunk, log_format: RegexFormat, header: bytes) -> Parsed:  # noqa: ARG001
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
    found = texts.str.extract_groups(log_format.pattern).struct.unnest()
    found = found.with_columns(row=pl.Series(rows))
    matched = found[WHOLE].is_not_null()
    fields = [pl.col(group).alias(name) for group, name in log_format.groups]
    result = typed(found.filter(matched).select("row", *fields), log_format.times)
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
