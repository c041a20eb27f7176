"""Whom a rule or a list chooses on a day, and what becomes of each: written to or left out.

Functions of frames: no clock, no disk.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import polars as pl

from reports.audience.evaluate import verdicts, winner
from reports.audience.lots import held_out
from reports.audience.rule_book import Contact, Rule, RuleBook
from weblog.errors import QueryError, UnknownNameError

WRITTEN: Final = "written"
HELD_OUT: Final = "held_out"

OUTCOMES: Final = ("no_consent", "recently_contacted", "over_cap", HELD_OUT, WRITTEN)
"""What becomes of a customer whom a rule chose: the first that is true. Withdrawn or never given
consent; a contact in the days of rest around; as many contacts as are allowed already; by lot not
written to; on the list."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A target list as it was asked for.

    ``name`` is that of a rule or a list; ``rules`` are asked, those that win first.
    """

    name: str
    day: date
    rules: tuple[Rule, ...]
    contact: Contact


@dataclass(frozen=True, slots=True)
class Target:
    """What became of it.

    ``customers``: who was chosen, ordered by id: ``customer_id``, ``rule``, ``offer``,
    ``stratum`` (text), ``outcome`` (one of :data:`OUTCOMES`).
    """

    wanted: Wanted
    customers: pl.DataFrame

    @property
    def counts(self) -> dict[str, int]:
        """How many customers came to each of :data:`OUTCOMES`."""
        counted = self.customers["outcome"].value_counts()
        found = dict(zip(counted["outcome"], counted["count"], strict=True))
        return {name: int(found.get(name, 0)) for name in OUTCOMES}

    @property
    def matched(self) -> int:
        """How many customers were chosen: the sum of the counts."""
        return self.customers.height


def wanted(
    book: RuleBook, name: str, day: date, overrides: Mapping[str, object] | None = None
) -> Wanted:
    """Return what a rule or a list called ``name`` asks for on ``day``.

    A rule alone chooses everybody for whom it holds, whatever others say; its limits are those
    of its list, with ``overrides``.

    Raises:
        UnknownNameError: no rule and no list is called so.
        QueryError: none of its rules is for that day.
    """
    lists = book.list_names()
    own = next((rule for rule in book.rules if rule.rule == name), None)
    if own is None and name not in lists:
        raise UnknownNameError("rule or list", name, [*lists, *(r.rule for r in book.rules)])
    contact = book.contact_of(name if own is None else own.list)
    contact = contact.model_copy(update=dict(overrides or {}))
    rules = book.of_list(name, day) if own is None else (own,)
    rules = tuple(rule for rule in rules if rule.is_valid_on(day))
    if not rules:
        raise QueryError(f"no rule of {name!r} is for {day}: `weblog rules list` shows their days")
    return Wanted(name, day, rules, contact)


def select(
    asked: Wanted,
    profile: pl.DataFrame,
    consents: Sequence[pl.DataFrame],
    history: pl.DataFrame,
) -> Target:
    """Choose customers and say what becomes of each.

    Args:
        asked: the list.
        profile: customers as of its day.
        consents: who consents to the channel (``customer_id``), on each day that is asked of;
            who is missing in one of them does not.
        history: contacts (:func:`sessionize.contacts.contact_history`); those of this list and
            day do not count, so that it can be made again.

    Raises:
        RulesError: a rule fails with these customers.
    """
    chosen = _chosen(asked, profile)
    contact = asked.contact
    is_own = (pl.col("list") == asked.name) & (pl.col("day") == asked.day)
    others = history.filter(~(is_own & (pl.col("channel") == contact.channel)))
    left_out = {
        "recently_contacted": _rested(others, asked.day, contact.rest_days),
        "over_cap": _at_the_limit(others, asked.day, contact),
    }
    consent = pl.all_horizontal(_among(each) for each in consents)
    said = [pl.when(~consent).then(pl.lit("no_consent"))]
    said += [pl.when(_among(who)).then(pl.lit(name)) for name, who in left_out.items()]
    found = chosen.with_columns(pl.coalesce(said).alias("outcome"))
    free = found.filter(pl.col("outcome").is_null())
    lot = held_out(free, asked.name, contact.seed, contact.held_out)
    drawn = free.select("customer_id", is_held_out=lot)
    last = pl.when("is_held_out").then(pl.lit(HELD_OUT)).otherwise(pl.lit(WRITTEN))
    whole = found.join(drawn, on="customer_id", how="left", maintain_order="left")
    return Target(
        asked,
        whole.with_columns(outcome=pl.coalesce("outcome", last)).drop("is_held_out"),
    )


def _chosen(asked: Wanted, profile: pl.DataFrame) -> pl.DataFrame:
    """Return customers for whom a rule holds, with the one that wins."""
    rule = winner(verdicts(profile, asked.rules), asked.rules).alias("rule")
    offers = {rule.rule: rule.offer for rule in asked.rules}
    stratum = pl.col(asked.contact.stratify_by).cast(pl.String).alias("stratum")
    return (
        profile.select("customer_id", stratum)
        .with_columns(rule)
        .drop_nulls("rule")
        .with_columns(offer=pl.col("rule").replace_strict(offers, return_dtype=pl.String))
        .select("customer_id", "rule", "offer", "stratum")
        .sort("customer_id")
    )


def _among(people: pl.DataFrame) -> pl.Expr:
    return pl.col("customer_id").is_in(people["customer_id"].implode())


def _rested(history: pl.DataFrame, day: date, days: int) -> pl.DataFrame:
    """Return who has a contact so few days before the day, on it, or after it."""
    if not days:
        return history.clear()
    span = timedelta(days=days)
    return history.filter(pl.col("day").is_between(day - span, day + span))


def _at_the_limit(history: pl.DataFrame, day: date, contact: Contact) -> pl.DataFrame:
    """Return who has as many contacts as are allowed in some span that has the day in it.

    Contacts after the day count, too: lists may be made in any order. A span with the most of
    them ends on the day or on a contact after it.
    """
    if contact.most is None:
        return history.clear()
    reach = timedelta(days=contact.within_days - 1)
    near = history.filter(pl.col("day").is_between(day - reach, day + reach))
    near = near.select("customer_id", "day")
    ends = pl.concat(
        [
            near.filter(pl.col("day") > day).rename({"day": "end"}),
            near.select("customer_id", pl.lit(day).alias("end")),
        ]
    ).unique()
    return (
        ends.join(near, on="customer_id")
        .filter(pl.col("day").is_between(pl.col("end") - reach, pl.col("end")))
        .group_by("customer_id", "end")
        .agg(pl.len().alias("contacts"))
        .filter(pl.col("contacts") >= contact.most)
        .select("customer_id")
        .unique()
    )
