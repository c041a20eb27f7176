"""What a session's customer was at that moment: the site's segment rules.

Segment rules are SQL conditions over the columns of :data:`COLUMNS` (docs/segments.md shows
them with examples). The first rule that holds names the segment; a comparison with a null
does not hold.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
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
    Column(
        "days_since_last_visit",
        pl.Int64(),
        "calendar days since the customer's previous session on any browser, else since the "
        "register's last_visit; null if neither is known",
    ),
    Column("days_since_joined", pl.Int64(), "calendar days since the registration"),
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


def validate_segments(site: Site) -> None:
    """Make sure that every segment rule of ``site`` is a condition over known columns.

    Raises:
        SiteError: carries every fault: no SQL, an unknown column, or no condition.
    """
    faults = []
    for number, rule in enumerate(site.segments, start=1):
        problem = _fault(rule.when)
        if problem is not None:
            where = f"segments[{number}].when of segment {rule.segment!r}"
            faults.append((where, repr(rule.when), problem))
    if faults:
        raise SiteError("site.toml", faults)


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
    if _OTHER_ROWS.search(holds.meta.serialize(format="json")):
        return "expected a condition on one session: no aggregate, no window function"
    try:
        result = _SAMPLE.select(holds.alias("holds"))
    except Exception as error:
        return f"expected an SQL condition ({_first_line(error)})"
    if result.schema["holds"] != pl.Boolean:
        kind = result.schema["holds"]
        return f"expected a condition that is true or false; this is {kind}"
    return None


_OTHER_ROWS: Final = re.compile(r'"(?:Agg|Over|Explode|Quantile|NullCount)":|(?<!"String":)"Len"')
"""Parts of an expression that look at more than one row. What other sessions are worked through
with one is chance: a rule that looks at them would depend on the order of ingestion."""

_VALUES: Final = {pl.String(): "x", pl.Date(): date(2000, 2, 29), pl.Boolean(): True}
_SAMPLE: Final = pl.DataFrame({c.name: [_VALUES.get(c.dtype, 1)] for c in COLUMNS}, schema=SCHEMA)
"""A session with every fact known: what fails with it would fail with data."""


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
