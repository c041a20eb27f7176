"""``weblog audit``."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from weblog.cli.options import DAY, output_option, store_option
from weblog.cli.reader_options import access_option


@click.command(name="audit")
@store_option
@access_option
@click.option("--since", type=DAY, help="First day, UTC.")
@click.option("--who", help="Only of this account.")
@click.option("--what", help="Only of this kind, such as card or login_failed.")
@click.option("--of-site", metavar="KEY", help="Only of this site of a dashboard of several.")
@click.option("--customer", help="Only who looked at this customer.")
@output_option
def command(
    store_path: str,
    access_path: str | None,
    since: date | None,
    who: str | None,
    what: str | None,
    of_site: str | None,
    customer: str | None,
    output: str,
) -> None:
    """Show who logged in to the dashboard, and who looked at which customer.

    Customers stand in the log as keyed hashes; --customer finds those of one.
    """
    import polars as pl

    from dashboard.access import Accounts, Audit
    from dashboard.access.audit import WHAT
    from dashboard.access.opening import access_folder
    from weblog.cli.emit import emit
    from weblog.errors import UnknownNameError
    from weblog.store import open_as_is

    if what is not None and what not in WHAT:
        raise UnknownNameError("kind of audit line", what, list(WHAT))
    folder = access_folder(open_as_is(store_path).folder, None) if not access_path else None
    audit = Audit(Accounts.of(folder or Path(str(access_path))).folder)
    names = ("at", "what", "who", "role", "how", "from", "customer", "detail", "site")
    rows = [{name: line.get(name) for name in names} for line in audit.lines()]
    frame = pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String))
    asked = {
        "who": who,
        "what": what,
        "site": of_site,
        "customer": customer and audit.hashed(customer),
    }
    for name, value in asked.items():
        if value is not None:
            frame = frame.filter(pl.col(name) == value)
    if since is not None:
        frame = frame.filter(pl.col("at") >= f"{since:%Y-%m-%d}")
    emit(frame, output, "audit")
