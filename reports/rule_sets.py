"""The sessions of one log under several sets of session rules: counted from the hits anew.

Sessions are cut a portion of days at a time and forgotten once counted: memory follows the
portion and the number of visitors, not the period.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from typing import Any, Final

import polars as pl

from reports.load import CACHE, key_of
from reports.query import Span
from sessionize import SessionRules
from sessionize.reading import BUCKET_ROWS, sessions_of_days
from weblog.site.rules import Session, Site
from weblog.store import Snapshot

NAMED: Final = ("matomo", "ga4", "awstats")

RULES: Final = {
    "inactivity": "by_inactivity",
    "ends_at_midnight": "by_midnight",
    "ends_when_customer_changes": "by_customer",
    "ends_at_new_campaign": "by_campaign",
}
"""Rule to the column that tells how many sessions it makes more or fewer."""

OTHER_RULES: Final = "by_other"

_NOT_RULES: Final = frozenset({"time_zone", "hosts"})

LONGER: Final = timedelta(minutes=60)
USUAL: Final = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class RuleSet:
    """One set of rules to count by: a named one, the site's, or the site's with one changed."""

    part: str
    name: str
    rules: SessionRules


def rule_sets(site: Site) -> Iterator[RuleSet]:
    """Yield the site's rules, the named sets, and the site's with each single rule changed."""
    own = SessionRules.from_site(site)
    yield RuleSet("rule set", "site", own)
    for name in NAMED:
        named = site.model_copy(update={"session": Session(rules=name)})
        yield RuleSet("rule set", name, SessionRules.from_site(named))
    for name, changed in _one_changed(own):
        yield RuleSet("one rule changed", name, changed)


def _one_changed(own: SessionRules) -> Iterator[tuple[str, SessionRules]]:
    other = USUAL if own.inactivity >= LONGER else LONGER
    yield f"inactivity of {other // timedelta(minutes=1)} min", replace(own, inactivity=other)
    for rule, said in (
        ("ends_at_midnight", "midnight"),
        ("ends_when_customer_changes", "another customer"),
        ("ends_at_new_campaign", "a new campaign"),
    ):
        is_on = getattr(own, rule)
        name = f"{said} does not end a session" if is_on else f"{said} ends a session"
        yield name, replace(own, **_one(rule, not is_on))


def _one(rule: str, value: object) -> dict[str, Any]:
    return {rule: value}


def steps(own: SessionRules, other: SessionRules) -> Iterator[tuple[str, SessionRules]]:
    """Yield the rules in which two sets differ, each with the rules once it is changed too.

    The last one yielded is ``other``, so differences from step to step sum to the whole one.
    """
    current = own
    for field in fields(SessionRules):
        value = getattr(other, field.name)
        if field.name not in _NOT_RULES and getattr(current, field.name) != value:
            current = replace(current, **_one(field.name, value))
            yield RULES.get(field.name, OTHER_RULES), current


def counted(snapshot: Snapshot, span: Span, rules: SessionRules) -> pl.DataFrame:
    """Return one row of what the sessions of ``span`` add up to under ``rules``.

    Returns:
        ``sessions``, ``page_views``, ``visitors``, ``bounces``, ``engaged``, ``converted`` (i64)
        and ``seconds`` (f64), the sum of the times from first to last page view or event.
    """
    key = (*key_of(snapshot, "hits", span), rules.fingerprint)
    return CACHE.get(key, lambda: _count(snapshot, span, rules))


def _count(snapshot: Snapshot, span: Span, rules: SessionRules) -> pl.DataFrame:
    rows = snapshot.rows_by_day("hits")
    sums: list[pl.DataFrame] = []
    visitors = pl.Series("visitor", [], pl.UInt64)
    for days in _portions([day for day in sorted(rows) if span[0] <= day <= span[1]], rows):
        made = sessions_of_days(snapshot, days, rules).sessions
        sums.append(made.select(_SUMS))
        visitors = pl.concat([visitors, made["visitor_id"].hash().alias("visitor")]).unique()
    nothing = pl.DataFrame(schema=_NOTHING)
    total = pl.concat([nothing, *sums]).sum()
    return total.with_columns(pl.lit(visitors.len(), pl.Int64).alias("visitors"))


def _portions(days: Sequence[date], rows: dict[date, int]) -> Iterator[list[date]]:
    """Yield runs of days with up to a bucket of hits, one day at least."""
    waiting: list[date] = []
    for day in days:
        if waiting and sum(rows[each] for each in (*waiting, day)) > BUCKET_ROWS:
            yield waiting
            waiting = []
        waiting.append(day)
    if waiting:
        yield waiting


_LENGTH = (pl.col("end") - pl.col("start")).dt.total_milliseconds() / 1e3
_SUMS: Final = (
    pl.len().cast(pl.Int64).alias("sessions"),
    pl.col("page_views").sum(),
    pl.col("is_bounce").sum().cast(pl.Int64).alias("bounces"),
    pl.col("is_engaged").sum().cast(pl.Int64).alias("engaged"),
    (pl.col("conversions") > 0).sum().cast(pl.Int64).alias("converted"),
    _LENGTH.sum().alias("seconds"),
)
_NOTHING: Final = {
    **dict.fromkeys(("sessions", "page_views", "bounces", "engaged", "converted"), pl.Int64()),
    "seconds": pl.Float64(),
}
