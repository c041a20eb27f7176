"""``weblog doctor``."""

from __future__ import annotations

import sys
from dataclasses import asdict
from datetime import UTC, datetime

import click

from weblog.cli.options import chosen_site, output_option, site_option, store_option
from weblog.cli.quiet import is_quiet, tell


@click.command(name="doctor")
@store_option
@site_option
@output_option
@click.option(
    "--deep", is_flag=True, help="Decode every file, and make the sessions of all days again."
)
def command(store_path: str, site_path: str | None, output: str, deep: bool) -> None:
    """Check every promise on the store; say what is wrong and what to do.

    Files, tables and published versions can be read; every line is there once and accounted
    for; marks, keys and dates are in order; sessions are those their hits make, and visitors
    those of the sessions; alerts and mails do not wait for days. Exit code 1 where something is
    wrong. Nothing is changed.
    """
    import polars as pl

    from reports.alerts import examine_alerts
    from reports.mart.doctor import examine_marts
    from sessionize.doctor import examine_sessions
    from weblog.cli.compact import waiting_for
    from weblog.cli.emit import as_json, emit
    from weblog.cli.table import shown
    from weblog.doctor import examine
    from weblog.store import Store, open_as_is

    site = chosen_site(site_path)
    store: Store = open_as_is(store_path)
    with store.lock("doctor", exclusive=True, waiting=waiting_for):  # no run is half done then
        found = examine(store, deep=deep)
        if not any(each.level == "fault" and each.check in ("tables", "files") for each in found):
            found += examine_sessions(store, site, deep=deep)
            found += examine_marts(store, site)
        found += examine_alerts(store, datetime.now(UTC))
    faults = sum(each.level == "fault" for each in found)
    rows = [asdict(each) for each in found]
    if output == "json":
        click.echo(as_json({"faults": faults, "findings": rows}))
    elif output != "table":
        emit(pl.DataFrame(rows, schema=_SCHEMA), output)
    else:
        for each in found:
            if each.level == "note" and is_quiet():
                continue
            where = f"{each.table}: " if each.table else ""
            click.echo(f"{each.level.upper()} {each.check}: {where}{shown(each.problem)}")
            click.echo(f"  {shown(each.advice)}")
        tell(_verdict(faults, len(found) - faults, deep=deep))
    if faults:
        sys.exit(1)


_SCHEMA = {"check": str, "level": str, "table": str, "problem": str, "advice": str, "count": int}


def _verdict(faults: int, notes: int, *, deep: bool) -> str:
    from weblog.cli.table import counted

    told = f"{counted(faults, 'fault')}, {counted(notes, 'note')}"
    if faults:
        return f"{told}."
    more = "" if deep else " --deep decodes every file and makes all sessions again."
    return f"{told}: the store keeps its promises.{more}"
