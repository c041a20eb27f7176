"""``weblog erase``."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from weblog.cli.options import FileHere, chosen_site, site_option, store_option
from weblog.cli.quiet import tell

if TYPE_CHECKING:
    from datetime import datetime

    from weblog.erasure import Erasure, Journal, Person
    from weblog.site import Site
    from weblog.store import Store


@click.command(name="erase")
@click.option(
    "--customer", "customers", multiple=True, metavar="ID", help="A customer; repeatable."
)
@click.option("--visitor", "visitors", multiple=True, metavar="ID", help="A browser; repeatable.")
@click.option(
    "--file",
    "lists",
    multiple=True,
    type=click.File("r", encoding="utf-8-sig"),
    metavar="FILE",
    help="Customers, one id a line; - is standard input.",
)
@click.option(
    "--also",
    "texts",
    multiple=True,
    metavar="TEXT",
    help="Another word that means the person, such as an e-mail address or a full client "
    "address: taken out of every text, and sought for.",
)
@click.option(
    "--receipt",
    "folder",
    type=FileHere(),
    show_default="./erasure-receipts",
    metavar="DIR",
    help="Folder for the receipt, outside of the store.",
)
@click.option(
    "--block",
    is_flag=True,
    help="Let later lines and register files come in without them: the store keeps keyed hashes "
    "of their ids.",
)
@click.option("--yes", is_flag=True, help="Do not ask.")
@store_option
@site_option
def command(
    customers: tuple[str, ...],
    visitors: tuple[str, ...],
    lists: tuple[object, ...],
    texts: tuple[str, ...],
    folder: str | None,
    block: bool,
    yes: bool,
    store_path: str,
    site_path: str | None,
) -> None:
    """Erase people from every table, from the files behind them and from old versions.

    With a customer go the browsers nobody else logged in on; on a shared one, the customer's own
    visits. Afterwards all bytes of the store are searched, and a receipt is written that names
    nobody. It cannot be undone. One that was cut short is completed by `weblog erase` alone.
    """
    import sessionize
    from weblog.erasure import begin, blocked, pending
    from weblog.erasure.receipt import make_folder
    from weblog.store import open_store

    chosen = (*customers, *(line.strip() for each in lists for line in each if line.strip()))  # type: ignore[attr-defined]
    site = chosen_site(site_path)
    store = open_store(store_path)
    receipts = Path(folder or "erasure-receipts").absolute()
    _refuse_inside(receipts, store.folder)
    sessionize.validate_segments(site)
    with store.lock("erase", exclusive=True, waiting=_say_who):
        open_store(store_path, create=True)  # a store of an older version gets its new columns
        cut_short = pending(store)
        if cut_short is not None:
            click.echo(f"Completing erasure {cut_short.number}, which was cut short.", err=True)
            if folder is not None:  # the one it was begun with may be gone
                cut_short = replace(cut_short, folder=str(receipts))
            _erase(store, site, cut_short)
        elif not chosen and not visitors:
            raise click.UsageError("Say who: --customer ID, --visitor ID or --file FILE.")
        if not chosen and not visitors:
            return
        sessionize.update(store, site)  # whose a visit is, sessions tell
        person = sessionize.person_of(store.head(), site, chosen, visitors, texts)
        if not yes:
            _confirm(person)
        make_folder(receipts)
        asked = {"customer": [*chosen], "visitor": [*visitors], "text": [*texts]}
        if block:
            blocked.block(store.folder, person.customers, person.visitors)
        journal = begin(store, person, asked, receipts, _now())
        _erase(store, site, journal)


def _erase(store: Store, site: Site, journal: Journal) -> None:
    """Erase, from what was made of the store as well; say what was done."""
    import sessionize
    from reports.mart.state import marts_of
    from weblog.cli.mart import about_databases, renewed
    from weblog.erasure import erase

    def update() -> None:
        sessionize.update(store, site)
        renewed(store, site, forget=True)

    beside = [each for each in marts_of(store) if not each.is_relative_to(store.folder)]
    done = erase(store, journal, update, _step, beside=[each for each in beside if each.is_dir()])
    about_databases(store)
    _show(done)


def _confirm(person: Person) -> None:
    from weblog.cli.table import counted

    browsers = counted(len(person.visitors), "browser")
    question = f"Erase {counted(len(person.customers), 'customer')} and {browsers}?"
    try:
        click.confirm(question, abort=True, err=True)
    except click.Abort:
        if sys.stdin.isatty():
            raise
        raise click.UsageError("Nobody said yes: --yes erases without asking.") from None


def _refuse_inside(folder: Path, store: Path) -> None:
    if folder.resolve().is_relative_to(store.resolve()):
        raise click.UsageError("--receipt must name a folder outside of the store.")


def _say_who(holders: object) -> None:
    who = "; ".join(str(each) for each in holders)  # type: ignore[attr-defined]
    tell(f"weblog: waiting for {who}", err=True)


def _step(what: str) -> None:
    if sys.stderr.isatty():
        tell(f"  {what}", err=True)


def _now() -> datetime:
    from datetime import UTC, datetime

    return datetime.now(UTC)


def _show(done: Erasure) -> None:
    """Tell what was done; end with exit code 1 if something was still found."""
    from weblog.cli.table import counted

    tell(f"Erasure {done.number}: {counted(done.rows, 'row')}, {counted(done.lines, 'log line')}")
    for name, counts in done.tables.items():
        changed = f", {counts['changed']:,} changed" if counts["changed"] else ""
        if counts["removed"] or counts["changed"]:
            tell(f"  {name}: {counted(counts['removed'], 'row')} removed{changed}")
    found = done.searched
    what = f"{counted(found.files, 'file')}, {found.bytes:,} bytes, {found.values:,} values"
    if found.found:
        click.secho(f"Searched {what}; STILL FOUND in:", fg="red")
        for place in found.found:
            click.echo(f"  {place}")
    else:
        tell(f"Searched {what}: nothing found.")
    tell(f"Receipt: {done.receipt}\n  SHA-256 {done.sha256}, kept in table erasures")
    if found.found:
        sys.exit(1)
