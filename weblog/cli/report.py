"""``weblog report``."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from inspect import signature
from typing import TYPE_CHECKING, Any

import click

from weblog.cli.digest import file_options, language_option
from weblog.cli.engine import Engine, engine_options
from weblog.cli.options import DAY, chosen_site, output_option, site_option, store_option
from weblog.cli.report_attribution import OF_ATTRIBUTION
from weblog.cli.report_campaigns import OF_CAMPAIGNS
from weblog.cli.report_live import OF_LIVE, with_clock
from weblog.cli.report_mail import OF_MAILINGS
from weblog.cli.report_options import FILTERS, OF_REPORTS, TODAY, with_options
from weblog.cli.report_paths import OF_PATHS, by_argument

if TYPE_CHECKING:
    import polars as pl

    from reports import Report
    from weblog.site import Site
    from weblog.store import Store


@click.command(name="report")
@click.argument("names", nargs=-1, metavar="[NAME]...")
@store_option
@site_option
@output_option
@click.option("--list", "list_all", is_flag=True, help="List the reports and what they show.")
@click.option(
    "--from",
    "start",
    type=DAY,
    metavar="DAY",
    help="First day, e.g. 2025-11-01.  [default: 28 days up to --to]",
)
@click.option(
    "--to",
    "end",
    type=DAY,
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
@with_options(OF_MAILINGS)
@with_options(OF_CAMPAIGNS)
@with_options(OF_LIVE)
@click.option("--wide", is_flag=True, help="All columns in the table, as programs get them.")
@click.option(
    "--email",
    "to",
    multiple=True,
    metavar="ADDRESS",
    help="Send it there, with figures and a PDF (may be repeated).",
)
@file_options
@click.option("--title", help="Of a mail, HTML file or PDF.")
@language_option
@engine_options
def command(
    names: tuple[str, ...],
    store_path: str,
    site_path: str | None,
    output: str,
    list_all: bool,
    start: datetime | None,
    end: datetime | None,
    compare: str,
    wide: bool,
    to: tuple[str, ...],
    html_path: str | None,
    pdf_path: str | None,
    title: str | None,
    language: str | None,
    engine: Engine,
    **given: Any,
) -> None:
    """Print reports: the same numbers as the dashboard's. Default: site_status.

    \b
    weblog report site_status --from 2025-11-01 --to 2025-11-30
    weblog report channels --segment VIP --output json
    weblog report summary channels --email a@example.com
    weblog report summary channels --language ko --pdf summary.pdf
    """
    import reports
    from reports.query import FILTERS as FIELDS
    from weblog.cli.emit import emit
    from weblog.errors import UsageError
    from weblog.store import open_store

    if list_all:
        emit(_listed(), output)
        return
    chosen = names or ("site_status",)
    functions = _functions(chosen)
    filters = reports.Filters(
        start=start.date() if start else None,
        end=end.date() if end else None,
        compare=compare,  # type: ignore[arg-type]
        **{field: given.pop(field) for field in FIELDS},
    )
    is_file = bool(html_path or pdf_path)
    if not (to or is_file):
        if title or language:
            raise UsageError("--title and --language are for --email, --html and --pdf")
        if len(chosen) > 1 and output != "table":
            raise UsageError(f"--output {output} is for one report")
    store = open_store(store_path)
    arguments = with_clock(
        _shared_out(functions, by_argument(given)), _taking(functions, "now"), store.time_zone
    )
    site = chosen_site(site_path) if to or is_file or _taking(functions, "site") else None
    snapshot = store.snapshot()
    with engine.answering(functions) as answering:
        found = [
            answering[name](snapshot, filters, **_with_site(functions[name], arguments[name], site))
            for name in chosen
        ]
    if to or is_file:
        assert site is not None  # noqa: S101  chosen above
        told = title or f"{site.name}: {', '.join(_titles(chosen, language or 'en'))}"
        _deliver(found, told, language or "en", site, store, to, html_path, pdf_path)
    else:
        _print(found, output, zone=store.time_zone or "UTC", wide=wide)


def _functions(names: tuple[str, ...]) -> dict[str, Callable[..., Report]]:
    """Return the functions of reports by their names.

    Raises:
        UnknownNameError: there is no such report.
        PluginError: the report of another package cannot be used.
    """
    from reports.plugged import report_named

    return {name: report_named(name).function for name in names}


def _titles(names: tuple[str, ...], language: str) -> list[str]:
    from reports.digest.questions import title_and_question

    return [title_and_question(name, language)[0] for name in names]


def _print(found: list[Report], output: str, *, zone: str, wide: bool) -> None:
    from weblog.cli.emit import emit
    from weblog.cli.report_table import print_report

    for report in found:
        if output == "table":
            print_report(report, zone=zone, wide=wide)
        else:
            emit(report.frame, output)
    for warning in dict.fromkeys(str(each) for report in found for each in report.warnings):
        click.secho(f"weblog: {warning}", err=True, fg="yellow")


def _deliver(
    found: list[Report],
    title: str,
    language: str,
    site: Site,
    store: Store,
    to: tuple[str, ...],
    html_path: str | None,
    pdf_path: str | None,
) -> None:
    """Write reports to files, and send them."""
    import os
    from secrets import token_hex

    from weblog.cli.digest import digest_of, mailed, sent, written
    from weblog.errors import UsageError
    from weblog.mail import Outbox, server_of
    from weblog.mail.message import address_of
    from weblog.site.smtp import is_address

    for each in to:
        if not is_address(address_of(each)):
            raise UsageError(f"{each!r} is no mail address")
    digest = digest_of([(report, None) for report in found], title, language, site, 10, store)
    if html_path or pdf_path:
        written(digest, html_path, pdf_path)
    if to:
        _refuse_people(found)
        server = server_of(site, os.environ)
        mailed(digest, to, f"report-{token_hex(12)}", store, server, with_pdf=True)
        sent(Outbox(store.folder), server)


def _refuse_people(found: list[Report]) -> None:
    """Refuse to mail what is about single people: nobody can erase them from mails."""
    from reports.digest.plan import names_people
    from reports.query import ID_FILTERS
    from weblog.errors import UsageError

    for report in found:
        if names_people(report.name) or report.query.filters.chosen.keys() & ID_FILTERS.keys():
            raise UsageError(
                f"report {report.name} is about single people here: mails carry nothing of them, "
                "for they could not be erased from a mail. --html and --pdf write files."
            )


def _taking(functions: dict[str, Callable[..., Report]], argument: str) -> set[str]:
    return {name for name, one in functions.items() if argument in signature(one).parameters}


def _with_site(
    function: Callable[..., object], arguments: dict[str, Any], site: Site | None
) -> dict[str, Any]:
    if site is None or "site" not in signature(function).parameters:
        return arguments
    if "segments_as_of" in arguments:
        arguments["segments_as_of"] = _day(arguments["segments_as_of"], site)
    return {**arguments, "site": site}


def _day(said: str, site: Site) -> date:
    """Return the day, today being that of the site's time zone."""
    from zoneinfo import ZoneInfo

    if said == TODAY:
        return datetime.now(ZoneInfo(site.time_zone)).date()
    return date.fromisoformat(said)


