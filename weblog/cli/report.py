"""``weblog report``."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from inspect import signature
from typing import TYPE_CHECKING, Any

import click

from weblog.cli.options import chosen_site, output_option, site_option, store_option

if TYPE_CHECKING:
    import polars as pl

    from weblog.site import Site

_TODAY = "today"
_DAY = click.DateTime(formats=["%Y-%m-%d"])


def _checked_day(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    try:
        if value not in (None, _TODAY):
            date.fromisoformat(str(value))
    except ValueError:
        raise click.BadParameter(f"{value!r} is no day: write 2025-11-30, or today") from None
    return value


@click.command(name="report")
@click.argument("name", default="site_status", metavar="[NAME]")
@store_option
@site_option
@output_option
@click.option("--list", "list_all", is_flag=True, help="List the reports and what they show.")
@click.option(
    "--from",
    "start",
    type=_DAY,
    metavar="DAY",
    help="First day, e.g. 2025-11-01.  [default: 28 days up to --to]",
)
@click.option(
    "--to",
    "end",
    type=_DAY,
    metavar="DAY",
    help="Last day.  [default: the last day with sessions]",
)
@click.option(
    "--compare",
    type=click.Choice(["previous", "year", "none"]),
    default="previous",
    show_default=True,
    help="With the period before, the same weekdays a year before, or nothing.",
)
@click.option("--segment", "segments", multiple=True, help="Only this segment (may be repeated).")
@click.option("--channel", "channels", multiple=True, help="Only this channel.")
@click.option("--device", "devices", multiple=True, help="Only this device class.")
@click.option("--campaign", "campaigns", multiple=True, help="Only this campaign.")
@click.option("--source", "sources", multiple=True, help="Only this source, e.g. naver.")
@click.option("--entry", "entry_pages", multiple=True, help="Only sessions that began here.")
@click.option("--page", "pages", multiple=True, help="Only sessions that viewed this page.")
@click.option("--category", "categories", multiple=True, help="Only sessions that viewed one.")
@click.option("--product", "products", multiple=True, help="Only sessions that viewed one.")
@click.option(
    "--by",
    default=None,
    help="Of devices: device, browser or os. Of segments_by: age_band, sex, occupation, children, "
    "product_held, device or channel. Of attribution: channel, source, medium or campaign.",
)
@click.option(
    "--segments-as-of",
    metavar="DAY",
    default=None,
    callback=_checked_day,
    help="Of segments and segments_by: the segments customers are in on this day, or today.",
)
@click.option("--measure", default=None, help="Of changes: the measure, e.g. page_views.")
@click.option(
    "--models",
    multiple=True,
    help="Of attribution: only this model, e.g. markov (may be repeated).",
)
@click.option("--goal", default=None, help="Of attribution: count only this goal.")
@click.option(
    "--window-days",
    type=int,
    default=None,
    help="Of attribution: how far back touches count.  [default: 30]",
)
@click.option(
    "--half-life-days",
    type=float,
    default=None,
    help="Of attribution: after how long a touch counts half in time decay.  [default: 7]",
)
@click.option(
    "--order",
    type=int,
    default=None,
    help="Of attribution: touches the Markov chain remembers, 1 to 3.  [default: 1]",
)
@click.option(
    "--bootstrap",
    type=int,
    default=None,
    help="Of attribution: resamples for the intervals; 0: none.  [default: 500]",
)
@click.option("--limit", type=click.IntRange(0), default=None, help="Rows; 0: all of them.")
@click.option("--wide", is_flag=True, help="All columns in the table, as programs get them.")
def command(
    name: str,
    store_path: str,
    site_path: str | None,
    output: str,
    list_all: bool,
    start: datetime | None,
    end: datetime | None,
    compare: str,
    segments: tuple[str, ...],
    channels: tuple[str, ...],
    devices: tuple[str, ...],
    campaigns: tuple[str, ...],
    sources: tuple[str, ...],
    entry_pages: tuple[str, ...],
    pages: tuple[str, ...],
    categories: tuple[str, ...],
    products: tuple[str, ...],
    by: str | None,
    segments_as_of: str | None,
    measure: str | None,
    models: tuple[str, ...],
    goal: str | None,
    window_days: int | None,
    half_life_days: float | None,
    order: int | None,
    bootstrap: int | None,
    limit: int | None,
    wide: bool,
) -> None:
    """Print a report: the same numbers as the dashboard's. Default: site_status.

    \b
    weblog report site_status --from 2025-11-01 --to 2025-11-30
    weblog report channels --segment VIP --output json
    """
    import reports
    from reports.registry import REPORTS
    from weblog.cli.emit import emit
    from weblog.cli.report_table import print_report
    from weblog.errors import UnknownNameError
    from weblog.store import open_store

    if list_all:
        emit(_listed(), output)
        return
    if name not in REPORTS:
        raise UnknownNameError("report", name, list(REPORTS))
    filters = reports.Filters(
        start=start.date() if start else None,
        end=end.date() if end else None,
        compare=compare,  # type: ignore[arg-type]
        segments=segments,
        channels=channels,
        devices=devices,
        campaigns=campaigns,
        sources=sources,
        entry_pages=entry_pages,
        pages=pages,
        categories=categories,
        products=products,
    )
    function = REPORTS[name].function
    arguments = _arguments(
        function,
        name,
        by=by,
        measure=measure,
        segments_as_of=segments_as_of,
        models=models or None,
        goal=goal,
        window_days=window_days,
        half_life_days=half_life_days,
        order=order,
        bootstrap=bootstrap,
        limit=limit,
    )
    if "site" in signature(function).parameters:
        site = arguments["site"] = chosen_site(site_path)
        if segments_as_of:
            arguments["segments_as_of"] = _day(segments_as_of, site)
    report = function(open_store(store_path).snapshot(), filters, **arguments)
    if output == "table":
        print_report(report, wide=wide)
    else:
        emit(report.frame, output)
    for warning in report.warnings:
        click.secho(f"weblog: {warning}", err=True, fg="yellow")


def _day(said: str, site: Site) -> date:
    """Return the day, today being that of the site's time zone."""
    from zoneinfo import ZoneInfo

    if said == _TODAY:
        return datetime.now(ZoneInfo(site.time_zone)).date()
    return date.fromisoformat(said)


def _arguments(
    function: Callable[..., object], name: str, *, limit: int | None, **others: object
) -> dict[str, Any]:
    """Return the arguments of this report that were given.

    Raises:
        UsageError: the report has no such argument.
    """
    from weblog.errors import UsageError

    given: dict[str, Any] = {key: value for key, value in others.items() if value is not None}
    if limit is not None:
        given["limit"] = limit or None
    known = signature(function).parameters
    for key in given:
        if key not in known:
            raise UsageError(f"report {name} has no --{key.replace('_', '-')}")
    return given


def _listed() -> pl.DataFrame:
    import polars as pl

    from reports.registry import REPORTS

    first = [(name, (spec.function.__doc__ or "").split("\n")[0]) for name, spec in REPORTS.items()]
    return pl.DataFrame(first, schema=["report", "shows"], orient="row")
