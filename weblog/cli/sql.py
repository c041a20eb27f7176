"""``weblog sql``."""

from __future__ import annotations

import sys

import click

from weblog.cli.options import chosen_site, output_option, site_option, store_option


@click.command(name="sql")
@click.argument("statement")
@store_option
@site_option
@output_option
def command(statement: str, store_path: str, site_path: str | None, output: str) -> None:
    """Query every table of the store with SQL (DuckDB's); `-` reads the statement from stdin.

    The views of the data mart are there, too, as the store is now; they are computed when named.

    \b
    weblog sql "select date, count(*) as hits from hits group by date order by date"
    weblog sql "show tables"
    weblog sql "describe sessions"
    weblog sql "select channel, sum(value) from sessions_flat group by channel"
    """
    from dataclasses import replace

    from reports.mart import VIEWS, ViewSpec
    from weblog.cli.emit import emit
    from weblog.cli.failures import damage
    from weblog.errors import QueryError
    from weblog.sql import Derived, is_about_files, query
    from weblog.store import open_store

    text = sys.stdin.read() if statement == "-" else statement
    snapshot = open_store(store_path).snapshot()

    def derived(view: ViewSpec) -> Derived:
        table = replace(view.table(), partition_by=())  # one file
        return Derived(table, lambda: view.rows(snapshot, None, chosen_site(site_path)))

    try:
        found = query(snapshot, text, [derived(view) for view in VIEWS.values()])
    except QueryError as error:
        cause = error.__cause__
        wrong = damage(snapshot.folder, cause) if cause and is_about_files(cause) else None
        raise (wrong or error) from cause
    emit(found, output)
