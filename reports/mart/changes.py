"""Which parts of a view are to be made anew: those whose sources are other files than before.

A part is a day of a daily view, or all of a profile. What it follows from is told by the names
of the files behind it, which the store never writes twice (:mod:`weblog.store.commit`), so that
nothing has to be read to see that nothing changed. Functions of snapshots; no clock.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import blake2b
from typing import Final

import polars as pl

from reports.mart.view import DAY, ViewSpec
from reports.query import Span
from weblog import __version__
from weblog.schema import TABLES
from weblog.site.rules import Site
from weblog.store import Snapshot, layout

ALL: Final = "all"
"""The one part of a view that is no daily one."""

PORTION: Final = 1_000_000
"""Sessions and page views of the days that are worked through at once: memory follows it."""


@dataclass(frozen=True, slots=True)
class Part:
    """What is known of a part: what it was made from, a hash of its rows, and how many."""

    made_from: str
    content: str
    rows: int


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done: parts to make anew with what they follow from, parts that are gone."""

    changed: Mapping[str, str]
    gone: Sequence[str] = field(default=())


def planned(
    view: ViewSpec,
    snapshot: Snapshot,
    site: Site,
    known: Mapping[str, Part],
    *,
    with_customers: bool,
    span: Span | None = None,
    full: bool = False,
) -> Plan:
    """Compare what a view follows from with what its parts were made from.

    Args:
        view: the view.
        snapshot: of the store.
        site: its rules.
        known: the parts there are.
        with_customers: whether its personal columns are wanted.
        span: look at these days alone; profiles are of no day.
        full: make everything anew, whether it changed or not.
    """
    now = made_from(view, snapshot, site, with_customers=with_customers)
    if span is not None and view.is_daily:
        inside = {day.isoformat() for day in _days(now, known) if span[0] <= day <= span[1]}
        now = {part: each for part, each in now.items() if part in inside}
        known = {part: each for part, each in known.items() if part in inside}
    before = {} if full else {part: each.made_from for part, each in known.items()}
    changed = {part: each for part, each in now.items() if before.get(part) != each}
    return Plan(changed, [part for part in known if part not in now])


def _days(now: Mapping[str, str], known: Mapping[str, Part]) -> set[date]:
    return {date.fromisoformat(part) for part in (*now, *known)}


def made_from(
    view: ViewSpec, snapshot: Snapshot, site: Site, *, with_customers: bool
) -> dict[str, str]:
    """Return for each part of a view what stands for all that it follows from."""
    by_day = [name for name in view.reads if TABLES[name].partition_by == (DAY,)]
    whole = [name for name in view.reads if name not in by_day or not view.is_daily]
    columns = [(each.name, str(each.dtype)) for each in view.shown(with_customers=with_customers)]
    zone = layout.time_zone(snapshot.folder)
    rules = [(rule.segment, rule.when) for rule in site.segments] if view.follows_rules else None
    files = [(name, sorted(_files(snapshot, name)["path"])) for name in whole]
    always = repr((__version__, columns, zone, rules, files))
    if not view.is_daily:
        return {ALL: _digest(always)}
    days = view.days(snapshot)
    named: dict[date, list[str]] = {day: [] for day in days}
    for name in by_day:
        paths = _files(snapshot, name).group_by("day").agg(pl.col("path").sort())
        for day, found in zip(paths["day"], paths["path"], strict=True):
            if day in named:
                named[day] += found.to_list()
    return {day.isoformat(): _digest(always + repr(paths)) for day, paths in named.items()}


def _files(snapshot: Snapshot, name: str) -> pl.DataFrame:
    """Return ``path`` and ``day`` of the files of a table; the day is null if it has none."""
    schema = {"path": pl.String, "day": pl.Date}
    if snapshot.is_absent(name):
        return pl.DataFrame(schema=schema)
    actions = snapshot.delta(name).get_add_actions(flatten=True)
    if not actions.num_rows:
        return pl.DataFrame(schema=schema)
    rows = pl.DataFrame(actions)
    day = pl.col(f"partition.{DAY}") if f"partition.{DAY}" in rows.columns else pl.lit(None)
    return rows.select(pl.col("path").cast(pl.String), day.cast(pl.Date).alias("day"))


def _digest(text: str) -> str:
    return blake2b(text.encode(), digest_size=16).hexdigest()


def portions(
    view: ViewSpec, snapshot: Snapshot, changed: Mapping[str, str], rows: int = PORTION
) -> Iterator[Span | None]:
    """Yield spans of days that hold the parts to make anew and no others, none of them large.

    None for a view that is made at once.
    """
    if not view.is_daily:
        if changed:
            yield None
        return
    daily = [name for name in view.reads if TABLES[name].partition_by == (DAY,)]
    sizes = [snapshot.rows_by_day(name) for name in daily]
    first: date | None = None
    last: date | None = None
    total = 0
    for day in view.days(snapshot):
        size = sum(each.get(day, 0) for each in sizes)
        is_wanted = day.isoformat() in changed
        if first is not None and last is not None and (not is_wanted or total + size > rows):
            yield first, last
            first, total = None, 0
        if is_wanted:
            first, last, total = first or day, day, total + size
    if first is not None and last is not None:
        yield first, last


def parts_of(
    frame: pl.DataFrame, span: Span | None, changed: Mapping[str, str]
) -> Iterator[tuple[str, Part, pl.DataFrame]]:
    """Cut rows into parts; each that was to be made anew is told, also one without a row."""
    if span is None:
        yield ALL, Part(changed[ALL], _content(frame), frame.height), frame
        return
    found = frame.partition_by(DAY, as_dict=True)
    asked = [part for part in changed if span[0] <= date.fromisoformat(part) <= span[1]]
    for part in sorted(asked):
        rows = found.get((date.fromisoformat(part),), frame.clear())
        yield part, Part(changed[part], _content(rows), rows.height), rows


def _content(frame: pl.DataFrame) -> str:
    """Return what stands for the rows in any order."""
    if frame.is_empty():
        return ""
    return f"{frame.hash_rows().sum():x}"
