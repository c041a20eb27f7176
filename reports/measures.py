"""Every measure of a set of sessions, defined once: formula, unit, meaning.

Wording and sources are those of the project's definitions: a bounce is Plausible's (one page
view and no event or conversion), engagement is GA4's, a new visitor is a first session ever.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import polars as pl

from reports.intervals import wilson
from reports.spec import ColumnSpec, Unit


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure: counted by ``count``, or the quotient of two counts.

    ``count`` is an expression over the sessions frame of :mod:`reports.load`.
    """

    name: str
    unit: Unit
    meaning: str
    count: pl.Expr | None = None
    numerator: str | None = None
    denominator: str | None = None

    @property
    def column(self) -> ColumnSpec:
        """The measure as a column of a report."""
        whole = self.unit == "count"
        return ColumnSpec(self.name, pl.Int64() if whole else pl.Float64(), self.unit, self.meaning)


_LOGGED_IN = pl.col("logins") > 0


def _quotient(name: str, unit: Unit, over: str, under: str, meaning: str) -> Measure:
    return Measure(name, unit, meaning, numerator=over, denominator=under)


MEASURES: Final[dict[str, Measure]] = {
    measure.name: measure
    for measure in (
        Measure(
            "page_views",
            "count",
            "People's successful views of a document: GET, status 2xx or 304, not static, not a "
            "bot, not internal traffic",
            pl.col("page_views").sum(),
        ),
        Measure(
            "sessions",
            "count",
            "Visits: one visitor's page views and events with no gap over the inactivity limit",
            pl.len(),
        ),
        Measure(
            "visitors",
            "count",
            "Distinct browsers; over several days each is counted once",
            pl.col("visitor").n_unique(),
        ),
        Measure(
            "new_visitors",
            "count",
            "Visitors whose first session ever lies here",
            pl.col("is_new").sum(),
        ),
        Measure(
            "logins",
            "count",
            "Logins: login-success hits if the site names them, else changes to another customer",
            pl.col("logins").sum(),
        ),
        Measure(
            "visitors_logged_in",
            "count",
            "Distinct visitors with at least one login",
            pl.col("visitor").filter(_LOGGED_IN).n_unique(),
        ),
        Measure(
            "sessions_logged_in",
            "count",
            "Sessions with at least one login",
            _LOGGED_IN.sum(),
        ),
        _quotient(
            "logins_per_session", "ratio", "logins", "sessions", "Logins divided by sessions"
        ),
        _quotient(
            "logins_per_visitor",
            "ratio",
            "logins",
            "visitors_logged_in",
            "Logins divided by visitors who logged in",
        ),
        Measure(
            "bounces",
            "count",
            "Sessions with exactly one page view and no event or conversion",
            pl.col("is_bounce").sum(),
        ),
        _quotient("bounce_rate", "rate", "bounces", "sessions", "Bounces divided by sessions"),
        Measure(
            "engaged",
            "count",
            "Sessions with two or more page views, or 10 seconds or more, or a conversion",
            pl.col("is_engaged").sum(),
        ),
        _quotient(
            "engagement_rate",
            "rate",
            "engaged",
            "sessions",
            "Engaged sessions divided by sessions",
        ),
        Measure(
            "converted",
            "count",
            "Sessions that reached at least one goal",
            (pl.col("conversions") > 0).sum(),
        ),
        Measure(
            "conversions",
            "count",
            "Goals reached, as the site's rules name them; a session can reach several",
            pl.col("conversions").sum(),
        ),
        _quotient(
            "conversion_rate",
            "rate",
            "converted",
            "sessions",
            "Sessions that reached a goal divided by sessions",
        ),
        Measure(
            "value",
            "money",
            "Value of the goals reached, in the site's currency",
            pl.col("value").sum(),
        ),
    )
}
"""Every measure by name, in the order reports show them."""


def columns_of(*names: str) -> tuple[ColumnSpec, ...]:
    """Return measures as columns of a report; all of them without names."""
    return tuple(MEASURES[name].column for name in names or MEASURES)


def counts(*names: str) -> list[pl.Expr]:
    """Return the counts among the measures called ``names`` (all without), to aggregate by."""
    chosen = [MEASURES[name] for name in names or MEASURES]
    return [
        measure.count.cast(measure.column.dtype).alias(measure.name)
        for measure in chosen
        if measure.count is not None
    ]


def looked_at(*names: str) -> tuple[str, ...]:
    """Return the columns of the sessions frame that :func:`counts` of these measures looks at."""
    roots = (root for expression in counts(*names) for root in expression.meta.root_names())
    return tuple(dict.fromkeys(roots))


def quotients(*names: str) -> list[pl.Expr]:
    """Return the quotients among the measures called ``names``, over counts; null for x / 0."""
    chosen = [MEASURES[name] for name in names or MEASURES]
    return [
        quotient(measure.numerator, measure.denominator).alias(measure.name)
        for measure in chosen
        if measure.numerator and measure.denominator
    ]


def quotient(over: str, under: str) -> pl.Expr:
    """Return column ``over`` divided by column ``under``; null where that is 0 or null."""
    return pl.col(over) / pl.when(pl.col(under) > 0).then(pl.col(under))


def roas() -> pl.Expr:
    """Return ``value`` / ``cost``; null, too, where conversions carry no value at all.

    What such conversions are worth nobody said: 0 would claim that the cost brought nothing.
    """
    is_told = (pl.col("value") != 0) | (pl.col("conversions") == 0)
    return pl.when(is_told).then(quotient("value", "cost"))


def interval(over: str, under: str) -> list[pl.Expr]:
    """Return ``low`` and ``high``, Wilson's 95 % interval of a rate."""
    low, high = wilson(pl.col(over), pl.col(under))
    return [low.alias("low"), high.alias("high")]


def relative_change(now: str, before: str) -> pl.Expr:
    """Return (now - before) / before; null where before is 0 or unknown."""
    return (pl.col(now) - pl.col(before)) / pl.when(pl.col(before) > 0).then(pl.col(before))
