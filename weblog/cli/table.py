"""A frame as a table for people: as wide as the terminal, or one record below the other.

rich is imported when something is printed: what is quiet does without.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import click
import polars as pl

if TYPE_CHECKING:
    from rich.console import Console

FOLDED = 24
"""Columns of text may be folded to this width before the rows become records."""

PORTION = 1000
"""Rows written at a time."""

Row = Sequence[str]


def print_table(frame: pl.DataFrame, title: str = "") -> None:
    """Print a table, numbers to the right.

    Nothing is cut off: where the output is no terminal, the table is as wide as it must be. On
    a terminal too narrow for the columns, each row becomes a record of a line per column.
    """
    from rich.cells import cell_len
    from rich.table import Table
    from rich.text import Text

    if not frame.width:  # such as SQL's answer to SET
        return
    names = [shown(name) for name in frame.columns]
    # Log text is written by strangers: never as markup, never with control characters.
    rows = [[shown(value) for value in row] for row in frame.rows()]
    widths = [max(map(cell_len, (name, *(row[i] for row in rows)))) for i, name in enumerate(names)]
    borders = 3 * len(names) + 1
    out = console()
    if sys.stdout.isatty() and sum(min(width, FOLDED) for width in widths) + borders > out.width:
        _print_records(names, rows, title)
        return
    right = [dtype.is_numeric() for dtype in frame.dtypes]
    if not sys.stdout.isatty() or sum(widths) + borders <= out.width:
        _print_whole(names, rows, title, widths, right)
        return
    table = Table(title=title or None, title_justify="left", header_style="bold")
    for name, is_right in zip(names, right, strict=True):
        table.add_column(name, justify="right" if is_right else "left", overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))
    out.print(table)


def _print_whole(
    names: Row, rows: Sequence[Row], title: str, widths: Sequence[int], right: Sequence[bool]
) -> None:
    """Print what fits: as rich would, a hundred times as fast over many rows."""
    from rich.cells import cell_len

    def line(row: Row, bar: str) -> str:
        cells = []
        for value, width, is_right in zip(row, widths, right, strict=True):
            space = " " * (width - cell_len(value))
            cells.append(space + value if is_right else value + space)
        return f"{bar} {f' {bar} '.join(cells)} {bar}"

    def rule(left: str, dash: str, cross: str, end: str) -> str:
        return left + cross.join(dash * (width + 2) for width in widths) + end

    if title:
        click.secho(title, italic=True)
    # As rich does it: what is not UTF may know none of these lines.
    top, head, middle, bar, bottom = (
        ("┏━┳┓", "┃", "┡━╇┩", "│", "└─┴┘")
        if console().encoding.startswith("utf")
        else ("+--+", "|", "|-+|", "|", "+--+")
    )
    click.echo(rule(*top))
    click.secho(line(names, head), bold=True)
    click.echo(rule(*middle))
    for start in range(0, len(rows), PORTION):
        click.echo("\n".join(line(row, bar) for row in rows[start : start + PORTION]))
    click.echo(rule(*bottom))


def _print_records(names: Row, rows: Sequence[Row], title: str) -> None:
    from rich.cells import cell_len

    width = max(map(cell_len, names))
    if title:
        click.secho(title, italic=True)
    for number, row in enumerate(rows, 1):
        click.secho(f"─── {number:,} of {len(rows):,} ───", dim=True)
        for name, value in zip(names, row, strict=True):
            click.echo(f"{click.style(name, bold=True)}{' ' * (width - cell_len(name))}  {value}")
    if not rows:
        click.echo(f"No row ({', '.join(names)}).")


def console() -> Console:
    """Return the console for people: wide where the output is no terminal."""
    from rich.console import Console

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
    if isinstance(value, list):
        return ", ".join(map(shown, value)) or "–"
    if isinstance(value, bytes):
        value = value.decode("utf-8", "backslashreplace")
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in str(value))


def counted(count: int, noun: str) -> str:
    """Return a count with its noun: ``1 reject``, ``2 rejects``."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def skipped_by(rules: Mapping[str, int]) -> str:
    """Return what each rule left out, most first: ``12 health checks + 1 blank line``."""
    ordered = sorted(rules.items(), key=lambda pair: (-pair[1], pair[0]))
    return " + ".join(f"{shown(count)} {shown(rule)}" for rule, count in ordered)
