"""``weblog customers``: load the register, find duplicates, measure its quality, show a card."""

from __future__ import annotations

from datetime import date, datetime
from functools import partial
from typing import TYPE_CHECKING

import click

from weblog.cli.customers_card import card
from weblog.cli.options import DAY, chosen_site, output_option, site_option, store_option
from weblog.cli.register_load import LoadOptions, load_options, run

if TYPE_CHECKING:
    from weblog.site import Site


@click.group(name="customers")
def command() -> None:
    """Load the customer register, find duplicates, measure its quality.

    Nothing of it is sent anywhere, and names, addresses and days of birth are in no report but the
    card of one customer.
    """


command.add_command(card)


@command.command(name="load", short_help="Load customers; every bad row is told.")
@load_options
@click.option(
    "--as-of",
    "day",
    type=DAY,
    metavar="DAY",
    help="The day the rows are of, where they have no valid_from.  [default: today]",
)
def load(given: LoadOptions, day: datetime | None) -> None:
    """Load customers from SOURCE; good rows are kept, every bad one is told.

    SOURCE is a CSV or Parquet file, or a database with --table or --query:
    postgresql://USER@HOST/NAME (password in PGPASSWORD or in the URL) or sqlite:///PATH. Loading
    again updates: a customer gets a new state where something changed, and the earlier ones are
    kept. If rows were left out, the exit code is 12.
    """
    from sessionize.register_load import load_customers

    site = chosen_site(given.site_path)
    run(partial(load_customers, as_of=chosen_day(site, day)), site, given)


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


@command.command(name="quality", short_help="Measure the register by column and rule.")
@store_option
@site_option
@output_option
@click.option("--list", "as_list", is_flag=True, help="List the offending values instead.")
@click.option(
    "--dimension",
    type=click.Choice(["completeness", "validity", "clarity", "consistency", "accuracy"]),
    help="Only rules of this dimension.",
)
@click.option("--column", default=None, metavar="NAME", help="Only rules of this column.")
@click.option(
    "--limit",
    type=click.IntRange(0),
    default=50,
    show_default=True,
    help="How many values a list shows at the most; 0: all.",
)
@click.option(
    "--as-of",
    "day",
    type=DAY,
    metavar="DAY",
    help="Measure the states that held on this day.  [default: today]",
)
def show_quality(
    store_path: str,
    site_path: str | None,
    output: str,
    as_list: bool,
    dimension: str | None,
    column: str | None,
    limit: int,
    day: datetime | None,
) -> None:
    """Measure the register: completeness, validity, clarity, consistency, accuracy.

    Of each column and rule: how many values are as expected, of how many checked. --list names
    the customers and purchases whose values are not. docs/register.md explains the rules.
    """
    import polars as pl

    from sessionize.quality import quality
    from weblog.cli.emit import emit
    from weblog.errors import UnknownNameError
    from weblog.store import open_store

    site = chosen_site(site_path)
    found = quality(open_store(store_path).snapshot(), site, chosen_day(site, day))
    columns = found.shares["column"].unique(maintain_order=True).to_list()
    if column is not None and column not in columns:
        raise UnknownNameError("column with rules", column, columns)
    rows = found.offenders if as_list else found.shares
    if dimension is not None:
        rows = rows.filter(pl.col("dimension") == dimension)
    if column is not None:
        rows = rows.filter(pl.col("column") == column)
    shown = rows.head(limit) if as_list and limit else rows
    if output == "table" and not as_list:
        percent = pl.format("{} %", (pl.col("share") * 100).round(1)).alias("share")
        checked = shown.filter(pl.col("checked") > 0)
        emit(checked.with_columns(percent), output)
        if checked.height < shown.height:
            click.echo(f"{shown.height - checked.height} more rules had nothing to check.")
        return
    emit(shown, output)
    if shown.height < rows.height:
        click.echo(f"{shown.height:,} of {rows.height:,} values; --limit 0 lists all.", err=True)


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
