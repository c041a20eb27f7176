"""How many take each step on the way to something, and where the others go."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import polars as pl

from reports.ask import SMALL, Asked, ask
from reports.attributes import with_attribute
from reports.breakdown import text
from reports.funnel_question import FunnelQuestion, question_of
from reports.funnel_walks import funnel_chains, gone_to
from reports.intervals import newcombe, wilson
from reports.load import SESSION_TEXTS
from reports.measures import quotient
from reports.query import EVERYTHING, Filters, Span
from reports.result import Report
from reports.spec import ColumnSpec
from reports.trail import Trail, current_trail, previous_trail
from reports.warning import ReportWarning
from weblog.errors import UnknownNameError
from weblog.site.funnels import FunnelStep
from weblog.site.rules import Site
from weblog.store import Snapshot, Store

PEOPLE: Final = ("visitors", "customers")


def _rate(name: str, meaning: str) -> ColumnSpec:
    return ColumnSpec(name, pl.Float64(), "rate", meaning)


def _count(name: str, meaning: str) -> ColumnSpec:
    return ColumnSpec(name, pl.Int64(), "count", meaning)


def _seconds(name: str, meaning: str) -> ColumnSpec:
    return ColumnSpec(name, pl.Float64(), "seconds", meaning)


def _points(name: str, meaning: str) -> ColumnSpec:
    return ColumnSpec(name, pl.Float64(), "points", meaning)


COLUMNS = (
    text("funnel", "Its name"),
    text("unit", "What is counted: sessions, visitors or customers"),
    text("kind", "What it is broken down by; null: by nothing"),
    text("name", "Its value in the session that began the chain; null: not known, or by nothing"),
    ColumnSpec("step", pl.Int64(), "", "Number of the step, from 1"),
    text("step_name", "What the step is called, or asks"),
    _count("reached", "Sessions or people that took this step and all before it, in order"),
    _count("from_reached", "Of the step before; null for the first"),
    _rate("rate", "reached / from_reached: conversion of the step"),
    _rate("low", "Lower end of its 95 % interval (Wilson)"),
    _rate("high", "Upper end of it"),
    _rate("overall_rate", "Part of those who took the first step"),
    _rate("overall_low", "Lower end of its 95 % interval (Wilson)"),
    _rate("overall_high", "Upper end of it"),
    _count("lost", "Took this step but not the next; null for the last"),
    _count("left", "Of the lost, viewed no other page in that session"),
    text("next_page", "Where most of the other lost went from here"),
    _count("next_page_lost", "How many of them"),
    _seconds("median_s", "Median time from the step before"),
    _seconds("quarter_s", "A quarter took this long or less (first quartile)"),
    _seconds("three_quarters_s", "Three quarters took this long or less (third quartile)"),
    _count("previous_reached", "reached in the period compared with"),
    _count("previous_from_reached", "from_reached in that period"),
    _rate("previous_rate", "rate in that period"),
    _points("difference", "rate - previous_rate"),
    _points("difference_low", "Lower end of its 95 % interval (Newcombe)"),
    _points("difference_high", "Upper end of it"),
    _rate("previous_overall_rate", "overall_rate in that period"),
    _points("overall_difference", "overall_rate - previous_overall_rate"),
    _points("overall_difference_low", "Lower end of its 95 % interval (Newcombe)"),
    _points("overall_difference_high", "Upper end of it"),
    ColumnSpec("small", pl.Boolean(), "", f"Fewer than {SMALL} came from the step before"),
)

_SCHEMA: Final = pl.Schema([(column.name, column.dtype) for column in COLUMNS])


def funnel(
    source: Store | Snapshot,
    filters: Filters = EVERYTHING,
    *,
    funnel: str | None = None,
    steps: Sequence[str | FunnelStep] = (),
    within: str | None = None,
    strict: bool | None = None,
    people: str = "visitors",
    by: str | None = None,
    site: Site | None = None,
) -> Report:
    """Follow sessions or people through the steps of a funnel, in their order.

    ``funnel`` names one of ``[[funnels]]`` in the rules of ``site`` (None: its first);
    ``steps`` give one of your own: "page=/quote/*", "goal=quote", "event=call",
    "category=health", "product=loans". ``within`` is "session", or days such as "7 days": then
    visitors are followed over their sessions, or with ``people="customers"`` customers, where a
    session names one. Any first step may begin a chain; from there each next step is the
    earliest later page view or event that is it, other pages may lie between (none with
    ``strict``), and none is later than ``within`` after the first. The longest chain counts, of
    several the one that begins first: who reached a step is counted in all steps before it. Two
    at the same instant are in the order of the log. ``by`` is a column of sessions, such as
    "segment". Columns, units and meanings: ``COLUMNS``.

    Raises:
        UnknownNameError: no such funnel, ``by`` or ``people``; a step names no rule of the site.
        QueryError: the filters contradict themselves; too few steps; ``within`` is no time;
            strict beyond a session.
        UsageError: a step is none.
        StoreError: the store cannot be read.
    """
    rules = site or Site()
    for what, value, known in (("by", by, SESSION_TEXTS), ("people", people, PEOPLE)):
        if value is not None and value not in known:
            raise UnknownNameError(f"{what} of funnel", value, list(known))
    own = {"session", "key", "visitor", "device"} | ({by} if by else set())
    asked = ask(source, filters, sorted(own), ())
    question = question_of(rules, funnel, steps, within, strict)
    if question is None:
        return asked.answer("funnel", pl.DataFrame(schema=_SCHEMA), ReportWarning("no_funnels"))
    unit = "sessions" if question.window is None else people
    trail, before = current_trail(asked), previous_trail(asked)

    def taken_in(trail: Trail, sessions: pl.DataFrame, span: Span | None) -> pl.DataFrame:
        """Return the chains of a period, with ``name`` and ``next_page``."""
        if people == "customers" and question.window is not None:
            sessions = with_attribute(sessions, asked.snapshot, span, "device")
            sessions = sessions.with_columns(pl.coalesce("customer", "visitor").alias("visitor"))
        return _taken(trail, sessions, question, site=rules, by=by)

    taken = taken_in(trail, asked.sessions, asked.query.current)
    rows = _counted(taken, question, by)
    then = None
    earlier = asked.previous_sessions
    if before is not None and earlier is not None:
        then = _counted(taken_in(before, earlier, asked.query.previous), question, by)
    frame = _finished(rows, then, question, unit, by)
    return asked.answer("funnel", frame, *_warnings(asked, trail, taken, question))


def _taken(
    trail: Trail, sessions: pl.DataFrame, question: FunnelQuestion, *, site: Site, by: str | None
) -> pl.DataFrame:
    """Return the chains with ``name`` and ``next_page``; ``visitor`` is whoever is followed."""
    people = None
    if question.window is not None:
        people = sessions.select("session", "key", pl.col("visitor").alias("person"))
    found = funnel_chains(trail, question, site, people)
    name = pl.lit(None, pl.String) if by is None else pl.col(by).cast(pl.String)
    of_session = sessions.select(pl.col("session").alias("s0"), name.alias("name"))
    named = found.join(of_session, on="s0", how="left", maintain_order="left")
    return named.with_columns(gone_to(trail, found["last"]))


def _counted(taken: pl.DataFrame, question: FunnelQuestion, by: str | None) -> pl.DataFrame:
    """Return a row per name and step, of what can be counted in one period."""
    names = (
        taken.select("name").unique() if by else pl.DataFrame({"name": [None]}, {"name": pl.String})
    )
    parts = []
    for number in range(len(question.steps)):
        there = taken.filter(pl.col("depth") > number)
        waits = pl.lit(None, pl.Float64)
        if number:
            waits = (pl.col(f"t{number}") - pl.col(f"t{number - 1}")) / 1000
        counts = there.group_by("name").agg(
            pl.len().cast(pl.Int64).alias("reached"),
            waits.median().alias("median_s"),
            waits.quantile(0.25, "linear").alias("quarter_s"),
            waits.quantile(0.75, "linear").alias("three_quarters_s"),
        )
        part = names.join(counts, on="name", how="left", nulls_equal=True)
        if number + 1 < len(question.steps):
            part = part.join(_lost(there, number), on="name", how="left", nulls_equal=True)
            part = part.with_columns(pl.col("lost", "left").fill_null(0))
        parts.append(part.with_columns(pl.lit(number + 1, pl.Int64).alias("step")))
    rows = pl.concat(parts, how="diagonal").with_columns(pl.col("reached").fill_null(0))
    before = pl.col("reached").shift(1).over("name", order_by="step")
    first = pl.col("reached").first().over("name", order_by="step")
    return rows.with_columns(before.alias("from_reached"), first.alias("began"))


def _lost(there: pl.DataFrame, number: int) -> pl.DataFrame:
    """Count those who took no further step than this one, and where they went."""
    stayed = there.filter(pl.col("depth") == number + 1)
    went = (
        stayed.drop_nulls("next_page")
        .group_by("name", "next_page")
        .agg(pl.len().cast(pl.Int64).alias("next_page_lost"))
        .sort("next_page_lost", "next_page", descending=[True, False])
        .unique("name", keep="first", maintain_order=True)
    )
    counts = stayed.group_by("name").agg(
        pl.len().cast(pl.Int64).alias("lost"),
        pl.col("next_page").is_null().sum().cast(pl.Int64).alias("left"),
    )
    return counts.join(went, on="name", how="left", nulls_equal=True)


def _finished(
    rows: pl.DataFrame,
    then: pl.DataFrame | None,
    question: FunnelQuestion,
    unit: str,
    by: str | None,
) -> pl.DataFrame:
    counts = ("reached", "from_reached", "began")
    if then is None:
        rows = rows.with_columns(pl.lit(None, pl.Int64).alias(f"previous_{c}") for c in counts)
    else:
        was = then.select("name", "step", *(pl.col(c).alias(f"previous_{c}") for c in counts))
        rows = rows.join(was, on=["name", "step"], how="full", coalesce=True, nulls_equal=True)
        # A name that only one of the periods has: nobody of it there.
        zero = [pl.col("reached", "previous_reached", "began", "previous_began").fill_null(0)]
        later = pl.col("step") > 1
        zero += [
            pl.when(later).then(pl.col(c).fill_null(0)).alias(c)
            for c in ("from_reached", "previous_from_reached")
        ]
        rows = rows.with_columns(zero)
        is_last = pl.col("step") == len(question.steps)
        rows = rows.with_columns(pl.when(~is_last).then(pl.col("lost", "left").fill_null(0)))
    return (
        rows.with_columns(
            pl.lit(question.name).alias("funnel"),
            pl.lit(unit).alias("unit"),
            pl.lit(by, pl.String).alias("kind"),
            pl.col("step")
            .replace_strict(dict(enumerate((s.title for s in question.steps), start=1)))
            .alias("step_name"),
            *_compared("", "from_reached"),
            *_compared("overall_", "began", pl.col("step") > 1),
            (pl.coalesce("from_reached", "reached") < SMALL).alias("small"),
        )
        .with_columns(
            (pl.col("rate") - pl.col("previous_rate")).alias("difference"),
            (pl.col("overall_rate") - pl.col("previous_overall_rate")).alias("overall_difference"),
        )
        .sort(["began", "previous_began", "name", "step"], descending=[True, True, False, False],
              nulls_last=True)
        .select(pl.col(name).cast(dtype) for name, dtype in _SCHEMA.items())
    )  # fmt: skip


def _compared(prefix: str, under: str, where: pl.Expr | None = None) -> list[pl.Expr]:
    """Return a rate over ``under`` in both periods, its interval, and that of the difference.

    Intervals only ``where`` there is something to be sure of: all of those who began began.
    """
    holds = pl.lit(value=True) if where is None else where
    reached, before = pl.col("reached"), pl.col("previous_reached")
    low, high = wilson(reached, pl.col(under))
    less, more = newcombe(reached, pl.col(under), before, pl.col(f"previous_{under}"))
    return [
        quotient("reached", under).alias(f"{prefix}rate"),
        pl.when(holds).then(low).alias(f"{prefix}low"),
        pl.when(holds).then(high).alias(f"{prefix}high"),
        quotient("previous_reached", f"previous_{under}").alias(f"previous_{prefix}rate"),
        pl.when(holds).then(less).alias(f"{prefix}difference_low"),
        pl.when(holds).then(more).alias(f"{prefix}difference_high"),
    ]


def _warnings(
    asked: Asked, trail: Trail, taken: pl.DataFrame, question: FunnelQuestion
) -> list[ReportWarning]:
    warnings = []
    if taken.is_empty() and asked.sessions.height:
        warnings.append(ReportWarning("not_reached", {"step": question.steps[0].said}))
    if question.window is not None and taken.height:
        days = question.window.days
        end = int(trail.steps["at"].max())  # type: ignore[arg-type]
        short = taken.filter(
            (pl.col("depth") < len(question.steps)) & (pl.col("t0") + days * 86_400_000 > end)
        ).height
        if short:
            facts = {"people": short, "all": taken.height, "days": days}
            warnings.append(ReportWarning("funnel_cut_short", facts))
    return warnings
