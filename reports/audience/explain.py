"""Why a customer is on a list or not: every rule, the values it looked at, and its verdict."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from reports.audience.evaluate import verdicts, winner
from reports.audience.rule_book import RuleBook
from weblog.errors import QueryError


@dataclass(frozen=True, slots=True)
class RuleVerdict:
    """What a rule says of a customer.

    ``holds`` is None where the answer is unknown, which counts as false; also where the rule is
    not for that day (``is_for_day`` false), and was not asked. ``values`` are those of the
    columns its condition names. ``wins`` says whether it is the list's rule for the customer.
    """

    rule: str
    list: str
    priority: int
    offer: str | None
    when: str
    is_for_day: bool
    holds: bool | None
    wins: bool
    values: tuple[tuple[str, object], ...]


def explain_rules(
    book: RuleBook, profile: pl.DataFrame, customer_id: str, day: date
) -> list[RuleVerdict]:
    """Return what every rule says of a customer: by list, in the order of winning.

    Args:
        book: the rules.
        profile: customers as of ``day``.
        customer_id: who.
        day: as of its start.

    Raises:
        QueryError: the register does not know the customer on that day.
        RulesError: a rule fails with these values.
    """
    row = profile.filter(pl.col("customer_id") == customer_id)
    if row.is_empty():
        raise QueryError(
            f"no customer {customer_id!r} is in the register on {day}. Write the id as the "
            'register does, such as `weblog sql "select customer_id from customers"` lists them'
        )
    found = []
    for name in book.list_names():
        asked = book.of_list(name, day)
        holds = verdicts(row, asked)
        won = winner(holds, asked)[0]
        theirs = [rule for rule in book.rules if rule.list == name]
        for rule in sorted(theirs, key=lambda rule: (-rule.priority, rule.rule)):
            is_asked = rule in asked
            columns = dict.fromkeys(pl.sql_expr(rule.when).meta.root_names())
            values = row.select(columns.keys()).to_dicts()[0] if columns else {}
            found.append(
                RuleVerdict(
                    rule=rule.rule,
                    list=name,
                    priority=rule.priority,
                    offer=rule.offer,
                    when=rule.when,
                    is_for_day=is_asked,
                    holds=holds[rule.rule][0] if is_asked else None,
                    wins=rule.rule == won,
                    values=tuple(values.items()),
                )
            )
    return found
