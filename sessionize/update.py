"""Bring sessions, page views and visitors up to date with the hits: the edge of the package.

A day is *stale* when the number its mark bears differs from the one its hits and the rules
call for. Stale days are made anew; they and all later days then get what follows from the
days before (:mod:`sessionize.enrich`). Each commit leaves rows and marks in agreement, so a
run that is killed is completed by the next one, whatever it had reached.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple

import polars as pl

from sessionize.enrich import DERIVED, NEEDED, enriched
from sessionize.facts import Register
from sessionize.history import History
from sessionize.plan import Days, Portion, day_number, portions, state
from sessionize.reading import logins, reach, sessions_of_days
from sessionize.rules import ENRICHMENT, SessionRules, stable_number
from sessionize.segments import validate_segments
from sessionize.sessions import Sessionized
from sessionize.stitching import claims_of, number_of
from weblog.errors import ConcurrentIngestError
from weblog.prefetch import ahead
from weblog.retention import kept_from
from weblog.schema import VISITORS
from weblog.site.rules import Site
from weblog.store import Snapshot, Store

PORTION_ROWS = 400_000
"""Hits worked through at once."""

ROUNDS = 5
"""How often to look again whether another writer has changed something meanwhile."""

ENRICHED = "enriched"
"""Mark of visitors: the state of all days, the register and the segment rules that the table
and ``is_new`` and ``segment`` of sessions agree with. While sessions are written it is a number
of the walk's own: whoever finds that, or finds it changed, looks over all of them."""

WALK = "walk"
"""Mark of sessions: the number of the walk that wrote to it last; and of visitors: the one it
agrees with. A walk that others overtook may still write sessions with what it knew of old."""

Progress = Callable[[int, int], None]
"""Told how many days are done, and of how many."""


@dataclass(frozen=True, slots=True)
class UpdateSummary:
    """What an update did.

    ``made`` are the days whose sessions were made anew, ``refreshed`` other days on which some
    session got another segment or ``is_new``.
    """

    made: tuple[date, ...] = ()
    refreshed: tuple[date, ...] = ()


def update(
    store: Store,
    site: Site,
    *,
    publish: bool = True,
    progress: Progress | None = None,
    portion_rows: int = PORTION_ROWS,
) -> UpdateSummary:
    """Make sessions, page views and visitors agree with hits, register and rules.

    Where they agree already, nothing is written.

    Args:
        store: the store.
        site: the site's rules.
        publish: let readers see the new state at the end.
        progress: called after each portion of days.
        portion_rows: hits to work through at once; memory follows it.

    Raises:
        SiteError: a segment rule is wrong, or fails with what is stored.
        TimeZoneError: the store's days are of another time zone than the site's.
        ConcurrentIngestError: other writers kept changing the same days.
    """
    validate_segments(site)
    store.check_time_zone(site.time_zone)
    if store.time_zone is None and store.day_rows("hits"):
        store.keep_time_zone(site.time_zone)  # hits of a store made before it kept its zone
    summary = UpdateSummary()
    for _ in range(ROUNDS):
        whole = store.head()
        walk = _Walk.planned(store, site, portion_rows, whole)
        if walk is None:
            break
        try:
            done = walk.run(progress)
        except ConcurrentIngestError:
            continue  # another walk began: look again what it leaves
        summary = UpdateSummary((*summary.made, *done.made), (*summary.refreshed, *done.refreshed))
        whole = store.head()
        if walk.is_all(whole):
            break
    else:
        if _Walk.planned(store, site, portion_rows, whole := store.head()) is not None:
            raise ConcurrentIngestError("table sessions", ROUNDS)
    if publish:
        store.publish(whole)
    return summary


class _Cut(NamedTuple):
    """Sessions cut from the hits of some days, and the number that the mark of each day is due."""

    made: Sessionized
    numbers: Mapping[date, int]


