"""Reports as a mail, an HTML file or a PDF: what ``weblog report`` and ``weblog send`` share."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime
from inspect import signature
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from weblog.cli.options import FileHere
from weblog.cli.quiet import tell

if TYPE_CHECKING:
    from reports import Report
    from reports.digest import Asked, Digest
    from weblog.mail import Outbox, Server
    from weblog.site import Site
    from weblog.store import Snapshot, Store

F = TypeVar("F", bound=Callable[..., Any])


def file_options(command: F) -> F:
    """Add ``--html`` and ``--pdf``."""
    for option in (
        click.option(
            "--pdf",
            "pdf_path",
            metavar="FILE",
            type=FileHere(),
            help="Write it to a PDF file.",
        ),
        click.option(
            "--html",
            "html_path",
            metavar="FILE",
            type=FileHere(),
            help="Write it to one HTML file.",
        ),
    ):
        command = option(command)
    return command


def language_option(command: F) -> F:
    """Add ``--language``."""
    return click.option(
        "--language",
        type=click.Choice(["en", "ko"]),
        default=None,
        help="Of a mail, HTML file or PDF.  [default: en, or what [[scheduled]] says]",
    )(command)


def answered(asked: Asked, snapshot: Snapshot, site: Site) -> Report:
    """Return the report asked for."""
    from reports.plugged import report_named

    function = report_named(asked.report).function
    options = dict(asked.options)
    if "site" in signature(function).parameters:
        options["site"] = site
    return function(snapshot, asked.filters, **options)


def digest_of(
    found: Sequence[tuple[Report, str | None]],
    title: str,
    language: str,
    site: Site,
    rows: int,
    store: Store | None = None,
) -> Digest:
    """Return reports, each with a title or None, as a digest; days with notes of ``store``."""
    from functools import partial

    from dashboard.notices import text
    from dashboard.value_names import value_name
    from reports.day_notes import day_notes
    from reports.digest import Digest, Voice, section_of
    from reports.digest.build import MOST_COLUMNS
    from weblog.cli.report_table import columns_for_few, for_people

    known = partial(day_notes, store.folder, site) if store else None
    voice = Voice(language, site.currency, text, value_name)
    sections = []
    for report, own in found:
        frame = for_people(report, site.time_zone)
        columns = columns_for_few(report.name, frame, MOST_COLUMNS)
        sections.append(
            section_of(report, frame, columns, voice, title=own, rows=rows, known=known)
        )
    return Digest(title, site.name, _period(found), language, tuple(sections))


def _period(found: Iterable[tuple[Report, str | None]]) -> str:
    """Return the days the reports have in common: those of most of them."""
    spans = [f"{r.query.start} – {r.query.end}" for r, _ in found if r.query.start]
    return max(spans, key=spans.count) if spans else "–"


def written(digest: Digest, html_path: str | None, pdf_path: str | None) -> None:
    """Write a digest to files.

    Raises:
        BrowserError: a PDF is asked for, and there is no browser, or it fails.
        UsageError: a file cannot be written.
    """
    from dashboard.notices import text
    from reports.digest import drawn, find_browser, printed, whole
    from weblog.delivery_errors import BrowserError

    browser = find_browser(os.environ)
    if pdf_path and browser is None:
        advice = "Install Chromium, or set WEBLOG_BROWSER to one."
        raise BrowserError("chromium", "it was not found, and a PDF needs one", advice)
    digest, pictures = drawn(digest, browser, text)
    _tell(digest)
    if html_path:
        _write(html_path, whole(digest, pictures).encode())
    if pdf_path and browser is not None:
        _write(pdf_path, printed(digest, pictures, browser))


def mailed(
    digest: Digest, recipients: Sequence[str], number: str, store: Store, server: Server, *,
    with_pdf: bool,
) -> bool:  # fmt: skip
    """Put a digest into the outbox as a mail; False if it is there, or has gone, already."""
    from dataclasses import replace

    from dashboard.notices import text
    from reports import ReportWarning
    from reports.digest import drawn, find_browser, letter, printed
    from weblog.delivery_errors import BrowserError
    from weblog.mail import Outbox, composed

    browser = find_browser(os.environ)
    digest, pictures = drawn(digest, browser, text)
    pdf = None
    if with_pdf and browser is not None:
        try:
            pdf = printed(digest, pictures, browser)
        except BrowserError as error:
            note = text(ReportWarning("no_pdf", {"problem": str(error)}), digest.language)
            digest = replace(digest, notes=(*digest.notes, note))
    _tell(digest)
    mail = letter(digest, pictures, pdf, f"{digest.title}.pdf")
    now = datetime.now(UTC)
    message = composed(mail, str(server.smtp.sender), recipients, number, now)
    return Outbox(store.folder).put(number, message, now)


def sent(outbox: Outbox, server: Server) -> None:
    """Send what waits in the outbox, and say what became of it.

    Raises:
        UndeliveredError: something waits for the next run, or was refused for ever.
    """
    from weblog.cli.table import counted
    from weblog.delivery_errors import UndeliveredError

    done = outbox.send(server.send, datetime.now(UTC))
    if done.gone:
        tell(f"{counted(len(done.gone), 'mail')} sent by {server.name}.")
    problems = [
        f"{each.subject!r} to {', '.join(each.to)} waits in the outbox (try {each.tries}): "
        f"{each.error}"
        for each in done.waiting
    ]
    problems += [f"{to}: refused for ever: {said}" for to, said in done.refused.items()]
    if problems:
        raise UndeliveredError(problems)


def yesterday(site: Site) -> date:
    """Return the last whole day in the site's time zone."""
    from datetime import timedelta
    from zoneinfo import ZoneInfo

    return datetime.now(ZoneInfo(site.time_zone)).date() - timedelta(days=1)


def _tell(digest: Digest) -> None:
    for note in digest.notes:
        click.secho(f"weblog: {note}", err=True, fg="yellow")


def _write(path: str, content: bytes) -> None:
    from weblog.errors import UsageError

    try:
        Path(path).write_bytes(content)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from None
    tell(f"Wrote {path}.")
