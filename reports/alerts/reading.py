"""What an alert watches, read from the store: one number over one window."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from inspect import signature
from typing import Any, Final
from zoneinfo import ZoneInfo

import polars as pl

from reports import load
from reports.alerts.windows import Window
from reports.digest.plan import filters_of
from reports.measures import MEASURES, counts, quotients
from reports.plugged import report_named
from reports.spec import Unit
from weblog.errors import QueryError
from weblog.site import Site
from weblog.site.alerts import Alert
from weblog.store import Snapshot

REJECTS: Final = "reject_share"
SILENCE: Final = "hours_since_data"

OWN: Final[dict[str, tuple[Unit, str]]] = {
    REJECTS: ("rate", "lines that could not be parsed / lines read in the window"),
    SILENCE: ("ratio", "hours from the newest hit to now"),
}
"""What can be watched beside the measures: its unit and meaning; no filter applies to it."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A number; of rates and ratios with what was divided. ``is_small``: too few to judge by."""

    value: float | None
    unit: Unit
    numerator: int | None = None
    denominator: int | None = None
    is_small: bool = False


def read(snapshot: Snapshot, rule: Alert, window: Window, site: Site) -> Reading | None:
    """Return what ``rule`` watches over ``window``; None where its report has no such row.

    A count of a report that counts everything is 0 where there is no such row.

    Raises:
        QueryError: the rule's row is not one row, or the report refuses.
    """
    if rule.report is not None:
        return _of_report(snapshot, rule, window, site)
    if rule.measure == REJECTS:
        return _rejects(snapshot, window, rule.least)
    measure = MEASURES[str(rule.measure)]
    sessions = _sessions(snapshot, rule, window)
    row = sessions.select(*counts()).with_columns(*quotients()).row(0, named=True)
    value = None if row[measure.name] is None else float(row[measure.name])
    if measure.numerator is None or measure.denominator is None:
        return Reading(value, measure.unit)
    over, under = int(row[measure.numerator]), int(row[measure.denominator])
    return Reading(value, measure.unit, over, under, under < rule.least)


def unit_of(rule: Alert) -> Unit:
    """Return the unit of what is watched."""
    if rule.report is not None:
        return report_named(rule.report).column(str(rule.column)).unit
    name = str(rule.measure)
    return OWN[name][0] if name in OWN else MEASURES[name].unit


def newest_hit(snapshot: Snapshot, now: datetime, zone: ZoneInfo) -> datetime | None:
    """Return when the newest hit was made that is not ahead of ``now``; None where there is none.

    A server whose clock is ahead must not hide that the others fell silent.
    """
    today = now.astimezone(zone).date()
    days = sorted(day for day in snapshot.rows_by_day("hits") if day <= today)[-2:]
    found: datetime | None = (
        snapshot.scan("hits")
        .filter(pl.col("date").is_in(days), pl.col("ts") <= now)
        .select(pl.col("ts").max())
        .collect()
        .item()
    )
    return found


def _sessions(snapshot: Snapshot, rule: Alert, window: Window) -> pl.DataFrame:
    """Return the sessions of the window that the rule looks at; those of an hour began in it."""
    span = (window.first, window.last)
    filters = filters_of(rule.only, start=window.first, end=window.last, compare="none")
    sessions = load.sessions(snapshot, span, filters)
    if not window.is_hour or sessions.is_empty():
        return sessions
    began = pl.col("start").is_between(window.start, window.end, closed="left")
    keys = (
        snapshot.scan("sessions")
        .filter(pl.col("date") == window.first, began)
        .select(pl.col("session_id").hash(load.seed(snapshot, span)).alias("key"))
        .collect()
    )
    return sessions.join(keys, on="key", how="semi")


def _rejects(snapshot: Snapshot, window: Window, least: int) -> Reading:
    """Count the lines read in the window, whatever day they are of: rejects bear no day."""
    inside = pl.col("committed_at").is_between(window.start, window.end, closed="left")
    rejects, lines = (
        snapshot.scan("ledger")
        .filter(inside)
        .select(pl.col("rejects", "lines").sum())
        .collect()
        .row(0)
    )
    value = rejects / lines if lines else None
    return Reading(value, "rate", int(rejects), int(lines), lines < max(least, 1))


def _of_report(snapshot: Snapshot, rule: Alert, window: Window, site: Site) -> Reading | None:
    spec = report_named(str(rule.report))
    filters = filters_of(rule.only, start=window.first, end=window.last, compare="none")
    options: dict[str, Any] = dict(rule.options)
    parameters = signature(spec.function).parameters
    if "site" in parameters:
        options["site"] = site
    # A row may be named that is not among the first.
    if rule.row and "limit" in parameters and "None" in str(parameters["limit"].annotation):
        options.setdefault("limit", None)
    frame = spec.function(snapshot, filters, **options).frame
    for column, value in rule.row.items():
        frame = frame.filter(pl.col(column).cast(pl.String) == value)
    if frame.height > 1:
        wanted = ", ".join(f'{name} = "{value}"' for name, value in rule.row.items()) or "nothing"
        raise QueryError(
            f"alert {rule.alert!r}: {frame.height} rows of report {rule.report} have {wanted}; "
            f"expected row to choose one of them, by columns such as {', '.join(_texts(frame))}"
        )
    unit = unit_of(rule)
    if frame.is_empty():
        # Reports with a row for all others count everything: what has no row there was not at all.
        counts_all = unit == "count" and "is_other" in frame.columns and "small" in frame.columns
        return Reading(0.0, unit) if counts_all else None
    row = frame.row(0, named=True)
    value = row[str(rule.column)]
    # Few are too few for a rate; how many they are is known.
    is_small = unit != "count" and bool(row.get("small") or False)
    return Reading(None if value is None else float(value), unit, is_small=is_small)


def _texts(frame: pl.DataFrame) -> list[str]:
    return [name for name, dtype in frame.schema.items() if dtype in {pl.String, pl.Date}]


def hours_between(newest: datetime, now: datetime) -> float:
    """Return the hours from one moment to another, not less than none."""
    return max((now - newest) / timedelta(hours=1), 0.0)
