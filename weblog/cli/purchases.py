"""``weblog purchases``: load purchases (contracts)."""

from __future__ import annotations

import click

from weblog.cli.options import chosen_site
from weblog.cli.register_load import LoadOptions, load_options, run


@click.group(name="purchases")
def command() -> None:
    """Load purchases (contracts) of customers."""


@command.command(name="load", short_help="Load purchases; every bad row is told.")
@load_options
def load(given: LoadOptions) -> None:
    """Load purchases from SOURCE; good rows are kept, every bad one is told.

    SOURCE is what it is for `weblog customers load`. Loading again updates: a purchase that is
    known is corrected, as if it had always been told so, and one that is missing is kept. If rows
    were left out, the exit code is 12.
    """
    from sessionize.register_load import load_purchases

    run(load_purchases, chosen_site(given.site_path), given)
