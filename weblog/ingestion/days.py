"""On which day of the site's time zone an instant lies."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

_MINUTE: Final = 60_000_000
"""Microseconds of a minute: since 1990 clocks are set at whole ones, Newfoundland's at 00:01."""

_TABLE: Final = 200_000


def days_of(instants: pl.Series, zone: str) -> pl.Series:
    """Return the day (Date) of each instant (Datetime[us, UTC]) in the time zone.

    Zones are asked once per minute that the log tells of, not once per line.
    """
    if instants.is_empty():
        return _asked(instants, zone)
    minutes = instants.to_physical().to_numpy() // _MINUTE
    first, last = int(minutes.min()), int(minutes.max())
    if last - first > max(_TABLE, len(minutes)):
        return _asked(instants, zone)
    table = pl.Series(np.arange(first, last + 1) * _MINUTE).cast(instants.dtype)
    return _asked(table, zone).gather(minutes - first)


def _asked(instants: pl.Series, zone: str) -> pl.Series:
    return instants.dt.convert_time_zone(zone).dt.date()
