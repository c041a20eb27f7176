"""What tells whether sessions agree with the hits: the marks that tables bear for their days."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import polars as pl

from sessionize.plan import Days, day_number
from sessionize.rules import ENRICHMENT, SessionRules, stable_number
from sessionize.stitching import claims_of, number_of
from weblog.retention import kept_from
from weblog.schema import VISITORS
from weblog.site.rules import Site
from weblog.store import Snapshot, Store

MADE: Final = ("sessions", "page_views", "robots")
"""The tables that must bear the same mark for a day, or it is made anew."""

FIRST: Final = ("page_views", "robots", "places")
"""Tables that are written before sessions: what sessions bear, all others bear then."""

ENRICHED: Final = "enriched"
"""Mark of visitors: the state of all days, the register and the segment rules that the table
and ``is_new`` and ``segment`` of sessions agree with. While sessions are written it is a number
of the walk's own: whoever finds that, or finds it changed, looks over all of them."""

WALK: Final = "walk"
"""Mark of sessions: the number of the walk that wrote to it last; and of visitors: the one it
agrees with. A walk that others overtook may still write sessions with what it knew of old."""


@dataclass(frozen=True, slots=True)
class Findings:
    """What a store was found to be: what there is, what there should be, and what differs.

    Attributes:
        head: the store.
        site: the site's rules.
        rules: those of them that cut sessions.
        days: what there is and should be, by day.
        inputs: what, beside its days, sessions and visitors follow from.
        claims: sessions without a login that customers claim.
        is_settled: visitors and what follows from earlier days agree with the sessions.
    """

    head: Snapshot
    site: Site
    rules: SessionRules
    days: Days
    inputs: tuple[object, ...]
    claims: pl.DataFrame
    is_settled: bool

    @classmethod
    def of(cls, head: Snapshot, site: Site) -> Findings:
        """Look at the store as it is in ``head``."""
        rules = SessionRules.from_site(site)
        days = read_days(head, rules)
        claims = claims_of(head, rules)
        inputs = (
            ENRICHMENT,
            number_of(claims),
            stable_number([(rule.segment, rule.when) for rule in site.segments]),
            head.versions["customers"],
            head.versions["purchases"],
        )
        visitors = head.marks("visitors")
        is_settled = visitors.get(ENRICHED) == days.state(*inputs)
        is_settled &= visitors.get(WALK) == head.marks("sessions").get(WALK)
        return cls(head, site, rules, days, inputs, claims, is_settled)

    @property
    def agree(self) -> bool:
        """Whether nothing is to be done."""
        return self.is_settled and not self.days.stale


def begin(
    store: Store, head: Snapshot, noted: Callable[[int], Mapping[str, int]] = lambda _: {}
) -> int:
    """Say that from now on sessions and visitors need not agree; return the walk's own number.

    Args:
        store: the store.
        head: what was found.
        noted: given that number, returns other marks for visitors.

    Raises:
        ConcurrentIngestError: another walk began since ``head``.
    """
    own = secrets.randbits(62)
    expected = {ENRICHED: head.marks("visitors").get(ENRICHED)}
    store.append_marked("visitors", VISITORS.empty(), {ENRICHED: own, **noted(own)}, expected)
    return own


def read_days(head: Snapshot, rules: SessionRules) -> Days:
    """Read from the transaction logs what there is and what there should be."""
    rows = head.rows_by_day("hits")
    known = set(rows).union(*(head.rows_by_day(name) for name in MADE))
    wanted = {day: day_number(rows.get(day, 0), rules.fingerprint) for day in known}
    sessions, *others = (head.marks(name) for name in MADE)
    agreed = {
        mark: number
        for mark, number in sessions.items()
        if all(marks.get(mark) == number for marks in others)
    }
    marks = {day: agreed.get(mark_of(day)) for day in known}
    frozen = frozen_before(head, rules)
    # What was made while the hits were there is all that can be known of such a day.
    wanted |= {day: number for day, number in marks.items() if number is not None and day < frozen}
    return Days(wanted, marks, rows)


def frozen_before(head: Snapshot, rules: SessionRules) -> date:
    """Return the day before which sessions stay as they are, since hits were removed by age.

    Where midnight does not end sessions, those of the first day kept may have begun before.
    """
    day = kept_from(head.marks("hits"))
    return day if rules.ends_at_midnight else day + timedelta(days=1)


def mark_of(day: date) -> str:
    """Return the name of a day's mark."""
    return f"day:{day.isoformat()}"


def as_marks(numbers: Mapping[date, int]) -> dict[str, int]:
    """Return the marks of days, by name."""
    return {mark_of(day): number for day, number in numbers.items()}
