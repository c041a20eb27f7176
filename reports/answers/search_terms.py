"""What people search for on the site, and what comes of it."""

from __future__ import annotations

from typing import Final

import polars as pl

from reports.ask import SMALL, ask
from reports.breakdown import OTHER, text
from reports.intervals import wilson
from reports.measures import columns_of, interval, quotient, relative_change
from reports.query import EVERYTHING, Filters, Span, check_limit
from reports.result import Report
from reports.searches import searches, words
from reports.spec import ColumnSpec
from reports.trail import Trail, current_trail, previous_trail
from reports.warning import ReportWarning
from weblog.errors import QueryError
from weblog.site.rules import Site
from weblog.site.site_search import SiteSearch
from weblog.store import Snapshot, Store

COLUMNS = (
    text("term", "The words, in small letters; null: rare terms, and those beyond the limit"),
    OTHER,
    ColumnSpec("terms", pl.Int64(), "count", "How many different terms the row is about"),
    ColumnSpec("searches", pl.Int64(), "count", "Searches; further pages of results not counted"),
    ColumnSpec("share", pl.Float64(), "rate", "Part of all searches of the period"),
    ColumnSpec("visitors", pl.Int64(), "count", "Distinct visitors who searched for it"),
    ColumnSpec("sessions", pl.Int64(), "count", "Sessions that searched for it"),
    ColumnSpec("exits", pl.Int64(), "count", "Searches after which no other page was viewed"),
    ColumnSpec("exit_rate", pl.Float64(), "rate", "exits / searches"),
    ColumnSpec("exit_low", pl.Float64(), "rate", "Lower end of its 95 % interval (Wilson)"),
    ColumnSpec("exit_high", pl.Float64(), "rate", "Upper end of it"),
    ColumnSpec("refined", pl.Int64(), "count", "Searches followed directly by one for other words"),
    text("next_page", "Page opened most often directly after; null: none, or rare terms"),
    ColumnSpec("next_page_searches", pl.Int64(), "count", "After how many searches"),
    *columns_of("converted", "conversion_rate"),
    ColumnSpec("low", pl.Float64(), "rate", "Lower end of the conversion rate's 95 % interval"),
    ColumnSpec("high", pl.Float64(), "rate", "Upper end of the conversion rate's interval"),
    ColumnSpec("previous_searches", pl.Int64(), "count", "Searches in the period compared with"),
    ColumnSpec("change", pl.Float64(), "rate", "Relative change of searches"),
    ColumnSpec("small", pl.Boolean(), "", f"Fewer than {SMALL} searches: no conclusion"),
)

_COUNTED: Final = ("searches", "visitors", "sessions", "exits", "refined", "converted")


def search_terms(
    source: Store | Snapshot,
    filters: Filters = EVERYTHING,
    *,
    least_visitors: int | None = None,
    limit: int | None = 20,
    site: Site | None = None,
) -> Report:
    """Rank the words people search for on the site, with what they did next.

    A search is a view of a page that ``[site_search]`` of ``site`` names, with words in one of
    its parameters; reloads and further pages of results for the same words are the same search.
    People type names and numbers: terms of fewer than ``least_visitors`` visitors (None: as the
    site says, 5 by default) are no row of their own. The first ``limit`` terms by searches, then
    one row that sums up the others, so that searches sum to the site's. Conversions are those
    of the sessions that searched: an association, not an effect. Columns, units and meanings:
    ``COLUMNS``.

    Raises:
        QueryError: the filters contradict themselves, ``limit`` or ``least_visitors`` is less
            than 1.
        StoreError: the store cannot be read.
    """
    check_limit(limit)
    rules = (site or Site()).site_search
    least = rules.least_visitors if least_visitors is None else least_visitors
    if least < 1:
        raise QueryError(f"least_visitors is {least}: expected at least 1")
    asked = ask(source, filters, ("session", "visitor", "conversions"))
    trail = current_trail(asked)
    now = _told(asked.snapshot, asked.query.current, trail, asked.sessions, rules)
    then = None
    before, earlier = previous_trail(asked), asked.previous_sessions
    if before is not None and earlier is not None:
        then = _told(asked.snapshot, asked.query.previous, before, earlier, rules)
    frame = ranked(now, then, least, limit)
    warnings = _warnings(asked.snapshot, asked.query.current, trail, rules)
    if now.is_empty() and asked.sessions.height:
        warnings.append(ReportWarning("no_searches"))
    return asked.answer("search_terms", frame, *warnings)


