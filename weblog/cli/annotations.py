"""``weblog annotations``."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import click

from weblog.cli.options import DAY, output_option, store_option
from weblog.cli.quiet import tell

if TYPE_CHECKING:
    import polars as pl

    from weblog.annotations import Annotation, Annotations


@click.group(name="annotations")
def command() -> None:
    """Note what happened on days: a TV spot, a failure, a price change.

    Every trend of the dashboard and of `weblog report --html` marks those days. Days that come
    back, as holidays, belong into `[[calendar]]` of `site.toml`, which models know, too. Write
    nothing of single people: an erasure does not look for them there.
    """


@command.command()
@click.argument("day", type=DAY, metavar="DAY")
@click.argument("text")
@click.option("--until", type=DAY, metavar="DAY", help="Last day of a span.")
@store_option
def add(day: datetime, text: str, until: datetime | None, store_path: str) -> None:
    """Note a text on a day, as 2025-11-03, or on a span of days.

    \b
    weblog annotations add 2025-11-03 "TV spot"
    weblog annotations add 2025-11-10 "prices lowered" --until 2025-11-16
    """
    import getpass
    from datetime import UTC

    end = until.date() if until else None
    author = f"{getpass.getuser()} (command line)"
    made = _opened(store_path).add(day.date(), end, text, author, datetime.now(UTC))
    tell(f"{made.id}: {_days(made)}: {made.text}")


@command.command(name="list")
@click.option("--from", "start", type=DAY, metavar="DAY", help="Only notes on this day or later.")
@click.option("--to", "end", type=DAY, metavar="DAY", help="Only notes on this day or earlier.")
@store_option
@output_option
def list_(start: datetime | None, end: datetime | None, store_path: str, output: str) -> None:
    """List the notes by day."""
    from datetime import date

    from weblog.cli.emit import emit

    first, last = (start.date() if start else date.min), (end.date() if end else date.max)
    emit(_frame(_opened(store_path).between(first, last)), output, "annotations")


@command.command()
@click.argument("number", metavar="ID")
@store_option
def remove(number: str, store_path: str) -> None:
    """Remove the note with this id, as `weblog annotations list` tells it."""
    gone = _opened(store_path).remove(number)
    tell(f"Removed {gone.id}: {_days(gone)}: {gone.text}")


def _opened(store_path: str) -> Annotations:
    from weblog.annotations import Annotations
    from weblog.store import open_as_is

    return Annotations(open_as_is(store_path).folder)


def _days(note: Annotation) -> str:
    return str(note.start) if note.start == note.end else f"{note.start} to {note.end}"


def _frame(notes: list[Annotation]) -> pl.DataFrame:
    import polars as pl

    rows = [(one.id, one.start, one.end, one.text, one.author, one.written) for one in notes]
    schema = {
        "id": pl.String(),
        "start": pl.Date(),
        "end": pl.Date(),
        "text": pl.String(),
        "author": pl.String(),
        "written": pl.Datetime("ms", "UTC"),
    }
    return pl.DataFrame(rows, schema=schema, orient="row")
