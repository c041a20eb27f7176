"""The sessions of known customers: few of all, and read again only where the store has changed.

Calendar months are kept by the files they were read from, not by the state of the store: a later
state reads the months that were written to since, which are mostly the last one.
"""

from __future__ import annotations

from calendar import monthrange
from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Final

import polars as pl

from reports.cache import CACHE, key_of
from reports.ordered import VISITOR, seed, sessions
from reports.query import Span
from weblog.store import Snapshot

_VALUES: Final = {
    "customer_id": pl.col("customer_id"),
    "date": pl.col("date"),
    "start": pl.col("start"),
    "visitor": VISITOR,
    "product_views": pl.col("product_views"),
    "logins": pl.col("logins").fill_null(0),
}
_TYPES: Final[dict[str, pl.DataType]] = {
    "customer_id": pl.String(),
    "date": pl.Date(),
    "start": pl.Datetime("us", "UTC"),
    "visitor": pl.UInt64(),
    "product_views": pl.Int64(),
    "logins": pl.Int64(),
    "key": pl.UInt64(),
}
_ISO_DAY: Final = len("2025-12-31")


def customer_sessions(
    snapshot: Snapshot, span: Span | None, columns: Sequence[str]
) -> pl.DataFrame:
    """Return columns of the sessions of ``span`` that have a customer: of months, as they are read.

    Args:
        snapshot: of the store.
        span: first and last day; None: no row.
        columns: ``customer_id``, ``date``, ``start``, ``visitor`` and ``key`` (what stands for
            the visitor and for the session, as :func:`reports.load.sessions` has them),
            ``product_views``, ``logins`` (never null).
    """
    names = list(dict.fromkeys(("date", *columns)))
    parts = [pl.DataFrame(schema={name: _TYPES[name] for name in names})]
    of_ids = seed(snapshot, span) if "key" in columns and span is not None else 0
    for month, files in _files(snapshot).items():
        days = (month, month.replace(day=monthrange(month.year, month.month)[1]))
        if span is None or days[1] < span[0] or span[1] < days[0]:
            continue
        part = _read(snapshot, days, files, names, of_ids)
        if not (span[0] <= days[0] and days[1] <= span[1]):
            part = part.filter(pl.col("date").is_between(*span))
        parts.append(part)
    return pl.concat(parts, rechunk=True).select(columns)


def among_sessions(snapshot: Snapshot, span: Span | None) -> pl.DataFrame:
    """Return where the sessions of customers are among all of ``span``.

    Returns:
        ``session`` (the number in the sessions frame, ascending), ``key``, ``customer_id`` and
        ``date``.
    """

    def read() -> pl.DataFrame:
        known = customer_sessions(snapshot, span, ["key", "customer_id", "date"])
        numbers = sessions(snapshot, span, ["session", "key"])
        return numbers.join(known, on="key", maintain_order="left")

    return CACHE.get((*key_of(snapshot, "sessions", span), "sessions of customers"), read)


def all_customer_sessions(snapshot: Snapshot, columns: Sequence[str]) -> pl.DataFrame:
    """Return columns of the sessions of all days that have a customer, ``key`` not among them."""
    return customer_sessions(snapshot, (date.min, date.max), columns)


def _files(snapshot: Snapshot) -> dict[date, tuple[str, ...]]:
    """Return the files of each month that has sessions, by its first day."""
    found: dict[date, list[str]] = defaultdict(list)
    for path in snapshot.files("sessions"):
        day = path.rpartition("date=")[2][:_ISO_DAY]  # of a Path it would take ten times as long
        found[date.fromisoformat(day).replace(day=1)].append(path)
    return {month: tuple(found[month]) for month in sorted(found)}


def _read(
    snapshot: Snapshot, days: Span, files: tuple[str, ...], names: Sequence[str], of_ids: int
) -> pl.DataFrame:
    """Return columns of a month; ``key`` is made by this seed."""
    values = _VALUES | {f"key {of_ids}": pl.col("session_id").hash(of_ids)}
    held = [f"key {of_ids}" if name == "key" else name for name in names]

    def read(missing: list[str]) -> pl.DataFrame:
        theirs = pl.col("date").is_between(*days) & pl.col("customer_id").is_not_null()
        wanted = [values[name].alias(name) for name in missing]
        return snapshot.scan("sessions").filter(theirs).select(wanted).collect()

    whose = (str(snapshot.folder), snapshot.identity("sessions")[0])
    found = CACHE.columns(("sessions of customers", *whose, files), held, read)
    return pl.DataFrame([found[kept].alias(name) for kept, name in zip(held, names, strict=True)])
