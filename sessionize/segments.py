"""What a session's customer was at that moment: the site's segment rules.

Segment rules are SQL conditions over the columns of :data:`COLUMNS` (docs/segments.md shows
them with examples). The first rule that holds names the segment; a comparison with a null
does not hold.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

import polars as pl

from weblog.errors import SiteError, did_you_mean
from weblog.schema import Column
from weblog.site.rules import SegmentRule, Site

COLUMNS: Final = (
    Column("customer_id", pl.String(), "the customer logged in during the session, null if none"),
    Column("grade", pl.String(), "the register's grade on the day of the session"),
    Column("joined", pl.Date(), "day of registration"),
    Column("birth_year", pl.Int32(), "year of birth"),
    Column(
        "age",
        pl.Int32(),
        "age on that day; the age reached in its year, where only the year of birth is known",
    ),
    Column("sex", pl.String(), "'F' or 'M'"),
    Column("occupation", pl.String(), "occupation on the day of the session"),
    Column("children", pl.Int32(), "number of children on the day of the session"),
    Column("consent_email", pl.Boolean(), "may be written to by e-mail, on that day"),
    Column("consent_sms", pl.Boolean(), "may be written to by SMS, on that day"),
    Column("purchases", pl.Int64(), "purchases made before that day; 0 if none"),
    Column(
        "purchases_in_force",
        pl.Int64(),
        "of these, the ones that had not ended on that day; 0 if none",
    ),
    Column(
        "purchase_value", pl.Float64(), "value of the purchases made before that day; 0 if none"
    ),
    Column("has_bought", pl.Boolean(), "whether a purchase was made before that day"),
    Column("days_since_purchase", pl.Int64(), "calendar days since the last purchase before"),
    Column(
        "days_since_purchase_ended",
        pl.Int64(),
        "calendar days since a purchase ended last, 0 on its day `ended`; null if none has",
    ),
    Column(
        "products_held",
        pl.String(),
        "products of the purchases in force, in alphabetical order: 'annuity, loans'",
    ),
    Column(
        "interest",
        pl.Int64(),
        "page views about a product in the customer's sessions of the 90 days before that day, "
        "on any browser; null without a customer",
    ),
    Column(
        "days_since_last_visit",
        pl.Int64(),
        "calendar days since the customer's previous session on any browser, else since the "
        "register's last_visit; null if neither is known",
    ),
    Column("days_since_joined", pl.Int64(), "calendar days since the registration"),
    Column(
        "is_visit",
        pl.Boolean(),
        "true for a session; false where a customer is looked at on a day without one, as in the "
        "report transitions. What follows is null there",
    ),
    Column("is_new", pl.Boolean(), "the visitor's first session ever seen"),
    Column("page_views", pl.Int64(), "page views of the session"),
    Column("channel", pl.String(), "channel the session came from, e.g. 'Organic Search'"),
    Column("device", pl.String(), "'desktop', 'smartphone', 'tablet', 'tv' or 'other'"),
)
"""Every column a segment rule may name."""

SCHEMA: Final = pl.Schema([(column.name, column.dtype) for column in COLUMNS])


def segment_expr(rules: Sequence[SegmentRule]) -> pl.Expr:
    """Return the segment as an expression over :data:`COLUMNS`; null where no rule holds."""
    segment = pl.lit(None, pl.String)
    for rule in reversed(rules):
        holds = pl.sql_expr(rule.when).fill_null(value=False)
        segment = pl.when(holds).then(pl.lit(rule.segment)).otherwise(segment)
    return segment


def segments_of(facts: pl.DataFrame, rules: Sequence[SegmentRule]) -> pl.Series:
    """Return the segment of each row of ``facts``, columns as :data:`COLUMNS`.

    Raises:
        SiteError: a rule fails with these values; names the rule.
    """
    try:
        return facts.select(segment_expr(rules).alias("segment")).to_series()
    except pl.exceptions.PolarsError as error:
        faults = []
        for number, rule in enumerate(rules, start=1):
            try:
                facts.select(pl.sql_expr(rule.when).alias("holds"))
            except pl.exceptions.PolarsError as own:
                problem = f"fails with what is stored ({_first_line(own)})"
                faults.append((_place(number, rule), repr(rule.when), problem))
        raise SiteError("site.toml", faults or [("segments", "", _first_line(error))]) from error


def _place(number: int, rule: SegmentRule) -> str:
    return f"segments[{number}].when of segment {rule.segment!r}"


def validate_segments(site: Site) -> None:
    """Make sure that every segment rule of ``site`` is a condition over known columns.

    Raises:
        SiteError: carries every fault: no SQL, an unknown column, or no condition.
    """
    faults = segment_faults(site)
    if faults:
        raise SiteError("site.toml", faults)


def segment_faults(site: Site) -> list[tuple[str, str, str]]:
    """Return what is wrong with the segment rules: where, the condition, what was expected."""
    found = (
        (_place(number, rule), repr(rule.when), _fault(rule.when))
        for number, rule in enumerate(site.segments, start=1)
    )
    return [(where, value, problem) for where, value, problem in found if problem is not None]


def _fault(condition: str) -> str | None:
    """Say what is wrong with a condition, if anything."""
    # polars raises several unrelated classes for what people may type here.
    try:
        holds = pl.sql_expr(condition)
        names = holds.meta.root_names()
    except Exception as error:
        return f"expected an SQL condition ({_first_line(error)})"
    unknown = sorted({name for name in names if name not in SCHEMA})
    if unknown:
        known = list(SCHEMA)
        near = did_you_mean(unknown[0], known)
        return f"no column is called {unknown[0]!r}.{near} Known: {', '.join(known)}"
    parts = holds.meta.serialize(format="json")
    if _CLOCK.search(condition) or _OTHER_ROWS.search(parts):
        return "expected a condition on one session: no aggregate, no window function, no clock"
    try:
        result = _SAMPLE.select(holds.alias("holds"))
    except Exception as error:
        advice = " TRY_CAST gives null instead." if "conversion" in str(error) else ""
        return f"expected an SQL condition ({_first_line(error)}).{advice}"
    if result.schema["holds"] != pl.Boolean:
        kind = result.schema["holds"]
        return f"expected a condition that is true or false; this is {kind}"
    return None


_CLOCK: Final = re.compile(r"(?i)(?<![\w'])(?:CURRENT_(?:DATE|TIME|TIMESTAMP)\b|NOW\s*\()")
_OTHER_ROWS: Final = re.compile(
    r'"(?:Agg|Over|Explode|Quantile|NullCount)":|"(?:Correlation|Pearson|Covariance)\w*"|'
    r'(?<!"String":)"Len"'
)
"""Parts of an expression that look at more than one row. What other sessions are worked through
with one is chance: a rule that looks at them would depend on the order of ingestion."""

_VALUES: Final[Mapping[pl.DataType, tuple[object, ...]]] = {
    pl.String(): ("x", "", "1", "x", None),
    pl.Date(): (date(2000, 2, 29), date(1900, 1, 1), date(2199, 12, 31), date(2000, 2, 29), None),
    pl.Boolean(): (True, False, True, True, None),
    pl.Float64(): (1.0, 0.0, 1e15, -1e15, None),
    pl.Int32(): (1, 0, 2_000_000_000, -2_000_000_000, None),
    pl.Int64(): (1, 0, 2_000_000_000, -2_000_000_000, None),
}
_SAMPLE: Final = pl.DataFrame({c.name: _VALUES[c.dtype] for c in COLUMNS}, schema=SCHEMA)
"""Sessions with ordinary values and very large ones: what fails with them would fail with data,
as a cast to a type too small does, on the day that the first session has a larger value."""


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
