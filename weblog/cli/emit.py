"""Print a frame: as a table for people, or as JSON, CSV or Parquet for programs."""

from __future__ import annotations

import json
import sys
from datetime import date, datetime
from typing import Any

import click
import polars as pl
from rich.console import Console
from rich.table import Table
from rich.text import Text

from weblog.errors import UsageError


def emit(frame: pl.DataFrame, output: str, title: str = "") -> None:
    """Write ``frame`` to standard output.

    Raises:
        UsageError: Parquet to a terminal.
    """
    if output == "json":
        click.echo(as_json(frame.to_dicts()))
    elif output == "csv":
        flat = frame.with_columns(
            pl.col(name).list.join(";") for name, dtype in frame.schema.items() if dtype == pl.List
        )
        click.echo(flat.write_csv(), nl=False)
    elif output == "parquet":
        if sys.stdout.isatty():
            raise UsageError("Parquet is not for a terminal: add `> FILE.parquet`")
        frame.write_parquet(sys.stdout.buffer)
    else:
        print_table(frame, title)


def as_json(value: Any) -> str:
    """Return JSON; dates and times as ISO text."""
    return json.dumps(value, ensure_ascii=False, indent=2, default=_plain)


def _plain(value: object) -> object:
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    return str(value)


def print_table(frame: pl.DataFrame, title: str = "") -> None:
    """Print a table; numbers to the right, nothing cut off where the output is no terminal."""
    table = Table(title=title or None, title_justify="left", header_style="bold")
    for name, dtype in frame.schema.items():
        table.add_column(name, justify="right" if dtype.is_numeric() else "left", overflow="fold")
    for row in frame.to_dicts():
        # Log text is written by strangers: never as markup, never with control characters.
        table.add_row(*(Text(shown(value)) for value in row.values()))
    console().print(table)


def console() -> Console:
    """Return the console for people: as wide as needed where the output is no terminal."""
    return Console() if sys.stdout.isatty() else Console(width=200)


def shown(value: object) -> str:
    """Return a value as people read it; what a terminal would obey is made visible."""
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:,.3f}".rstrip("0").rstrip(".")
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, bytes):
        value = value.decode("utf-8", "backslashreplace")
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in str(value))


def counted(count: int, noun: str) -> str:
    """Return a count with its noun: ``1 reject``, ``2 rejects``."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
