"""The table that sets segments side by side: who, how often, what for, and what they bought."""

from __future__ import annotations

from typing import Final

import polars as pl

from reports import contents, measures
from reports.as_of import about_rules
from reports.ask import SMALL, Asked, ask
from reports.bought import of_sessions_only, purchases
from reports.breakdown import text
from reports.contents import Grouped, beside
from reports.looked_at import customers_of
from reports.measures import columns_of, interval, quotient, quotients
from reports.placed import measured
from reports.query import EVERYTHING, Filters, Query
from reports.result import Report
from reports.spec import ColumnSpec
from reports.warning import ReportWarning
from weblog.site.rules import Site
from weblog.store import Snapshot, Store

WEEK: Final = 7

_NAMES = pl.List(pl.String())
_SHARES = pl.List(pl.Float64())

COLUMNS = (
    text("segment", "What the session's customer was at its start; null: in no segment"),
    ColumnSpec("is_all", pl.Boolean(), "", "The last row, which is all segments together"),
    *columns_of("visitors"),
    ColumnSpec("customers", pl.Int64(), "count", "Distinct customers; 0 where nobody logged in"),
    *columns_of("sessions"),
    ColumnSpec("share", pl.Float64(), "rate", "Part of all sessions of the period"),
    *columns_of("page_views"),
    ColumnSpec("views_per_session", pl.Float64(), "ratio", "Page views divided by sessions"),
    ColumnSpec(
        "visits_per_week",
        pl.Float64(),
        "ratio",
        "Sessions per visitor and week: sessions / visitors x 7 / days of the period with data",
    ),
    *columns_of("engaged", "engagement_rate"),
    ColumnSpec("top_categories", _NAMES, "", "The content categories most sessions viewed, 3"),
    ColumnSpec("top_categories_shares", _SHARES, "rate", "Part of the sessions that viewed each"),
    ColumnSpec(
        "top_product_categories", _NAMES, "", "The categories of products most sessions viewed, 3"
    ),
    ColumnSpec("top_product_categories_shares", _SHARES, "rate", "Part that viewed each"),
    ColumnSpec("top_products", _NAMES, "", "The products most sessions viewed, 3"),
    ColumnSpec("top_products_shares", _SHARES, "rate", "Part of the sessions that viewed each"),
    *columns_of("converted", "conversions", "conversion_rate"),
    ColumnSpec("low", pl.Float64(), "rate", "Lower end of the conversion rate's 95 % interval"),
    ColumnSpec("high", pl.Float64(), "rate", "Upper end of the conversion rate's interval"),
    ColumnSpec("purchases", pl.Int64(), "count", "Purchases the register dates in the period"),
    ColumnSpec("purchasers", pl.Int64(), "count", "Distinct customers who made them"),
    ColumnSpec("premium", pl.Float64(), "money", "Sum of their values; one not known counts 0"),
    ColumnSpec("small", pl.Boolean(), "", f"Fewer than {SMALL} sessions: no conclusion"),
)

_SHOWN = (
    *("visitors", "sessions", "page_views", "engaged", "engagement_rate"),
    *("converted", "conversions", "conversion_rate"),
)
_BOUGHT = ("purchases", "purchasers", "premium")
_KEY = ["segment", "is_all"]


def segment_table(
    source: Store | Snapshot, filters: Filters = EVERYTHING, *, site: Site | None = None
) -> Report:
    """Set segments side by side: people, visits, interests, conversions, purchases, premium.

    A row per segment, most sessions first, then all together (``is_all``). A session's segment
    is that of its start; a visitor or customer who changed segment counts in each, and once in
    the last row.

    ``visits_per_week`` is sessions / visitors x 7 / days, days being those of the period that
    lie within the data: 10 days are 10 / 7 weeks, and a period that reaches beyond the data is
    taken for as long as the data are. Its visitors are those who came in the period, so over
    shorter periods it is larger.

    Top lists are ranked by sessions that viewed it, equals in alphabetical order. Product
    categories are those ``[[products]]`` of ``site`` name; null, with a warning, if it names none.

    Purchases are the register's, on the web or not. One counts in the segment its customer was
    in at the start of its day by the rules of ``site``, so that who bought for the first time
    bought as a member or prospect; a segment with purchases and no session has a row. Filters on
    segments, on what the register knew that day and on customers apply; with one on sessions
    (such as channels) they are null, and a warning says so. Columns, units and meanings:
    ``COLUMNS``.

    Raises:
        QueryError: the filters contradict themselves.
        SiteError: a segment rule is wrong, or fails with these customers.
        StoreError: the store cannot be read.
    """
    asked = ask(source, filters, ("session", *measures.looked_at(*_SHOWN), "segment"), ())
    rules = site or Site()
    snapshot, span = asked.snapshot, asked.query.current
    segments = Grouped.of(asked.sessions, "segment")
    warnings = about_rules(segments.values.to_frame(), rules)
    rows = people(asked, segments)
    made = None
    only_sessions = of_sessions_only(filters)
    if only_sessions:
        said = {"filters": ", ".join(only_sessions)}
        warnings.append(ReportWarning("purchases_without_session", said))
    else:
        made = purchases(snapshot, span, filters, rules)
        if made is None and not rows.is_empty():
            warnings.append(ReportWarning("no_purchases"))
    rows = with_purchases(rows, made)
    viewed = {
        name: contents.viewed(snapshot, span, filters, name) for name in ("category", "product")
    }
    values = {name: contents.values(snapshot, span, name) for name in viewed}
    grouped = contents.in_categories(viewed["product"], rules)
    if grouped.is_empty() and not viewed["product"].is_empty():
        warnings.append(ReportWarning("no_product_categories"))
    for column, pairs, known in (
        ("top_categories", viewed["category"], values["category"]),
        ("top_product_categories", grouped, None),
        ("top_products", viewed["product"], values["product"]),
    ):
        rows = with_tops(rows, column, pairs, contents.tops(pairs, segments, known))
    return asked.answer("segment_table", finished(rows, asked.query), *warnings)


