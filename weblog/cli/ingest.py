"""``weblog ingest``."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import click

from weblog.cli.line_options import LineOptions, line_options
from weblog.cli.options import (
    chosen_draft,
    given_format,
    output_option,
    site_option,
    store_option,
)
from weblog.errors import SeveralErrors, SiteError, TableError

if TYPE_CHECKING:
    from weblog.ingestion import IngestSummary
    from weblog.site import Draft, Site
    from weblog.store import Store


@click.command(name="ingest")
@click.argument("files", nargs=-1, required=True, metavar="LOG...")
@store_option
@site_option
@output_option
@click.option(
    "--format",
    "log_format",
    default=None,
    metavar="NAME|LOGFORMAT",
    callback=given_format,
    help="combined, common ..., or an Apache LogFormat or nginx log_format string.  "
    "[default: the site's, else detected]",
)
@click.option("--final", is_flag=True, help="Take an unfinished last line too: it will not grow.")
@click.option(
    "--force",
    is_flag=True,
    help="Read a new log even if its format does not fit most of its first 1,000 lines.",
)
@click.option("--quiet", "-q", is_flag=True, help="No progress and no summary, only errors.")
@line_options
def command(
    files: tuple[str, ...],
    store_path: str,
    site_path: str | None,
    output: str,
    log_format: str | None,
    final: bool,
    force: bool,
    quiet: bool,
    lines: LineOptions,
) -> None:
    """Read logs into the store, each line exactly once; then sessions and visitors.

    LOG is a file, plain or compressed (gz, bz2, xz, zst), a folder, a zip archive, a pattern such
    as 'logs/**/*.log', or - for standard input; rotated ones are read oldest first. A file that
    was read before adds nothing, whatever its name now; one that has grown adds what is new.
    """
    from weblog.cli.emit import as_json
    from weblog.store import open_store

    site = lines.added_to(_checked(chosen_draft(site_path)))
    store = open_store(store_path, create=True)
    summary = ingest_all(
        store,
        list(files),
        site,
        log_format=log_format,
        final=final,
        force=force,
        quiet=quiet,
    )
    if output == "json":
        click.echo(as_json(_as_dict(summary)))
    elif output != "table":
        import polars as pl

        from weblog.cli.emit import emit

        sources = [
            {**each, "skipped_by": json.dumps(each["skipped_by"], ensure_ascii=False)}
            for each in _as_dict(summary)["sources"]
        ]
        emit(pl.DataFrame(sources, infer_schema_length=None), output)
    elif not quiet:
        _print(summary)
    for error in summary.errors:
        click.secho(f"weblog: {error}", err=True, fg="red")
    if summary.errors:
        sys.exit(summary.errors[0].exit_code)


def _checked(draft: Draft) -> Site:
    """Return the rules; where they have a fault, tell those of the tables too, as check does.

    Tables are not looked at here where the rules are right: loading them does it.
    """
    import sessionize
    from weblog.cli.check import all_checked

    is_right = not draft.faults and not sessionize.segment_faults(draft.site)
    return draft.site if is_right else all_checked(draft)


def ingest_all(
    store: Store,
    files: list[str],
    site: Site,
    *,
    log_format: str | None = None,
    final: bool = False,
    force: bool = False,
    quiet: bool = False,
) -> IngestSummary:
    """Load the site's tables, ingest files, make sessions, publish: the main job.

    Rules and tables come first, so that a fault in them is found before a line is read.
    """
    import sessionize
    from weblog.cli.progress import shown_progress
    from weblog.ingestion import Settings, ingest

    with shown_progress(quiet=quiet) as progress:
        progress.step("tables of the register and of campaigns")
        try:
            sessionize.validate_segments(site)
            store.pin()
            sessionize.load_tables(store, site)
        except (SiteError, TableError, SeveralErrors):
            click.echo("weblog: no log was read, since the company's tables come first.", err=True)
            raise
        summary = ingest(
            store,
            files,
            site,
            log_format=log_format,
            final=final,
            publish=False,
            progress=progress.file,
            settings=Settings(force=force),
        )
        progress.step("sessions and visitors")
        sessionize.update(store, site)
    return summary


def _as_dict(summary: IngestSummary) -> dict[str, list[dict[str, object]]]:
    from dataclasses import asdict

    return {
        "sources": [{**asdict(each), "skipped": each.skipped} for each in summary.sources],
        "notes": [{"note": note} for note in summary.notes],
        "errors": [
            {"error": type(error).__name__, "message": str(error)} for error in summary.errors
        ],
    }


def _print(summary: IngestSummary) -> None:
    from weblog.cli.table import console, counted, shown, skipped_by

    out = console()
    for source in summary.sources:
        new = (
            f"{counted(source.lines, 'line')} = {counted(source.hits, 'hit')} + "
            f"{counted(source.rejects, 'reject')} + {shown(source.skipped)} skipped"
            if source.lines
            else "nothing new"
        )
        before = f" (in the store: {counted(source.already, 'line')})" if source.already else ""
        out.print(f"{shown(source.path)}: {new}{before}", markup=False, highlight=False)
        if source.skipped:
            by_rule = f"  skipped = {skipped_by(source.skipped_by)}"
            out.print(by_rule, markup=False, highlight=False)
        if source.detected:
            out.print(f"  read as {shown(source.detected)}", markup=False, highlight=False)
        for note in source.notes:
            out.print(f"  {shown(note)}", markup=False, highlight=False)
    for note in summary.notes:
        out.print(note, markup=False, highlight=False)
    if summary.rejects:
        out.print("`weblog rejects` shows what could not be parsed.", highlight=False)
