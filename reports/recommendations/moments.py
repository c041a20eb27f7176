"""What texts may ask of a customer at one moment."""

from __future__ import annotations

from typing import Final

import polars as pl

from weblog.schema import Column

COLUMNS: Final = (
    Column("hour", pl.Int32(), "hour of the moment in the site's time zone, 0 to 23"),
    Column("weekday", pl.Int32(), "day of the week, 1 (Monday) to 7 (Sunday)"),
    Column("segment", pl.String(), "the customer's segment at the start of the day"),
    Column("days_to_birthday", pl.Int32(), "days until the next birthday, 0 on it"),
    Column(
        "days_to_joining_anniversary",
        pl.Int32(),
        "days until the next anniversary of the registration, 0 on it; null in the first days of "
        "the registration itself",
    ),
    Column("years_joined", pl.Int32(), "which anniversary that is: 3 for the third"),
    Column(
        "days_to_maturity",
        pl.Int32(),
        "days until the next purchase in force ends, as far as the register says so beforehand",
    ),
    Column("purchases_in_force", pl.Int32(), "purchases that have not ended; 0 if none"),
    Column("days_since_last_visit", pl.Int32(), "days since the customer's last session"),
)
"""Every column the condition of a text may name."""

SCHEMA: Final = pl.Schema([(column.name, column.dtype) for column in COLUMNS])
