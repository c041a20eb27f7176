"""``weblog history``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from weblog.cli.options import output_option, store_option
from weblog.cli.quiet import tell

if TYPE_CHECKING:
    from weblog.history import HistoryLoad


@click.group(name="history")
def command() -> None:
    """Keep the days AWStats, GoAccess or Matomo counted before.

    They are shown beside the store's own by `weblog report history`, marked with their tool, and
    never added to them: the tools count different things under the same names.
    """


@command.command()
@click.argument(
    "files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path)
)
@click.option(
    "--name",
    "source",
    metavar="NAME",
    help="What to call where they are from, to tell two sites apart.  [default: the tool, of "
    "AWStats with the site in the file's name]",
)
@store_option
def load(files: tuple[Path, ...], source: str | None, store_path: str) -> None:
    """Load files of another tool: which one wrote them is found by their content.

    Data files of AWStats (awstatsMMYYYY.SITE.txt), reports of GoAccess in JSON, and days of Matomo
    as JSON or CSV. A file known already adds nothing; a newer one replaces the days it tells, of
    AWStats the whole month. If one of the files cannot be used, none is loaded.

    \b
    weblog history load /var/lib/awstats/awstats*.www.example.com.txt
    weblog history load report.json matomo.csv
    """
    from datetime import UTC, datetime

    from weblog.errors import WeblogError, raise_all
    from weblog.history import Histories, read_export
    from weblog.store import open_store

    found, errors = [], []
    for path in files:
        try:
            found.append((path, *read_export(path)))
        except WeblogError as error:
            errors.append(error)
    raise_all(errors)
    kept = Histories(open_store(store_path, create=True).folder)
    for path, export, digest in found:
        done = kept.load(export, digest, path.name, datetime.now(UTC), source)
        tell(f"{path.name}: {_said(done)}")


@command.command(name="list")
@store_option
@output_option
def list_(store_path: str, output: str) -> None:
    """List the files whose days are kept."""
    from weblog.cli.emit import emit
    from weblog.history import Histories
    from weblog.store import open_as_is

    files = Histories(open_as_is(store_path).folder).files()
    emit(files.drop("digest") if output == "table" else files, output, "history")


@command.command()
@click.argument("source", metavar="SOURCE")
@store_option
def remove(source: str, store_path: str) -> None:
    """Remove everything of a source, as `weblog history list` names it."""
    from weblog.cli.table import counted, shown
    from weblog.history import Histories
    from weblog.store import open_as_is

    days = Histories(open_as_is(store_path).folder).remove(source)
    tell(f"Removed {shown(source)}: {counted(days, 'day')}")


def _said(done: HistoryLoad) -> str:
    """Say what became of a file."""
    from weblog.cli.table import counted, shown
    from weblog.history.export import TOOLS

    about = f"{TOOLS[done.tool]}, {done.first} to {done.last}, as {shown(done.source)}"
    if done.is_known:
        return f"{about}: loaded before, nothing to do"
    said = f"{about}: {counted(done.days, 'day')} = {done.new} new + {done.replaced} replaced"
    if done.older:
        said += f" + {done.older} left as a later file of the tool tells them"
    if done.gone:
        said += f"; {done.gone} of before are not in it any more"
    if done.lower:
        said += (
            f"; {counted(done.lower, 'day')} now {'tells' if done.lower == 1 else 'tell'} less "
            "than before: was it made of part of a day's log?"
        )
    if done.left_out:
        said += (
            f"; {counted(done.left_out, 'day')} more the tool knows of "
            "are not in the file (--max-items of GoAccess)"
        )
    return said
