"""``weblog rejects replay``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from weblog.cli.options import (
    chosen_site,
    given_format,
    output_option,
    site_option,
    store_option,
    time_format_option,
)
from weblog.cli.quiet import is_quiet

if TYPE_CHECKING:
    from weblog.rejects.replay import ReplaySummary


@click.command(name="replay")
@store_option
@site_option
@output_option
@click.option(
    "--format",
    "log_format",
    default=None,
    metavar="NAME|LOGFORMAT",
    callback=given_format,
    help="As for ingest.  [default: the site's, else the one each line was read with]",
)
@time_format_option
@click.option("--reason", default=None, help="Only lines of this reason, e.g. not_the_format.")
@click.option("--source", default=None, metavar="LOG", help="Only lines of logs named so.")
@click.option("--quiet", "-q", is_flag=True, help="No progress and no summary, only errors.")
def replay(
    store_path: str,
    site_path: str | None,
    output: str,
    log_format: str | None,
    reason: str | None,
    source: str | None,
    quiet: bool,
) -> None:
    """Read the rejected lines again: those that now parse become hits.

    They keep their log and their place in it, and the sessions of their days are made anew.
    Run it after a mended --format, changed site rules, or a newer version of weblog.
    """
    import sessionize
    from weblog.cli.compact import waiting_for
    from weblog.cli.emit import as_json, emit
    from weblog.cli.progress import shown_progress
    from weblog.rejects.replay import replay as replayed
    from weblog.store import open_store

    site = chosen_site(site_path)
    sessionize.validate_segments(site)
    store = open_store(store_path)
    held = store.lock("rejects replay", waiting=waiting_for)
    with held, shown_progress(quiet=quiet) as progress:
        progress.step("rejected lines")
        summary = replayed(store, site, log_format=log_format, reason=reason, source=source)
        progress.step("sessions and visitors")
        sessionize.update(store, site)
    if output == "json":
        click.echo(as_json(_as_dict(summary)))
    elif output != "table":
        import polars as pl

        row = _as_dict(summary)
        emit(
            pl.DataFrame(
                [{**row, "skipped_by": json.dumps(row["skipped_by"], ensure_ascii=False)}]
            ),
            output,
        )
    elif not (quiet or is_quiet()):
        _print(summary)


def _as_dict(summary: ReplaySummary) -> dict[str, object]:
    return {
        "tried": summary.tried,
        "hits": summary.hits,
        "skipped": summary.skipped,
        "skipped_by": dict(summary.skipped_by),
        "rejects": summary.rejects,
        "cut": summary.cut,
        "unfinished": summary.unfinished,
    }


def _print(summary: ReplaySummary) -> None:
    from weblog.cli.table import counted, shown, skipped_by

    click.echo(
        f"{counted(summary.tried, 'reject')} read again = {counted(summary.hits, 'hit')} + "
        f"{shown(summary.skipped)} skipped + {shown(summary.rejects)} rejected again"
    )
    if summary.skipped:
        click.echo(f"  skipped = {skipped_by(summary.skipped_by)}")
    if summary.cut:
        click.echo(
            f"  {counted(summary.cut, 'reject')} cannot be read again: only the first 64 KiB of a "
            "longer line are kept"
        )
    if summary.unfinished:
        click.echo(
            f"  {counted(summary.unfinished, 'reject')} of a run that was cut short: run "
            "`weblog ingest` again, then this"
        )
