"""``weblog purchases``: load purchases (contracts)."""

from __future__ import annotations

from pathlib import Path

import click

from weblog.cli.options import chosen_site
from weblog.cli.register_load import load_options, run


@click.group(name="purchases")
def command() -> None:
    """Load purchases (contracts) of customers."""


@command.command(name="load")
@load_options
def load(
    source: str,
    store_path: str,
    site_path: str | None,
    table: str | None,
    query: str | None,
    columns: dict[str, str],
    bad_rows: Path | None,
    output: str,
) -> None:
    """Load purchases from SOURCE; good rows are kept, every bad one is told.

    SOURCE is what it is for `weblog customers load`. Loading again updates: a purchase that is
    known is corrected, as if it had always been told so, and one that is missing is kept. If rows
    were left out, the exit code is 12.
    """
    from sessionize.register_load import load_purchases
    from sessionize.register_source import RegisterSource

    run(
        load_purchases,
        store_path=store_path,
        site=chosen_site(site_path),
        source=RegisterSource(source, table, query, columns),
        bad_rows=bad_rows,
        output=output,
    )
