"""``weblog retention``."""

from __future__ import annotations

from dataclasses import asdict

import click

from weblog.cli.options import chosen_site, output_option, site_option, store_option
from weblog.cli.quiet import tell


@click.command(name="retention")
@store_option
@site_option
@output_option
@click.option("--dry-run", is_flag=True, help="Say what would be removed; remove nothing.")
def command(store_path: str, site_path: str | None, output: str, dry_run: bool) -> None:
    """Remove what is older than [retention] in site.toml says.

    Whole days go, from the tables and the files behind them. Sessions and visitors stay, and a
    log that is given again adds nothing: what was read of it is kept.
    """
    from datetime import datetime
    from zoneinfo import ZoneInfo

    import polars as pl

    import sessionize
    from weblog.cli.compact import completed_store, waiting_for
    from weblog.cli.emit import emit
    from weblog.cli.mart import renewed
    from weblog.erasure import refuse_if_pending
    from weblog.retention import planned, retire

    site = chosen_site(site_path)
    store = completed_store(store_path)
    store.check_time_zone(site.time_zone)
    today = datetime.now(ZoneInfo(site.time_zone)).date()
    if dry_run:
        found = planned(store, site.retention, today)
    else:
        with store.lock("retention", exclusive=True, waiting=waiting_for):
            refuse_if_pending(store)
            sessionize.update(store, site)  # while their hits are there
            found = retire(store, site.retention, today=today)
            renewed(store, site, forget=False)
    if output != "table":
        emit(pl.DataFrame([asdict(each) for each in found]), output)
        return
    if not found:
        tell("[retention] in site.toml names no table: nothing is removed.")
    for each in found:
        what = f"{each.rows:,} rows of {each.days:,} days" if each.days else "nothing"
        span = f" ({each.first} to {each.last})" if each.days else ""
        verb = "would go" if dry_run else "removed"
        (click.echo if dry_run else tell)(f"{each.table}: {what} before {each.before} {verb}{span}")
