"""``weblog rules``: write, check, list and explain the rules that choose customers."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from weblog.cli.options import (
    DAY,
    DEFAULT_RULES,
    DEFAULT_STORE,
    chosen_site,
    output_option,
    rules_option,
    site_option,
    store_option,
)
from weblog.cli.quiet import tell

if TYPE_CHECKING:
    import polars as pl

    from reports.audience import RuleVerdict
    from weblog.site import Site

_day_option = click.option(
    "--day",
    type=DAY,
    metavar="DAY",
    help="Customers as of the start of this day, e.g. 2025-12-01.  [default: today]",
)


@click.group(name="rules")
def command() -> None:
    """Write, check, list and explain the rules that choose customers.

    \b
    weblog rules init
    weblog rules check
    weblog rules explain H10048271 --day 2025-12-01
    """


@command.command(name="init", short_help="Write a commented rules.toml to start from.")
@click.option(
    "--rules",
    "rules_path",
    default=DEFAULT_RULES,
    show_default="./rules.toml",
    metavar="FILE",
    help="Where to write.",
)
@click.option("--force", is_flag=True, help="Replace a file that is there.")
def init(rules_path: str, force: bool) -> None:
    """Write a commented rules.toml with ready rules to start from.

    New member, first purchase, repeat purchase, contracts that mature in 20 days, and customers
    who have not come for half a year.
    """
    from reports.audience import TEMPLATE
    from weblog.errors import UsageError
    from weblog.store.layout import write_atomically

    file = Path(rules_path)
    if file.exists() and not force:
        raise UsageError(f"{file} is there already; --force replaces it")
    try:
        write_atomically(file, TEMPLATE)
    except OSError as error:
        raise UsageError(f"{file} cannot be written: {error.strerror}") from None
    tell(f"Wrote {file}. `weblog rules check` shows what it would do.")


@command.command(name="check", short_help="Look for mistakes and conflicts before rules are used.")
@rules_option
@store_option
@site_option
@output_option
@_day_option
def check(
    rules_path: str, store_path: str, site_path: str | None, output: str, day: datetime | None
) -> None:
    """Look for mistakes in the rules: each fault of the file, conflicts, rules that never win.

    Conflicts are of rules of one list and equal priority that offer a customer different things.
    A rule is unreachable if each customer it holds for is taken by one of greater priority. Both
    are looked for among the customers of the store; without a store, what can be proved of the
    conditions alone is told. The exit code is 14 if there is a mistake.
    """
    import polars as pl

    from reports.audience import check_rules, load_rules
    from weblog.cli.emit import emit
    from weblog.errors import RulesOddError

    site = chosen_site(site_path)
    on = chosen(site, day)
    rules = load_rules(rules_path)
    profile = _profile(store_path, site, on)
    found = check_rules(rules.book, profile, on)
    wrong = sum(each.is_wrong for each in found)
    if output == "table":
        whom = f"{profile.height:,} customers on {on}" if profile.height else "no customers"
        click.echo(f"{rules.path}: {len(rules.book.rules)} rules, tried on {whom}")
        for each in found:
            level = "MISTAKE" if each.is_wrong else "note"
            names = ", ".join(map(repr, each.rules[: 2 if each.kind == "conflict" else 1]))
            click.echo(f"{level} {each.kind}: list {each.list!r}, {names}: {each.problem}")
        if not found:
            click.echo("No conflict, every rule wins for somebody.")
    else:
        rows = [
            {
                "kind": each.kind,
                "is_wrong": each.is_wrong,
                "list": each.list,
                "rules": list(each.rules),
                "customers": each.customers,
                "problem": each.problem,
            }
            for each in found
        ]
        emit(pl.DataFrame(rows, schema=_FINDINGS), output)
    if wrong:
        raise RulesOddError(rules.path, wrong)


@command.command(name="list", short_help="List the rules, and how many customers each is for.")
@rules_option
@store_option
@site_option
@output_option
@_day_option
def list_(
    rules_path: str, store_path: str, site_path: str | None, output: str, day: datetime | None
) -> None:
    """List the rules by list, those that win first, with how many customers each holds for.

    "wins" counts the customers for whom no rule before it holds: who would be on the list.
    """
    from reports.audience import counted_rules, load_rules
    from weblog.cli.emit import emit

    site = chosen_site(site_path)
    on = chosen(site, day)
    rules = load_rules(rules_path)
    counts = counted_rules(rules.book, _profile(store_path, site, on), on)
    emit(counts, output, f"customers as of the start of {on}")


@command.command(name="explain", short_help="Say what every rule says of a customer, and why.")
@click.argument("customer")
@rules_option
@store_option
@site_option
@output_option
@_day_option
def explain(
    customer: str,
    rules_path: str,
    store_path: str,
    site_path: str | None,
    output: str,
    day: datetime | None,
) -> None:
    """Say what every rule says of CUSTOMER, with the values it looked at, and which one wins.

    "unknown" is neither true nor false: some value is null. It counts as false.
    """
    import polars as pl

    from reports.audience import explain_rules, load_rules
    from weblog.cli.emit import emit

    site = chosen_site(site_path)
    on = chosen(site, day)
    rules = load_rules(rules_path)
    found = explain_rules(rules.book, _profile(store_path, site, on), customer, on)
    if output == "table":
        _print(customer, on, found)
        return
    rows = [
        {
            "customer_id": customer,
            "day": on,
            "list": each.list,
            "rule": each.rule,
            "priority": each.priority,
            "offer": each.offer,
            "when": each.when,
            "is_for_day": each.is_for_day,
            "holds": each.holds,
            "wins": each.wins,
            "column": column,
            "value": None if value is None else str(value),
        }
        for each in found
        for column, value in (each.values or ((None, None),))
    ]
    emit(pl.DataFrame(rows, schema_overrides={"holds": pl.Boolean, "offer": pl.String}), output)


_FINDINGS = {
    "kind": str,
    "is_wrong": bool,
    "list": str,
    "rules": list[str],
    "customers": int,
    "problem": str,
}


def chosen(site: Site, day: datetime | None) -> date:
    """Return the day asked for, else today in the site's time zone."""
    from zoneinfo import ZoneInfo

    return (day or datetime.now(ZoneInfo(site.time_zone))).date()


