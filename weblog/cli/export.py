"""``weblog export``."""

from __future__ import annotations

from pathlib import Path

import click

from weblog.cli.options import chosen_site, site_option, store_option
from weblog.cli.quiet import tell


@click.command(name="export")
@click.option("--customer", required=True, metavar="ID", help="The customer whose data it is.")
@click.option(
    "--to",
    "place",
    required=True,
    metavar="FILE.zip|DIR",
    help="A new zip archive, or a new folder.",
)
@store_option
@site_option
def command(customer: str, place: str, store_path: str, site_path: str | None) -> None:
    """Hand a person their data: every row about them, in files they can open.

    A CSV and a JSON file for each table, the meaning of every column, and a README in English
    and Korean. Nothing about others is in it, even where they share a browser.
    """
    from datetime import UTC, datetime

    import sessionize
    from weblog.cli.table import counted
    from weblog.errors import UsageError
    from weblog.store import open_store

    if "://" in place:
        raise UsageError(
            "--to names a file or a folder for one person's data; "
            "`weblog mart export URL` brings the views of the data mart to a database"
        )
    site = chosen_site(site_path)
    data = sessionize.data_of(open_store(store_path).snapshot(), site, customer)
    if not data:
        raise UsageError(f"the store holds nothing about a customer {customer!r}")
    sessionize.hand_over(data, customer, Path(place), datetime.now(UTC))
    for name, rows in data.items():
        tell(f"{name}: {counted(rows.height, 'row')}")
    tell(f"Written to {place}.")
