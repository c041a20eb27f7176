"""What is odd about rules before they are used: conflicts, rules that never win, or never hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import Final, Literal

import polars as pl

from reports.audience.evaluate import verdicts
from reports.audience.message import columns_of, filled
from reports.audience.proofs import is_covered, never_holds
from reports.audience.rule_book import Rule, RuleBook

Kind = Literal["conflict", "unreachable", "never", "nobody", "everybody", "over", "gaps"]

WRONG: Final[tuple[Kind, ...]] = ("conflict", "unreachable", "never")
"""Kinds that are mistakes; the others may be meant."""

EXAMPLES: Final = 3


@dataclass(frozen=True, slots=True)
class RuleFinding:
    """Something odd about rules.

    ``kind``: *conflict* (rules of equal priority offer a customer different things),
    *unreachable* (whoever it holds for is another rule's), *never* (its condition contradicts
    itself), *nobody*, *everybody* (whom it holds for on that day), *over* (its days are), *gaps*
    (some customers get no text: a value is unknown). ``customers``: how many are concerned, null
    where it was proved without looking at any. ``problem`` says it in a sentence.
    """

    kind: Kind
    list: str
    rules: tuple[str, ...]
    customers: int | None
    problem: str

    @property
    def is_wrong(self) -> bool:
        """Whether it is a mistake."""
        return self.kind in WRONG


def check_rules(book: RuleBook, profile: pl.DataFrame, day: date) -> list[RuleFinding]:
    """Return what is odd about rules, by list and in the order of the file.

    Args:
        book: the rules.
        profile: customers as of ``day``; with none of them, only what can be proved is found.
        day: rules that are not for it are looked at no further than that.

    Raises:
        RulesError: a rule fails with these customers.
    """
    found: list[RuleFinding] = []
    for rule in book.rules:
        if rule.until is not None and rule.until < day:
            problem = f"was for the days until {rule.until}"
            found.append(RuleFinding("over", rule.list, (rule.rule,), None, problem))
    for name in book.list_names():
        rules = book.of_list(name, day)
        holds = verdicts(profile, rules).fill_null(value=False)
        found += _conflicts(name, rules, holds, profile["customer_id"])
        for number, rule in enumerate(rules):
            found += _of_rule(rule, rules[:number], holds)
            found += _gaps(rule, holds, profile)
    return found


def _conflicts(
    name: str, rules: Sequence[Rule], holds: pl.DataFrame, ids: pl.Series
) -> Iterator[RuleFinding]:
    """Yield pairs of rules that decide by their names alone what a customer is offered."""
    for one, other in combinations(rules, 2):
        if one.priority != other.priority or one.offer == other.offer:
            continue
        before = [rule.rule for rule in rules if rule.priority > one.priority]
        is_both = pl.col(one.rule) & pl.col(other.rule)
        is_taken = pl.any_horizontal(before) if before else pl.lit(value=False)
        both = holds.select(is_both & ~is_taken).to_series()
        count = int(both.sum() or 0)
        if count:
            some = ", ".join(ids.filter(both).sort().head(EXAMPLES))
            problem = (
                f"both of priority {one.priority}, hold for {count:,} customers (such as {some}) "
                f"and offer {one.offer!r} and {other.offer!r}; give one a greater priority"
            )
            yield RuleFinding("conflict", name, (one.rule, other.rule), count, problem)


def _of_rule(rule: Rule, before: Sequence[Rule], holds: pl.DataFrame) -> Iterator[RuleFinding]:
    """Yield what is odd about one rule, of those that win over it only where they are needed."""
    theirs = holds[rule.rule]
    count = int(theirs.sum() or 0)
    if never_holds(rule.when):
        problem = "its condition contradicts itself: it holds for nobody, ever"
        yield RuleFinding("never", rule.list, (rule.rule,), 0, problem)
        return
    higher = [each for each in before if each.priority > rule.priority]
    names = [each.rule for each in higher]
    if names and is_covered(rule.when, [each.when for each in higher]):
        problem = f"wherever it holds, one of greater priority does: {', '.join(names)}"
        yield RuleFinding("unreachable", rule.list, (rule.rule, *names), count or None, problem)
        return
    if not holds.height:
        return
    if not count:
        yield RuleFinding("nobody", rule.list, (rule.rule,), 0, "holds for no customer")
    elif (
        names and not holds.select(pl.col(rule.rule) & ~pl.any_horizontal(names)).to_series().any()
    ):
        takers = [name for name in names if (theirs & holds[name]).any()]
        problem = (
            f"each of the {count:,} customers it holds for is taken by a rule of greater "
            f"priority: {', '.join(takers)}"
        )
        yield RuleFinding("unreachable", rule.list, (rule.rule, *takers), count, problem)
    elif count == holds.height:
        problem = f"holds for every one of {count:,} customers"
        yield RuleFinding("everybody", rule.list, (rule.rule,), count, problem)


def _gaps(rule: Rule, holds: pl.DataFrame, profile: pl.DataFrame) -> Iterator[RuleFinding]:
    """Yield the texts that some of the rule's customers cannot be given."""
    chosen = profile.filter(holds[rule.rule])
    for language, text in rule.message:
        if text is None or chosen.is_empty():
            continue
        count = int(chosen.select(filled(text, profile.schema).is_null().sum()).item())
        if count:
            columns = ", ".join(columns_of(text))
            problem = (
                f"{count:,} of its {chosen.height:,} customers get no text ({language}): of "
                f"{columns} something is unknown; write {{column|other words}}"
            )
            yield RuleFinding("gaps", rule.list, (rule.rule,), count, problem)
