"""Days: what was looked at, and what was bought."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import polars as pl

from reports.mart.daily import countable
from reports.mart.days import days_of, of_days
from reports.mart.view import ViewSpec, day, number, text, whole
from reports.query import Span
from reports.spec import ColumnSpec
from weblog.site.rules import Site
from weblog.store import Snapshot

VIEWED: Final[tuple[ColumnSpec, ...]] = (
    whole("page_views", "Page views"),
    whole("sessions", "Sessions that viewed it; one session views several: do not sum them up"),
    whole("visitors", "Distinct visitors who viewed it: do not sum them up"),
    number(
        "dwell_s",
        "seconds",
        "Median time to the session's next page view or event; null where it is never known",
    ),
    number("dwell_sum_s", "seconds", "Sum of these times: with dwell_views, the mean of many days"),
    whole("dwell_views", "Page views of which that time is known"),
    whole("converted", "Sessions that viewed it and reached a goal: do not sum them up"),
    whole("conversions", "Goals reached by sessions that viewed it: do not sum them up"),
    number("value", "money", "Value of the goals of sessions that viewed it: do not sum it up"),
)
_ZERO: Final = ("page_views", "sessions", "visitors", "dwell_views", "converted", "conversions")


def _counted(snapshot: Snapshot, span: Span | None, by: list[str]) -> pl.LazyFrame:
    """Count page views by day and ``by``, as :func:`reports.viewed.viewed` does."""
    sessions = countable(of_days(snapshot.scan("sessions"), span)).select(
        "session_id", "conversions", "value"
    )
    pages = (
        of_days(snapshot.scan("page_views"), span)
        .filter(pl.col("kind") == "page")
        .select("date", "session_id", "visitor_id", "path", "category", "product", "dwell_s")
        .join(sessions, on="session_id")
        .rename({"session_id": "session", "visitor_id": "visitor"})
    )
    keys = ["date", *by]
    times = pages.group_by(keys).agg(
        pl.col("dwell_s").sum().alias("dwell_sum_s"),
        pl.col("dwell_s").count().alias("dwell_views"),
    )
    return _by_value(pages, keys).join(times, on=keys, how="left", nulls_equal=True)


_PAGE: Final = ("path", "category", "product")


def content_daily(
    snapshot: Snapshot,
    span: Span | None = None,
    site: Site | None = None,  # noqa: ARG001  every view is asked in the same way
) -> pl.LazyFrame:
    """Return a row per day and page that was viewed, with its category and product."""
    return _counted(snapshot, span, [*_PAGE]).sort("date", *_PAGE, nulls_last=True)


def product_daily(
    snapshot: Snapshot,
    span: Span | None = None,
    site: Site | None = None,  # noqa: ARG001  every view is asked in the same way
) -> pl.LazyFrame:
    """Return a row per day and product that was viewed, bought, or given up.

    Purchases are those of the register, wherever they were made, of the days that ``span`` (or
    the data) cover.
    """
    on = ["date", "product"]
    views = _counted(snapshot, span, ["product"]).filter(pl.col("product").is_not_null())
    purchases = snapshot.scan("purchases").filter(pl.col("product").is_not_null())
    bought = purchases.group_by(pl.col("purchased").alias("date"), "product").agg(
        pl.len().alias("purchases"), pl.col("value").sum().alias("purchase_value")
    )
    ended = purchases.group_by(pl.col("ended").alias("date"), "product").agg(
        pl.len().alias("purchases_ended")
    )
    register = bought.join(ended, on=on, how="full", coalesce=True)
    return (
        views.join(_of_data(register, snapshot, span), on=on, how="full", coalesce=True)
        .with_columns(
            *(pl.col(name).fill_null(0) for name in (*_ZERO, "purchases", "purchases_ended")),
            *(pl.col(name).fill_null(0.0) for name in ("dwell_sum_s", "value", "purchase_value")),
        )
        .sort(on)
    )


def _of_data(rows: pl.LazyFrame, snapshot: Snapshot, span: Span | None) -> pl.LazyFrame:
    """Return the rows of days that the data speak of: a register goes back for decades."""
    days = pl.LazyFrame({"date": days_of(snapshot)}, schema={"date": pl.Date})
    return of_days(rows, span).join(days, on="date", how="semi")


CONTENT_DAILY: Final = ViewSpec(
    name="content_daily",
    grain="one day of one page",
    function=content_daily,
    columns=(
        day("date", "Day of the session, in the site's time zone"),
        text("path", "Path, percent-decoded, without the query"),
        text("category", "Content category by the site's URL rules; null for none"),
        text("product", "Product by the site's URL rules; null for none"),
        *VIEWED,
    ),
    key=("date", *_PAGE),
    loose=_PAGE,
    reads=("sessions", "page_views"),
    relates=("`page_views_flat` on date, path, category and product: the page views it sums up",),
)
PRODUCT_DAILY: Final = ViewSpec(
    name="product_daily",
    grain="one day of one product",
    function=product_daily,
    columns=(
        day("date", "Day in the site's time zone"),
        text("product", "Product, by the site's URL rules and the register"),
        *VIEWED,
        whole("purchases", "Purchases that began on the day, by the register, wherever made"),
        number("purchase_value", "money", "Value of these purchases"),
        whole("purchases_ended", "Purchases that were no longer in force from that day on"),
    ),
    key=("date", "product"),
    loose=("product",),
    reads=("sessions", "page_views", "purchases"),
    relates=(
        "`content_daily` on date and product: its pages",
        "`campaign_daily` on date and product: the campaigns that sell it",
    ),
)


def _by_value(views: pl.LazyFrame, by: Sequence[str]) -> pl.LazyFrame:
    """Count page views by ``by``: what :data:`reports.viewed.VIEWED` calls so.

    Args:
        views: columns ``session``, ``visitor``, ``dwell_s``, and ``conversions`` and ``value``
            of the whole session.
        by: columns of ``views``.
    """
    keys = list(by)
    rows = views.group_by(keys).agg(
        pl.len().cast(pl.Int64).alias("page_views"),
        pl.col("session").n_unique().cast(pl.Int64).alias("sessions"),
        pl.col("visitor").n_unique().cast(pl.Int64).alias("visitors"),
        pl.col("dwell_s").median(),
    )
    # Few sessions reach a goal: only their page views need telling apart by session.
    reached = (
        views.filter(pl.col("conversions") > 0)
        .unique([*keys, "session"])
        .group_by(keys)
        .agg(
            pl.len().cast(pl.Int64).alias("converted"),
            pl.col("conversions").sum(),
            pl.col("value").sum(),
        )
    )
    return rows.join(reached, on=keys, how="left", nulls_equal=True).with_columns(
        pl.col("converted", "conversions").fill_null(0),
        pl.col("value").fill_null(0.0),
    )
