"""``weblog segments``."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import click

from weblog.cli.options import DAY, chosen_site, output_option, site_option, store_option

if TYPE_CHECKING:
    import polars as pl

    from sessionize.explain import Explanation


@click.group(name="segments")
def command() -> None:
    """Show who is in which segment, and why.

    \b
    weblog segments list
    weblog segments explain H10048271 2025-11-30
    """


@command.command(name="list", short_help="Count the customers in each segment on a day.")
@store_option
@site_option
@output_option
@click.option(
    "--on",
    "day",
    type=DAY,
    metavar="DAY",
    help="As of the start of this day, e.g. 2025-11-30.  [default: today]",
)
def list_(store_path: str, site_path: str | None, output: str, day: datetime | None) -> None:
    """Count the customers in each segment, as of today or of another day.

    Every customer known by then counts once, whether they visit or not. Who has no customer's
    name is in none of these: `weblog report segments` counts sessions, theirs too.
    """
    from zoneinfo import ZoneInfo

    from sessionize import counted_segments, validate_segments
    from weblog.cli.emit import emit
    from weblog.store import open_store

    site = chosen_site(site_path)
    on = (day or datetime.now(ZoneInfo(site.time_zone))).date()
    validate_segments(site)
    counts = counted_segments(open_store(store_path).snapshot(), on, site.segments)
    emit(counts, output, f"customers as of the start of {on}")


@command.command(name="explain", short_help="Say which rule decided about a customer on a day.")
@click.argument("customer")
@click.argument("date", type=DAY, metavar="DATE")
@store_option
@site_option
@output_option
def explain(
    customer: str, date: datetime, store_path: str, site_path: str | None, output: str
) -> None:
    """Say which rule decided about CUSTOMER on DATE, and with which values.

    Each session of that day is explained as of its start; on a day without one, what the
    customer was when it began. Rules are tried in order until one holds; of each, the values
    it looks at are shown with where they come from. "unknown" is neither true nor false: some
    value is null.
    """
    from sessionize import explain_segment, validate_segments
    from weblog.cli.emit import emit
    from weblog.store import open_store

    site = chosen_site(site_path)
    validate_segments(site)
    snapshot = open_store(store_path).snapshot()
    found = explain_segment(snapshot, customer, date.date(), site.segments)
    if output == "table":
        for each in found:
            _print(each, site.time_zone)
        return
    emit(_as_frame(found), output)


def _print(found: Explanation, time_zone: str) -> None:
    from zoneinfo import ZoneInfo

    from weblog.cli.table import shown

    said = "no segment: no rule holds" if found.segment is None else found.segment
    when = "no session that day: as of its start"
    if found.start is not None:
        began = found.start.astimezone(ZoneInfo(time_zone))
        when = f"session {found.session_id}, begun at {began:%H:%M:%S}"
    click.secho(f"{shown(found.customer_id)} on {found.day}: {shown(said)}", bold=True)
    click.echo(f"  {shown(when)}")
    if found.start is not None and found.stored != found.segment:
        click.secho(
            f"  stored as {shown(found.stored)}: rules or register have changed since; "
            "`weblog ingest` brings sessions up to date",
            fg="yellow",
        )
    for rule in found.rules:
        line = f"  {rule.number}. {shown(rule.segment)}: {_said(rule.holds)}"
        line += f"   ({shown(rule.when)})"
        click.secho(line, bold=rule.holds is True)
        for seen in rule.seen:
            click.echo(f"       {seen.column} = {_said(seen.value)}   ({shown(seen.source)})")


def _said(value: object) -> str:
    """Return a value as SQL would name it; nothing known is ``unknown``."""
    from weblog.cli.table import shown

    if value is None:
        return "unknown"
    return str(value).lower() if isinstance(value, bool) else shown(value)


def _as_frame(found: list[Explanation]) -> pl.DataFrame:
    """Return a row per rule tried and column it names; one for a rule that names none."""
    import polars as pl

    rows = [
        {
            "customer_id": each.customer_id,
            "date": each.day,
            "session_id": each.session_id,
            "start": each.start,
            "segment": each.segment,
            "stored": each.stored,
            "rule": rule.number,
            "rule_segment": rule.segment,
            "when": rule.when,
            "holds": rule.holds,
            "column": seen.column if seen else None,
            "value": None if seen is None or seen.value is None else str(seen.value),
            "source": seen.source if seen else None,
        }
        for each in found
        for rule in each.rules
        for seen in rule.seen or (None,)
    ]
    return pl.DataFrame(
        rows, schema_overrides={"holds": pl.Boolean, "start": pl.Datetime("us", "UTC")}
    )
