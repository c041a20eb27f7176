"""Which pages each visit viewed, in their order: read once per period, in compact columns.

What is asked of an order (the next page, a path, a funnel) is a function of the frames here; as
in :mod:`reports.load`, they are read once and kept in memory.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import Final

import polars as pl

from reports import load, ordered, whole
from reports.ask import Asked
from reports.cache import visits_key
from reports.load import CACHE
from reports.query import EVERYTHING, Filters, Span
from reports.whole_views import WHAT
from weblog.classify.patterns import matches_any
from weblog.site.checked import pattern_regex
from weblog.store import Snapshot

_STEPS: Final = pl.Schema({"session": pl.UInt32(), "at": pl.Int64(), "what": pl.UInt32()})


@dataclass(frozen=True, slots=True)
class Trail:
    """The page views and events of some sessions.

    Attributes:
        steps: a row each: ``session`` (u32, as in the sessions frame of :mod:`reports.load`),
            ``at`` (i64, milliseconds since 1970, UTC), ``what`` (u32, row of ``whats``). A
            session's rows stand together, in order of time, then log, then line: the order that
            sessions are made by.
        whats: everything there was to view or do, each once, sorted: ``is_page`` (false: an
            event), ``path``, ``category``, ``product``, ``goal`` (null: none).
    """

    steps: pl.DataFrame
    whats: pl.DataFrame

    @property
    def pages(self) -> Trail:
        """The same without events."""
        if self.whats["is_page"].all():
            return self
        return Trail(
            self.steps.filter(self.whats["is_page"].gather(self.steps["what"])), self.whats
        )

    def told(self, of_whats: pl.Series) -> pl.Series:
        """Return for each step what ``of_whats``, a value per row of ``whats``, says of it."""
        return of_whats.gather(self.steps["what"])

    def fits(self, *patterns: str) -> pl.Series:
        """Return which of ``whats`` have a path that one of the path patterns fits."""
        regexes = [f"(?s:{pattern_regex(pattern)})" for pattern in patterns]
        return matches_any(self.whats["path"], regexes).fill_null(value=False)


def current_trail(asked: Asked) -> Trail:
    """Return the trail of the sessions asked about."""
    return trail(asked.snapshot, asked.query.current, asked.query.filters)


def previous_trail(asked: Asked) -> Trail | None:
    """Return the trail of the sessions compared with; None if there are none."""
    if asked.query.previous is None:
        return None
    return trail(asked.snapshot, asked.query.previous, asked.query.filters)


def trail(snapshot: Snapshot, span: Span | None, filters: Filters) -> Trail:
    """Return the trail of the sessions of ``span`` that pass ``filters``."""
    kept = whole.of(snapshot)
    if kept is not None:
        whats = kept.whats(span)
    else:
        key = (*visits_key(snapshot, span), "whats")
        whats = CACHE.get(key, lambda: _read_whats(snapshot, span))

    def read() -> pl.DataFrame:
        if not filters.chosen:
            return _read_steps(snapshot, span, whats) if kept is None else kept.steps(span)
        passes = load.passing(snapshot, span, filters)
        if kept is not None:
            return kept.steps(span, passes.arg_true())
        steps = trail(snapshot, span, EVERYTHING).steps
        return steps.filter(passes.gather(steps["session"]))

    own = (*load.filtered_key(snapshot, span, filters), "steps")
    return Trail(CACHE.get(own, read), whats.select(WHAT))


def _read_whats(snapshot: Snapshot, span: Span | None) -> pl.DataFrame:
    """Return the distinct pages and events with ``code``, a hash that is different for each."""
    inside = pl.lit(value=False) if span is None else pl.col("date").is_between(*span)
    found = snapshot.scan("page_views").filter(inside).select(*_columns()).unique().collect()
    found = found.sort(WHAT, nulls_last=True)
    for seed in count():
        code = found.select(pl.struct(WHAT).hash(seed).alias("code")).to_series()
        if code.n_unique() == found.height:
            break
    return found.with_columns(code, pl.lit(seed).alias("seed")).with_row_index("what")


def _columns() -> list[pl.Expr]:
    return [(pl.col("kind") == "page").alias("is_page"), *(pl.col(name) for name in WHAT[1:])]


def _read_steps(snapshot: Snapshot, span: Span | None, whats: pl.DataFrame) -> pl.DataFrame:
    parts = [pl.DataFrame(schema=_STEPS)]
    if whats.is_empty():
        return parts[0]
    codes = whats.select("what", "code")
    for days, own in ordered.numbered(snapshot, span):
        seed, other_seed = load.seed(snapshot, span), int(whats["seed"][0])
        read = (
            snapshot.scan("page_views")
            .filter(pl.col("date").is_between(*days))
            .select(
                pl.col("session_id").hash(seed).alias("key"),
                pl.col("ts").dt.epoch("ms").alias("at"),
                pl.struct(_columns()).hash(other_seed).alias("code"),
                "log_source",
                "line",
            )
            .collect()
        )
        sources = pl.Enum(read["log_source"].unique().sort())
        parts.append(
            read.with_columns(pl.col("log_source").cast(sources).to_physical())
            .join(own, on="key")
            .join(codes, on="code")
            .sort("session", "at", "log_source", "line")
            .select(_STEPS.names())
        )
    # One at a time: all of them twice would be a gigabyte.
    names = _STEPS.names()
    columns = [
        pl.concat([part.drop_in_place(name) for part in parts], rechunk=True) for name in names
    ]
    return pl.DataFrame(columns)
