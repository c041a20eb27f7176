"""``weblog target``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from weblog.cli.options import DAY, FileHere, chosen_site, rules_option, site_option, store_option
from weblog.cli.quiet import is_quiet
from weblog.cli.rules import chosen

if TYPE_CHECKING:
    from reports.audience import Power, Target
    from weblog.site import Site
    from weblog.store import Store


@click.command(name="target")
@click.argument("name", metavar="RULE_OR_LIST")
@click.option(
    "--out",
    metavar="FILE",
    type=FileHere(dir_okay=False, path_type=Path),
    help="Where to write: FILE.csv or FILE.parquet, with FILE.audit.json beside it.",
)
@click.option(
    "--day",
    type=DAY,
    metavar="DAY",
    help="The day of writing: customers as of its start.  [default: today]",
)
@click.option(
    "--channel",
    type=click.Choice(["email", "sms"]),
    help="Whose consent is asked for.  [default: as rules.toml says]",
)
@click.option(
    "--column",
    "columns",
    multiple=True,
    metavar="NAME",
    help="Also write this column of the profile, or name, email, phone (may be repeated).",
)
@click.option("--bom", is_flag=True, help="Begin CSV with a byte order mark, for Excel.")
@click.option("--dry-run", is_flag=True, help="Show the counts; write and record nothing.")
@click.option("--replace", is_flag=True, help="Make anew what was made before and never used.")
@click.option(
    "--base-rate",
    type=click.FloatRange(0, 1, max_open=True),
    metavar="RATE",
    help="Rate expected of those held out, e.g. 0.02.  [default: who bought in 30 days]",
)
@click.option(
    "--lift",
    type=click.FloatRange(-1, 1),
    metavar="POINTS",
    help="Lift hoped for, e.g. 0.01 for one point: say how many customers it takes.",
)
@click.option(
    "--output",
    type=click.Choice(["table", "json"]),
    default="table",
    show_default=True,
    help="The counts for people, or for programs.",
)
@rules_option
@store_option
@site_option
def command(
    name: str,
    out: Path | None,
    day: datetime | None,
    channel: str | None,
    columns: tuple[str, ...],
    bom: bool,
    dry_run: bool,
    replace: bool,
    base_rate: float | None,
    lift: float | None,
    output: str,
    rules_path: str,
    store_path: str,
    site_path: str | None,
) -> None:
    """Make a list of customers to write to: whom RULE_OR_LIST chooses, less who must not be.

    Left out, and counted, are customers without consent for the channel, contacted a few days ago,
    or as often as is allowed, and by lot those held out. What is written is recorded in the store,
    so that the next list knows of it. The same list made again for the same day is the same.
    """
    from datetime import UTC

    from reports import audience
    from weblog.cli.emit import as_json
    from weblog.errors import UsageError

    if out is None and not dry_run:
        raise UsageError("--out FILE.csv or FILE.parquet says where to write; or --dry-run")
    site = chosen_site(site_path)
    now = datetime.now(UTC)
    on, today = chosen(site, day), chosen(site, None)
    rules = audience.load_rules(rules_path)
    overrides = {} if channel is None else {"channel": channel}
    asked = audience.wanted(rules.book, name, on, overrides)
    store = _completed(store_path, site)
    if dry_run or out is None:
        target = audience.choose(store, site, asked, today)
    else:
        to = audience.Output(out, columns, with_mark=bom, replace=replace)
        with _at_work(store):
            target = audience.deliver(store, site, rules, asked, to, now=now, today=today)
    power = _power(store, target, on, base_rate, lift)
    file = None if dry_run else out
    if output == "json":
        click.echo(as_json(_facts(target, power, file)))
    elif file is None or not is_quiet():
        _print(target, power, file)


def _completed(store_path: str, site: Site) -> Store:
    from weblog.cli.compact import completed_store

    store = completed_store(store_path)
    store.check_time_zone(site.time_zone)
    return store


@contextmanager
def _at_work(store: Store) -> Iterator[None]:
    """Hold the store's lock while a block records a list."""
    from weblog.cli.compact import waiting_for
    from weblog.erasure import refuse_if_pending

    with store.lock("target list", waiting=waiting_for):
        refuse_if_pending(store)
        yield


def _power(
    store: Store, target: Target, day: date, base_rate: float | None, lift: float | None
) -> Power | None:
    """Return what the list can show; None where no rate is known to begin with."""
    from reports import audience
    from weblog.errors import UsageError

    try:
        return audience.expected_power(store.snapshot(), target, day, base_rate, lift)
    except ValueError as error:
        known = "the rate of the register" if base_rate is None else f"{base_rate:g}"
        raise UsageError(f"--base-rate {known} and --lift {lift}: {error}") from None


def _facts(target: Target, power: Power | None, out: Path | None) -> dict[str, object]:
    asked = target.wanted
    facts: dict[str, object] = {
        "list": asked.name,
        "day": asked.day,
        "channel": asked.contact.channel,
        "rules": [rule.rule for rule in asked.rules],
        "matched": target.matched,
        **target.counts,
        "file": None if out is None else str(out),
    }
    if power is not None:
        facts |= {
            "base_rate": power.base,
            "least_lift": power.least,
            "lift": power.lift,
            "needed": power.needed,
        }
    return facts


def _print(target: Target, power: Power | None, out: Path | None) -> None:
    from weblog.cli.table import counted, shown

    asked, counts = target.wanted, target.counts
    click.secho(f"{shown(asked.name)} of {asked.day}, by {asked.contact.channel}", bold=True)
    click.echo(
        f"{counted(target.matched, 'customer')} chosen = "
        f"{counts['no_consent']:,} without consent + "
        f"{counts['recently_contacted']:,} contacted lately + "
        f"{counts['over_cap']:,} contacted as often as allowed + "
        f"{counts['held_out']:,} held out + {counts['written']:,} to write to"
    )
    if power is not None:
        click.echo(_said(power))
    if out is not None:
        click.echo(f"Wrote {out} and {out}.audit.json; recorded in the store.")
    else:
        click.echo("Nothing was written or recorded.")


def _said(power: Power) -> str:
    from reports.audience import FEW

    base = f"Over a rate of {power.base:.2%}"
    least = (
        f"{base} these groups show a lift of {100 * power.least:.2f} points or more"
        if power.least is not None
        else f"{base} these groups are too small to show any lift"
    )
    said = f"{least} (two-sided 5 %, power 80 %)."
    if power.held_out < FEW:
        said += f" Only {power.held_out} held out: too few to conclude anything from."
    if power.needed is not None and power.lift is not None:
        written, held = power.needed
        said += (
            f" To see {100 * power.lift:+.2f} points takes {written:,} written to and "
            f"{held:,} held out."
        )
    return said
