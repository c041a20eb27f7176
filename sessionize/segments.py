"""What a session's customer was at that moment: the site's segment rules.

Segment rules are SQL conditions over the columns of :data:`COLUMNS` (docs/segments.md shows
them with examples). The first rule that holds names the segment; a comparison with a null
does not hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import polars as pl

from sessionize.conditions import condition_fault, first_line, sample_of
from weblog.errors import SiteError
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
_SAMPLE: Final = sample_of(SCHEMA)


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
                problem = f"fails with what is stored ({first_line(own)})"
                faults.append((_place(number, rule), repr(rule.when), problem))
        raise SiteError("site.toml", faults or [("segments", "", first_line(error))]) from error


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
        (_place(number, rule), repr(rule.when), condition_fault(rule.when, _SAMPLE, "session"))
        for number, rule in enumerate(site.segments, start=1)
    )
    return [(where, value, problem) for where, value, problem in found if problem is not None]
