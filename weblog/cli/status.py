"""``weblog status``."""

from __future__ import annotations

import json

import click

from weblog.cli.options import output_option, store_option


@click.command(name="status")
@store_option
@output_option
def command(store_path: str, output: str) -> None:
    """Show what the store holds, and that it adds up.

    Every line read is a hit, a reject, or was skipped; every hit is of one kind.
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
            "skipped_by": json.dumps(found.skipped_by, ensure_ascii=False),
            **found.kinds,
        }
        emit(pl.DataFrame([flat]), output)
        return
    out = console()
    out.print(f"Store {found.store}", markup=False, highlight=False)
    out.print(
        f"  {counted(found.lines, 'line')} = {counted(found.hits, 'hit')}"
        f" + {counted(found.rejects, 'reject')} + {shown(found.skipped)} skipped,"
        f" from {counted(found.sources, 'source')}",
        highlight=False,
    )
    if found.skipped_by:
        rules = skipped_by(found.skipped_by)
        out.print(f"  skipped = {rules}", markup=False, highlight=False)
    sums = " + ".join(f"{shown(count)} {kind}" for kind, count in found.kinds.items())
    out.print(f"  hits = {sums}", highlight=False)
    out.print(
        f"  {counted(found.page_views, 'page view')}, {counted(found.sessions, 'session')}, "
        f"{counted(found.visitors, 'visitor')}, "
        f"{found.first_day or '–'} to {found.last_day or '–'}",
        highlight=False,
    )
    if kinds and not found.adds_up:
        out.print(
            "  These do not add up: run `weblog ingest` again, it completes what was cut off."
        )
    elif found.unfinished:
        out.print("  A run was cut short: run `weblog ingest` again, it completes it.")
