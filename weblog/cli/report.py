"""``weblog report``."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from inspect import signature
from typing import TYPE_CHECKING, Any

import click

from weblog.cli.options import chosen_site, output_option, site_option, store_option
from weblog.cli.report_attribution import OF_ATTRIBUTION
from weblog.cli.report_campaigns import OF_CAMPAIGNS
from weblog.cli.report_options import FILTERS, OF_REPORTS, TODAY, with_options
from weblog.cli.report_paths import OF_PATHS, by_argument

if TYPE_CHECKING:
    import polars as pl

    from weblog.site import Site

_DAY = click.DateTime(formats=["%Y-%m-%d"])


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
@with_options(FILTERS)
@with_options(OF_REPORTS)
@with_options(OF_PATHS)
@with_options(OF_ATTRIBUTION)
@with_options(OF_CAMPAIGNS)
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
    wide: bool,
    **given: Any,
) -> None:
    """Print a report: the same numbers as the dashboard's. Default: site_status.

    \b
    weblog report site_status --from 2025-11-01 --to 2025-11-30
    weblog report channels --segment VIP --output json
    """
    import reports
    from reports.query import FILTERS as FIELDS
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
        **{field: given.pop(field) for field in FIELDS},
    )
    function = REPORTS[name].function
    arguments = _arguments(function, name, **by_argument(given))
    if "site" in signature(function).parameters:
        site = arguments["site"] = chosen_site(site_path)
        if "segments_as_of" in arguments:
            arguments["segments_as_of"] = _day(arguments["segments_as_of"], site)
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

    if said == TODAY:
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

    given: dict[str, Any] = {key: value for key, value in others.items() if value not in (None, ())}
    if limit is not None:
        given["limit"] = limit or None
    if given.get("half_life") == 0:
        given["half_life"] = None
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
