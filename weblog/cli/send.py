"""``weblog send``."""

from __future__ import annotations

import os
from datetime import datetime
from typing import TYPE_CHECKING

import click

from weblog.cli.digest import file_options
from weblog.cli.options import DAY, chosen_draft, output_option, site_option, store_option
from weblog.cli.quiet import tell

if TYPE_CHECKING:
    from datetime import date

    import polars as pl

    from reports.digest import Digest
    from weblog.site import Site
    from weblog.site.scheduled import Scheduled
    from weblog.store import Store


@click.command(name="send")
@click.argument("names", nargs=-1, metavar="[NAME]...")
@store_option
@site_option
@output_option
@click.option("--list", "list_all", is_flag=True, help="List the scheduled mails and the outbox.")
@click.option(
    "--day",
    type=DAY,
    metavar="DAY",
    help="Last day of the reports.  [default: yesterday in the site's time zone]",
)
@click.option("--again", is_flag=True, help="Send what has been sent for this day already.")
@file_options
def command(
    names: tuple[str, ...],
    store_path: str,
    site_path: str | None,
    output: str,
    list_all: bool,
    day: datetime | None,
    again: bool,
    html_path: str | None,
    pdf_path: str | None,
) -> None:
    """Send scheduled reports, [[scheduled]] of site.toml, by e-mail, and what waits to be sent.

    Made for cron and systemd. Each mail goes once for a day, however often this is run; what no
    server takes waits in the store and goes with the next run. Without a NAME, only what waits
    is sent. With --html or --pdf a file is written instead.

    \b
    weblog send weekly
    weblog send weekly --day 2025-11-30 --pdf weekly.pdf
    """
    from weblog.cli.digest import mailed, sent, written, yesterday
    from weblog.cli.emit import emit
    from weblog.errors import UsageError
    from weblog.mail import Outbox, server_of
    from weblog.store import open_store

    site = checked_site(site_path)
    store = open_store(store_path)
    if list_all:
        emit(_listed(site, store), output)
        return
    chosen = [_named(site, name) for name in names]
    on = day.date() if day else yesterday(site)
    if html_path or pdf_path:
        if len(chosen) != 1:
            raise UsageError("--html and --pdf are for one NAME")
        written(_digest(chosen[0], site, store, on), html_path, pdf_path)
        return
    for each in chosen:
        if not each.to:
            raise UsageError(f"{each.scheduled}: nobody to send to; write to = [...] in site.toml")
    outbox, server = Outbox(store.folder), server_of(site, os.environ)
    for each in chosen:
        number = _number(each, on)
        if again:
            outbox.forget(number)
        if outbox.has(number):
            tell(f"{each.scheduled} of {on} has been sent, or waits; --again sends it anew.")
            continue
        mailed(_digest(each, site, store, on), each.to, number, store, server, with_pdf=each.pdf)
    sent(outbox, server)


def checked_site(site_path: str | None) -> Site:
    """Return the rules, if they, the reports and the alerts they name are without a fault.

    Raises:
        SiteError: carries every fault.
    """
    from reports.alerts import alert_faults
    from reports.digest import schedule_faults
    from weblog.errors import SiteError

    draft = chosen_draft(site_path)
    faults = [*draft.faults, *schedule_faults(draft.site), *alert_faults(draft.site)]
    if faults:
        raise SiteError(draft.path, faults)
    return draft.site


def _named(site: Site, name: str) -> Scheduled:
    from weblog.errors import UnknownNameError

    for each in site.scheduled:
        if each.scheduled == name:
            return each
    raise UnknownNameError("scheduled mail", name, [each.scheduled for each in site.scheduled])


def _digest(scheduled: Scheduled, site: Site, store: Store, day: date) -> Digest:
    from reports.digest import plan
    from weblog.cli.digest import answered, digest_of

    snapshot = store.snapshot()
    found = [(answered(each, snapshot, site), each.title) for each in plan(scheduled, day)]
    title = scheduled.title or f"{site.name}: {scheduled.scheduled}"
    return digest_of(found, title, scheduled.language, site, scheduled.rows, store)


def _number(scheduled: Scheduled, day: date) -> str:
    """Return the id of a mail: one for each name and day."""
    from hashlib import sha256

    told = f"{scheduled.scheduled}\n{day.isoformat()}".encode()
    return f"report-{day:%Y%m%d}-{sha256(told).hexdigest()[:16]}"


def _listed(site: Site, store: Store) -> pl.DataFrame:
    import polars as pl

    from weblog.mail import Outbox

    rows: list[dict[str, object]] = [
        {
            "what": "scheduled",
            "name": each.scheduled,
            "to": list(each.to),
            "reports": [one.report for one in each.reports],
            "tries": None,
            "error": None,
        }
        for each in site.scheduled
    ]
    rows += [
        {
            "what": "waiting",
            "name": each.subject,
            "to": list(each.to),
            "reports": [],
            "tries": each.tries,
            "error": each.error or None,
        }
        for each in Outbox(store.folder).waiting()
    ]
    return pl.DataFrame(rows, schema=_LISTED)


_LISTED = {
    "what": str,
    "name": str,
    "to": list[str],
    "reports": list[str],
    "tries": int,
    "error": str,
}
