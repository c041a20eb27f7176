"""A session, or a page view, with everything about it in one row."""

from __future__ import annotations

from typing import Final

import polars as pl

from reports.mart.customers import OF_REGISTER, customers_of_sessions
from reports.mart.days import local, most, of_days
from reports.mart.view import ViewSpec, day, flag, instant, number, text, texts, whole
from reports.query import Span
from reports.spec import ColumnSpec
from weblog.schema import SESSIONS
from weblog.site.rules import Site
from weblog.store import Snapshot

_SAID: Final = {column.name: column.meaning for column in SESSIONS.columns}


def _said(name: str) -> ColumnSpec:
    """Return a text column of sessions, with the meaning the store's schema gives it."""
    return text(name, _SAID[name][:1].upper() + _SAID[name][1:])


_WHENCE: Final = tuple(
    _said(name) for name in ("channel", "source", "medium", "campaign", "term", "content")
)
_WITH: Final = tuple(_said(name) for name in ("device", "browser", "os"))
_WHEN: Final = (
    whole("hour", "Hour of the day in the site's time zone, 0 to 23", ""),
    whole("weekday", "Day of the week in the site's time zone, 1 (Monday) to 7", ""),
)
_WHO: Final = (
    text("visitor_id", "The browser: first-party cookie, else a keyed hash"),
    text("customer_id", "The customer logged in during the session, or who claims it"),
    text("segment", "What that customer was at the session's start, by the site's rules"),
)
_LISTS: Final = ("goals", "categories", "products")


def sessions_flat(
    snapshot: Snapshot,
    span: Span | None = None,
    site: Site | None = None,  # noqa: ARG001  every view is asked in the same way
) -> pl.LazyFrame:
    """Return a row per session: whose, whence, when, with what, what was viewed and reached."""
    sessions = of_days(snapshot.scan("sessions"), span)
    views = of_days(snapshot.scan("page_views"), span)
    pages = views.filter(pl.col("kind") == "page")
    found = views.group_by("session_id").agg(
        _distinct("goal").alias("goals"),
        _distinct("category", is_page=True).alias("categories"),
        _distinct("product", is_page=True).alias("products"),
    )
    return (
        sessions.join(customers_of_sessions(snapshot, span), on=["customer_id", "date"], how="left")
        .join(found, on="session_id", how="left")
        .join(most(pages, ["session_id"], "category", "top_category"), on="session_id", how="left")
        .join(most(pages, ["session_id"], "product", "top_product"), on="session_id", how="left")
        .with_columns(
            local("start", snapshot).dt.hour().alias("hour"),
            local("start", snapshot).dt.weekday().alias("weekday"),
            ((pl.col("end") - pl.col("start")).dt.total_milliseconds() / 1e3).alias("duration_s"),
            *(pl.col(name).fill_null([]) for name in _LISTS),
        )
    )


def _distinct(column: str, *, is_page: bool = False) -> pl.Expr:
    rows = pl.col(column)
    if is_page:
        rows = rows.filter(pl.col("kind") == "page")
    return rows.drop_nulls().unique().sort()


SESSIONS_FLAT: Final = ViewSpec(
    name="sessions_flat",
    grain="one session (visit)",
    function=sessions_flat,
    columns=(
        day("date", "Day of the start in the site's time zone"),
        _said("session_id"),
        instant("start", "First page view or event"),
        instant("end", "Last page view or event"),
        *_WHEN,
        number("duration_s", "seconds", "From the first to the last page view or event"),
        *_WHO,
        flag("is_stitched", "Nobody logged in: the visitor's other sessions say who it was"),
        *OF_REGISTER,
        *_WHENCE,
        _said("referrer_host"),
        *_WITH,
        _said("country"),
        _said("host"),
        _said("entry_page"),
        _said("exit_page"),
        whole("hits", "All hits of the visitor in the session's span"),
        whole("page_views", "Page views"),
        whole("product_views", "Page views about a product"),
        whole("events", "Events"),
        whole("logins", "Logins"),
        flag("is_new", "The visitor's first session ever seen"),
        flag("is_bounce", "Exactly one page view and no event or conversion"),
        flag("is_engaged", "Two or more page views, or 10 s or more, or a conversion"),
        text("top_category", "Content category with most page views; of equals the first by name"),
        text("top_product", "Product with most page views; of equals the first by name"),
        texts("categories", "Content categories viewed"),
        texts("products", "Products viewed"),
        texts("goals", "Goals reached"),
        whole("conversions", "Goals reached; one that was reached twice counts twice"),
        number("value", "money", "Value of the goals reached; null where none has one"),
    ),
    key=("session_id",),
    reads=("sessions", "page_views", "customers", "purchases"),
    personal=frozenset({"customer_id", *(column.name for column in OF_REGISTER)}),
    relates=(
        "`page_views_flat.session_id`: the page views of a session",
        "`visitor_profile.visitor_id`: its browser, all sessions together",
        "`customer_profile.customer_id`: its customer as of now",
    ),
)


_OF_SESSION: Final = (
    *("customer_id", "segment", "is_new", "channel", "source", "medium", "campaign", "content"),
    *("device", "conversions"),
)


def page_views_flat(
    snapshot: Snapshot,
    span: Span | None = None,
    site: Site | None = None,  # noqa: ARG001  every view is asked in the same way
) -> pl.LazyFrame:
    """Return a row per page view or event, with what its session tells."""
    sessions = of_days(snapshot.scan("sessions"), span).select("session_id", *_OF_SESSION)
    order = ["ts", "log_source", "line"]
    position = pl.int_range(1, pl.len() + 1).over("session_id", order_by=order)
    return (
        of_days(snapshot.scan("page_views"), span)
        .join(sessions, on="session_id")
        .with_columns(
            position.alias("position"),
            local("ts", snapshot).dt.hour().alias("hour"),
            local("ts", snapshot).dt.weekday().alias("weekday"),
            (pl.col("conversions").fill_null(0) > 0).alias("is_converted"),
        )
    )


PAGE_VIEWS_FLAT: Final = ViewSpec(
    name="page_views_flat",
    grain="one page view or event of a session",
    function=page_views_flat,
    columns=(
        day("date", "Day of the session, in the site's time zone"),
        instant("ts", "When it was logged"),
        *_WHEN,
        text("session_id", "The session it belongs to"),
        whole("position", "Its place among the page views and events of the session, from 1", ""),
        *_WHO,
        text("kind", "'page' or 'event': page views alone are counted as such"),
        text("path", "Path, percent-decoded, without the query"),
        text("category", "Content category by the site's URL rules; null for none"),
        text("product", "Product by the site's URL rules; null for none"),
        text("goal", "Goal it reaches by the site's rules; null for none"),
        number("value", "money", "Value of that goal"),
        number(
            "dwell_s",
            "seconds",
            "Time to the session's next page view or event; null for the last one",
        ),
        flag("is_new", "Whether the session is the visitor's first ever seen"),
        flag("is_converted", "Whether the session reached a goal"),
        *(column for column in _WHENCE if column.name != "term"),
        text("device", "Device of the session"),
        text("log_source", "Identity of the log it was read from"),
        whole("line", "Line number in that log, from 1", ""),
    ),
    key=("log_source", "line"),
    reads=("sessions", "page_views"),
    personal=frozenset({"customer_id"}),
    relates=(
        "`sessions_flat.session_id`: its session",
        "`content_daily` on date, path, category and product: the same by day",
    ),
)
