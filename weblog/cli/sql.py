"""``weblog sql``."""

from __future__ import annotations

import sys

import click

from weblog.cli.options import output_option, store_option


@click.command(name="sql")
@click.argument("statement")
@store_option
@output_option
def command(statement: str, store_path: str, output: str) -> None:
    """Query every table of the store with SQL (DuckDB's); `-` reads the statement from stdin.

    \b
    weblog sql "select date, count(*) as hits from hits group by date order by date"
    weblog sql "show tables"
    weblog sql "describe sessions"
    """
    from weblog.cli.emit import emit
    from weblog.sql import query
    from weblog.store import open_store

    text = sys.stdin.read() if statement == "-" else statement
    emit(query(open_store(store_path).snapshot(), text), output)
