"""``weblog explain``."""

from __future__ import annotations

import sys

import click

from weblog.cli.options import chosen_site, given_format, output_option, site_option


@click.command(name="explain")
@click.argument("line")
@site_option
@output_option
@click.option(
    "--format",
    "log_format",
    default=None,
    metavar="NAME|LOGFORMAT",
    callback=given_format,
    help="As for ingest.",
)
def command(line: str, site_path: str | None, output: str, log_format: str | None) -> None:
    """Show every decision on one log LINE, with its reason. Nothing is stored.

    A LINE of - is read from standard input, byte for byte: the first one that is not blank.
    """
    import os

    import polars as pl

    from weblog.cli.emit import emit
    from weblog.explain import explain

    raw = _from_input() if line == "-" else os.fsencode(line.rstrip("\r\n"))
    decisions = explain(raw, chosen_site(site_path), log_format)
    columns = ("step", "what", "value", "why")
    rows = [[getattr(each, name) for name in columns] for each in decisions]
    frame = pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row")
    if output != "table":
        emit(frame, output)
        return
    _print(rows)


def _from_input() -> bytes:
    for line in sys.stdin.buffer:
        if line.strip():
            return line.rstrip(b"\r\n")
    return b""


def _print(rows: list[list[str | None]]) -> None:
    """Print one decision to a line, under the name of its step; values are never cut."""
    from weblog.cli.table import shown

    last = None
    for step, what, value, why in rows:
        if step != last:
            click.secho(f"{step}", bold=True)
            last = step
        said = "-" if value is None else shown(value)
        click.echo(f"  {what}: {said}" + (f"   ({shown(why)})" if why else ""))
