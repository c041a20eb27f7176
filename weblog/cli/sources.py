"""``weblog sources``."""

from __future__ import annotations

import click

from weblog.cli.options import output_option, store_option


@click.command(name="sources")
@store_option
@output_option
def command(store_path: str, output: str) -> None:
    """List the logs that were read: lines, bytes, times, format and rejects of each.

    A log is its content: renamed, rotated or compressed it is the same one, named as it was
    when it was last read. Times are those of the site's zone. Programs get them in UTC, and
    also the log's identity, which tables hits and rejects name.
    """
    import polars as pl

    from weblog.cli.emit import emit
    from weblog.formats.known import name_of
    from weblog.ledger import ledger
    from weblog.store import open_store

    store = open_store(store_path)
    found = ledger(store)
    if output == "table":
        if found.is_empty():
            click.echo("No log was read yet.")
            return
        times = pl.col("first", "last", "read_at").dt.convert_time_zone(store.time_zone or "UTC")
        formats = [name_of(text) for text in found["log_format"]]
        found = found.drop("log_source").with_columns(times, log_format=pl.Series(formats))
    emit(found, output)
