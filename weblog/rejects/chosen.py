"""Which rejected lines are meant: by reason, by log."""

from __future__ import annotations

import re

import polars as pl

from weblog.errors import UnknownNameError
from weblog.parse import Reason
from weblog.store import Snapshot


def chosen_rejects(
    snapshot: Snapshot, *, reason: str | None = None, source: str | None = None
) -> pl.LazyFrame:
    """Return the rejects of one reason, and of the logs named so.

    Args:
        snapshot: what to read.
        reason: see :class:`weblog.parse.Reason`; None: any.
        source: path of a log as it was read, ``*`` for anything, or its identity; None: any.

    Raises:
        UnknownNameError: there is no such reason.
    """
    rows = snapshot.scan("rejects")
    if reason is not None:
        reasons = [known.value for known in Reason]
        if reason not in reasons:
            raise UnknownNameError("reason", reason, reasons)
        rows = rows.filter(pl.col("reason") == reason)
    if source is not None:
        pattern = "(?s:^" + ".*".join(re.escape(part) for part in source.split("*")) + "$)"
        is_named = pl.col("path").str.contains(pattern)
        rows = rows.filter(is_named | (pl.col("log_source") == source))
    return rows
