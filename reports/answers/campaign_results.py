"""What campaigns brought, what they cost, and what a conversion cost, with intervals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import polars as pl

from reports import load
from reports.ask import SMALL, Asked, ask
from reports.breakdown import OTHER, text
from reports.campaign.allot import allotted, with_costs
from reports.campaign.costs import LINKS, Costs, costs
from reports.campaign.reached import check_goal, with_goal, with_keyword, with_signups
from reports.campaign.results import (
    LEVELS,
    NEEDED,
    before,
    carrying,
    cube,
    levels_of,
    measured,
    most,
    needed,
)
from reports.intervals import arrivals
from reports.measures import columns_of, interval, quotient, quotients, relative_change, roas
from reports.query import EVERYTHING, Filters, Span, check_limit
from reports.result import Report
from reports.spec import ColumnSpec, Unit
from reports.warning import ReportWarning
from weblog.site.rules import Site
from weblog.store import Snapshot, Store


def _number(name: str, unit: Unit, meaning: str) -> ColumnSpec:
    return ColumnSpec(name, pl.Float64(), unit, meaning)


COLUMNS = (
    ColumnSpec("date", pl.Date(), "day", "Day; null: rows are of the whole period"),
    text("segment", "Segment; null: not asked for, or not known"),
    text("channel", "Channel; null: not asked for. So are the next five"),
    text("source", "Source the link names, or the referrer's"),
    text("medium", "Medium the link names, or the referrer's"),
    text("campaign", "Campaign the link names"),
    text("content", "Content the link names: which banner or link"),
    text("keyword", "Keyword the link names, or search words"),
    OTHER,
    *columns_of("sessions"),
    _number("share", "rate", "Part of all sessions this report is about"),
    *columns_of(
        *("visitors", "new_visitors", "engaged", "engagement_rate", "bounces", "bounce_rate")
    ),
    ColumnSpec(
        "signups", pl.Int64(), "count", "Goals reached that make a member; null: no goal is one"
    ),
    *columns_of("converted", "conversions", "conversion_rate"),
    _number("low", "rate", "Lower end of the conversion rate's 95 % interval (Wilson)"),
    _number("high", "rate", "Upper end of it"),
    *columns_of("value"),
    _number("cost", "money", "Cost; null: not known, which is not 0"),
    text("cost_from", "Tables that tell the cost, by commas"),
    ColumnSpec(
        "cost_shared", pl.Boolean(), "", "Some of it is a part of a larger cost, by sessions"
    ),
    _number("cost_per_session", "money", "cost / sessions"),
    _number("cpa", "money", "Cost per acquisition: cost / conversions"),
    _number("cpa_low", "money", "Lower end of its 95 % interval"),
    _number("cpa_high", "money", "Upper end of it; null: there is none, as without a conversion"),
    _number(
        "roas",
        "ratio",
        "Return on advertising spend: value / cost; null where no conversion carries a value",
    ),
    _number("roas_low", "ratio", "Lower end of its 95 % interval"),
    _number("roas_high", "ratio", "Upper end of it"),
    _number("impressions", "count", "Times shown, as the medium reports it"),
    _number("clicks", "count", "Clicks, as the medium reports them"),
    _number("claimed", "count", "Conversions the medium claims"),
    ColumnSpec("previous_sessions", pl.Int64(), "count", "Sessions in the period compared with"),
    _number("change", "rate", "Relative change of sessions"),
    ColumnSpec("small", pl.Boolean(), "", f"Fewer than {SMALL} sessions: no conclusion"),
)


KEYS: Final = ("date", "segment")
"""What rows can be of beside levels."""


def campaign_results(
    source: Store | Snapshot,
    filters: Filters = EVERYTHING,
    *,
    by: str | Sequence[str] = "campaign",
    per_day: bool = False,
    by_segment: bool = False,
    goal: str | None = None,
    limit: int | None = 20,
    site: Site | None = None,
) -> Report:
    """Show what campaigns brought and cost: sessions, sign-ups, conversions, CPA and ROAS.

    A row per ``by``: one or several of "channel", "source", "medium", "campaign", "content" and
    "keyword" (a text may name several, by commas); with ``per_day`` per day as well, with
    ``by_segment`` per segment. By campaign, content or keyword only sessions that have one are
    counted. The first ``limit`` by sessions, then one row for the others; None for all. ``goal``
    counts the conversions and the value of one goal alone. ``signups`` are the goals that
    ``site`` marks ``signup = true``.

    Costs are those of the days asked about. Of each campaign they are taken from the first of
    these tables that knows any: campaign_costs (days, and what its links carry), banners and
    mailings (days), campaigns (the cost in all, spread evenly over its first to its last day). A
    cost known only of several rows together is shared out by their sessions, as is that of
    sessions that filters leave out. A campaign that cost something and brought nobody has a row,
    too. Without costs all else is shown, and what is missing is said.

    The interval of a conversion rate is Wilson's. That of CPA is cost over the interval of
    conversions, that of ROAS the interval of value over cost; the cost is taken as exact. Both
    take visitors for what arrives by chance, with all they bring (Rao and Scott 1999, see
    :func:`reports.intervals.arrivals`), so that one visitor who converts five times is no five.
    Fewer than 30 converting visitors tell too little of how values vary for an interval of ROAS.
    Columns, units and meanings: ``COLUMNS``.

    Raises:
        QueryError: the filters contradict themselves; ``by`` has something else; ``limit`` is
            less than 1.
        UnknownNameError: no session ever reached ``goal``.
        StoreError: the store cannot be read.
    """
    check_limit(limit)
    levels = levels_of(by)
    asked = ask(source, filters, _columns(levels), ())
    if goal is not None:
        check_goal(asked.snapshot, goal)
    signup_goals = [rule.goal for rule in (site or Site()).goals if rule.signup]
    keys = ["date"] * per_day + ["segment"] * by_segment
    span = asked.query.current
    current = _sessions(asked, span, asked.sessions, levels, goal)
    past = None if per_day else asked.previous_sessions
    previous = None if past is None else _sessions(asked, asked.query.previous, past, levels, None)
    kept = most(current, previous, levels, limit)
    converting = with_signups(asked, span, _converting(asked, current, goal), signup_goals)
    rows = measured(current, converting, keys, levels, kept)
    rows = _beside(rows, previous, keys, levels, kept)
    known = costs(asked.snapshot, span, filters.campaigns)
    rows = with_costs(rows, _costs_of(asked, current, known, keys, levels), keys, levels, kept)
    frame = _described(rows, current.height, has_signups=bool(signup_goals))
    return asked.answer(
        "campaign_results",
        frame,
        *_warnings(asked, frame, known, current, has_signups=bool(signup_goals)),
    )


def _columns(levels: list[str]) -> list[str]:
    """Return the columns of the sessions frame that are looked at; it holds no keyword."""
    names = ("key", "visitor", *NEEDED, *LINKS, *KEYS, *levels)
    return [name for name in dict.fromkeys(names) if name in load.SESSION_COLUMNS]


def _sessions(
    asked: Asked, span: Span | None, sessions: pl.DataFrame, levels: list[str], goal: str | None
) -> pl.DataFrame:
    found = with_goal(asked, span, sessions, goal)
    if "keyword" in levels:
        found = with_keyword(asked, span, found)
    return carrying(needed(found, KEYS, levels), levels)


def _converting(asked: Asked, current: pl.DataFrame, goal: str | None) -> pl.DataFrame:
    """Return the sessions that reached any goal, whichever is counted: it may be a sign-up."""
    if goal is None:
        return current.filter(pl.col("conversions") > 0)
    reached = asked.sessions.filter(pl.col("conversions") > 0).select("key")
    return current.join(reached, on="key", how="semi")


def _beside(
    rows: pl.DataFrame,
    previous: pl.DataFrame | None,
    keys: list[str],
    levels: list[str],
    kept: pl.DataFrame | None,
) -> pl.DataFrame:
    """Add the sessions of the period compared with; a row that is only there has none now."""
    if previous is None:
        return rows.with_columns(pl.lit(None, pl.Int64).alias("previous_sessions"))
    joined = rows.join(
        before(previous, keys, levels, kept),
        on=[*keys, *levels, "is_other"], how="full", coalesce=True, nulls_equal=True,
    )  # fmt: skip
    return joined.with_columns(pl.col(pl.Int64, pl.Float64).fill_null(0))


def _costs_of(
    asked: Asked, current: pl.DataFrame, known: Costs, keys: list[str], levels: list[str]
) -> pl.DataFrame:
    """Return what the combinations of ``keys`` and ``levels`` cost."""
    by, chosen_by = [*keys, *levels], asked.query.filters.chosen
    linked = [name for name in LINKS if known.days[name].is_not_null().any()]
    own = cube(current, by, linked)
    whole = own
    if chosen_by or ("campaign" not in levels and current.height < asked.sessions.height):
        span = asked.query.current
        everyone = load.sessions(asked.snapshot, span, EVERYTHING, _columns(levels))
        if "keyword" in levels:
            everyone = with_keyword(asked, span, everyone)
        whole = cube(everyone, by, linked)
    found = allotted(known.days, whole, own, by)
    if chosen_by.keys() - {"campaigns"}:
        # What no session agrees with cannot be told to be of these sessions.
        found = found.filter("has_sessions")
    return found


def _described(rows: pl.DataFrame, sessions: int, *, has_signups: bool) -> pl.DataFrame:
    """Return the declared columns, in order."""
    few, many = arrivals(pl.col("conversions"), pl.col("conversion_squares"))
    worth_low, worth_high = arrivals(pl.col("value"), pl.col("value_squares"))
    spent = pl.when(pl.col("cost") > 0).then("cost")
    worth = pl.when(pl.col("converters") >= SMALL).then(spent)
    missing = [column for column in COLUMNS if column.name not in rows.columns]
    return (
        rows.with_columns(pl.lit(None, column.dtype).alias(column.name) for column in missing)
        .with_columns(
            *quotients("engagement_rate", "bounce_rate", "conversion_rate"),
            *interval("converted", "sessions"),
            quotient("cost", "sessions").alias("cost_per_session"),
            quotient("cost", "conversions").alias("cpa"),
            (spent / many).alias("cpa_low"),
            (spent / pl.when(few > 0).then(few)).alias("cpa_high"),
            roas().alias("roas"),
            (worth_low / worth).alias("roas_low"),
            (worth_high / worth).alias("roas_high"),
            (pl.col("sessions") / (sessions or None)).alias("share"),
            pl.col("signups") if has_signups else pl.lit(None, pl.Int64).alias("signups"),
            relative_change("sessions", "previous_sessions").alias("change"),
            (pl.col("sessions") < SMALL).alias("small"),
        )
        .sort(
            ["date", "is_other", "sessions", "previous_sessions", "cost", "segment", *LEVELS],
            descending=[False, False, True, True, True, False, *(False for _ in LEVELS)],
            nulls_last=True,
        )
        .select(pl.col(column.name).cast(column.dtype) for column in COLUMNS)
    )


def _warnings(
    asked: Asked, frame: pl.DataFrame, known: Costs, current: pl.DataFrame, *, has_signups: bool
) -> list[ReportWarning]:
    if asked.sessions.is_empty():
        return []
    seen = current.filter(pl.col("campaign").is_not_null())["campaign"]
    if seen.is_empty():
        return [ReportWarning("no_campaigns")]
    warnings = []
    costing = known.days.filter(pl.col("cost").is_not_null())["campaign"].unique()
    without = seen.unique().cast(pl.String).sort()
    without = without.filter(~without.is_in(costing.implode()))
    if costing.is_empty():
        warnings.append(ReportWarning("no_costs"))
    elif len(without):
        warnings.append(ReportWarning("costs_missing", {"campaigns": named(without)}))
    if known.undated:
        warnings.append(ReportWarning("costs_undated", {"campaigns": named(known.undated)}))
    if known.spread:
        warnings.append(ReportWarning("costs_spread", {"campaigns": named(known.spread)}))
    if frame["cost_shared"].any():
        warnings.append(ReportWarning("costs_shared"))
    if not has_signups:
        warnings.append(ReportWarning("no_signup_goal"))
    small = int(frame["small"].sum())
    if small:
        warnings.append(ReportWarning("small_cells", {"small": small, "cells": frame.height}))
    return warnings


def named(campaigns: Sequence[str] | pl.Series) -> str:
    """Return names for a sentence: the first five, and how many more."""
    names = list(campaigns)
    more = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" (+{more})" if more > 0 else "")


NAMED: Final = 5
"""Names a sentence has at most."""
