"""Why a customer was in a segment: every rule up to the one that held, and what it saw."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import polars as pl

from sessionize.as_of import complete, facts_on, sessions_before
from sessionize.facts import Register, customer_facts, last_visits, product_days
from sessionize.segments import segments_of
from sessionize.whence import whence
from weblog.errors import QueryError
from weblog.site.rules import SegmentRule
from weblog.store import Snapshot


@dataclass(frozen=True, slots=True)
class Seen:
    """One column a rule named: its value, and where that comes from."""

    column: str
    value: object
    source: str


@dataclass(frozen=True, slots=True)
class RuleTried:
    """One rule, in the order of ``site.toml``; ``holds`` is None where the answer is unknown."""

    number: int
    segment: str
    when: str
    holds: bool | None
    seen: tuple[Seen, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a session has its segment, or a customer on a day without one.

    Attributes:
        customer_id: who.
        day: as of its start, or as of the start of a session on it.
        session_id, start: of the session; None on a day without one.
        stored: the session's segment in the store; the one found unless rules or register
            have changed since the last ingest.
        segment: what the rules say; None if none holds.
        rules: those tried, up to the one that holds.
    """

    customer_id: str
    day: date
    session_id: str | None
    start: datetime | None
    stored: str | None
    segment: str | None
    rules: tuple[RuleTried, ...]


def explain_segment(
    snapshot: Snapshot, customer_id: str, day: date, rules: Sequence[SegmentRule]
) -> list[Explanation]:
    """Explain the segment of each session of a customer on a day; without one, of the day.

    Raises:
        QueryError: neither logs nor register know this customer.
        SiteError: a rule fails with these values.
    """
    register = Register.read(snapshot, customer_id)
    sessions = snapshot.scan("sessions").filter(pl.col("customer_id") == customer_id)
    own = sessions.filter(pl.col("date") == day).collect().sort("start", "session_id")
    if own.is_empty():
        _check_known(sessions, register, customer_id)
        own = own.clear(1)
        facts = facts_on(snapshot, day, customer_id)
    else:
        facts = _facts_of(own, snapshot, register, customer_id, day)
    found = segments_of(facts, rules)
    is_visit = own["session_id"][0] is not None
    about = ("date", "product_views")
    before = sessions_before(snapshot, day, customer_id).sort("start").select(about).collect()
    explained = []
    for number, session in enumerate(own.to_dicts()):
        earlier = pl.concat([before, own.head(number).select(about)])
        sources = whence(register, earlier, day, is_visit=is_visit)
        tried = tuple(_tried(facts[number], rules, sources))
        explained.append(
            Explanation(
                customer_id=customer_id,
                day=day,
                session_id=session["session_id"],
                start=session["start"],
                stored=session["segment"],
                segment=found[number],
                rules=tried,
            )
        )
    return explained


def _facts_of(
    own: pl.DataFrame, snapshot: Snapshot, register: Register, customer_id: str, day: date
) -> pl.DataFrame:
    before = sessions_before(snapshot, day, customer_id)
    visits, viewed = pl.collect_all([last_visits(before), product_days(before)])
    known = own.with_row_index("row")
    facts = customer_facts(known, visits, viewed, register)
    return complete(known.join(facts, on="row", maintain_order="left"), is_visit=True)


def _check_known(sessions: pl.LazyFrame, register: Register, customer_id: str) -> None:
    if not register.customers.is_empty() or not register.purchases.is_empty():
        return
    if sessions.select("session_id").head(1).collect().is_empty():
        raise QueryError(
            f"no customer {customer_id!r}: neither the register nor any session names one. "
            'Write the id as the log does, such as `weblog sql "select customer_id from '
            'customers"` lists them'
        )


def _tried(
    facts: pl.DataFrame, rules: Sequence[SegmentRule], sources: dict[str, str]
) -> Iterator[RuleTried]:
    """Try the rules on one row, up to the first that holds."""
    for number, rule in enumerate(rules, start=1):
        condition = pl.sql_expr(rule.when)
        names = list(dict.fromkeys(condition.meta.root_names()))
        holds = facts.select(condition.alias("holds"))["holds"][0]
        seen = tuple(Seen(name, facts[name][0], sources[name]) for name in names)
        yield RuleTried(number, rule.segment, rule.when, holds, seen)
        if holds:
            return
