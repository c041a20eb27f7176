"""``weblog campaigns costs`` and ``weblog campaigns systems``."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from weblog.cli.options import chosen_site, output_option, site_option, store_option
from weblog.cli.quiet import tell
from weblog.cli.register_load import SHOWN, bad_rows_option, names_option, write_faults
from weblog.errors import RowsLeftOutError

if TYPE_CHECKING:
    from sessionize.ad_costs import CostsLoad
    from weblog.store import Store


@click.command(name="costs", short_help="Load what an ad system exports by day: cost and clicks.")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@store_option
@site_option
@click.option(
    "--map",
    "system",
    metavar="NAME",
    help="The ad system it is of (`weblog campaigns systems`).  [default: by its header]",
)
@click.option(
    "--account",
    metavar="NAME",
    help="Which account of that system, where several are exported one by one.",
)
@names_option
@bad_rows_option
@click.option(
    "--output",
    type=click.Choice(["table", "json"]),
    default="table",
    show_default=True,
    help="A summary for people, or everything for programs.",
)
def costs(
    file: Path,
    store_path: str,
    site_path: str | None,
    system: str | None,
    account: str | None,
    columns: dict[str, str],
    bad_rows: Path | None,
    output: str,
) -> None:
    """Load what an ad system exports as CSV: cost, impressions and clicks by day and campaign.

    Google Ads, Naver search ads, Kakao and Meta are known by their headers, in English and Korean;
    [[ad_systems]] of site.toml adds others. The days in FILE take the place of what was loaded of
    that system for these days before, so that an overlapping export counts nothing twice. Rows of
    sums are left out and compared. If other rows were left out, the exit code is 12.
    """
    import sessionize
    from sessionize.ad_costs import load_costs
    from weblog.cli.compact import waiting_for
    from weblog.cli.emit import as_json
    from weblog.erasure import refuse_if_pending
    from weblog.store import open_store

    site = chosen_site(site_path)
    sessionize.validate_segments(site)
    opened: list[Store] = []
    with ExitStack() as held:

        def pinned() -> Store:
            store = open_store(store_path, create=True)
            held.enter_context(store.lock("costs load", waiting=waiting_for))
            refuse_if_pending(store)
            store.pin()
            opened.append(store)
            return store

        done = load_costs(pinned, site, file, system=system, account=account, columns=columns)
        if bad_rows is not None:
            write_faults(done.faults, bad_rows)
        for store in opened:
            sessionize.update(store, site)  # publishes, once nothing is half done
    if output == "json":
        click.echo(as_json(as_dict(done)))
    else:
        show(done)
    if done.bad:
        raise RowsLeftOutError(done.source, done.bad, done.rows)


def as_dict(done: CostsLoad) -> dict[str, object]:
    """Return what became of an export for programs."""
    plain = {name: getattr(done, name) for name in done.__slots__}
    return plain | {
        "first_day": done.first_day and done.first_day.isoformat(),
        "last_day": done.last_day and done.last_day.isoformat(),
        "removed_campaigns": list(done.removed_campaigns),
        "differs": [asdict(each) for each in done.differs],
        "unmatched": [asdict(each) for each in done.unmatched],
        "faults": done.faults.to_dicts(),
        "ignored": list(done.ignored),
    }


def show(done: CostsLoad) -> None:
    """Say what became of an export."""
    from weblog.cli.table import counted, print_table, shown

    sums = f"; {counted(done.totals, 'row')} of sums left out" if done.totals else ""
    tell(
        f"{counted(done.rows, 'row')} of {shown(done.source)}, {done.imported_from} = "
        f"{shown(done.good)} good + {shown(done.bad)} left out{sums}"
    )
    if done.first_day:
        tell(
            f"{done.first_day} to {done.last_day}, by day and campaign: {shown(done.new)} new + "
            f"{shown(done.changed)} changed + {shown(done.unchanged)} unchanged; "
            f"{shown(done.removed)} of before removed"
        )
    if done.removed_campaigns:
        click.echo(
            f"Known of these days before, and not in this export: "
            f"{', '.join(map(shown, done.removed_campaigns))}. They are removed; accounts that are "
            "exported one by one need --account NAME."
        )
    for each_sum in done.differs:
        says = f"{each_sum.told:,.10g} {each_sum.measure}, the rows make {each_sum.summed:,.10g}"
        click.echo(f"Row {each_sum.row} ({shown(each_sum.label)}) says {says}.")
    for each in done.unmatched[:SHOWN]:
        near = f"; nearest: {shown(each.nearest)}" if each.nearest else ""
        click.echo(f"No session carries campaign {shown(each.campaign)}{near}")
    if len(done.unmatched) > SHOWN:
        click.echo(f"... and {len(done.unmatched) - SHOWN:,} more: --output json tells all.")
    if done.unmatched:
        click.echo("[[ad_campaigns]] of site.toml says which campaign of the links each is.")
    if done.bad:
        more = f", the first {SHOWN}" if done.faults.height > SHOWN else ""
        print_table(done.faults.head(SHOWN), f"{counted(done.faults.height, 'fault')}{more}")


@click.command(name="systems")
@site_option
@output_option
def list_systems(site_path: str | None, output: str) -> None:
    """List the ad systems whose exports are known, and what they call their columns."""
    import polars as pl

    from sessionize.ad_costs import systems
    from sessionize.ad_costs.systems_known import COLUMNS
    from weblog.cli.emit import emit

    rows = [
        {"system": name, "column": column, "called": " | ".join(getattr(each, column))}
        for name, each in systems(chosen_site(site_path).ad_systems).items()
        for column in COLUMNS
        if getattr(each, column)
    ]
    emit(pl.DataFrame(rows), output)
