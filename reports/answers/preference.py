"""Which groups look at what more than everybody does."""

from __future__ import annotations

from dataclasses import replace
from typing import Final, Protocol

import polars as pl

from reports.ask import Asked, ask
from reports.attributes import ATTRIBUTES, OF_SESSION, PRODUCT, with_attribute
from reports.breakdown import text
from reports.discovery import FALSE_DISCOVERIES
from reports.group_affinity import LEAST_EXPECTED, LEAST_VISITORS, group_affinity
from reports.intervals import Z95
from reports.load import CACHE, key_of
from reports.looked_at import age_weights, check_half_life, check_kind
from reports.query import EVERYTHING, SESSION_FILTERS, Filters, Span, check_limit
from reports.result import Report
from reports.spec import ColumnSpec
from reports.tastes import Looks, Tastes, looks_of, tastes
from reports.warning import ReportWarning
from weblog.errors import UnknownNameError
from weblog.store import Snapshot, Store

OF: Final = ("segment", *ATTRIBUTES)
"""What groups can be made of."""


def _number(name: str, meaning: str) -> ColumnSpec:
    return ColumnSpec(name, pl.Float64(), "", meaning)


def _count(name: str, meaning: str) -> ColumnSpec:
    return ColumnSpec(name, pl.Int64(), "count", meaning)


COLUMNS = (
    text("of", f"What groups are made of: {', '.join(OF)}"),
    text("group", "Which group"),
    text("kind", "category or product"),
    text("name", "Which category or product"),
    _count("page_views", "The group's page views of it"),
    _number("weighted_views", "The same, each weighing 0.5 ^ (age / half_life); else page_views"),
    _count("visitors", "The group's visitors who viewed it"),
    _count("sessions", "The group's sessions that viewed it"),
    ColumnSpec(
        "dwell_s",
        pl.Float64(),
        "seconds",
        "Median time on these pages; unknown for a session's last page, never 0",
    ),
    _count("group_views", "All page views of the group that have such a name"),
    _count("group_visitors", "All visitors of the group with such a view"),
    ColumnSpec("share", pl.Float64(), "rate", "Weighted views / those of the group"),
    ColumnSpec("everyone_share", pl.Float64(), "rate", "The same share of everybody's views"),
    _number("index", "100 x share / everyone_share, drawn toward 100 where data are thin"),
    _number("low", "Lower end of the index's 95 % interval"),
    _number("high", "Upper end of the index's interval"),
    _number("observed_index", "100 x share / everyone_share as it is"),
    ColumnSpec("weight", pl.Float64(), "rate", "How much of observed_index is in index; rest: 100"),
    ColumnSpec("z", pl.Float64(), "z", "Observed index - 100 in standard deviations"),
    _number("p", "Chance of such a z, or one farther from 0, if the group were like everybody"),
    ColumnSpec(
        "small",
        pl.Boolean(),
        "",
        f"Fewer than {LEAST_VISITORS} visitors in the group, or {LEAST_EXPECTED:.0f} independent "
        "views expected: no conclusion",
    ),
    ColumnSpec(
        "beyond_chance",
        pl.Boolean(),
        "",
        "Not small, the interval leaves out 100, and at most "
        f"{FALSE_DISCOVERIES:.0%} of such finds are chance",
    ),
    _number("previous_index", "The index in the period compared with"),
    _number("change", "index - previous_index"),
    _number("change_low", "Lower end of the change's 95 % interval"),
    _number("change_high", "Upper end of the change's interval"),
)