def _shared_out(
    functions: dict[str, Callable[..., Report]], given: dict[str, Any]
) -> dict[str, dict[str, Any]]:
    """Return, by report, the arguments that were given and that it takes.

    Raises:
        UsageError: no report of those asked for takes one of them.
    """
    from weblog.errors import UsageError

    limit = given.pop("limit")
    said: dict[str, Any] = {key: value for key, value in given.items() if value not in (None, ())}
    if limit is not None:
        said["limit"] = limit or None
    if said.get("half_life") == 0:
        said["half_life"] = None
    known = {name: signature(function).parameters for name, function in functions.items()}
    for key in said:
        if not any(key in parameters for parameters in known.values()):
            option = f"--{key.replace('_', '-')}"
            if len(functions) == 1:
                raise UsageError(f"report {next(iter(functions))} has no {option}")
            raise UsageError(f"none of the reports {', '.join(functions)} has {option}")
    return {
        name: {key: value for key, value in said.items() if key in parameters}
        for name, parameters in known.items()
    }


def _listed() -> pl.DataFrame:
    import polars as pl

    from reports.plugged import plugged_report, plugged_reports
    from reports.registry import REPORTS
    from weblog.plugins import BUILT_IN

    rows = [
        (name, (spec.function.__doc__ or "").split("\n")[0], BUILT_IN)
        for name, spec in REPORTS.items()
    ]
    for one in plugged_reports():
        name, fault = one.plugin.name, one.fault
        shows = f"cannot be used: {fault}" if fault else plugged_report(name).question.english
        rows.append((name, shows, one.plugin.package))
    return pl.DataFrame(rows, schema=["report", "shows", "origin"], orient="row")
