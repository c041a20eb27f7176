"""One log under several definitions of a session."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import polars as pl

from reports.ask import ask
from reports.breakdown import text
from reports.measures import MEASURES, columns_of, quotient, relative_change
from reports.query import EVERYTHING, Filters, Span
from reports.result import Report
from reports.rule_sets import OTHER_RULES, RULES, RuleSet, counted, rule_sets, steps
from reports.rule_words import why
from reports.spec import ColumnSpec, no_rows
from reports.warning import ReportWarning
from weblog.site.rules import Site
from weblog.store import Snapshot, Store

EFFECTS = {
    "by_inactivity": "Sessions more or fewer, by another limit of inactivity",
    "by_midnight": "Sessions more or fewer, by midnight that ends them, or does not",
    "by_customer": "Sessions more or fewer, by a change of the customer",
    "by_campaign": "Sessions more or fewer, by the arrival of a new campaign",
    "by_other": "Sessions more or fewer, by the site's other limits",
}

COLUMNS = (
    text("part", "'rule set', or 'one rule changed' of the site's own"),
    text("rules", "'site' for the site's own, a named set, or what is changed"),
    ColumnSpec("inactivity_minutes", pl.Float64(), "", "A longer pause ends a session"),
    ColumnSpec("midnight", pl.Boolean(), "", "Midnight ends a session"),
    ColumnSpec("customer_change", pl.Boolean(), "", "Another customer logging in ends it"),
    ColumnSpec("new_campaign", pl.Boolean(), "", "The arrival of a new campaign ends it"),
    *columns_of("sessions"),
    ColumnSpec("difference", pl.Int64(), "count", "Sessions more or fewer than the site's"),
    ColumnSpec("change", pl.Float64(), "rate", "The same as a share of the site's"),
    *columns_of("page_views"),
    ColumnSpec("views_per_session", pl.Float64(), "ratio", "Page views divided by sessions"),
    *columns_of("visitors", "new_visitors", "bounces", "bounce_rate"),
    *columns_of("engaged", "engagement_rate", "converted", "conversion_rate"),
    ColumnSpec(
        "duration_s",
        pl.Float64(),
        "seconds",
        "Mean time from the first to the last page view or event; a log cannot time the last",
    ),
    *(ColumnSpec(name, pl.Int64(), "count", said) for name, said in EFFECTS.items()),
    text("why", "What makes the difference, in words"),
)


def definitions(
    source: Store | Snapshot, filters: Filters = EVERYTHING, *, site: Site | None = None
) -> Report:
    """Show one log under all sets of session rules, and what makes the difference.

    The hits of the period are cut into sessions anew by the rules of ``site`` (None: the
    default ones), by Matomo's, GA4's and AWStats' definitions, and by the site's own with each
    single rule changed. The ``by_`` columns lead from the site's rules to the row's, one rule
    after the other: they sum to ``difference``, and are null for rules that are the same. New
    visitors are the same by all: a browser's first page view begins a session by any rule. Of
    the filters only the period applies. Columns, units and meanings: ``COLUMNS``.

    Raises:
        QueryError: the filters contradict themselves.
        StoreError: the store cannot be read.
    """
    asked = ask(source, replace(filters, compare="none"), ("is_new",))
    everyone = ask(asked.snapshot, Filters(filters.start, filters.end, compare="none"), ("is_new",))
    warnings = list(asked.query.warnings)
    if filters.chosen:
        warnings.append(ReportWarning("hits_counted_whole"))
    span = asked.query.current
    if span is None or everyone.sessions.is_empty():
        frame = no_rows(COLUMNS)
    else:
        new = int(everyone.sessions["is_new"].sum())
        frame = compared(asked.snapshot, span, list(rule_sets(site or Site())), new)
    return Report("definitions", frame, asked.query, asked.snapshot.key, tuple(warnings))


def compared(snapshot: Snapshot, span: Span, sets: list[RuleSet], new: int) -> pl.DataFrame:
    """Return a row per set, the first being what the others are compared with."""
    rows = [_row(snapshot, span, sets[0], each) for each in sets]
    frame = pl.concat(rows).with_columns(pl.lit(new, pl.Int64).alias("new_visitors"))
    own = pl.col("sessions").first()
    rates = ("bounce_rate", "engagement_rate", "conversion_rate")
    return (
        frame.with_columns((pl.col("sessions") - own).alias("difference"), own.alias("own"))
        .with_columns(
            relative_change("sessions", "own").alias("change"),
            quotient("page_views", "sessions").alias("views_per_session"),
            quotient("seconds", "sessions").alias("duration_s"),
            *(
                quotient(str(MEASURES[name].numerator), str(MEASURES[name].denominator)).alias(name)
                for name in rates
            ),
        )
        .select(pl.col(column.name).cast(column.dtype) for column in COLUMNS)
    )


def _row(snapshot: Snapshot, span: Span, own: RuleSet, each: RuleSet) -> pl.DataFrame:
    effects: dict[str, int | None] = dict.fromkeys((*RULES.values(), OTHER_RULES))
    before = int(counted(snapshot, span, own.rules)["sessions"][0])
    for name, rules in steps(own.rules, each.rules):
        after = int(counted(snapshot, span, rules)["sessions"][0])
        effects[name] = (effects[name] or 0) + after - before
        before = after
    said = pl.DataFrame(
        {
            "part": [each.part],
            "rules": [each.name],
            "inactivity_minutes": [each.rules.inactivity / timedelta(minutes=1)],
            "midnight": [each.rules.ends_at_midnight],
            "customer_change": [each.rules.ends_when_customer_changes],
            "new_campaign": [each.rules.ends_at_new_campaign],
            **{name: pl.Series([count], dtype=pl.Int64) for name, count in effects.items()},
            "why": [None if each is own else why(effects)],
        },
        schema_overrides={"why": pl.String},
    )
    return said.hstack(counted(snapshot, span, each.rules))