def preference(
    source: Store | Snapshot,
    filters: Filters = EVERYTHING,
    *,
    of: str = "segment",
    kind: str = "category",
    half_life: float | None = None,
    limit: int | None = 20,
) -> Report:
    """Compare what each group looks at with what everybody does: the affinity index.

    A row per group and content category (``kind`` "category") or product, the largest group
    first, then the highest index. ``of`` is "segment", "age_band", "sex", "occupation",
    "children", "product_held", "device" or "channel"; everybody is everyone of whom that is
    known, also those whom a filter on it leaves out. Page views without a category (or product)
    take no part. Index = 100 x (share of the group's page views) / (share of everybody's), drawn
    toward 100 by an empirical-Bayes weight: gamma-Poisson (DuMouchel 1999), with the spread of
    true indices averaged over what the data allow (Gelman 2006). Views of one visitor resemble
    each other: variances are clustered by visitor and, where visitors are few, by a beta-binomial
    model pooled over groups (Ridout et al. 1999), so that a few busy visitors prove nothing.
    The interval holds the true index for 95 % of a report's cells (not of each cell whatever it
    is: Morris 1983, "Parametric empirical Bayes inference", JASA 78). beyond_chance is by
    Benjamini and Hochberg (1995) over all cells that are not small. With ``half_life`` (days) a
    view weighs 0.5 ^ (age / half_life), its age counted back from the period's last day; in the
    period compared with, from that one's. The change's interval takes the two periods for
    independent, and is too wide where the same visitors came in both. The first ``limit`` names
    by everybody's views; None for all. Columns, units and meanings: ``COLUMNS``.

    Raises:
        UnknownNameError: ``of`` or ``kind`` is none of these.
        QueryError: the filters contradict themselves, or ``half_life`` or ``limit`` is not
            above 0.
        StoreError: the store cannot be read.
    """
    return answered(source, filters, of, kind, half_life, limit, Here())


class Counting(Protocol):
    """Sums up what was looked at: here, or elsewhere (:mod:`reports.on_cluster`)."""

    def cells(
        self, asked: Asked, kind: str, of: str, half_life: float | None, *, previous: bool = False
    ) -> pl.DataFrame:
        """Return :func:`reports.group_affinity.group_affinity` of a period, with ``dwell_s``."""

    def sized(self, asked: Asked) -> Asked:
        """Return the question as one that knows how many sessions it is about."""


class Here:
    """Sums up in this process."""

    @staticmethod
    def cells(
        asked: Asked, kind: str, of: str, half_life: float | None, *, previous: bool = False
    ) -> pl.DataFrame:
        """Return the cells of a period, kept in memory."""
        return cells(asked, kind, of, half_life, previous=previous)

    @staticmethod
    def sized(asked: Asked) -> Asked:
        """Return the question as it is."""
        return asked


def answered(  # noqa: PLR0917  the report's own
    source: Store | Snapshot,
    filters: Filters,
    of: str,
    kind: str,
    half_life: float | None,
    limit: int | None,
    counting: Counting,
) -> Report:
    """Answer :func:`preference`, whoever sums up.

    Raises:
        UnknownNameError, QueryError, StoreError: as there.
    """
    check_kind(kind)
    check_half_life(half_life)
    check_limit(limit)
    if of not in OF:
        raise UnknownNameError("attribute", of, list(OF))
    own = [of] if of == "segment" or of in OF_SESSION else []
    columns = ("session", "visitor", "date", "key", *own), ("session", "visitor", kind, "dwell_s")
    asked = ask(source, filters, *columns)
    field = next((name for name, column in SESSION_FILTERS.items() if column == of), None)
    chosen = filters.chosen.get(field, ()) if field else ()
    everyone = ask(asked.snapshot, replace(filters, **{field: ()}), *columns) if chosen else asked  # type: ignore[arg-type]
    now = counting.cells(everyone, kind, of, half_life)
    before = None
    if asked.query.previous:
        before = counting.cells(everyone, kind, of, half_life, previous=True)
    asked = counting.sized(asked)
    rows = _with_change(now, before)
    if chosen:
        rows = rows.filter(pl.col("group").is_in(chosen))
    frame = _first_names(rows, limit).with_columns(
        pl.lit(of).alias("of"), pl.lit(kind).alias("kind")
    )
    warnings = _warnings(asked, now, frame, of, kind)
    return asked.answer("preference", frame.select(c.name for c in COLUMNS), *warnings)


