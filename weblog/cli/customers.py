"""``weblog customers``: load the customer register, find duplicates, measure its quality."""

from __future__ import annotations

from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from weblog.cli.options import chosen_site, output_option, store_option
from weblog.cli.register_load import load_options, run

if TYPE_CHECKING:
    from weblog.site import Site


@click.group(name="customers")
def command() -> None:
    """Load the customer register, find duplicates, measure its quality.

    Nothing of it is sent anywhere, and names, addresses and days of birth are in no report.
    """


@command.command(name="load")
@load_options
@click.option(
    "--as-of",
    "day",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DAY",
    help="The day the rows are of, where they have no valid_from.  [default: today]",
)
def load(
    source: str,
    store_path: str,
    site_path: str | None,
    table: str | None,
    query: str | None,
    columns: dict[str, str],
    bad_rows: Path | None,
    output: str,
    day: datetime | None,
) -> None:
    """Load customers from SOURCE; good rows are kept, every bad one is told.

    SOURCE is a CSV or Parquet file, or a database with --table or --query:
    postgresql://USER@HOST/NAME (password in PGPASSWORD or in the URL) or sqlite:///PATH. Loading
    again updates: a customer gets a new state where something changed, and the earlier ones are
    kept. If rows were left out, the exit code is 12.
    """
    from sessionize.register_load import load_customers
    from sessionize.register_source import RegisterSource

    site = chosen_site(site_path)
    run(
        partial(load_customers, as_of=chosen_day(site, day)),
        store_path=store_path,
        site=site,
        source=RegisterSource(source, table, query, columns),
        bad_rows=bad_rows,
        output=output,
    )


@command.command(name="duplicates")
@store_option
@output_option
def show_duplicates(store_path: str, output: str) -> None:
    """List customers who may be one person, with the reason. Nothing is merged.

    Same id (but for case, width, blanks, hyphens and leading zeros), same e-mail address, or same
    name and day of birth, in each customer's newest state.
    """
    from sessionize.duplicates import duplicates, states_on
    from weblog.cli.emit import emit
    from weblog.store import open_store

    customers = open_store(store_path).scan("customers").collect()
    found = duplicates(states_on(customers, date.max))
    if output == "table" and found.is_empty():
        click.echo("No two customers look like one person.")
        return
    if output == "table":
        import polars as pl

        found = found.with_columns(pl.col("customer_ids").list.join(", "))
    emit(found, output)


def chosen_day(site: Site, given: datetime | None) -> date:
    """Return the day asked for, else today in the site's time zone.

    Raises:
        BadParameter: the day is still to come.
    """
    from zoneinfo import ZoneInfo

    today = datetime.now(ZoneInfo(site.time_zone)).date()
    if given is not None and given.date() > today:
        raise click.BadParameter(f"{given.date()} is still to come.", param_hint="--as-of")
    return given.date() if given is not None else today
