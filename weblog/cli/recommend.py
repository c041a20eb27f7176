"""``weblog recommend``."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from weblog.cli.options import DAY, FileHere, chosen_site, output_option, site_option, store_option
from weblog.cli.quiet import is_quiet, tell

if TYPE_CHECKING:
    from reports.recommendations import Lists, Recommendations
    from weblog.site import Site
    from weblog.store import Snapshot

_MOMENT = click.DateTime(formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"])
_FORMATS = (".csv", ".parquet", ".json")
EVALUATE = "evaluate"


@click.command(name="recommend")
@click.argument("customer", required=False, metavar="[CUSTOMER | evaluate]")
@store_option
@site_option
@output_option
@click.option(
    "--settings",
    "settings_path",
    metavar="FILE",
    default=None,
    help="Names, picked items, texts.  [default: recommendations.toml beside the site's rules]",
)
@click.option("--all", "everybody", is_flag=True, help="For every customer, into --out.")
@click.option(
    "--out",
    "place",
    metavar="FILE",
    type=FileHere(),
    default=None,
    help="File to write, with --all: its ending says how (.csv, .parquet or .json).",
)
@click.option(
    "--day",
    type=DAY,
    metavar="DAY",
    default=None,
    help="As of the start of this day.  [default: the day after the last one with sessions]",
)
@click.option(
    "--at",
    "moment",
    type=_MOMENT,
    metavar="TIME",
    default=None,
    help="Moment of the greeting, as 2025-12-01T09:30 in the site's time zone.  [default: now]",
)
@click.option(
    "--language",
    type=click.Choice(["en", "ko"]),
    default="en",
    show_default=True,
    help="Of the reasons and texts shown; files have both.",
)
def command(
    customer: str | None,
    store_path: str,
    site_path: str | None,
    output: str,
    settings_path: str | None,
    everybody: bool,
    place: str | None,
    day: datetime | None,
    moment: datetime | None,
    language: str,
) -> None:
    """Suggest products and content to one customer, or to all, each with its reason.

    \b
    weblog recommend H10048271 --day 2025-12-01
    weblog recommend --all --out suggestions.csv
    weblog recommend evaluate

    Only what was known before the day is used. A method is used where it beats what is simply
    popular beyond chance, tried on the last days before; else the popular list is given, and
    said to be. `evaluate` prints that trial (report recommendation_quality).
    """
    from reports.recommendations import load_recommendations
    from weblog.errors import UsageError
    from weblog.store import open_store

    if (customer is None) == (not everybody):
        raise UsageError("say which customer, or --all, or evaluate: one of them")
    if everybody == (place is None):
        raise UsageError("--all and --out FILE belong together")
    ending = Path(str(place)).suffix.lower()
    if everybody and ending not in _FORMATS:
        raise UsageError(f"--out {place}: expected a name that ends in {', '.join(_FORMATS)}")
    site = chosen_site(site_path)
    settings = load_recommendations(settings_path, site)
    _tell_unsaid(settings, site)
    snapshot = open_store(store_path).snapshot()
    on = day.date() if day else _next_day(snapshot)
    if customer == EVALUATE:
        _evaluate(snapshot, site, settings, on, output)
    elif everybody:
        _write_all(snapshot, site, settings, on, Path(str(place)))
    else:
        _show(snapshot, site, settings, on, str(customer), moment, language, output)


def _next_day(snapshot: Snapshot) -> date:
    from reports.load import data_days
    from weblog.errors import QueryError

    days = data_days(snapshot)
    if days is None:
        raise QueryError("the store has no session yet: `weblog ingest FILE` makes some")
    return days[1] + timedelta(days=1)


def _tell_unsaid(settings: Recommendations, site: Site) -> None:
    from reports.recommendations import never_said

    segments = [rule.segment for rule in site.segments]
    for text in never_said(settings.texts, segments):
        click.secho(
            f"weblog: text {text.text!r} of slot {text.slot!r} is never said: its condition never "
            "holds, or another text of its slot always comes before it",
            err=True,
            fg="yellow",
        )


def _evaluate(
    snapshot: Snapshot, site: Site, settings: Recommendations, on: date, output: str
) -> None:
    import reports
    from weblog.cli.emit import emit
    from weblog.cli.report_table import print_report

    start, end = on - timedelta(days=settings.evaluation_days), on - timedelta(days=1)
    report = reports.recommendation_quality(
        snapshot, reports.Filters(start, end), site=site, recommendations=settings
    )
    if output == "table":
        print_report(report)
    else:
        emit(report.frame, output)
    for warning in report.warnings:
        click.secho(f"weblog: {warning}", err=True, fg="yellow")


def _write_all(
    snapshot: Snapshot, site: Site, settings: Recommendations, on: date, place: Path
) -> None:
    from reports.recommendations import lists_of, suggestions
    from weblog.cli.table import counted

    lists = lists_of(snapshot, on, site, settings)
    rows = suggestions(lists, settings)
    # Whole or not at all: who reads the file meanwhile sees the one before.
    beside = place.with_name(f".{place.name}.writing")
    if place.suffix.lower() == ".csv":
        rows.write_csv(beside)
    elif place.suffix.lower() == ".json":
        rows.write_json(beside)
    else:
        rows.write_parquet(beside)
    beside.replace(place)
    people = rows["customer_id"].n_unique()
    tell(f"{counted(rows.height, 'suggestion')} for {counted(people, 'customer')} in {place}")
    _tell_worth(lists)


def _show(
    snapshot: Snapshot,
    site: Site,
    settings: Recommendations,
    on: date,
    customer: str,
    moment: datetime | None,
    language: str,
    output: str,
) -> None:
    from zoneinfo import ZoneInfo

    import polars as pl

    from reports.recommendations import answer, lists_of, prepared, suggestions
    from weblog.cli.emit import as_json, emit
    from weblog.cli.table import shown

    zone = ZoneInfo(site.time_zone)
    at = moment.replace(tzinfo=zone) if moment else datetime.now(zone)
    lists = lists_of(snapshot, on, site, settings)
    theirs = lists.of(customer)
    found = answer(prepared(theirs, settings, at.date()), customer, at, language)
    if output == "json":
        click.echo(as_json(found))
        return
    rows = suggestions(theirs, settings, on=at.date())
    if output != "table":
        emit(rows, output)
        return
    for text in (found["greeting"], *dict(found["texts"]).values()):  # type: ignore[call-overload]
        if text:
            click.echo(shown(text))
    brief = rows.select(
        "kind",
        "rank",
        pl.col(f"title_{language}").alias("suggestion"),
        "score",
        pl.col(f"why_{language}").alias("why"),
    )
    emit(brief, output, f"{customer}, as of the start of {on}")
    _tell_worth(lists, language)


def _tell_worth(lists: Lists, language: str = "en") -> None:
    from reports.recommendations import worth

    if is_quiet():
        return
    for told in worth(lists, language).values():
        click.secho(str(told["says"]), err=True, fg=None if told["beats_popular"] else "yellow")
