"""On which day of the site's time zone an instant lies."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

_QUARTER: Final = 900_000_000
"""Microseconds of a quarter of an hour: since 1990 no zone is apart from UTC by less."""

_TABLE: Final = 200_000


def days_of(instants: pl.Series, zone: str) -> pl.Series:
    """Return the day (Date) of each instant (Datetime[us, UTC]) in the time zone.

    Zones are asked once per quarter of an hour that the log tells of, not once per line.
    """
    if instants.is_empty():
        return _asked(instants, zone)
    quarters = instants.to_physical().to_numpy() // _QUARTER
    first, last = int(quarters.min()), int(quarters.max())
    if last - first > max(_TABLE, len(quarters)):
        return _asked(instants, zone)
    table = pl.Series(np.arange(first, last + 1) * _QUARTER).cast(instants.dtype)
    return _asked(table, zone).gather(quarters - first)


def _asked(instants: pl.Series, zone: str) -> pl.Series:
    return instants.dt.convert_time_zone(zone).dt.date()
