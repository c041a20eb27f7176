"""``weblog customers card``."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

import click

from weblog.cli.options import DAY, chosen_site, site_option, store_option

if TYPE_CHECKING:
    from reports.card import Card


@click.command(name="card", short_help="Show all that is known of one customer.")
@click.argument("customer")
@store_option
@site_option
@click.option(
    "--day",
    type=DAY,
    metavar="DAY",
    help="The last day that counts.  [default: the last day with sessions]",
)
@click.option(
    "--role",
    type=click.Choice(["marketer", "analyst"]),
    default="marketer",
    show_default=True,
    help="A marketer sees name, address, telephone and day of birth masked.",
)
@click.option(
    "--output",
    type=click.Choice(["table", "json", "html"]),
    default="table",
    show_default=True,
    help="html is a sheet to print: `> card.html`.",
)
@click.option(
    "--language",
    type=click.Choice(["en", "ko"]),
    default="en",
    show_default=True,
    help="Of the sheet.",
)
def card(
    customer: str,
    store_path: str,
    site_path: str | None,
    day: datetime | None,
    role: str,
    output: str,
    language: str,
) -> None:
    """Show all that is known of CUSTOMER, as the register names them, at the end of a day.

    Who they are, their segment and the rule that says so, what to suggest to them and why, what
    interests them, what they hold and bought, who wrote to them and what came after, and their
    latest visits. In the dashboard: the
    address /customer.
    """
    from reports.card import customer_card
    from reports.load import data_days
    from reports.recommendations import load_recommendations
    from weblog.cli.emit import as_json
    from weblog.store import open_store

    site = chosen_site(site_path)
    snapshot = open_store(store_path).snapshot()
    days = data_days(snapshot)
    # Without any session the register alone is asked: as of today.
    last = day.date() if day else days[1] if days else date.today()  # noqa: DTZ011
    settings = load_recommendations(None, site)
    found = customer_card(snapshot, customer, last, site, role=role, settings=settings)
    if output == "json":
        click.echo(as_json(found.to_dict()))
    elif output == "html":
        from dashboard.card_sheet import sheet

        click.echo(sheet(found, language, time_zone=site.time_zone), nl=False)
    else:
        _print(found)


def _print(found: Card) -> None:
    from weblog.cli.table import print_table, shown

    told = found.to_dict()
    click.echo(f"Customer {shown(found.customer_id)} at the end of {found.day}")
    click.echo(f"segment: {shown(found.segment.segment)}")
    if told["segment"]["rule"]:
        click.echo(f"  because {shown(told['segment']['rule'])}")
        for each in told["segment"]["because"]:
            click.echo(f"    {each['column']} = {shown(each['value'])}: {shown(each['source'])}")
    for name, value in {**found.who, **found.activity}.items():
        if value is not None:
            click.echo(f"{name}: {shown(value)}")
    for name, rows in found.sections.items():
        click.echo()
        if rows.is_empty():
            click.echo(f"{name}: none")
        else:
            print_table(rows, name)