def people(asked: Asked, segments: Grouped) -> pl.DataFrame:
    """Return a row per segment, and one of all of them, with what is counted of sessions."""
    sessions, names = asked.sessions, segments.names
    parts = measured(sessions, segments.place, len(names), _SHOWN).with_columns(
        names, pl.lit(value=False).alias("is_all")
    )
    known = customers_of(sessions, asked.snapshot, asked.query.current)
    known = beside(known, sessions, "segment")
    customers = pl.col("customer_id").n_unique().cast(pl.Int64).alias("customers")
    of_each = known.group_by(pl.col("segment").cast(pl.String)).agg(customers)
    parts = parts.filter(pl.col("sessions") > 0).join(
        of_each, on="segment", how="left", nulls_equal=True
    )
    if sessions.is_empty():
        return parts
    # Others than people add up: a visitor or customer can be in several segments.
    whole = parts.select(pl.col(pl.Int64).sum()).with_columns(
        pl.lit(sessions["visitor"].n_unique(), pl.Int64).alias("visitors"),
        pl.lit(known["customer_id"].n_unique(), pl.Int64).alias("customers"),
        pl.lit(value=True).alias("is_all"),
    )
    return pl.concat([parts, whole], how="diagonal").with_columns(pl.col("customers").fill_null(0))


def with_purchases(rows: pl.DataFrame, made: pl.DataFrame | None) -> pl.DataFrame:
    """Add what was bought, and rows for segments that only bought; null if that is not known."""
    if made is None:
        return rows.with_columns(
            pl.lit(None, pl.Int64).alias("purchases"),
            pl.lit(None, pl.Int64).alias("purchasers"),
            pl.lit(None, pl.Float64).alias("premium"),
        )
    sums = (
        pl.len().cast(pl.Int64).alias("purchases"),
        pl.col("customer_id").n_unique().cast(pl.Int64).alias("purchasers"),
        pl.col("value").sum().alias("premium"),
    )
    parts = made.group_by("segment").agg(sums).with_columns(pl.lit(value=False).alias("is_all"))
    whole = made.select(sums).with_columns(
        pl.lit(None, pl.String).alias("segment"), pl.lit(value=True).alias("is_all")
    )
    if made.is_empty() and rows.is_empty():
        whole = whole.clear()
    bought = pl.concat([parts, whole.select(parts.columns)])
    joined = rows.join(bought, on=_KEY, how="full", coalesce=True, nulls_equal=True)
    return joined.with_columns(pl.col(pl.Int64).fill_null(0), pl.col("premium").fill_null(0.0))


def with_tops(
    rows: pl.DataFrame, column: str, pairs: pl.DataFrame, found: pl.DataFrame
) -> pl.DataFrame:
    """Add what most sessions of each row viewed, as ``column`` and ``column``_shares.

    Null where nothing is named at all; an empty list where these sessions viewed nothing of it.
    """
    found = found.rename({"names": column, "shares": f"{column}_shares"})
    joined = rows.join(found, on=_KEY, how="left", nulls_equal=True)
    if pairs.is_empty():
        return joined
    return joined.with_columns(pl.col(column, f"{column}_shares").fill_null([]))


def finished(rows: pl.DataFrame, query: Query) -> pl.DataFrame:
    """Add shares and quotients, and put rows and columns in order."""
    days = days_with_data(query)
    whole = pl.col("sessions").filter(pl.col("is_all")).sum()
    weeks = pl.lit(days / WEEK if days else None, pl.Float64)
    return (
        rows.with_columns(
            *quotients(*_SHOWN),
            *interval("converted", "sessions"),
            (pl.col("sessions") / pl.when(whole > 0).then(whole)).alias("share"),
            quotient("page_views", "sessions").alias("views_per_session"),
            (quotient("sessions", "visitors") / weeks).alias("visits_per_week"),
            (pl.col("sessions") < SMALL).alias("small"),
        )
        .sort(["is_all", "sessions", "segment"], descending=[False, True, False], nulls_last=True)
        .select(pl.col(column.name).cast(column.dtype) for column in COLUMNS)
    )


def days_with_data(query: Query) -> int:
    """Return how many days of the period lie between the first and the last day of the data.

    A day without a session counts: nobody came on it.
    """
    first, last, span = query.data_first_day, query.data_last_day, query.current
    if span is None or first is None or last is None:
        return 0
    return max(0, (min(span[1], last) - max(span[0], first)).days + 1)
