"""``weblog rejects``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from weblog.cli.options import output_option, store_option

if TYPE_CHECKING:
    import polars as pl


@click.command(name="rejects")
@store_option
@output_option
@click.option(
    "--limit",
    type=click.IntRange(0),
    default=50,
    show_default=True,
    help="How many lines at the most; 0: all.",
)
@click.option("--reason", default=None, help="Only this reason, e.g. cut_off.")
@click.option("--raw", is_flag=True, help="Write the lines alone, byte for byte as they were.")
def command(store_path: str, output: str, limit: int, reason: str | None, raw: bool) -> None:
    """Show the lines that could not be parsed, verbatim, with their numbers.

    `weblog rejects --raw --limit 0 > broken.log` gets them back to mend and ingest them.
    """
    import polars as pl

    from weblog.cli.emit import emit
    from weblog.errors import UnknownNameError
    from weblog.parse import Reason
    from weblog.store import open_store

    rows = open_store(store_path).head().scan("rejects").sort("path", "log_source", "line")
    if reason is not None:
        reasons = [known.value for known in Reason]
        if reason not in reasons:
            raise UnknownNameError("reason", reason, reasons)
        rows = rows.filter(pl.col("reason") == reason)
    found = (rows.limit(limit) if limit else rows).collect()
    if raw:
        for line in found["raw"]:
            sys.stdout.buffer.write(line + b"\n")
        return
    if output == "table":
        _print(found)
        return
    columns = ("path", "line", "offset", "length", "reason", "raw")
    chosen = found.select(columns) if output in ("json", "csv") else found
    if output == "csv":
        chosen = chosen.with_columns(_text(chosen["raw"]))
    emit(chosen, output)


def _print(found: pl.DataFrame) -> None:
    """Print one line of facts for each, then the line itself, never wrapped."""
    from weblog.cli.table import shown

    for row in found.to_dicts():
        where = f"{row['path']}, line {row['line']}"
        facts = f"{row['reason']}, {row['length']:,} bytes from byte {row['offset']:,}"
        click.secho(f"{shown(where)}: {facts}", bold=True)
        click.echo(f"    {shown(row['raw'])}")
    if found.is_empty():
        click.echo("No line was rejected.")


def _text(raw: pl.Series) -> pl.Series:
    import polars as pl

    texts = [line.decode("utf-8", "backslashreplace") for line in raw]
    return pl.Series("raw", texts, dtype=pl.String)
