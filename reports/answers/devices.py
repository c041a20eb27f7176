"""What people visit with."""

from __future__ import annotations

from typing import Final

import polars as pl

from reports.ask import ask
from reports.breakdown import breakdown, columns, looked_at, text
from reports.query import EVERYTHING, Filters
from reports.result import Report
from weblog.errors import UnknownNameError
from weblog.store import Snapshot, Store

KINDS: Final = ("device", "browser", "os")

COLUMNS = columns(
    text("kind", "What the row tells apart: device, browser or os"),
    text("name", "The device class, browser family or operating system family"),
)


def devices(
    source: Store | Snapshot,
    filters: Filters = EVERYTHING,
    *,
    by: str = "device",
    limit: int | None = 20,
) -> Report:
    """Count sessions, visitors and conversions by device class, browser or operating system.

    ``by`` is "device", "browser" or "os". The first ``limit`` rows by sessions, then one that
    sums up the others; None for all. Columns, units and meanings: ``COLUMNS``.

    Raises:
        UnknownNameError: ``by`` is none of the three.
        QueryError: the filters contradict themselves.
        StoreError: the store cannot be read.
    """
    if by not in KINDS:
        raise UnknownNameError("kind of device", by, list(KINDS))
    asked = ask(source, filters, looked_at(by))
    frame = breakdown(asked.sessions, asked.previous_sessions, [by], limit=limit)
    named = frame.rename({by: "name"}).with_columns(pl.lit(by).alias("kind"))
    return asked.answer("devices", named.select(column.name for column in COLUMNS))
