"""``weblog rejects``: by shape, or line by line; ``weblog rejects replay`` reads them again."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from weblog.cli.options import output_option, store_option
from weblog.cli.rejects_replay import replay

if TYPE_CHECKING:
    import polars as pl


@click.group(name="rejects", invoke_without_command=True)
@store_option
@output_option
@click.option("--lines", "by_line", is_flag=True, help="Show single lines, verbatim.")
@click.option("--raw", is_flag=True, help="Write the lines alone, byte for byte as they were.")
@click.option(
    "--limit",
    type=click.IntRange(0),
    default=50,
    show_default=True,
    help="How many shapes or lines at the most; 0: all.",
)
@click.option("--reason", default=None, help="Only this reason, e.g. cut_off.")
@click.option(
    "--source", default=None, metavar="LOG", help="Only lines of logs named so, e.g. 'web1/*'."
)
@click.pass_context
def command(
    context: click.Context,
    store_path: str,
    output: str,
    by_line: bool,
    raw: bool,
    limit: int,
    reason: str | None,
    source: str | None,
) -> None:
    """Show the lines that could not be parsed, grouped by what they look like.

    Each shape comes with its first line and, where something is known of it, what to do.
    `weblog rejects --raw --limit 0 > broken.log` gets the lines back as they were.
    """
    if context.invoked_subcommand is not None:
        _refuse_options(context)
        return
    import polars as pl

    from weblog.cli.emit import emit
    from weblog.rejects.chosen import chosen_rejects
    from weblog.rejects.shapes import shapes
    from weblog.store import open_store

    rows = chosen_rejects(open_store(store_path).head(), reason=reason, source=source)
    if raw or by_line:
        ordered = rows.sort("path", "log_source", "line")
        found = (ordered.limit(limit) if limit else ordered).collect()
        if raw:
            for line in found["raw"]:
                sys.stdout.buffer.write(line + b"\n")
            return
    else:
        found = shapes(rows, limit)
    if output == "table":
        if by_line:
            _print_lines(found)
        else:
            _print_shapes(found, int(rows.select(pl.len()).collect().item()))
        return
    columns = ("path", "line", "offset", "length", "reason", "raw")
    chosen = found.select(columns) if by_line and output in ("json", "csv") else found
    if output == "csv":
        chosen = chosen.with_columns(_text(chosen["raw"]))
    emit(chosen, output)


command.add_command(replay)


def _refuse_options(context: click.Context) -> None:
    given = click.core.ParameterSource.COMMANDLINE
    for option in command.params:
        if option.name and context.get_parameter_source(option.name) == given:
            raise click.UsageError(f"{option.opts[0]} stands behind {context.invoked_subcommand}.")


def _print_shapes(found: pl.DataFrame, total: int) -> None:
    """Print of each shape how many and why, its first line (cut to the width), and advice."""
    from weblog.cli.table import console, counted, shown

    width = console().width - 5
    for row in found.to_dicts():
        facts = f"{counted(row['lines'], 'line')}, {row['reason']}"
        click.secho(f"{facts}: {shown(row['shape'])}", bold=True)
        first = shown(row["raw"])
        cut = first if len(first) <= width else f"{first[: width - 1]}…"
        click.echo(f"    {shown(row['path'])}, line {row['line']:,}:\n    {cut}")
        if row["advice"]:
            click.echo(f"    {shown(row['advice'])}")
    if not total:
        click.echo("No line was rejected.")
        return
    shown_lines = int(found["lines"].sum())
    click.echo(
        f"{counted(shown_lines, 'reject')} in {counted(found.height, 'shape')}"
        + (f", of {total:,} rejects" if shown_lines < total else "")
        + "; --lines shows them line by line."
    )


def _print_lines(found: pl.DataFrame) -> None:
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
