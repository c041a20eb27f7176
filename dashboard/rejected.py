"""What was rejected, as a report: the shapes ``weblog rejects`` tells, without any line itself.

Lines are written by strangers and may hold names or addresses: those who may see them read
them with ``weblog rejects``.
"""

from __future__ import annotations

from typing import Any, Final

import polars as pl

import reports
from reports import ask
from reports.spec import ColumnSpec, ReportSpec
from weblog.rejects.chosen import chosen_rejects
from weblog.rejects.shapes import shapes
from weblog.store import Snapshot, Store

COLUMNS: Final = (
    ColumnSpec("reason", pl.String(), "", "Why lines of this shape cannot be parsed"),
    ColumnSpec("lines", pl.Int64(), "count", "Rejected lines of this shape"),
    ColumnSpec("shape", pl.String(), "", "What the lines look like, letters and digits replaced"),
    ColumnSpec("advice", pl.String(), "", "What to do, where something is known of it"),
)

LIMIT: Final = 20


def rejected(
    source: Store | Snapshot,
    filters: reports.Filters = reports.Filters(),  # noqa: B008  frozen
) -> reports.Report:
    """Tell the shapes of the lines that could not be parsed, the commonest first.

    Rejected lines have no day that could be read: no filter applies.

    Raises:
        StoreError: the store cannot be read.
    """
    asked = ask.ask(source, filters)
    found = shapes(chosen_rejects(asked.snapshot), LIMIT)
    frame = found.select(pl.col(column.name).cast(column.dtype) for column in COLUMNS)
    return reports.Report("rejected", frame, asked.query, asked.snapshot.key, asked.query.warnings)


def _no_figure(*_: Any, **__: Any) -> dict[str, Any]:
    raise NotImplementedError("what was rejected is told in a table")


REJECTED: Final = ReportSpec("rejected", "rejected", rejected, _no_figure, COLUMNS)