@dataclass
class _Walk:
    """One way through the days, from the first that changes to the last."""

    store: Store
    site: Site
    rules: SessionRules
    head: Snapshot
    days: Days
    inputs: tuple[object, ...]
    portions: list[Portion]
    is_settled: bool
    claims: pl.DataFrame
    own: int = field(init=False)
    wrote: int | None = field(init=False)
    marks: dict[date, int | None] = field(init=False)

    @classmethod
    def planned(cls, store: Store, site: Site, limit: int, head: Snapshot) -> _Walk | None:
        """Return what is to be done of ``head``, None if nothing is."""
        rules = SessionRules.from_site(site)
        days = read_days(head, rules)
        frozen = frozen_before(head, rules)
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
        if is_settled and not days.stale:
            return None
        parts = portions(
            days,
            from_the_start=not is_settled,
            reach=lambda day: {each for each in reach(head, day, rules) if each >= frozen},
            limit=limit,
        )
        return cls(store, site, rules, head, days, inputs, parts, is_settled, claims)

    def __post_init__(self) -> None:
        self.own = secrets.randbits(62)
        self.wrote = self.head.marks("sessions").get(WALK)
        self.marks = dict(self.days.marks)

    def run(self, progress: Progress | None) -> UpdateSummary:
        """Go through the portions, then write visitors and the mark that all is done.

        Raises:
            ConcurrentIngestError: another walk began meanwhile.
        """
        self._begin()
        register = Register.read(self.head)
        first = self.portions[0].days[0] if self.portions else date.max
        history = History.before(self.head, first, is_settled=self.is_settled)
        made: list[date] = []
        refreshed: list[date] = []
        total = sum(len(portion.days) for portion in self.portions)
        done = 0
        # Sessions of the next days are cut while those of these are written.
        cuts = ahead(self._cut(portion.days) for portion in self.portions if portion.is_stale)
        for portion in self.portions:
            if portion.is_stale:
                sessions = self._make(portion, next(cuts), history, register)
                made += portion.days
            else:
                sessions, changed = self._look_over(portion, history, register)
                refreshed += changed
            history.add(sessions)
            done += len(portion.days)
            if progress:
                progress(done, total)
        if not self.rules.ends_when_customer_changes:
            # A session names its first customer only; the others are told by the hits.
            # Those of days whose hits went by age, by the sessions.
            history.logins.append(logins(self.store.head()))
        history.complete(self.head, first)
        number = state(self.marks, *self.inputs)
        settled = {ENRICHED: number} | ({} if self.wrote is None else {WALK: self.wrote})
        self.store.replace_all("visitors", history.table(), settled, {ENRICHED: self.own})
        return UpdateSummary(tuple(made), tuple(refreshed))

    def is_all(self, now: Snapshot) -> bool:
        """Say whether nothing that sessions follow from has changed since this walk was planned.

        No other walk can have begun: then this one would not have come to its end.
        """
        inputs = ("hits", "customers", "purchases")
        unchanged = all(now.versions[name] == self.head.versions[name] for name in inputs)
        return unchanged and self.rules.stitching != "visitor"

    def _begin(self) -> None:
        """Say that from now on sessions and visitors need not agree."""
        found = self.head.marks("visitors").get(ENRICHED)
        self.store.append_once("visitors", VISITORS.empty(), ENRICHED, self.own, found)

    def _cut(self, days: Sequence[date]) -> _Cut:
        """Cut the hits of days into sessions, as they are now."""
        head = self.store.head()
        rows = head.rows_by_day("hits")
        numbers = {day: day_number(rows.get(day, 0), self.rules.fingerprint) for day in days}
        return _Cut(sessions_of_days(head, days, self.rules), numbers)

    def _make(
        self, portion: Portion, cut: _Cut, history: History, register: Register
    ) -> pl.DataFrame:
        """Write the sessions of stale days; page views first, then robots, then sessions.

        If another writer came between, marks and hits will not agree, and the next round
        mends that.
        """
        given, viewed, current = [cut], [cut], [cut]
        written: list[tuple[pl.DataFrame, Mapping[date, int]]] = []

        def page_views() -> tuple[pl.DataFrame, Mapping[str, int]]:
            viewed[:] = [given.pop() if given else self._cut(portion.days)]
            return viewed[0].made.page_views, _as_marks(viewed[0].numbers)

        def robots() -> tuple[pl.DataFrame, Mapping[str, int]]:
            # The first try takes what the page views were made of; and so do the sessions.
            current[:] = [viewed.pop() if viewed else self._cut(portion.days)]
            return current[0].made.robots, _as_marks(current[0].numbers)

        def sessions() -> tuple[pl.DataFrame, Mapping[str, int]]:
            found = current.pop() if current else self._cut(portion.days)
            full = self._enriched(found.made.sessions, history, register)
            written[:] = [(full, found.numbers)]
            self.wrote = self.own
            return full, {**_as_marks(found.numbers), WALK: self.own}

        self.store.replace_days("page_views", portion.days, page_views)
        self.store.replace_days("robots", portion.days, robots)
        self.store.replace_days("sessions", portion.days, sessions)
        rows, numbers = written[0]
        self.marks.update(numbers)
        return rows.select(NEEDED)

    def _look_over(
        self, portion: Portion, history: History, register: Register
    ) -> tuple[pl.DataFrame, list[date]]:
        """Give the sessions of other days what earlier days now say; write what changed."""
        columns = dict.fromkeys((*NEEDED, *DERIVED))
        stored = self._stored(portion.days).select(*columns).collect()
        fresh = self._enriched(stored, history, register)
        differs = pl.any_horizontal(
            stored[name].ne_missing(fresh[name]).alias(name) for name in DERIVED
        )
        changed = stored.filter(differs)["date"].unique().sort().to_list()

        def rewritten() -> tuple[pl.DataFrame, Mapping[str, int]]:
            # Neighbours on other days of the portion count: enrich them all, keep the changed.
            rows = self._stored(portion.days).collect()
            full = self._enriched(rows, history, register)
            self.wrote = self.own
            return full.filter(pl.col("date").is_in(changed)), {WALK: self.own}

        if changed:
            self.store.replace_days("sessions", changed, rewritten)
        return fresh.select(NEEDED), changed

    def _enriched(self, rows: pl.DataFrame, history: History, register: Register) -> pl.DataFrame:
        return enriched(rows, history, register, self.site.segments, self.claims)

    def _stored(self, days: tuple[date, ...]) -> pl.LazyFrame:
        rows = self.store.head().scan("sessions")
        return rows.filter(pl.col("date").is_in(sorted(days)))


def read_days(head: Snapshot, rules: SessionRules) -> Days:
    """Read from the transaction logs what there is and what there should be."""
    rows = head.rows_by_day("hits")
    stored = ("sessions", "page_views", "robots")
    known = set(rows).union(*(head.rows_by_day(name) for name in stored))
    wanted = {day: day_number(rows.get(day, 0), rules.fingerprint) for day in known}
    sessions, *others = (head.marks(name) for name in stored)
    agreed = {
        mark: number
        for mark, number in sessions.items()
        if all(marks.get(mark) == number for marks in others)
    }
    marks = {day: agreed.get(_mark(day)) for day in known}
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


def _mark(day: date) -> str:
    return f"day:{day.isoformat()}"


def _as_marks(numbers: Mapping[date, int]) -> dict[str, int]:
    return {_mark(day): number for day, number in numbers.items()}
