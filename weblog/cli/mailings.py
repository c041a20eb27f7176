"""``weblog mailings``: what was sent."""

from __future__ import annotations

import click

from weblog.cli.options import chosen_site
from weblog.cli.register_load import LoadOptions, load_options, run


@click.group(name="mailings")
def command() -> None:
    """Load mailings: what was sent when, and what it cost."""


@command.command(name="load", short_help="Load mailings; every bad row is told.")
@load_options
def load(given: LoadOptions) -> None:
    """Load mailings from SOURCE; good rows are kept, every bad one is told.

    Every row needs mailing, the name its links carry; title, campaign, product, sent, cost and
    conversion_days may stand beside it. SOURCE is what it is for `weblog customers load`. A mailing
    that is known is corrected. If rows were left out, the exit code is 12.
    """
    from sessionize.register_load import load_mailings

    run(load_mailings, chosen_site(given.site_path), given)
