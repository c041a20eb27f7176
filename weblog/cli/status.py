"""``weblog status``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from weblog.cli.options import output_option, store_option

if TYPE_CHECKING:
    from weblog.following import Following


@click.command(name="status")
@store_option
@output_option
def command(store_path: str, output: str) -> None:
    """Show what the store holds, and that it adds up.

    Every line read is a hit, a reject, or was skipped; every hit is of one kind. Of logs that
    are followed, it tells who follows them and how far behind each is.
    """
    import polars as pl

    from weblog.cli.emit import as_json, emit
    from weblog.cli.table import console, counted, shown, skipped_by
    from weblog.status import status
    from weblog.store import open_store

    found = status(open_store(store_path))
    if output == "json":
        click.echo(as_json(found.to_dict()))
        return
    fields = found.to_dict()
    kinds = fields.pop("kinds")
    if output != "table":
        flat = {
            **fields,
            "following": as_json(fields["following"]),
            "skipped_by": json.dumps(found.skipped_by, ensure_ascii=False),
            "company": json.dumps(found.company),
            **found.kinds,
        }
        emit(pl.DataFrame([flat]), output)
        return
    out = console()
    out.print(f"Store {found.store}", markup=False, highlight=False)
    out.print(
        f"  {counted(found.lines, 'line')} = {counted(found.hits, 'hit')}"
        f" + {counted(found.rejects, 'reject')} + {shown(found.skipped)} skipped"
        + (f" + {shown(found.erased)} erased" if found.erased else "")
        + f", from {counted(found.sources, 'source')}",
        highlight=False,
    )
    if found.skipped_by:
        rules = skipped_by(found.skipped_by)
        out.print(f"  skipped = {rules}", markup=False, highlight=False)
    sums = " + ".join(f"{shown(count)} {kind}" for kind, count in found.kinds.items())
    out.print(f"  hits = {sums}", highlight=False)
    if found.robot_page_views:
        out.print(
            f"  page = {counted(found.page_views, 'page view')}"
            f" + {shown(found.robot_page_views)} of robots known by behaviour",
            highlight=False,
        )
    out.print(
        f"  {counted(found.page_views, 'page view')}, {counted(found.sessions, 'session')}, "
        f"{counted(found.visitors, 'visitor')}, "
        f"{found.first_day or '–'} to {found.last_day or '–'}",
        highlight=False,
    )
    known = [(name, rows) for name, rows in found.company.items() if rows]
    if known:
        told = ", ".join(f"{shown(rows)} {name}" for name, rows in known)
        out.print(f"  of the company's own: {told}", highlight=False)
    if found.erasure_cut_short:
        out.print("  An erasure was cut short: run `weblog erase`, it completes it.")
    elif kinds and not found.adds_up:
        out.print(
            "  These do not add up: run `weblog ingest` again, it completes what was cut off."
        )
    elif found.unfinished:
        out.print("  A run was cut short: run `weblog ingest` again, it completes it.")
    for each in found.following:
        for line in following_lines(each):
            out.print(f"  {line}", markup=False, highlight=False)


def following_lines(follower: Following) -> list[str]:
    """Return what there is to say of a process that follows logs: a line, and one per log."""
    from weblog.cli.table import shown
    from weblog.following import SHOWN_LOGS, seen_ago

    states = {"alive": "follows", "stopped": "stopped following", "died": "died following"}
    process = follower.process
    who = f"process {process.pid} on {process.host}" if process else "a process"
    behind = follower.bytes_behind
    lag = (
        f"{shown(behind)} bytes and {follower.seconds_behind:.0f} s behind"
        if behind
        else "nothing left to read"
    )
    what = f"{who} {states[follower.state]} {shown(', '.join(follower.given))}"
    lines = [f"{what}: {lag}; looked {seen_ago(follower)}"]
    logs = sorted(follower.logs, key=lambda log: (-log.bytes_behind, log.path))
    lines += [
        f"  {shown(log.path)}: {shown(log.bytes_behind)} of {shown(log.size)} bytes, "
        f"{log.seconds_behind:.0f} s behind"
        + (f", {shown(log.unfinished)} of them a line without an end" if log.unfinished else "")
        for log in logs[:SHOWN_LOGS]
    ]
    if len(logs) > SHOWN_LOGS:
        lines.append(f"  and {len(logs) - SHOWN_LOGS:,} more files")
    return lines + [f"  {shown(problem)}" for problem in follower.problems]
