"""What an ingest would do, source by source: everything but the writing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import polars as pl

from weblog.errors import WeblogError
from weblog.ingestion.books import Books
from weblog.ingestion.hits import HitMaker
from weblog.ingestion.objects import unread
from weblog.ingestion.reading import Settings
from weblog.ingestion.results import SourceResult
from weblog.ingestion.run import SEGMENTS_AHEAD, Progress, Reading, chosen_settings
from weblog.ingestion.segments import Segment
from weblog.prefetch import ahead
from weblog.site.rules import Site
from weblog.sources import expand
from weblog.store import Store

_KEY = b"dry run: nothing of this is stored"


@dataclass
class SourcePlan:
    """What would become of one source.

    ``result`` is what ingesting it would give; ``days`` (in the site's time zone) and
    ``kinds`` are its new hits by these.
    """

    result: SourceResult
    days: Counter[date] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)

    @property
    def is_known(self) -> bool:
        """Whether lines of it are in the store, or were read before in the same run."""
        return self.result.already > 0


@dataclass(frozen=True, slots=True)
class Plan:
    """What an ingest would do: a plan for each source it could read, an error for each other."""

    sources: tuple[SourcePlan, ...]
    errors: tuple[WeblogError, ...]
    notes: tuple[str, ...] = ()


def dry_run(
    store: Store | None,
    paths: Iterable[str | Path],
    site: Site | None = None,
    *,
    log_format: str | None = None,
    final: bool = False,
    progress: Progress | None = None,
    settings: Settings | None = None,
) -> Plan:
    """Read logs as :func:`weblog.ingestion.ingest` would, classify them, and write nothing.

    Args:
        store: what they would be read into; None for one that does not exist yet.
        paths: as for :func:`weblog.ingestion.ingest`, like all that follow.
        site: the site's rules.
        log_format: name or LogFormat string.
        final: take an unfinished last line of a plain file too.
        progress: called from time to time.
        settings: sizes of chunks, and whether to read what mostly does not fit.

    Raises:
        TimeZoneError: the store's days are of another time zone than the site's.
    """
    rules = site or Site()
    if store is not None:
        store.check_time_zone(rules.time_zone)
    chosen = chosen_settings(settings, rules, log_format)
    found = unread(expand(paths), store)
    books = Books.of(store) if store is not None else Books()
    reading = Reading(books, chosen, final, progress, found.objects, errors=[*found.errors])
    maker = HitMaker(rules, store.visitor_key if store is not None else _KEY)
    counted: dict[int, SourcePlan] = {}
    for segment in ahead(reading.segments(found.files), depth=SEGMENTS_AHEAD):
        plan = counted.setdefault(id(segment.result), SourcePlan(segment.result))
        _count(plan, segment, maker)
    plans = (counted.get(id(result), SourcePlan(result)) for result in reading.results)
    return Plan(tuple(plans), tuple(reading.errors), tuple(found.notes))


def _count(plan: SourcePlan, segment: Segment, maker: HitMaker) -> None:
    result = plan.result
    result.lines += segment.lines
    result.hits += segment.hits
    result.rejects += segment.rejects.height
    for rule, count in segment.skipped.items():
        result.skipped_by[rule] = result.skipped_by.get(rule, 0) + count
    if segment.rows.is_empty():
        return
    hits = maker.hits(segment.rows.with_columns(log_source=pl.lit(segment.account.log_source)))
    days = hits.group_by("date").len()
    plan.days.update(dict(zip(days["date"], days["len"], strict=True)))
    kinds = hits.group_by(pl.col("kind").cast(pl.String)).len()
    plan.kinds.update(dict(zip(kinds["kind"], kinds["len"], strict=True)))
