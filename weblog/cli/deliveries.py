"""``weblog deliveries``: who was chosen for which mailing."""

from __future__ import annotations

import click

from weblog.cli.options import chosen_site
from weblog.cli.register_load import LoadOptions, load_options, run


@click.group(name="deliveries")
def command() -> None:
    """Load deliveries: who was chosen for which mailing, written to or held out."""


@command.command(name="load", short_help="Load deliveries; every bad row is told.")
@load_options
def load(given: LoadOptions) -> None:
    """Load deliveries from SOURCE; good rows are kept, every bad one is told.

    Every row needs delivery (the dispatch id its links carry; also the held-out have one) and
    mailing; customer_id, is_held_out, variant, bounced and unsubscribed may stand beside them.
    SOURCE is what it is for `weblog customers load`. A delivery that is known is corrected, such as
    by bounces that came in later. If rows were left out, the exit code is 12.
    """
    from sessionize.register_load import load_deliveries

    run(load_deliveries, chosen_site(given.site_path), given)
