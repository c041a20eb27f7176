"""Which rules hold for which customers, and which wins on each list: whole columns at a time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

import polars as pl

from reports.audience.rule_book import Rule, RuleBook
from sessionize.conditions import first_line
from weblog.errors import RulesError


def verdicts(profile: pl.DataFrame, rules: Sequence[Rule]) -> pl.DataFrame:
    """Return what each rule says of each customer.

    Args:
        profile: columns as :data:`reports.audience.columns.COLUMNS`.
        rules: with names that differ.

    Returns:
        A Boolean column for each rule, by its name, in the order of rows: null where the answer
        is unknown because a value is. Unknown counts as false.

    Raises:
        RulesError: a rule fails with these customers; names it.
    """
    # Beside a column of the profile, a condition that names none has its length, too.
    columns = [pl.sql_expr(rule.when).alias(f"{n}") for n, rule in enumerate(rules)]
    try:
        found = profile.lazy().select("customer_id", *columns).collect()
    except pl.exceptions.PolarsError as error:
        raise RulesError("rules.toml", _failing(profile, rules, error)) from error
    return found.drop("customer_id").rename({f"{n}": rule.rule for n, rule in enumerate(rules)})


def winners(profile: pl.DataFrame, book: RuleBook, day: date) -> pl.DataFrame:
    """Return which rule wins for each customer on each list.

    Returns:
        ``customer_id`` and a column for each list, by its name: the rule, null where none holds.

    Raises:
        RulesError: a rule fails with these customers; names it.
    """
    lists = [(name, book.of_list(name, day)) for name in book.list_names()]
    holds = verdicts(profile, [rule for _, rules in lists for rule in rules])
    columns = [winner(holds, rules).alias(name) for name, rules in lists]
    return pl.DataFrame([profile["customer_id"].alias("customer_id"), *columns])


def counted_rules(book: RuleBook, profile: pl.DataFrame, day: date) -> pl.DataFrame:
    """Count for whom each rule holds, and for whom it wins.

    Returns:
        ``list``, ``rule``, ``priority``, ``offer``, ``from``, ``until``, ``holds`` and ``wins``
        (customers; null where the rule is not for the day), ``when``: by list, those that win
        first.

    Raises:
        RulesError: a rule fails with these customers; names it.
    """
    rows = []
    for name in book.list_names():
        asked = book.of_list(name, day)
        holds = verdicts(profile, asked)
        won = winner(holds, asked)
        theirs = [rule for rule in book.rules if rule.list == name]
        for rule in sorted(theirs, key=lambda rule: (-rule.priority, rule.rule)):
            is_asked = rule in asked
            count = int(holds[rule.rule].sum() or 0) if is_asked else None
            wins = int((won == rule.rule).sum() or 0) if is_asked else None
            when = " ".join(rule.when.split())
            days = (rule.since, rule.until)
            rows.append((name, rule.rule, rule.priority, rule.offer, *days, count, wins, when))
    return pl.DataFrame(rows, schema=_COUNTED, orient="row")


_COUNTED: Final = pl.Schema(
    {
        "list": pl.String(),
        "rule": pl.String(),
        "priority": pl.Int64(),
        "offer": pl.String(),
        "from": pl.Date(),
        "until": pl.Date(),
        "holds": pl.Int64(),
        "wins": pl.Int64(),
        "when": pl.String(),
    }
)


def winner(holds: pl.DataFrame, rules: Sequence[Rule]) -> pl.Series:
    """Return the first of ``rules`` that holds in each row; they are in the order of winning."""
    if not rules:
        return pl.Series("rule", [None] * holds.height, dtype=pl.String)
    said = [pl.when(rule.rule).then(pl.lit(rule.rule)) for rule in rules]
    return holds.select(pl.coalesce(said).alias("rule")).to_series()


def _failing(
    profile: pl.DataFrame, rules: Sequence[Rule], error: Exception
) -> list[tuple[str, str, str]]:
    faults = []
    for rule in rules:
        try:
            profile.lazy().select("customer_id", pl.sql_expr(rule.when).alias("holds")).collect()
        except pl.exceptions.PolarsError as own:
            problem = f"fails with these customers ({first_line(own)})"
            faults.append((f"when of rule {rule.rule!r}", repr(rule.when), problem))
    return faults or [("rules", "", first_line(error))]
