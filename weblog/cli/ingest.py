"""``weblog ingest``."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from weblog.cli import say_error
from weblog.cli.check import all_checked
from weblog.cli.engine import LOCAL, Engine, engine_options
from weblog.cli.line_options import LineOptions, line_options
from weblog.cli.options import (
    chosen_draft,
    given_format,
    output_option,
    site_option,
    store_option,
    time_format_option,
)
from weblog.errors import SeveralErrors, SiteError, TableError
from weblog.remote.address import is_remote
from weblog.remote.place import place

if TYPE_CHECKING:
    from weblog.ingestion import IngestSummary
    from weblog.ingestion.dry_run import Plan
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
@time_format_option
@click.option("--final", is_flag=True, help="Take an unfinished last line too: it will not grow.")
@click.option(
    "--force",
    is_flag=True,
    help="Read a new log even if its format does not fit most of its first 1,000 lines.",
)
@click.option("--dry-run", is_flag=True, help="Say what would become of each log; store nothing.")
@click.option(
    "--follow",
    is_flag=True,
    help="Go on reading what is written, whatever rotation does, until stopped.",
)
@click.option(
    "--every",
    type=click.FloatRange(0.1, 3600),
    default=None,
    metavar="SECONDS",
    help="With --follow: how often to look.  [default: 2; 60 where logs or store are in a bucket]",
)
@click.option(
    "--metrics",
    metavar="HOST:PORT",
    help="With --follow: serve /metrics for Prometheus, and /health, there.",
)
@click.option("--quiet", "-q", is_flag=True, help="No progress and no summary, only errors.")
@engine_options
@line_options
def command(
    files: tuple[str, ...],
    store_path: str,
    site_path: str | None,
    output: str,
    log_format: str | None,
    final: bool,
    force: bool,
    dry_run: bool,
    follow: bool,
    every: float | None,
    metrics: str | None,
    quiet: bool,
    engine: Engine,
    lines: LineOptions,
) -> None:
    """Read logs into the store, each line exactly once; then sessions and visitors.

    LOG is a file, plain or compressed (gz, bz2, xz, zst), a folder, a zip archive, a pattern such
    as 'logs/**/*.log', or - for standard input; rotated ones are read oldest first. It may lie in a
    bucket (s3://, gs://, az://, abfs://) or on the web (https://). A file that
    was read before adds nothing, whatever its name now; one that has grown adds what is new.

    With --follow, logs need not be there yet, and the rotated siblings of a log are read, too;
    what is written is in the dashboard within seconds. `weblog status` tells how far behind it is.
    Where logs or the store lie in a bucket, it runs the plain command every minute.
    """
    if follow and (dry_run or final or "-" in files):
        raise click.UsageError(
            "--follow reads files that grow: not with --dry-run, --final or standard input."
        )
    if metrics and not follow:
        raise click.UsageError("--metrics is for --follow: what ends has its summary.")
    if engine.name != "local" and (dry_run or follow or "-" in files):
        raise click.UsageError(
            "--engine spark reads files that all machines see: not with --dry-run, --follow or "
            "standard input."
        )
    in_rounds = follow and any(is_remote(each) for each in [store_path, *files])
    if in_rounds and metrics:
        raise click.UsageError(
            "--metrics is for logs and a store on this machine: where one is in a bucket, "
            "`weblog --log-format json ingest --follow` tells of each round."
        )
    _mind_memory()
    from weblog.cli.ingest_output import show
    from weblog.store import open_store

    draft = chosen_draft(site_path)
    site = lines.added_to(all_checked(draft) if dry_run else _checked(draft))
    is_there = _is_there(place(store_path))
    options: dict[str, Any] = {
        "log_format": log_format,
        "final": final,
        "force": force,
        "quiet": quiet,
    }
    if follow:
        opened = open_store(store_path, create=True)
        how: dict[str, Any] = {"log_format": log_format, "force": force, "quiet": quiet}
        if in_rounds:
            from weblog.cli.ingest_rounds import EVERY as EVERY_ROUND
            from weblog.cli.ingest_rounds import follow_in_rounds

            follow_in_rounds(opened, files, site, every=every or EVERY_ROUND, **how)
            return
        from weblog.cli.ingest_follow import follow_all
        from weblog.ingestion.follow import EVERY

        follow_all(opened, files, site, every=every or EVERY, metrics=metrics, **how)
        return
    summary: IngestSummary | Plan
    if dry_run:
        store = open_store(store_path) if is_there else None
        summary = plan_all(store, list(files), site, **options)
    else:
        make = partial(open_store, store_path, create=True)
        done = ingest_all(make() if is_there else make, list(files), site, engine=engine, **options)
        tell_events(done)
        summary = done
    show(summary, output, quiet=quiet)
    for error in summary.errors:
        say_error(error)
    if summary.errors:
        sys.exit(summary.errors[0].exit_code)


def tell_events(summary: IngestSummary) -> None:
    """Tell what became of each log, where somebody wants to hear of events."""
    from weblog.ingestion.results import tell_read

    for each in summary.sources:
        tell_read(each)


def _mind_memory() -> None:
    """Say where a limit may not do, before what is loaded next meets it; refuse one that cannot."""
    from weblog import logs
    from weblog.memory_limit import check_addresses, too_little

    check_addresses()
    problem = too_little()
    if problem and logs.is_json():
        logs.event("little_memory", logging.WARNING, message=problem)
    elif problem:
        click.secho(f"weblog: {problem}", err=True, fg="yellow")


def _is_there(folder: Path) -> bool:
    """Say whether there is a store, or what is none and in its place, and not only room for one."""
    return folder.exists() and not (folder.is_dir() and next(folder.iterdir(), None) is None)


def _checked(draft: Draft) -> Site:
    """Return the rules; where they have a fault, tell those of the tables too, as check does.

    Tables are not looked at here where the rules are right: loading them does it.
    """
    import sessionize

    is_right = not draft.faults and not sessionize.segment_faults(draft.site)
    return draft.site if is_right else all_checked(draft)


def ingest_all(
    store: Store | Callable[[], Store],
    files: list[str],
    site: Site,
    *,
    log_format: str | None = None,
    final: bool = False,
    force: bool = False,
    quiet: bool = False,
    engine: Engine = LOCAL,
) -> IngestSummary:
    """Load the site's tables, ingest files, make sessions, publish: the main job.

    Rules and tables come first, so that a fault in them is found before a line is read. Where
    ``store`` is a function that makes it, it is called when there is something to store.
    """
    import sessionize
    from weblog.cli.compact import waiting_for
    from weblog.cli.progress import shown_progress
    from weblog.erasure import refuse_if_pending
    from weblog.ingestion import Settings
    from weblog.store import Store

    opened: list[Store] = []

    def with_tables(opening: Store) -> Store:
        held.enter_context(opening.lock("ingest", waiting=waiting_for))
        refuse_if_pending(opening)
        opening.pin()
        sessionize.load_tables(opening, site)
        opened.append(opening)
        return opening

    with ExitStack() as held, shown_progress(quiet=quiet) as progress:
        progress.step("tables of the register and of campaigns")
        try:
            sessionize.validate_segments(site)
            if isinstance(store, Store):
                with_tables(store)
            else:
                sessionize.check_tables(site)
        except (SiteError, TableError, SeveralErrors):
            click.echo("weblog: no log was read, since the company's tables come first.", err=True)
            raise
        work = held.enter_context(engine.at_work())
        summary = work.ingest(
            store if isinstance(store, Store) else lambda: with_tables(store()),
            files,
            site,
            log_format=log_format,
            final=final,
            publish=False,
            progress=progress.file,
            settings=Settings(force=force),
        )
        progress.step("sessions and visitors")
        for each in opened:
            work.update(each, site)
    return summary


def plan_all(
    store: Store | None,
    files: list[str],
    site: Site,
    *,
    log_format: str | None = None,
    final: bool = False,
    force: bool = False,
    quiet: bool = False,
) -> Plan:
    """Do all of :func:`ingest_all` but the writing; ``store`` is None where there is none yet."""
    from weblog.cli.progress import shown_progress
    from weblog.ingestion import Settings
    from weblog.ingestion.dry_run import dry_run

    with shown_progress(quiet=quiet) as progress:
        return dry_run(
            store,
            files,
            site,
            log_format=log_format,
            final=final,
            progress=progress.file,
            settings=Settings(force=force),
        )
