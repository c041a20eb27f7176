"""``weblog mart``: the data mart, as files and in a database."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from weblog.cli.options import DAY, chosen_site, output_option, site_option, store_option
from weblog.cli.quiet import tell

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reports.mart.work import Built
    from weblog.site import Site
    from weblog.store import Store

F = TypeVar("F", bound=Callable[..., Any])


@click.group(name="mart")
def command() -> None:
    """Build tables for BI tools and notebooks; export them to PostgreSQL.

    The views of the data mart are the store's sessions, page views, customers and days, joined
    and named for whoever analyses them. `weblog sql` knows them without building anything;
    docs/data-mart.md explains every column.
    """


def _chosen_days(command: F) -> F:
    """Add ``--from`` and ``--to``."""
    last = click.option("--to", "end", type=DAY, metavar="DAY", help="Only days up to this one.")
    first = click.option(
        "--from", "--since", "start", type=DAY, metavar="DAY", help="Only days from this one on."
    )
    return first(last(command))


def _folder_option(command: F) -> F:
    return click.option(
        "--folder",
        callback=_placed,
        metavar="DIR",
        help="Folder of the mart, or a prefix of a bucket.  [default: mart in the store's folder]",
    )(command)


def _placed(_: click.Context, __: click.Parameter, value: str | None) -> Path | None:
    from weblog.remote.place import place

    return None if value is None else place(value)


_view_option = click.option(
    "--view", "views", multiple=True, metavar="NAME", help="Only this view; repeatable."
)


@command.command(name="build", short_help="Build the views as Delta or Parquet files.")
@_folder_option
@_view_option
@_chosen_days
@click.option(
    "--format",
    "file_format",
    type=click.Choice(["delta", "parquet"]),
    help="Delta tables, or Parquet files alone.  [default: as it was built before, else delta]",
)
@click.option(
    "--with-customers/--without-customers",
    default=None,
    help="With or without what tells of customers.  [default: as before; at first with it in "
    "the store's folder, without it elsewhere]",
)
@click.option("--full", is_flag=True, help="Make everything anew, whether it changed or not.")
@store_option
@site_option
@output_option
def build_command(
    folder: Path | None,
    views: tuple[str, ...],
    start: datetime | None,
    end: datetime | None,
    file_format: Any,
    with_customers: bool | None,
    full: bool,
    store_path: str,
    site_path: str | None,
    output: str,
) -> None:
    """Build the mart, or bring it up to date: only days that changed are written.

    Each view changes at once; who reads it meanwhile sees the state before. Without --view those
    that were built before, at first all of them. --from and --to are for views by day; the
    others are as of the day after the last one.

    \b
    weblog mart build
    weblog mart build --folder bi --format parquet --view sessions_flat
    """
    from reports.mart import chosen_views
    from reports.mart.build import build
    from weblog.cli.compact import waiting_for
    from weblog.store import open_store

    site, store = chosen_site(site_path), open_store(store_path)
    done = build(
        store,
        site,
        folder=folder,
        views=chosen_views(views) if views else [],
        span=_span(start, end),
        format=file_format,
        with_customers=with_customers,
        full=full,
        waiting=waiting_for,
    )
    _show(done, output)


@command.command(name="list", short_help="List the views, and how far they are built.")
@_folder_option
@store_option
@site_option
@output_option
def list_command(folder: Path | None, store_path: str, site_path: str | None, output: str) -> None:
    """List the views: what a row is, how many are built, and what changed in the store since."""
    import polars as pl

    from reports.mart.build import progress
    from weblog.cli.emit import emit
    from weblog.store import open_store

    rows = progress(open_store(store_path), chosen_site(site_path), folder)
    emit(pl.DataFrame(rows), output)


@command.command(name="remove", short_help="Remove a mart that was built or exported.")
@_folder_option
@click.option("--database", "url", metavar="URL", help="Drop the tables exported there instead.")
@click.option("--schema", default="weblog", show_default=True, help="Of the database.")
@store_option
def remove_command(folder: Path | None, url: str | None, schema: str, store_path: str) -> None:
    """Remove the files of a mart, or the tables of an export; nothing of the store goes."""
    from reports.mart.build import remove
    from reports.mart.export import remove_export
    from weblog.cli.compact import waiting_for
    from weblog.store import open_store

    store = open_store(store_path)
    if url is None:
        place = remove(store, folder, waiting=waiting_for)
        tell(f"Removed the mart in {place}.")
        return
    dropped = remove_export(store, url, schema=schema, waiting=waiting_for)
    tell(f"Dropped from schema {schema}: {', '.join(dropped) or 'nothing was there'}.")


@command.command(name="export", short_help="Export views to a PostgreSQL database.")
@click.argument("url")
@click.option("--schema", default="weblog", show_default=True, help="Schema; made if missing.")
@_view_option
@click.option(
    "--table",
    "tables",
    multiple=True,
    metavar="NAME",
    help="This table of the store, too (or, without --view, only these); repeatable.",
)
@_chosen_days
@click.option(
    "--with-customers", is_flag=True, help="Export what tells of customers; never their names."
)
@click.option("--full", is_flag=True, help="Export everything anew, whether it changed or not.")
@store_option
@site_option
@output_option
def export_command(
    url: str,
    schema: str,
    views: tuple[str, ...],
    tables: tuple[str, ...],
    start: datetime | None,
    end: datetime | None,
    with_customers: bool,
    full: bool,
    store_path: str,
    site_path: str | None,
    output: str,
) -> None:
    """Bring the views to the database URL, in one transaction; again, and only changes are sent.

    URL is postgresql://USER@HOST/NAME; put the password into PGPASSWORD, or ~/.pgpass, where no
    list of processes shows it. Tables get keys, and comments that say what columns mean.

    \b
    weblog mart export postgresql://bi@db.example/analytics
    weblog mart export postgresql://bi@db.example/analytics --view channel_daily --from 2025-11-01
    """
    from reports.mart import VIEWS, chosen_views
    from reports.mart.export import export
    from reports.mart.tables import chosen_tables
    from weblog.cli.compact import waiting_for
    from weblog.store import open_store

    site, store = chosen_site(site_path), open_store(store_path)
    chosen = chosen_views(views) if views else []
    if not views and not tables:
        chosen = [view for view in VIEWS.values() if with_customers or not view.is_personal]
    done = export(
        store,
        site,
        url,
        [*chosen, *chosen_tables(tables)],
        schema=schema,
        span=_span(start, end),
        with_customers=with_customers,
        full=full,
        waiting=waiting_for,
        told=_step,
    )
    _show(done.built, output)
    if done.left:
        click.echo(
            f"Left as they were, of earlier exports: {', '.join(done.left)}. Export them again, "
            "or drop them.",
            err=True,
        )


def renewed(store: Store, site: Site, *, forget: bool) -> None:
    """Bring every mart of the store up to date; say which are not where they were.

    Args:
        store: the store, alone in which this is.
        site: its rules.
        forget: keep nothing of what was before.
    """
    from reports.mart.build import rebuild

    for place in rebuild(store, site, forget=forget):
        click.secho(
            f"weblog: the mart built in {place} is not there. If it was moved, remove it by hand, "
            "and `weblog mart remove --folder` lets go of it.",
            err=True,
            fg="yellow",
        )


def about_databases(store: Store) -> None:
    """Say which databases still hold what was exported before."""
    from reports.mart.state import copies_of

    for url, schema in copies_of(store).databases:
        click.secho(
            f"weblog: {url} holds an export in schema {schema}: run `weblog mart export` with the "
            "options of then, and VACUUM its tables; or `weblog mart remove --database`.",
            err=True,
            fg="yellow",
        )


def _span(start: datetime | None, end: datetime | None) -> tuple[date, date] | None:
    if start is None and end is None:
        return None
    if start is not None and end is not None and start > end:
        raise click.BadParameter("is before --from.", param_hint="--to")
    return (start.date() if start else date.min, end.date() if end else date.max)


def _show(done: Sequence[Built], output: str) -> None:
    from dataclasses import asdict

    import polars as pl

    from weblog.cli.emit import emit

    if output != "table":
        emit(pl.DataFrame([asdict(each) for each in done]), output)
        return
    for each in done:
        work = f"{each.written:,} written" if each.written else "nothing new"
        if each.gone:
            work += f", {each.gone:,} removed"
        tell(f"{each.view}: {each.rows:,} rows ({work})")


def _step(name: str) -> None:
    if sys.stderr.isatty():
        tell(f"  {name}", err=True)
