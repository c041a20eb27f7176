"""Bring sessions, page views and visitors up to date with the hits: the edge of the package.

A day is *stale* when the number its mark bears differs from the one its hits and the rules
call for (:mod:`sessionize.agreement`). Stale days are made anew; they and all later days then get
what follows from the days before (:mod:`sessionize.enrich`). Where hits were only added to the
last day, the visitors they are of suffice (:mod:`sessionize.touched`). Each commit leaves rows
and marks in agreement, so a run that is killed is completed by the next one, whatever it had
reached.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import count
from typing import NamedTuple

import polars as pl

from sessionize.agreement import ENRICHED, FIRST, WALK, Findings, as_marks, begin, frozen_before
from sessionize.enrich import DERIVED, NEEDED, enriched
from sessionize.facts import Register
from sessionize.history import History
from sessionize.plan import Portion, day_number, portions, state
from sessionize.reading import logins, reach, sessions_of_days
from sessionize.rules import SessionRules
from sessionize.segments import validate_segments
from sessionize.touched import update_touched
from weblog.errors import ConcurrentIngestError
from weblog.prefetch import ahead
from weblog.site.rules import Site
from weblog.store import Snapshot, Store
from weblog.store.commit import Rows

PORTION_ROWS = 400_000
"""Hits worked through at once."""

ROUNDS = 20
"""How often to look again whether another writer has changed something meanwhile."""

PAUSE = 0.05
MOST_PAUSE = 2.0
"""Seconds to let another walk go on before looking what it leaves: at first, and at most."""

Progress = Callable[[int, int], None]
"""Told how many days are done, and of how many."""


class Made(NamedTuple):
    """What the hits of some days become, as :class:`sessionize.sessions.Sessionized` has it.

    Page views, which are many, may lie in files already.
    """

    sessions: pl.DataFrame
    page_views: Rows
    robots: pl.DataFrame
    places: pl.DataFrame


Cutter = Callable[[Snapshot, Sequence[date], SessionRules], Made]
"""Cuts the hits of some days into sessions: here, or elsewhere (:mod:`sessionize.on_cluster`)."""


def cut_here(snapshot: Snapshot, days: Sequence[date], rules: SessionRules) -> Made:
    """Cut the hits of days into sessions in this process."""
    return Made(*sessions_of_days(snapshot, days, rules))


@dataclass(frozen=True, slots=True)
class UpdateSummary:
    """What an update did.

    ``made`` are the days whose sessions were made anew, as far as their hits had changed;
    ``refreshed`` other days on which some
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
    cutter: Cutter = cut_here,
) -> UpdateSummary:
    """Make sessions, page views and visitors agree with hits, register and rules.

    Where they agree already, nothing is written.

    Args:
        store: the store.
        site: the site's rules.
        publish: let readers see the new state at the end.
        progress: called after each portion of days.
        portion_rows: hits to work through at once; memory follows it.
        cutter: what cuts hits into sessions.

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
    pause = PAUSE
    for _ in range(ROUNDS):
        found = Findings.of(store.head(), site)
        if found.agree:
            whole = found.head
            break
        try:
            if update_touched(store, found):
                done = UpdateSummary(made=tuple(found.days.stale))
            else:
                done = _Walk.planned(store, found, portion_rows, cutter).run(progress)
        except ConcurrentIngestError:
            # Another walk began: look again what it leaves. Both pausing alike would meet again.
            time.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311  no secret
            pause = min(2 * pause, MOST_PAUSE)
            continue
        summary = UpdateSummary((*summary.made, *done.made), (*summary.refreshed, *done.refreshed))
        if is_all(found, whole := store.head()):
            break
    else:
        # Others go on adding hits, and will see to them. What there was when it was looked at last
        # may be settled all the same.
        whole = Snapshot(store.folder, {**store.head().versions, **_given(found.head)})
        if not Findings.of(whole, site).agree:
            raise ConcurrentIngestError("table sessions", ROUNDS)
    if publish:
        store.publish(whole)
    return summary


def _given(head: Snapshot) -> dict[str, int]:
    """Return the versions of the tables that sessions follow from, and of those beside them."""
    derived = {"sessions", *FIRST, "visitors"}
    return {name: version for name, version in head.versions.items() if name not in derived}


def is_all(found: Findings, now: Snapshot) -> bool:
    """Say whether nothing that sessions follow from has changed since ``found``.

    No other walk can have begun: then the one that was planned would not have come to its end.
    """
    inputs = ("hits", "customers", "purchases")
    unchanged = all(now.versions[name] == found.head.versions[name] for name in inputs)
    return unchanged and found.rules.stitching != "visitor"


_Rows = tuple[Rows, Mapping[str, int]]
"""Rows and marks, as :meth:`weblog.store.Store.replace_days` wants them."""


class _Cut(NamedTuple):
    """Sessions cut from the hits of some days, and the number that the mark of each day is due."""

    made: Made
    numbers: Mapping[date, int]


@dataclass
class _Walk:
    """One way through the days, from the first that changes to the last."""

    store: Store
    found: Findings
    portions: list[Portion]
    cutter: Cutter
    own: int = field(init=False, default=0)
    wrote: int | None = field(init=False)
    marks: dict[date, int | None] = field(init=False)

    @classmethod
    def planned(cls, store: Store, found: Findings, limit: int, cutter: Cutter) -> _Walk:
        """Return the walk that what was found calls for."""
        head, rules = found.head, found.rules
        frozen = frozen_before(head, rules)
        parts = portions(
            found.days,
            from_the_start=not found.is_settled,
            reach=lambda day: {each for each in reach(head, day, rules) if each >= frozen},
            limit=limit,
        )
        return cls(store, found, parts, cutter)

    def __post_init__(self) -> None:
        self.wrote = self.found.head.marks("sessions").get(WALK)
        self.marks = dict(self.found.days.marks)

    def run(self, progress: Progress | None) -> UpdateSummary:
        """Go through the portions, then write visitors and the mark that all is done.

        Raises:
            ConcurrentIngestError: another walk began meanwhile.
        """
        head = self.found.head
        self.own = begin(self.store, head)
        register = Register.read(head)
        first = self.portions[0].days[0] if self.portions else date.max
        history = History.before(head, first, is_settled=self.found.is_settled)
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
        if not self.found.rules.ends_when_customer_changes:
            # A session names its first customer only; the others are told by the hits.
            # Those of days whose hits went by age, by the sessions.
            history.logins.append(logins(self.store.head()))
        history.complete(head, first)
        number = state(self.marks, *self.found.inputs)
        settled = {ENRICHED: number} | ({} if self.wrote is None else {WALK: self.wrote})
        self.store.replace_all("visitors", history.table(), settled, {ENRICHED: self.own})
        return UpdateSummary(tuple(made), tuple(refreshed))

    def _cut(self, days: Sequence[date]) -> _Cut:
        """Cut the hits of days into sessions, as they are now."""
        head = self.store.head()
        rows = head.rows_by_day("hits")
        rules = self.found.rules
        numbers = {day: day_number(rows.get(day, 0), rules.fingerprint) for day in days}
        return _Cut(self.cutter(head, days, rules), numbers)

    def _make(
        self, portion: Portion, cut: _Cut, history: History, register: Register
    ) -> pl.DataFrame:
        """Write the sessions of stale days, after all else that is made of these hits.

        If another writer came between, marks and hits will not agree, and the next round
        mends that.
        """
        held = cut
        for name in FIRST:
            # The first try takes what is there; so do, then, the tables that follow.
            tries = count()

            def rows(name: str = name, tries: Iterator[int] = tries) -> _Rows:
                nonlocal held
                held = held if next(tries) == 0 else self._cut(portion.days)
                return getattr(held.made, name), as_marks(held.numbers)

            self.store.replace_days(name, portion.days, rows)

        written: list[tuple[pl.DataFrame, Mapping[date, int]]] = []

        def sessions() -> _Rows:
            found = self._cut(portion.days) if written else held
            full = self._enriched(found.made.sessions, history, register)
            written[:] = [(full, found.numbers)]
            self.wrote = self.own
            return full, {**as_marks(found.numbers), WALK: self.own}

        self.store.replace_days("sessions", portion.days, sessions)
        made, numbers = written[0]
        self.marks.update(numbers)
        return made.select(NEEDED)

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

        def rewritten() -> _Rows:
            # Neighbours on other days of the portion count: enrich them all, keep the changed.
            rows = self._stored(portion.days).collect()
            full = self._enriched(rows, history, register)
            self.wrote = self.own
            return full.filter(pl.col("date").is_in(changed)), {WALK: self.own}

        if changed:
            self.store.replace_days("sessions", changed, rewritten)
        return fresh.select(NEEDED), changed

    def _enriched(self, rows: pl.DataFrame, history: History, register: Register) -> pl.DataFrame:
        return enriched(rows, history, register, self.found.site.segments, self.found.claims)

    def _stored(self, days: tuple[date, ...]) -> pl.LazyFrame:
        rows = self.store.head().scan("sessions")
        return rows.filter(pl.col("date").is_in(sorted(days)))
