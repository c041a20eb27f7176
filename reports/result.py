"""What a report answers with: the rows, and what they were computed from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import polars as pl

from reports.coarse import check_answered
from reports.query import Query
from reports.warning import ReportWarning

if TYPE_CHECKING:
    import plotly.graph_objects as go

SnapshotKey = tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Report:
    """An answer.

    Attributes:
        name: the report's name, a key of :data:`reports.registry.REPORTS`.
        frame: the rows; columns as the registry declares them.
        query: what was asked, made concrete.
        snapshot: the table versions it was read from; with the query, it identifies the rows.
        warnings: what a reader must know beside the numbers, the query's first.
    """

    name: str
    frame: pl.DataFrame
    query: Query
    snapshot: SnapshotKey
    warnings: tuple[ReportWarning, ...] = ()

    def __post_init__(self) -> None:
        check_answered(self.name, self.snapshot)

    def figure(self, language: str = "en", theme: str = "light", **options: Any) -> go.Figure:
        """Return the report's figure for a notebook; ``options`` are those of its figure function.

        Raises:
            UnknownNameError: no such language, theme or measure.
        """
        import plotly.graph_objects as go  # noqa: PLC0415  slow to import, seldom needed

        return go.Figure(self.figure_dict(language, theme, **options))

    def figure_dict(
        self, language: str = "en", theme: str = "light", **options: Any
    ) -> dict[str, Any]:
        """Return the figure as the plain dictionary the dashboard sends: many times faster.

        Raises:
            UnknownNameError: no such language, theme or measure.
        """
        from reports.plugged import report_named  # noqa: PLC0415  the registry imports the reports

        return report_named(self.name).figure(self.frame, language, theme, **options)

    def to_dict(self) -> dict[str, object]:
        """Return everything as JSON-able values; days as ISO text."""
        return {
            "report": self.name,
            "query": self.query.to_dict(),
            "snapshot": dict(self.snapshot),
            "warnings": [warning.to_dict() for warning in self.warnings],
            "columns": self.frame.columns,
            "rows": [_plain_row(row) for row in self.frame.to_dicts()],
        }


def _plain_row(row: dict[str, Any]) -> dict[str, object]:
    return {
        name: value.isoformat() if isinstance(value, (date, datetime)) else value
        for name, value in row.items()
    }
