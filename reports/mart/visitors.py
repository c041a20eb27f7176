"""Visitors: what all sessions of a browser say together."""

from __future__ import annotations

from typing import Final

import polars as pl

from reports.mart.days import most, profile_day
from reports.mart.view import ViewSpec, day, flag, instant, number, text, texts, whole
from reports.query import Span
from weblog.site.rules import Site
from weblog.store import Snapshot

_LATEST: Final = ("channel", "source", "campaign", "device", "browser", "os", "segment")


def visitor_profile(
    snapshot: Snapshot,
    span: Span | None = None,
    site: Site | None = None,  # noqa: ARG001  every view is asked in the same way
) -> pl.LazyFrame:
    """Return a row per visitor with a session before the start of the day after ``span``."""
    as_of = profile_day(snapshot, span)
    if as_of is None:
        return VISITOR_PROFILE.table().empty().lazy()
    before = pl.col("date") < as_of
    sessions = snapshot.scan("sessions").filter(before)
    views = snapshot.scan("page_views").filter(before, pl.col("kind") == "page")
    order = ["start", "session_id"]
    first = ("channel", "source", "campaign", "entry_page")
    visitors = sessions.group_by("visitor_id").agg(
        pl.col("start").min().alias("first_seen"),
        pl.col("end").max().alias("last_seen"),
        pl.len().alias("sessions"),
        pl.col("date").n_unique().alias("days"),
        pl.col("page_views", "events", "logins", "conversions", "value").sum(),
        pl.col("customer_id").drop_nulls().unique().sort().alias("customers"),
        *(pl.col(name).sort_by(order).first().alias(f"first_{name}") for name in first),
        *(pl.col(name).sort_by(order).last().alias(f"last_{name}") for name in _LATEST),
    )
    by = ["visitor_id"]
    return (
        visitors.join(most(views, by, "category", "top_category"), on="visitor_id", how="left")
        .join(most(views, by, "product", "top_product"), on="visitor_id", how="left")
        .with_columns(
            pl.lit(as_of).alias("as_of"),
            (pl.col("customers").list.len() > 0).alias("is_known"),
        )
        .sort("visitor_id")
    )


VISITOR_PROFILE: Final = ViewSpec(
    name="visitor_profile",
    grain="one visitor (browser), as of the start of the day after the last one of the data",
    function=visitor_profile,
    columns=(
        day("as_of", "The day at whose start all of it held"),
        text("visitor_id", "The browser: first-party cookie, else a keyed hash"),
        instant("first_seen", "Start of its first session"),
        instant("last_seen", "End of its last session"),
        whole("sessions", "Sessions"),
        whole("days", "Days with a session"),
        whole("page_views", "Page views"),
        whole("events", "Events"),
        whole("logins", "Logins"),
        whole("conversions", "Goals reached"),
        number("value", "money", "Value of these goals"),
        flag("is_known", "Whether any of its sessions is a known customer's"),
        texts("customers", "These customers"),
        text("first_channel", "Channel of its first session"),
        text("first_source", "Source of its first session"),
        text("first_campaign", "Campaign of its first session"),
        text("first_entry_page", "Path of the first page view of its first session"),
        text("last_segment", "Segment of its last session"),
        text("last_channel", "Channel of its last session"),
        text("last_source", "Source of its last session"),
        text("last_campaign", "Campaign of its last session"),
        text("last_device", "Device of its last session"),
        text("last_browser", "Browser family of its last session"),
        text("last_os", "Operating system family of its last session"),
        text("top_category", "Content category with most page views; of equals the first by name"),
        text("top_product", "Product with most page views; of equals the first by name"),
    ),
    key=("visitor_id",),
    reads=("sessions", "page_views"),
    is_daily=False,
    personal=frozenset({"customers"}),
    relates=("`sessions_flat.visitor_id`: its sessions",),
)