def _profile(store_path: str, site: Site, day: date) -> pl.DataFrame:
    """Return the customers of a store; nobody where the default store is not there."""
    import polars as pl

    from reports.audience import COLUMNS, customer_profile
    from weblog.store import open_store

    if store_path == DEFAULT_STORE and not Path(store_path).exists():
        return pl.DataFrame(schema={column.name: column.dtype for column in COLUMNS})
    return customer_profile(open_store(store_path).snapshot(), day, site)


def _print(customer: str, day: date, found: list[RuleVerdict]) -> None:
    from weblog.cli.table import shown

    click.secho(f"{shown(customer)} on {day}", bold=True)
    for name in dict.fromkeys(each.list for each in found):
        theirs = [each for each in found if each.list == name]
        won = next((each for each in theirs if each.wins), None)
        said = f"{won.rule}, offers {shown(won.offer)}" if won else "no rule holds: not on it"
        click.secho(f"list {shown(name)}: {said}", bold=True)
        for each in theirs:
            verdict = _verdict(each)
            click.echo(f"  {shown(each.rule)} (priority {each.priority}): {verdict}")
            click.echo(f"    {shown(' '.join(each.when.split()))}")
            for column, value in each.values:
                click.echo(f"      {column} = {_said(value)}")


def _verdict(each: RuleVerdict) -> str:
    if not each.is_for_day:
        return "not for this day"
    if each.wins:
        return "true, wins"
    if each.holds is None:
        return "unknown, counts as false"
    return "true, but one before it wins" if each.holds else "false"


def _said(value: object) -> str:
    from weblog.cli.table import shown

    if value is None:
        return "unknown"
    if isinstance(value, list):
        return ", ".join(map(shown, value)) or "none"
    return str(value).lower() if isinstance(value, bool) else shown(value)