def _told(
    snapshot: Snapshot, span: Span | None, trail: Trail, sessions: pl.DataFrame, rules: SiteSearch
) -> pl.DataFrame:
    """Return the searches with ``visitor`` and ``won`` (the session reached a goal)."""
    own = sessions.select("session", "visitor", (pl.col("conversions") > 0).alias("won"))
    return searches(trail, snapshot, span, rules).join(own, on="session")


def _warnings(
    snapshot: Snapshot, span: Span | None, trail: Trail, rules: SiteSearch
) -> list[ReportWarning]:
    is_search = trail.fits(*rules.paths) & trail.whats["is_page"]
    told = words(snapshot, span, trail.whats["path"].filter(is_search).unique().sort(), rules)
    gone = int((~told["is_known"]).sum())
    return [ReportWarning("searches_gone", {"gone": gone, "all": told.height})] if gone else []


def ranked(
    now: pl.DataFrame, then: pl.DataFrame | None, least: int, limit: int | None
) -> pl.DataFrame:
    """Return a row per term of enough visitors, most searches first; the others together.

    Args:
        now: a row per search: ``term``, ``session``, ``visitor``, ``is_exit``, ``is_refined``,
            ``next_page``, ``won``.
        then: the same of the period compared with; None: there is none.
        least: how many visitors a term must have to be named.
        limit: how many are named at most; None: all.
    """
    terms = now.group_by("term").agg(_measures())
    shown = (
        terms.filter(pl.col("visitors") >= least)
        .sort("searches", "term", descending=[True, False])
        .head(terms.height if limit is None else limit)
    )
    rest = now.join(shown, on="term", how="anti")
    after = (
        now.join(shown, on="term", how="semi")
        .drop_nulls("next_page")
        .group_by("term", "next_page")
        .agg(pl.len().cast(pl.Int64).alias("next_page_searches"))
        .sort("next_page_searches", "next_page", descending=[True, False])
        .unique("term", keep="first", maintain_order=True)
    )
    rows = shown.with_columns(
        pl.lit(value=False).alias("is_other"), pl.lit(1, pl.Int64).alias("terms")
    ).join(after, on="term", how="left", maintain_order="left")
    if rest.height:
        other = rest.select(*_measures(), pl.col("term").n_unique().cast(pl.Int64).alias("terms"))
        rows = pl.concat([rows, other.with_columns(is_other=True)], how="diagonal")
    before = pl.lit(None, pl.Int64).alias("previous_searches")
    if then is not None:
        was = then.group_by("term").agg(pl.len().cast(pl.Int64).alias("p"))
        others = int(was.join(shown, on="term", how="anti")["p"].sum())
        rows = rows.join(was, on="term", how="left", maintain_order="left")
        before = (pl.when("is_other").then(others).otherwise(pl.col("p").fill_null(0))).alias(
            "previous_searches"
        )
    low, high = wilson(pl.col("exits"), pl.col("searches"))
    return (
        rows.with_columns(
            before,
            (pl.col("searches") / (now.height or None)).alias("share"),
            quotient("exits", "searches").alias("exit_rate"),
            low.alias("exit_low"),
            high.alias("exit_high"),
            quotient("converted", "sessions").alias("conversion_rate"),
            *interval("converted", "sessions"),
            (pl.col("searches") < SMALL).alias("small"),
        )
        .with_columns(relative_change("searches", "previous_searches").alias("change"))
        .select(pl.col(column.name).cast(column.dtype) for column in COLUMNS)
    )


def _measures() -> list[pl.Expr]:
    counts = (
        pl.len(),
        pl.col("visitor").n_unique(),
        pl.col("session").n_unique(),
        pl.col("is_exit").sum(),
        pl.col("is_refined").sum(),
        pl.col("session").filter("won").n_unique(),
    )
    return [count.cast(pl.Int64).alias(name) for count, name in zip(counts, _COUNTED, strict=True)]
