"""Why fewer visits arrive than a medium reports clicks."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import polars as pl

from reports.advertising import landed, lost
from reports.advertising.gap import STEPS, gap
from reports.advertising.reported import BY, all_reported, columns_by, reported
from reports.answers.banners import KEY_COLUMNS, about_reported
from reports.ask import SMALL, Asked, ask
from reports.breakdown import text
from reports.query import EVERYTHING, Filters
from reports.result import Report
from reports.spec import ColumnSpec
from reports.warning import ReportWarning
from weblog.store import Snapshot, Store

KNOWN: Final = ("counted", "estimated", "rest", "unknown")

COLUMNS = (
    *KEY_COLUMNS,
    text("step", f"What became of them: {', '.join(STEPS)}"),
    text("known", f"How that is known: {', '.join(KNOWN)}"),
    ColumnSpec(
        "clicks", pl.Float64(), "count", "Clicks; those of all steps but reported sum to reported"
    ),
    ColumnSpec("low", pl.Float64(), "count", "Lower end of their 95 % interval, where not counted"),
    ColumnSpec("high", pl.Float64(), "count", "Upper end of it"),
    ColumnSpec("share", pl.Float64(), "rate", "Part of the clicks reported"),
    ColumnSpec("share_low", pl.Float64(), "rate", "Lower end of the share's 95 % interval"),
    ColumnSpec("share_high", pl.Float64(), "rate", "Upper end of it"),
    ColumnSpec("small", pl.Boolean(), "", f"Fewer than {SMALL} clicks reported: no conclusion"),
)


def banner_gap(
    source: Store | Snapshot, filters: Filters = EVERYTHING, *, by: str = "campaign,banner"
) -> Report:
    """Follow the clicks media report to sessions of people: how many became what, and why.

    Eight rows per combination of ``by`` (some of campaign, portal, position, banner and day):
    ``reported`` by the medium; ``no_landing``, that never asked for a page here;
    ``lost_parameter``, that arrived without saying whose they are; ``failed``, answered with an
    error; ``robot``, by agent, rule or behaviour; ``internal``, the company's own; ``repeated``,
    further requests of a visit that runs already; and ``sessions`` of people. All but the first
    sum to it. A negative number says that more arrived than the medium counts.

    ``lost_parameter`` is an estimate: visits from the banner's own referrers to the campaign's
    pages, without any parameter, above what was usual in up to 56 days before the campaign,
    with the prediction interval of :mod:`reports.advertising.lost`. ``no_landing`` is the rest,
    so it has that interval, too. Shares have Wilson's, of other clicks like these. What no log
    can tell is said in the warnings. Of the filters the period, campaigns and sources (portals)
    apply: the medium knows nothing of others. Columns, units and meanings: ``COLUMNS``.

    Raises:
        UnknownNameError: rows cannot be told apart by that.
        QueryError: the filters contradict themselves.
        StoreError: the store cannot be read.
    """
    columns = columns_by(by)
    asked = ask(source, replace(filters, compare="none"), landed.LOOKED_AT, ())
    own = Filters(campaigns=filters.campaigns, sources=filters.sources, compare="none")
    everybody = Asked(asked.snapshot, replace(asked.query, filters=own))
    whole = all_reported(asked.snapshot)
    told = reported(whole, asked.query.current, own)
    came, requests = landed.sessions(everybody, whole), landed.landings(everybody, whole)
    found = lost.candidates(everybody, whole, came, requests)
    rows = gap(told, requests, came, lost.estimated(found), columns)
    names = [name for name, column in BY.items() if column in columns]
    first = pl.col("clicks").first().over([*columns], order_by=pl.int_range(pl.len()))
    frame = rows.with_columns(
        by=pl.lit(",".join(names), pl.String), small=first.fill_null(0) < SMALL
    ).select(pl.col(column.name).cast(column.dtype) for column in COLUMNS)
    warnings = [*about_reported(asked, whole, told), *_limits(frame, found)]
    return asked.answer("banner_gap", frame, *warnings)


def _limits(frame: pl.DataFrame, found: pl.DataFrame) -> list[ReportWarning]:
    """Say what cannot be known of these rows."""
    if frame.is_empty() or not frame.filter(step="reported")["clicks"].count():
        return []
    warnings = [ReportWarning("gap_unknowable")]
    silent = found.filter(~pl.col("sends_referrer"))["portal"].drop_nulls().unique().sort()
    if silent.len():
        facts = {"portals": ", ".join(silent)}
        warnings.append(ReportWarning("portals_without_referrer", facts))
    new = found.filter(pl.col("usual_days") == 0, pl.col("arrived") > 0, "sends_referrer")
    for campaign in new["campaign"].drop_nulls().unique().sort():
        portals = ", ".join(new.filter(campaign=campaign)["portal"].drop_nulls().sort())
        facts = {"campaign": campaign, "portals": portals}
        warnings.append(ReportWarning("usual_unknown", facts))
    return warnings