def cells(
    asked: Asked, kind: str, of: str, half_life: float | None, *, previous: bool = False
) -> pl.DataFrame:
    """Return :func:`reports.group_affinity.group_affinity` of a period, with ``dwell_s``."""
    span: Span | None = asked.query.previous if previous else asked.query.current
    chosen = tuple(sorted(asked.query.filters.chosen.items()))
    tables = ("sessions", "page_views", "customers", "purchases")
    key = (*(key_of(asked.snapshot, table) for table in tables), span, chosen)
    return CACHE.get(
        ("preference", *key, kind, of, half_life),
        lambda: _counted(asked, kind, of, half_life, previous=previous),
    )


def _counted(
    asked: Asked, kind: str, of: str, half_life: float | None, *, previous: bool
) -> pl.DataFrame:
    of_groups, of_everyone = looks(asked, kind, of, half_life, previous=previous)
    return with_dwell_times(tastes(of_groups, of_everyone), of_groups.dwell_times)


def with_dwell_times(seen: Tastes, dwell_times: pl.DataFrame) -> pl.DataFrame:
    """Return the cells that follow from sums; ``dwell_times``: ``group``, ``name``, ``dwell_s``."""
    found = group_affinity(seen)
    return found.join(dwell_times, on=["group", "name"], how="left", maintain_order="left")


def looks(
    asked: Asked, kind: str, of: str, half_life: float | None, *, previous: bool
) -> tuple[Looks, Looks]:
    """Return what groups, and everybody in any of them, looked at in a period."""
    span: Span | None = asked.query.previous if previous else asked.query.current
    sessions = asked.previous_sessions if previous else asked.sessions
    page_views = asked.previous_page_views if previous else asked.page_views
    if sessions is None or page_views is None:
        raise AssertionError("a period compared with was asked of a query that has none")
    members = _members(sessions, asked.snapshot, span, of)
    end = span[1] if span else None
    aged = None if half_life is None else age_weights(sessions, end, half_life)
    return looks_of(page_views, kind, members, aged)


def _members(
    sessions: pl.DataFrame, snapshot: Snapshot, span: Span | None, of: str
) -> pl.DataFrame:
    """Return ``session`` and ``group`` of the sessions of which the attribute is known."""
    if of == "segment" or of in OF_SESSION:
        return sessions.select("session", pl.col(of).alias("group")).drop_nulls()
    named = with_attribute(sessions, snapshot, span, of)
    return named.select("session", pl.col("name").cast(pl.Categorical).alias("group")).drop_nulls()


def _with_change(now: pl.DataFrame, before: pl.DataFrame | None) -> pl.DataFrame:
    earlier = (now.clear() if before is None else before).select(
        "group",
        "name",
        pl.col("index").alias("previous_index"),
        pl.col("variance").alias("previous_variance"),
    )
    change = pl.col("index") - pl.col("previous_index")
    spread = Z95 * (pl.col("variance") + pl.col("previous_variance")).sqrt()
    return now.join(earlier, on=["group", "name"], how="left").with_columns(
        change.alias("change"),
        (change - spread).alias("change_low"),
        (change + spread).alias("change_high"),
    )


def _first_names(rows: pl.DataFrame, limit: int | None) -> pl.DataFrame:
    """Return the rows in their order, of the names everybody views most."""
    names = (
        rows.unique("name")
        .sort(["everyone_share", "name"], descending=[True, False])["name"]
        .head(limit or rows.height)
    )
    return rows.filter(pl.col("name").is_in(names.implode())).sort(
        ["group_views", "group", pl.col("index").round(6), "name"],  # sums differ by their order
        descending=[True, False, True, False],
    )


def _warnings(
    asked: Asked, now: pl.DataFrame, frame: pl.DataFrame, of: str, kind: str
) -> list[ReportWarning]:
    if not asked.session_count:
        return []
    if now.is_empty():
        if not asked.has(kind):
            return [ReportWarning("no_categories" if kind == "category" else "no_products")]
        return [ReportWarning("attribute_unknown", {"attribute": of})]
    warnings = []
    small = int(frame["small"].sum())
    if small:
        warnings.append(ReportWarning("few_visitors", {"small": small, "cells": frame.height}))
    if of == PRODUCT:
        warnings.append(ReportWarning("products_overlap"))
    return warnings
