"""Page views broken down by what was viewed: a row per page, category or product.

Functions of the frames of :mod:`reports.load`; no disk, no clock.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import polars as pl

from reports.ask import SMALL
from reports.breakdown import OTHER
from reports.compact import places_in
from reports.measures import columns_of, interval, quotient, relative_change
from reports.query import check_limit
from reports.runs import counts, medians
from reports.spec import ColumnSpec

VIEWED: tuple[ColumnSpec, ...] = (
    OTHER,
    *columns_of("page_views"),
    ColumnSpec("share", pl.Float64(), "rate", "Part of all page views of the period"),
    ColumnSpec("sessions", pl.Int64(), "count", "Sessions that viewed it"),
    ColumnSpec("visitors", pl.Int64(), "count", "Distinct visitors who viewed it"),
    ColumnSpec(
        "dwell_s",
        pl.Float64(),
        "seconds",
        "Median time to the session's next page view or event; unknown for its last page",
    ),
    ColumnSpec("converted", pl.Int64(), "count", "Sessions that viewed it and reached a goal"),
    ColumnSpec("conversions", pl.Int64(), "count", "Goals reached by sessions that viewed it"),
    ColumnSpec(
        "conversion_rate",
        pl.Float64(),
        "rate",
        "Converted sessions divided by sessions that viewed it: an association, not an effect",
    ),
    ColumnSpec("low", pl.Float64(), "rate", "Lower end of the conversion rate's 95 % interval"),
    ColumnSpec("high", pl.Float64(), "rate", "Upper end of the conversion rate's interval"),
    ColumnSpec("value", pl.Float64(), "money", "Value of the goals of sessions that viewed it"),
    ColumnSpec(
        "previous_page_views", pl.Int64(), "count", "Page views in the period compared with"
    ),
    ColumnSpec("change", pl.Float64(), "rate", "Relative change of page views"),
    ColumnSpec("small", pl.Boolean(), "", f"Fewer than {SMALL} sessions viewed it"),
)
"""Columns of :func:`viewed` after the one that names what was viewed."""


def viewed(
    current: pl.DataFrame,
    previous: pl.DataFrame | None,
    sessions: pl.DataFrame,
    by: str,
    limit: int | None = None,
) -> pl.DataFrame:
    """Return a row per value of ``by`` ("path", "category", "product"), most page views first.

    ``page_views`` and ``previous_page_views`` sum to those of the whole periods: with a
    ``limit``, what lies beyond it is one row ``is_other``. ``sessions`` and ``visitors`` do
    not sum up, since one session views several pages. A null value of ``by`` means none.

    Args:
        current: page views: ``session``, ``visitor``, ``by`` and ``dwell_s``.
        previous: those of the period compared with: ``by``.
        sessions: those of ``current``: ``session``, ``conversions`` and ``value``.
        by: what to tell them apart by.
        limit: rows before the one of all others; None for all.

    Raises:
        QueryError: ``limit`` is less than 1.
    """
    check_limit(limit)
    ranked = _ranked(current, previous, by)
    shown = ranked.head(limit) if limit else ranked
    rest = ranked.slice(shown.height).select(pl.lit(None, pl.String).alias(by), pl.col("n", "p"))
    rows = pl.concat([shown.with_columns(pl.col(by).cast(pl.String)), rest.sum()])
    rows = rows.with_columns((pl.int_range(pl.len()) == shown.height).alias("is_other"))
    rows = rows.hstack(_counted(current, sessions, places_in(shown[by], current[by]), rows.height))
    return (
        rows.head(shown.height + bool(rest.height))
        .rename({"n": "page_views"})
        .with_columns(
            (pl.lit(None, pl.Int64) if previous is None else pl.col("p")).alias(
                "previous_page_views"
            ),
        )
        .with_columns(
            quotient("converted", "sessions").alias("conversion_rate"),
            *interval("converted", "sessions"),
            (pl.col("page_views") / (current.height or None)).alias("share"),
            relative_change("page_views", "previous_page_views").alias("change"),
            (pl.col("sessions") < SMALL).alias("small"),
        )
        .sort(
            ["is_other", "page_views", "previous_page_views", by],
            descending=[False, True, True, False],
            nulls_last=True,
        )
        .select(by, *(column.name for column in VIEWED))
    )


def _ranked(current: pl.DataFrame, previous: pl.DataFrame | None, by: str) -> pl.DataFrame:
    """Return page views now (n) and before (p) by value, most first; p is 0 without a before."""
    now = current.group_by(by).agg(pl.len().cast(pl.Int64).alias("n"))
    before = (current.clear() if previous is None else previous).group_by(by)
    gone = before.agg(pl.len().cast(pl.Int64).alias("p"))
    both = now.join(gone, on=by, how="full", coalesce=True, nulls_equal=True)
    return both.with_columns(pl.col("n", "p").fill_null(0)).sort(
        ["n", "p", pl.col(by).cast(pl.String)], descending=[True, True, False], nulls_last=True
    )


def _counted(
    views: pl.DataFrame, sessions: pl.DataFrame, places: pl.Series, end: int
) -> pl.DataFrame:
    """Count what does not follow from page views, of each place from 0 to before ``end``."""
    with ThreadPoolExecutor(1) as beside:
        middles = beside.submit(medians, views["dwell_s"], places, end)
        found = pl.DataFrame(
            [
                counts(views["session"], places, end).alias("sessions"),
                counts(views["visitor"], places, end).alias("visitors"),
            ]
        )
        found = found.hstack(_reached(views["session"], sessions, places, end))
        return found.with_columns(middles.result().alias("dwell_s"))


def _reached(
    session: pl.Series, sessions: pl.DataFrame, places: pl.Series, end: int
) -> pl.DataFrame:
    """Sum up the goals of the sessions that viewed what stands at each place.

    Few sessions reach a goal: only their page views need telling apart.
    """
    reached = sessions.filter(pl.col("conversions") > 0).select("session", "conversions", "value")
    last = max(int(part.max() or 0) for part in (session, reached["session"]))  # type: ignore[arg-type]
    mask = pl.repeat(False, last + 1, eager=True).scatter(reached["session"], True)
    theirs = mask.gather(session)
    pairs = pl.DataFrame([session.filter(theirs), places.filter(theirs).alias("place")])
    sums = (
        pairs.unique(maintain_order=True)
        .join(reached, on="session", maintain_order="left")
        .group_by("place")
        .agg(pl.len().cast(pl.Int64).alias("converted"), pl.col("conversions", "value").sum())
    )
    every = pl.DataFrame({"place": pl.int_range(end, dtype=pl.UInt32, eager=True)})
    return every.join(sums, on="place", how="left", maintain_order="left").select(
        pl.col("converted", "conversions").fill_null(0), pl.col("value").fill_null(0.0)
    )
