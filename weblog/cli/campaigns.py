"""``weblog campaigns``: what the company advertised with."""

from __future__ import annotations

import click

from weblog.cli.options import chosen_site
from weblog.cli.register_load import LoadOptions, load_options, run


@click.group(name="campaigns")
def command() -> None:
    """Load campaigns: when they ran, and what they cost."""


@command.command(name="load", short_help="Load campaigns; every bad row is told.")
@load_options
def load(given: LoadOptions) -> None:
    """Load campaigns from SOURCE; good rows are kept, every bad one is told.

    Every row needs campaign, the name its links carry; title, medium, product, start, end and cost
    may stand beside it. SOURCE is what it is for `weblog customers load`. A campaign that is known
    is corrected. If rows were left out, the exit code is 12.
    """
    from sessionize.register_load import load_campaigns

    run(load_campaigns, chosen_site(given.site_path), given)
