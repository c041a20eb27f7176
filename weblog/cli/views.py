"""``weblog views``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from weblog.cli.options import output_option, store_option
from weblog.cli.quiet import tell

if TYPE_CHECKING:
    from dashboard.saved.views import SavedView, SavedViews


@click.group(name="views")
def command() -> None:
    """List, show and delete the views people saved in the dashboard.

    A view is a page and what its address says, under a name. Views are saved, renamed and shared
    in the dashboard, under *Views*.
    """


@command.command(name="list")
@store_option
@output_option
def list_(store_path: str, output: str) -> None:
    """List the saved views of everybody by name."""
    import polars as pl

    from weblog.cli.emit import emit

    rows = [
        (one.id, one.name, one.owner or None, one.shared, one.address, one.written)
        for one in _opened(store_path).all()
    ]
    schema = {
        "id": pl.String(),
        "name": pl.String(),
        "owner": pl.String(),
        "shared": pl.Boolean(),
        "address": pl.String(),
        "written": pl.Datetime("ms", "UTC"),
    }
    emit(pl.DataFrame(rows, schema=schema, orient="row"), output, "views")


@command.command()
@click.argument("number", metavar="ID")
@store_option
def show(number: str, store_path: str) -> None:
    """Show what a view chooses, one line each."""
    from urllib.parse import parse_qsl

    from weblog.cli.table import shown

    found = _opened(store_path).get(number)
    for name, value in (
        ("name", found.name),
        ("owner", found.owner or "– (no login)"),
        ("shared", "yes" if found.shared else "no"),
        ("page", found.path),
        *parse_qsl(found.search.removeprefix("?")),
    ):
        click.echo(f"{shown(name):<12} {shown(value)}")


@command.command()
@click.argument("number", metavar="ID")
@store_option
def delete(number: str, store_path: str) -> None:
    """Delete the view with this id, as `weblog views list` tells it."""
    tell(f"Deleted {_told(_opened(store_path).delete(number))}")


def _opened(store_path: str) -> SavedViews:
    from dashboard.saved.views import SavedViews
    from weblog.store import open_as_is

    return SavedViews(open_as_is(store_path).folder)


def _told(view: SavedView) -> str:
    return f"{view.id}: {view.name} ({view.address})"
