"""Reading times: as instants, and which ones a web server can have written."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import reduce
from itertools import product
from typing import Final

import polars as pl

from weblog.formats.times import TimeKind

FIRST: Final = datetime(1990, 1, 1, tzinfo=UTC)
END: Final = datetime(2200, 1, 1, tzinfo=UTC)
"""From the web's first year to far ahead: a wrong clock within that is told by the reports.

Beyond, instants soon leave what dates and time zones can express: year 9999 in New York is
10000 in Seoul, and one such line would keep the whole log from being stored.
"""

PER_MS: Final = {
    "duration_ns": 1e-6,
    "duration_us": 1e-3,
    "duration_ms": 1.0,
    "duration_s": 1e3,
}
"""Fields that tell how long an answer took, and how many milliseconds one of their unit is."""

_UTC: Final = pl.Datetime("us", "UTC")
_LOCAL: Final = pl.Datetime("us")


def is_possible(instant: pl.Expr) -> pl.Expr:
    """Say whether an instant (UTC) is one a web server can have written; null for null."""
    return (instant >= FIRST) & (instant < END)


def instants(times: Sequence[tuple[str, TimeKind]], zone: str | None) -> pl.Expr:
    """Return the instant (Datetime[us, UTC]) that the columns tell together; null for none.

    Args:
        times: the columns, strings, and how each is written.
        zone: the zone of times that say none, such as ``Asia/Seoul``; by default UTC.
    """
    spelled = [(_clean(name, kind), kind) for name, kind in times if kind.written]
    numbers = [(pl.col(name), kind) for name, kind in times if not kind.written]
    parts = [_number(text, kind) for text, kind in numbers if kind.part == "time"]
    if spelled:
        text = pl.concat_str([text for text, _ in spelled], separator=" ")
        ways = product(*(kind.written for _, kind in spelled))
        parts.append(pl.coalesce([_read(text, " ".join(way), zone) for way in ways]))
    fractions = [_micros(text, kind) for text, kind in numbers if kind.part == "fraction"]
    return reduce(lambda instant, fraction: instant + fraction, fractions, parts[0])


def _clean(name: str, kind: TimeKind) -> pl.Expr:
    """Return ISO times with a T and no blanks, and all with the decimal point."""
    text = pl.col(name)
    if kind.name.startswith("iso"):
        text = text.str.replace(r"^(\d{4}-\d\d-\d\d) ", "${1}T").str.replace(" ", "", literal=True)
    return text.str.replace(r"(:\d\d),(\d)", "${1}.${2}")


def _read(text: pl.Expr, written: str, zone: str | None) -> pl.Expr:
    if "%#z" in written:
        return text.str.strptime(_UTC, written, strict=False)
    local = text.str.strptime(_LOCAL, written, strict=False)
    if zone is None or zone == "UTC":
        return local.dt.replace_time_zone("UTC")
    # An hour that summer time leaves out is told by servers whose clock knows of none.
    hour = pl.duration(hours=1)
    return pl.coalesce(_placed(local, zone), _placed(local - hour, zone) + hour)


def _placed(local: pl.Expr, zone: str) -> pl.Expr:
    placed = local.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
    return placed.dt.convert_time_zone("UTC")


def _number(text: pl.Expr, kind: TimeKind) -> pl.Expr:
    return _scaled(text, kind).cast(_LOCAL).dt.replace_time_zone("UTC")


def _micros(text: pl.Expr, kind: TimeKind) -> pl.Expr:
    return pl.duration(microseconds=_scaled(text, kind))


def _scaled(text: pl.Expr, kind: TimeKind) -> pl.Expr:
    """Return microseconds; a double holds those of our centuries exactly."""
    number = text.cast(pl.Float64, strict=False)
    return (number * (1_000_000 / kind.per_second)).round().cast(pl.Int64, strict=False)
