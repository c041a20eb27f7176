"""``weblog alerts``."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from weblog.cli.options import DAY, output_option, site_option, store_option
from weblog.cli.quiet import is_quiet, tell

if TYPE_CHECKING:
    from reports.alerts import Outcome
    from weblog.site import Site
    from weblog.store import Store

_NOW = click.DateTime(formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"])


@click.group(name="alerts")
def command() -> None:
    """Check the alerts of site.toml ([[alerts]]); tell what began and what ended.

    \b
    weblog alerts list
    weblog alerts check
    weblog alerts history
    """


@command.command(name="check", short_help="Judge all alerts; tell what began and what ended.")
@store_option
@site_option
@output_option
@click.option("--day", type=DAY, metavar="DAY", help="As when this day was over.")
@click.option(
    "--now", type=_NOW, metavar="TIME", help="As at this time of the site's, e.g. 2025-11-30T09:00."
)
@click.option("--dry-run", is_flag=True, help="Say what holds; tell nobody, and remember nothing.")
def check(
    store_path: str,
    site_path: str | None,
    output: str,
    day: datetime | None,
    now: datetime | None,
    dry_run: bool,
) -> None:
    """Judge all alerts over the last window that is over; tell what began and what ended.

    Made for cron and systemd, however often: an alert is told once when it begins, and once when
    it ends. What cannot be told is told by the next run. Where the data do not reach to the
    window's end, or are too few, nothing is concluded and what was the case goes on.
    """
    from reports.alerts import Delivery, look
    from reports.alerts import check as checked
    from reports.alerts.book import Standing, read_book
    from reports.alerts.check import Outcome
    from weblog.cli.send import checked_site
    from weblog.delivery_errors import UndeliveredError
    from weblog.errors import UsageError
    from weblog.store import open_store

    if day and now:
        raise UsageError("--day and --now exclude each other")
    site = checked_site(site_path)
    store = open_store(store_path)
    moment = _moment(site, day, now)
    if dry_run:
        book, snapshot = read_book(store.folder), store.snapshot()
        standing = book.standing if book else {}
        outcomes = [
            Outcome(rule, *look(snapshot, rule, site, moment),
                    standing.get(rule.alert, Standing()), None)
            for rule in site.alerts
        ]  # fmt: skip
        _show(outcomes, output)
        return
    outcomes, problems = checked(store, site, moment, Delivery(site, store.folder, os.environ))
    if output != "table" or not is_quiet():
        _show(outcomes, output)
    problems += _mailed(site, store)
    if problems:
        raise UndeliveredError(problems)


@command.command(name="list", short_help="List the alerts and how each stands.")
@store_option
@site_option
@output_option
def list_(store_path: str, site_path: str | None, output: str) -> None:
    """List the alerts of site.toml, how each stands, and whom it tells."""
    import polars as pl

    from reports.alerts import Standing, read_book
    from reports.alerts.book import targets_of
    from reports.alerts.texts import watched
    from weblog.cli.emit import emit
    from weblog.cli.send import checked_site
    from weblog.store import open_store

    site = checked_site(site_path)
    book = read_book(open_store(store_path).folder)
    rows = []
    for rule in site.alerts:
        standing = book.standing.get(rule.alert, Standing()) if book else Standing()
        rows.append(
            {
                "alert": rule.alert,
                "watches": watched(rule, "en"),
                "window": rule.window,
                "status": standing.status,
                "since": standing.since,
                "value": standing.value,
                "tells": ", ".join([*targets_of(rule), *rule.mail]),
            }
        )
    if not rows and output == "table":
        tell(_NONE)
        return
    emit(pl.DataFrame(rows, schema=_LIST), output)


@command.command(name="test", short_help="Send a test to all whom an alert tells.")
@click.argument("name")
@store_option
@site_option
def test(name: str, store_path: str, site_path: str | None) -> None:
    """Send a test to all whom alert NAME tells; nothing is remembered of it."""
    from reports.alerts import Delivery, send_test
    from weblog.cli.send import checked_site
    from weblog.delivery_errors import UndeliveredError
    from weblog.store import open_store

    site = checked_site(site_path)
    store = open_store(store_path)
    delivery = Delivery(site, store.folder, os.environ)
    problems = send_test(site, name, datetime.now(UTC), delivery)
    problems += _mailed(site, store)
    if problems:
        raise UndeliveredError(problems)
    tell(f"Test of {name} sent.")


@command.command(name="history", short_help="List what began and what ended.")
@store_option
@output_option
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="Events.")
def history(store_path: str, output: str, limit: int) -> None:
    """List what began and what ended, the latest first, and whom it is still to be told to."""
    import polars as pl

    from reports.alerts import read_book
    from weblog.cli.emit import emit
    from weblog.store import open_store

    book = read_book(open_store(store_path).folder)
    events = list(reversed(book.events))[:limit] if book else []
    rows = [
        {
            "at": each.at,
            "alert": each.alert,
            "kind": each.kind,
            "window": each.window,
            "value": each.value,
            "expected": each.expected,
            "reason": each.code,
            "waiting": list(each.waiting),
            "id": each.id,
        }
        for each in events
    ]
    emit(pl.DataFrame(rows, schema=_HISTORY), output)


_NONE = "The site's rules name no alert: [[alerts]] does, docs/alerts.md tells how."

_LIST = {
    "alert": str,
    "watches": str,
    "window": str,
    "status": str,
    "since": str,
    "value": float,
    "tells": str,
}
_HISTORY = {
    "at": str,
    "alert": str,
    "kind": str,
    "window": str,
    "value": float,
    "expected": float,
    "reason": str,
    "waiting": list[str],
    "id": str,
}
_CHECK = {
    "alert": str,
    "window": str,
    "value": float,
    "verdict": str,
    "status": str,
    "told": str,
    "reason": str,
}


def _moment(site: Site, day: datetime | None, now: datetime | None) -> datetime:
    """Return the moment asked for, which people give in the site's time zone, as UTC."""
    from zoneinfo import ZoneInfo

    from reports.alerts.windows import after

    zone = ZoneInfo(site.time_zone)
    if day:
        return after(day.date(), zone)
    return now.replace(tzinfo=zone).astimezone(UTC) if now else datetime.now(UTC)


def _show(outcomes: list[Outcome], output: str) -> None:
    import polars as pl

    from reports.alerts.texts import reason
    from weblog.cli.emit import emit

    rows = [
        {
            "alert": each.rule.alert,
            "window": str(each.window),
            "value": each.verdict.value,
            "verdict": each.verdict.status,
            "status": each.standing.status,
            "told": each.event.kind if each.event else None,
            "reason": reason(each.verdict, each.rule, "en"),
        }
        for each in outcomes
    ]
    if not rows and output == "table":
        tell(_NONE)
        return
    emit(pl.DataFrame(rows, schema=_CHECK), output)


def _mailed(site: Site, store: Store) -> list[str]:
    """Send what waits in the outbox, if mail is set up; return what could not be sent."""
    from weblog.cli.digest import sent
    from weblog.delivery_errors import MailError, UndeliveredError
    from weblog.mail import Outbox, server_of

    outbox = Outbox(store.folder)
    if not outbox.folder.exists() or not outbox.waiting():
        return []
    try:
        sent(outbox, server_of(site, os.environ))
    except MailError as error:
        return [str(error)]
    except UndeliveredError as error:
        return error.problems
    return []
