"""Days: what sessions sum up to by channel, segment and campaign.

Sums alone: a rate of many days is not the mean of the days' rates. Divide sums instead, as
:data:`reports.measures.MEASURES` says of each rate.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import polars as pl

from reports.mart.days import of_days
from reports.mart.view import ViewSpec, day, number, text, whole
from reports.measures import MEASURES, counts
from reports.query import Span
from reports.spec import ColumnSpec
from weblog.site.rules import Site
from weblog.store import Snapshot

COUNTED: Final = tuple(name for name, measure in MEASURES.items() if measure.count is not None)
"""The measures that are counted, and not divided: those a day has a column of."""

_OF_A_DAY: Final = {
    "visitors": "Distinct browsers of the day in this row: do not sum them up",
    "visitors_logged_in": "Distinct visitors of the day with a login: do not sum them up",
}

MEASURED: Final[tuple[ColumnSpec, ...]] = tuple(
    replace(MEASURES[name].column, meaning=_OF_A_DAY.get(name, MEASURES[name].meaning))
    for name in COUNTED
)

_NUMBERS: Final = ("page_views", "logins", "conversions")
_FLAGS: Final = ("is_new", "is_bounce", "is_engaged")


def countable(sessions: pl.LazyFrame) -> pl.LazyFrame:
    """Return sessions as :data:`reports.measures.MEASURES` count them: nothing unknown."""
    return sessions.with_columns(
        pl.col("visitor_id").alias("visitor"),
        *(pl.col(name).fill_null(0) for name in (*_NUMBERS, "value")),
        *(pl.col(name).fill_null(value=False) for name in _FLAGS),
    )


def summed(snapshot: Snapshot, span: Span | None, by: Sequence[str]) -> pl.LazyFrame:
    """Return the counted measures by day and columns of sessions."""
    sessions = countable(of_days(snapshot.scan("sessions"), span))
    return sessions.group_by("date", *by).agg(counts(*COUNTED))


def channel_daily(
    snapshot: Snapshot,
    span: Span | None = None,
    site: Site | None = None,  # noqa: ARG001  every view is asked in the same way
) -> pl.LazyFrame:
    """Return a row per day and channel with sessions."""
    return summed(snapshot, span, ["channel"]).sort("date", "channel", nulls_last=True)


def segment_daily(
    snapshot: Snapshot,
    span: Span | None = None,
    site: Site | None = None,  # noqa: ARG001  every view is asked in the same way
) -> pl.LazyFrame:
    """Return a row per day and segment with sessions; segments are those at their start."""
    return summed(snapshot, span, ["segment"]).sort("date", "segment", nulls_last=True)


_LINK: Final = ("campaign", "source", "medium", "content")
_PAID: Final = ("impressions", "clicks", "cost")


def campaign_daily(
    snapshot: Snapshot,
    span: Span | None = None,
    site: Site | None = None,  # noqa: ARG001  every view is asked in the same way
) -> pl.LazyFrame:
    """Return a row per day and link of a campaign, with sessions that carry it or money spent.

    Table banners knows a banner's campaign and portal; its medium is what table campaigns says.
    What the media report is beside the sessions of the same day and link, and where there are
    none a row of its own, so that sessions and costs sum up to all there are.
    """
    on = ["date", *_LINK]
    came = summed(snapshot, span, _LINK).filter(pl.col("campaign").is_not_null())
    spent = _banners(snapshot, span)
    titles = snapshot.scan("campaigns").select(
        pl.col("campaign").str.to_lowercase(), pl.col("title"), pl.col("product")
    )
    both = came.join(spent, on=on, how="full", coalesce=True, nulls_equal=True)
    return (
        both.join(titles.unique("campaign", keep="any"), on="campaign", how="left")
        .with_columns(
            *(pl.col(column.name).fill_null(0) for column in MEASURED),
        )
        .sort(on, nulls_last=True)
    )


def _banners(snapshot: Snapshot, span: Span | None) -> pl.LazyFrame:
    """Return impressions, clicks and cost by day and link, as links name themselves."""
    names = snapshot.scan("campaigns").select(pl.col("campaign").str.to_lowercase(), "medium")
    return (
        of_days(snapshot.scan("banners"), span)
        .filter(pl.col("campaign").is_not_null())
        .select(
            "date",
            pl.col("campaign").str.to_lowercase(),
            pl.col("portal").alias("source"),
            pl.col("banner").alias("content"),
            *_PAID,
        )
        .join(names.unique("campaign", keep="any"), on="campaign", how="left")
        .group_by("date", *_LINK)
        .agg(pl.col(_PAID).sum())
    )


def _view(
    name: str, of: ColumnSpec, function: object, what: str, relates: tuple[str, ...]
) -> ViewSpec:
    """Return a view by day and one column of sessions."""
    return ViewSpec(
        name=name,
        grain=f"one day of one {what}",
        function=function,  # type: ignore[arg-type]
        columns=(day("date", "Day in the site's time zone"), of, *MEASURED),
        key=("date", of.name),
        loose=(of.name,),
        reads=("sessions",),
        relates=relates,
    )


CHANNEL_DAILY: Final = _view(
    "channel_daily",
    text("channel", "GA4's default channel group, such as Organic Search"),
    channel_daily,
    "channel",
    ("`sessions_flat` on date and channel: the sessions it sums up",),
)
SEGMENT_DAILY: Final = _view(
    "segment_daily",
    text("segment", "What the session's customer was at its start, by the site's rules"),
    segment_daily,
    "segment",
    ("`sessions_flat` on date and segment: the sessions it sums up",),
)
CAMPAIGN_DAILY: Final = ViewSpec(
    name="campaign_daily",
    grain="one day of one link of a campaign: campaign, source, medium and content",
    function=campaign_daily,
    columns=(
        day("date", "Day in the site's time zone"),
        text("campaign", "Campaign name its links carry"),
        text("source", "Campaign source its links carry; of what a medium reports, the portal"),
        text("medium", "Campaign medium its links carry"),
        text("content", "Campaign content its links carry: which banner or link"),
        text("title", "What people call the campaign, by table campaigns"),
        text("product", "What it sells, by table campaigns"),
        *MEASURED,
        whole("impressions", "Times shown, as the medium reports; null where it reports nothing"),
        whole("clicks", "Clicks the medium reports"),
        number("cost", "money", "Cost of the day, as the medium reports it"),
    ),
    key=("date", *_LINK),
    loose=("source", "medium", "content"),
    reads=("sessions", "campaigns", "banners"),
    relates=("`sessions_flat` on date, campaign, source, medium and content",),
)
