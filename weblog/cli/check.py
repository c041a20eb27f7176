"""``weblog check``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from weblog.cli.options import (
    chosen_draft,
    given_format,
    output_option,
    site_option,
    time_format_option,
)
from weblog.errors import WeblogError, raise_all

if TYPE_CHECKING:
    import polars as pl

    from weblog.preview import Preview
    from weblog.site import Draft, Site


@click.command(name="check")
@click.argument("files", nargs=-1, metavar="[LOG]...")
@site_option
@output_option
@click.option(
    "--format",
    "log_format",
    default=None,
    metavar="NAME|LOGFORMAT",
    callback=given_format,
    help="As for ingest.",
)
@time_format_option
@click.option("--force", is_flag=True, help="As for ingest.")
@click.option(
    "--lines",
    type=click.IntRange(1),
    default=5000,
    show_default=True,
    help="Lines to look at, per log.",
)
def command(
    files: tuple[str, ...],
    site_path: str | None,
    output: str,
    log_format: str | None,
    force: bool,
    lines: int,
) -> None:
    """Check site.toml and its tables, and show what they would do to the first lines of LOG.

    Nothing is stored.
    """
    import polars as pl

    from weblog.cli.emit import emit
    from weblog.preview import preview
    from weblog.sources import expand

    site = all_checked(chosen_draft(site_path))
    if output == "table":
        click.echo(f"The rules of {site.name} are valid.")
    seen: list[Preview] = []
    errors: list[WeblogError] = []
    found = expand(files)
    errors += found.errors
    for file in found.files:
        try:
            seen.append(preview(file, site, log_format=log_format, lines=lines, force=force))
        except WeblogError as error:
            errors.append(error)
    if output == "table":
        for each in seen:
            _print(each)
        for note in found.notes:
            click.echo(note)
    elif seen:
        emit(pl.concat([_counts(each) for each in seen]), output)
    raise_all(errors)


def all_checked(draft: Draft) -> Site:
    """Return the rules, if they and the tables they name are without a fault.

    Raises:
        SiteError: of the file's faults and the segments', all.
        TableError: of a table, all its faults.
        SeveralErrors: there is more than one of these.
    """
    from reports.site_check import site_errors

    raise_all(site_errors(draft))
    return draft.site


def _counts(seen: Preview) -> pl.DataFrame:
    import polars as pl

    kinds = seen.hits.group_by(pl.col("kind").cast(pl.String)).len(name="lines")
    rejects = seen.rejects.group_by(kind=pl.lit("reject: ") + pl.col("reason")).len(name="lines")
    rules = [f"skipped: {rule}" for rule in seen.skipped_by]
    skipped = pl.DataFrame([rules, [*seen.skipped_by.values()]], schema=rejects.schema)
    counts = pl.concat([kinds, rejects, skipped]).sort("lines", "kind", descending=[True, False])
    return counts.select(
        path=pl.lit(seen.path), log_format=pl.lit(seen.log_format), kind="kind", lines="lines"
    )


def _print(seen: Preview) -> None:
    import polars as pl

    from weblog.cli.table import console, print_table, shown

    out = console()
    out.print(
        f"\n{seen.path}: the first {seen.lines:,} lines, read as", markup=False, highlight=False
    )
    out.print(f"  {seen.detected or seen.log_format}", markup=False, highlight=False)
    for note in seen.notes:
        out.print(f"  {shown(note)}", markup=False, highlight=False)
    print_table(_counts(seen).select("kind", "lines"), "What they are")
    pages = seen.hits.filter(pl.col("kind").cast(pl.String).is_in(["page", "event"]))
    columns = [pl.col(name).cast(pl.String) for name in ("path", "category", "product", "goal")]
    top = pages.group_by(columns).len(name="lines").sort("lines", "path", descending=[True, False])
    print_table(top.head(15), "Pages and what the rules say of them")
    people = seen.hits.filter(pl.col("kind").cast(pl.String) == "page")
    for name in ("channel", "device", "bot_reason"):
        rows = seen.hits.filter("is_bot") if name == "bot_reason" else people
        counts = rows.group_by(pl.col(name).cast(pl.String)).len(name="lines").drop_nulls()
        print_table(counts.sort("lines", name, descending=[True, False]).head(8), name)
    customers = seen.hits["customer_id"].cast(pl.String).n_unique()
    out.print(
        f"{shown(seen.hits['visitor_id'].cast(pl.String).n_unique())} visitors, "
        f"{shown(customers - int(seen.hits['customer_id'].null_count() > 0))} customers logged in.",
        highlight=False,
    )
