"""Which instants a web server can have written."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

import polars as pl

FIRST: Final = datetime(1990, 1, 1, tzinfo=UTC)
END: Final = datetime(2200, 1, 1, tzinfo=UTC)
"""From the web's first year to far ahead: a wrong clock within that is told by the reports.

Beyond, instants soon leave what dates and time zones can express: year 9999 in New York is
10000 in Seoul, and one such line would keep the whole log from being stored.
"""


def is_possible(instant: pl.Expr) -> pl.Expr:
    """Say whether an instant (UTC) is one a web server can have written; null for null."""
    return (instant >= FIRST) & (instant < END)
