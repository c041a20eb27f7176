"""What the commands that load a table of the company's share."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, fields
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from weblog.cli.options import FileHere, site_option, store_option
from weblog.cli.quiet import tell
from weblog.errors import RowsLeftOutError

if TYPE_CHECKING:
    import polars as pl

    from sessionize.register_load import RegisterLoad
    from sessionize.register_source import RegisterSource
    from weblog.site import Site
    from weblog.store import Store

F = TypeVar("F", bound=Callable[..., Any])

SHOWN: Final = 20
"""Faults shown on screen."""


@dataclass(frozen=True, slots=True)
class LoadOptions:
    """What such a command was given."""

    source: str
    store_path: str
    site_path: str | None
    table: str | None
    query: str | None
    columns: dict[str, str]
    bad_rows: Path | None
    output: str


def _names(_: click.Context, __: click.Parameter, given: tuple[str, ...]) -> dict[str, str]:
    names: dict[str, str] = {}
    for each in given:
        ours, equals, theirs = (part.strip() for part in each.partition("="))
        if not (ours and equals and theirs):
            raise click.BadParameter(f"{each!r}: expected OURS=THEIRS, e.g. customer_id=cust_no.")
        if names.setdefault(ours, theirs) != theirs:
            raise click.BadParameter(f"{ours} is given two names: {names[ours]} and {theirs}.")
    return names


names_option = click.option(
    "--column",
    "columns",
    multiple=True,
    metavar="OURS=THEIRS",
    callback=_names,
    help="What SOURCE calls a column, e.g. customer_id=cust_no; repeat for others.",
)

bad_rows_option = click.option(
    "--bad-rows",
    metavar="FILE",
    type=FileHere(dir_okay=False, path_type=Path),
    help="Write every fault as CSV: row, column, value, expected.",
)


def load_options(command: F) -> F:
    """Add the argument and the options of such a command, which gets them as ``given``."""

    @wraps(command)
    def gathered(**options: Any) -> Any:
        given = {each.name: options.pop(each.name) for each in fields(LoadOptions)}
        return command(given=LoadOptions(**given), **options)

    wrapped: Any = gathered
    for option in reversed(
        (
            click.argument("source", metavar="SOURCE"),
            store_option,
            site_option,
            click.option("--table", metavar="NAME", help="Of a database: the table or view."),
            click.option("--query", metavar="SQL", help="Of a database: a SELECT instead."),
            names_option,
            bad_rows_option,
            click.option(
                "--output",
                type=click.Choice(["table", "json"]),
                default="table",
                show_default=True,
                help="A summary for people, or everything for programs.",
            ),
        )
    ):
        wrapped = option(wrapped)
    added: F = wrapped
    return added


def run(
    load: Callable[[Callable[[], Store], Site, RegisterSource], RegisterLoad],
    site: Site,
    given: LoadOptions,
) -> None:
    """Load an export, bring the sessions' segments up to date, tell what became of it.

    Raises:
        RowsLeftOutError: some rows cannot be used; the others are loaded.
    """
    import sessionize
    from sessionize.register_source import RegisterSource
    from weblog.cli.compact import waiting_for
    from weblog.cli.progress import shown_progress
    from weblog.erasure import refuse_if_pending
    from weblog.store import open_store

    sessionize.validate_segments(site)
    source = RegisterSource(given.source, given.table, given.query, given.columns)
    opened: list[Store] = []

    def pinned() -> Store:
        if not opened:
            store = open_store(given.store_path, create=True)
            held.enter_context(store.lock("register load", waiting=waiting_for))
            refuse_if_pending(store)
            store.pin()
            opened.append(store)
        return opened[0]

    with ExitStack() as held, shown_progress(quiet=False) as progress:
        progress.step(f"rows of {source.shown}")
        done = load(pinned, site, source)
        if given.bad_rows is not None:
            write_faults(done.faults, given.bad_rows)
        for store in opened:
            progress.step("segments of sessions")
            sessionize.update(store, site)
    groups = _duplicates(opened[0]) if opened and done.table == "customers" else {}
    if given.output == "json":
        from weblog.cli.emit import as_json

        click.echo(as_json({**_as_dict(done), "duplicates": groups}))
    else:
        _print(done, groups)
    if done.bad:
        raise RowsLeftOutError(done.source, done.bad, done.rows)


def write_faults(faults: pl.DataFrame, path: Path) -> None:
    """Write the faults; their values are people's, so for the owner's eyes alone."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    with os.fdopen(os.open(path, flags, 0o600), "wb") as file:
        faults.write_csv(file)


def _as_dict(done: RegisterLoad) -> dict[str, object]:
    counts = ("rows", "good", "bad", "new", "changed", "unchanged")
    return {
        "table": done.table,
        "source": done.source,
        **{name: getattr(done, name) for name in counts},
        "ignored": list(done.ignored),
        "faults": done.faults.to_dicts(),
    }


def _print(done: RegisterLoad, groups: Mapping[str, int]) -> None:
    from sessionize.duplicates import REASONS
    from weblog.cli.table import counted, print_table, shown

    tell(
        f"{counted(done.rows, 'row')} of {shown(done.source)} = {shown(done.new)} new + "
        f"{shown(done.changed)} changed + {shown(done.unchanged)} unchanged + "
        f"{shown(done.bad)} left out"
    )
    if done.ignored:
        tell(f"Columns not known here: {', '.join(map(shown, done.ignored))}")
    for reason, count in groups.items():
        what = f"{counted(count, 'group')} of customers with {REASONS[reason]}"
        tell(f"{what}: `weblog customers duplicates` lists them")
    if done.bad:
        faults = done.faults
        more = f", the first {SHOWN}" if faults.height > SHOWN else ""
        print_table(faults.head(SHOWN), f"{counted(faults.height, 'fault')}{more}")


def _duplicates(store: Store) -> dict[str, int]:
    """Count the groups of customers who may be one person, by reason."""
    from datetime import date

    from sessionize.duplicates import duplicates, states_on

    customers = states_on(store.head().scan("customers").collect(), date.max)
    counts = duplicates(customers)["reason"].value_counts(sort=True)
    return dict(zip(counts["reason"], counts["count"], strict=True))
