"""Formats the fast path cannot split: all lines of a chunk against one pattern at once.

The pattern is the strict one, run by polars' regular expressions: an order of magnitude faster than
one line after the other. What it matches has nothing to unescape and nothing to repair: the other
lines are left to the patterns in :mod:`weblog.parse.slow`, which would say the same of these.
"""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from weblog.formats import LogFormat
from weblog.parse.lines import Chunk
from weblog.parse.texts import line_texts


def match_at_once(chunk: Chunk, log_format: LogFormat) -> tuple[pl.DataFrame, NDArray[np.bool_]]:
    """Return the rows of the lines that match and, for every line, whether it did.

    The frame is that of :func:`weblog.parse.slow.match_lines`: ``row`` (UInt32) and the
    format's fields as strings.
    """
    texts, left = line_texts(chunk)
    left |= chunk.has_backslash
    if chunk.has_mark:
        left[0] = True
    names = list(log_format.columns)
    groups = texts.str.extract_groups(log_format.columns_pattern)
    rows = groups.struct.rename_fields(names).struct.unnest()
    # Every group takes part in a match, so the first is null only where there is none.
    accepted = rows[names[0]].is_not_null().to_numpy() & ~left
    numbered = rows.with_columns(row=pl.int_range(pl.len(), dtype=pl.UInt32))
    return numbered.filter(pl.Series(accepted)), accepted
