"""``weblog contacts``: load contacts made elsewhere."""

from __future__ import annotations

import click

from weblog.cli.options import chosen_site
from weblog.cli.register_load import LoadOptions, load_options, run


@click.group(name="contacts")
def command() -> None:
    """Load contacts made elsewhere, which limits on contacts count.

    Contacts of `weblog target` and of mailings (tables mailings and deliveries) are known.
    """


@command.command(name="load", short_help="Load contacts; every bad row is told.")
@load_options
def load(given: LoadOptions) -> None:
    """Load contacts from SOURCE; good rows are kept, every bad one is told.

    Every row needs customer_id, day, list (what it was about, such as a mailing's name) and
    channel (email, sms, or another word). SOURCE is what it is for `weblog customers load`. A
    contact that is known is corrected. If rows were left out, the exit code is 12.
    """
    from sessionize.contacts import load_contacts

    run(load_contacts, chosen_site(given.site_path), given)
