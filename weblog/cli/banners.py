"""``weblog banners``: where they were shown, and what that cost."""

from __future__ import annotations

import click

from weblog.cli.options import chosen_site
from weblog.cli.register_load import LoadOptions, load_options, run


@click.group(name="banners")
def command() -> None:
    """Load days of banners: impressions, clicks and costs as the medium reports them."""


@command.command(name="load", short_help="Load banners; every bad row is told.")
@load_options
def load(given: LoadOptions) -> None:
    """Load banners from SOURCE; good rows are kept, every bad one is told.

    Every row needs date, banner (the content its links carry) and portal; campaign, position,
    impressions, clicks and cost may stand beside them. SOURCE is what it is for `weblog customers
    load`. Rows of the same day, banner, campaign and portal are replaced. If rows were left out,
    the exit code is 12.
    """
    from sessionize.register_load import load_banners

    run(load_banners, chosen_site(given.site_path), given)
