"""Bring a day up to date to which hits were added: only what its new hits touch.

While logs are followed, the last day grows by the second. To make all of its sessions anew each
time costs what the day has cost so far; but new hits change nothing except for the visitors they
are of, and, by the segments, for the customers these are. Who is neither stays as stored.

This is a shortcut: what it leaves in the store is what :mod:`sessionize.update` would, made of
fewer hits. Where it is not sure of that, it does nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from sessionize.agreement import ENRICHED, FIRST, MADE, WALK, Findings, begin, mark_of
from sessionize.cut_short import Base
from sessionize.enrich import enriched
from sessionize.facts import Register, last_visits, product_days
from sessionize.history import History, pairs
from sessionize.parts import ATTACHED, CORE
from sessionize.plan import day_number, state
from sessionize.robots import added_up, serving_places, takers
from sessionize.sessions import CORE_COLUMNS, make_sessions
from weblog.schema import TABLES
from weblog.store import Snapshot, Store
from weblog.store.additions import Additions, additions
from weblog.store.row_changes import RowChanges, change_rows
from weblog.store.store import UPSERT

MOST = 400_000
"""New hits that are worked through at once; of more, or where they are most of the day, all of
it is made anew."""

_COLUMNS = (*CORE_COLUMNS, "method")
"""What of hits sessions are made of."""


def update_touched(store: Store, found: Findings) -> bool:
    """Update the sessions of the visitors whom new hits of one day touch, if that is all.

    Args:
        store: the store.
        found: what it was found to be.

    Returns:
        Whether it was done; where not, nothing was written.

    Raises:
        SiteError: a segment rule fails with these sessions.
        ConcurrentIngestError: another writer came between.
    """
    rules, base = found.rules, Base.of(found)
    is_apart = rules.ends_at_midnight and rules.ends_when_customer_changes
    if base is None or not is_apart or rules.stitching == "visitor":
        return False
    grown = _since(found, base.day, base.number)
    if grown is None or grown.rows_added > min(MOST, grown.rows_before):
        return False
    counted = found.head.marks("places").get(mark_of(base.day))
    uncounted = grown if counted == base.number else _since(found, base.day, counted)
    if uncounted is None:
        return False
    changes = _Touched.by(found, base, grown, uncounted).changes()
    if changes is None:
        return False
    _write(store, found, base, changes)
    return True


def _since(found: Findings, day: date, mark: int | None) -> Additions | None:
    """Return the hits of the day that came since it bore a mark."""
    return additions(found.head, "hits", day, lambda rows: _number(found, rows) == mark)


def _number(found: Findings, rows: int) -> int:
    return day_number(rows, found.rules.fingerprint)


def _write(store: Store, found: Findings, base: Base, changes: Mapping[str, RowChanges]) -> None:
    """Write the changes, sessions after all else that is made of hits, visitors last."""
    head, mark = found.head, mark_of(base.day)
    number = _number(found, found.days.rows[base.day])
    own = begin(store, head, base.marks)
    wrote = head.marks("sessions").get(WALK)
    for name in (*FIRST, "sessions"):
        marks, expected = {mark: number}, {mark: head.marks(name).get(mark)}
        if name == "sessions" and changes[name].some:
            marks[WALK] = wrote = own
        change_rows(store, name, changes[name], marks, expected, day=base.day)
    settled = state({**found.days.marks, base.day: number}, *found.inputs)
    marks = {ENRICHED: settled, UPSERT: (head.marks("visitors").get(UPSERT) or 0) + 1}
    if wrote is not None:
        marks[WALK] = wrote
    change_rows(store, "visitors", changes["visitors"], marks, {ENRICHED: own})


@dataclass(frozen=True, slots=True)
class _Touched:
    """The visitors whom a day's new hits are of (``ids``), with all of their hits of that day.

    ``hits``: :data:`_COLUMNS`, of hits that take part in sessions; ``is_added``: since ``base``;
    ``is_counted``: in table places as it is.
    """

    found: Findings
    base: Base
    ids: pl.Series
    hits: pl.DataFrame

    @classmethod
    def by(cls, found: Findings, base: Base, grown: Additions, uncounted: Additions) -> _Touched:
        """Read the new hits, and the others of their visitors."""
        head, is_anyone = found.head, pl.col("visitor_id").is_not_null()
        fresh = set(uncounted.added)
        counted = tuple(path for path in grown.added if path not in fresh)
        added = [
            _hits(head, counted, is_anyone, is_added=True, is_counted=True).collect(),
            _hits(head, uncounted.added, is_anyone, is_added=True, is_counted=False).collect(),
        ]
        ids = pl.concat([each["visitor_id"] for each in added]).unique()
        own = pl.col("visitor_id").is_in(ids.implode())
        before = _hits(head, grown.before, own, is_added=False, is_counted=True).collect()
        return cls(found, base, ids, pl.concat([before, *added]))

    @property
    def day(self) -> date:
        """The day that has grown."""
        return self.base.day

    @property
    def head(self) -> Snapshot:
        """The store."""
        return self.found.head

    @property
    def own(self) -> pl.Expr:
        """Whether a row is of one of these visitors."""
        return pl.col("visitor_id").is_in(self.ids.implode())

    def changes(self) -> dict[str, RowChanges] | None:
        """Return what changes in each table; None where others, or other days, do as well."""
        old = self.head.scan("places").filter(pl.col("date") == self.day).collect()
        new = self._places(old)
        if not serving_places(new).equals(serving_places(old)):
            return None  # everybody's robots depend on whether pages come with assets
        made = make_sessions(self.hits, self.found.rules, new)
        stored = {
            name: self.head.scan(name).filter(pl.col("date") == self.day, self.own).collect()
            for name in MADE
        }
        people = _customers(made.sessions, stored["sessions"])
        if self._are_seen_later(people):
            return None
        beside = self._beside(people)
        known = self._known(beside)
        return {
            "page_views": _between("page_views", stored["page_views"], made.page_views),
            "robots": _between("robots", stored["robots"], made.robots),
            "places": _between("places", old, new),
            "sessions": self._sessions(stored["sessions"], made.sessions, beside, known),
            "visitors": self._visitors(
                self._sessions_before(stored["sessions"], new), made.sessions, known
            ),
        }

    def _places(self, stored: pl.DataFrame) -> pl.DataFrame:
        """Return the places, where these visitors count as they do now instead of before."""
        before = takers(self.hits.filter("is_counted"))
        less = before.with_columns(-pl.col("regulars", "takers"))
        return added_up([stored, less, takers(self.hits)])

    def _sessions_before(self, stored: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
        """Return the sessions of these visitors that table visitors speaks of."""
        if self.base.is_before(self.found, "sessions"):
            return stored
        before = self.hits.filter(~pl.col("is_added"))
        return make_sessions(before, self.found.rules, places).sessions

    def _are_seen_later(self, people: pl.Series) -> bool:
        """Say whether they, or these customers, have sessions on later days: those may change."""
        if max(self.head.rows_by_day("sessions"), default=self.day) <= self.day:
            return False
        is_one = (self.own | pl.col("customer_id").is_in(people.implode())).any()
        later = self.head.scan("sessions").filter(pl.col("date") > self.day)
        return bool(later.select(is_one).collect().item())

    def _beside(self, people: pl.Series) -> pl.DataFrame:
        """Return the day's sessions of other visitors who are one of these customers.

        All of each visitor's: whether a session is the first one, these tell together.
        """
        todays = self.head.scan("sessions").filter(pl.col("date") == self.day)
        is_theirs = pl.col("customer_id").is_in(people.implode())
        others = todays.filter(is_theirs, ~self.own).select("visitor_id").unique()
        return todays.join(others, on="visitor_id", how="semi").collect()

    def _sessions(
        self, stored: pl.DataFrame, made: pl.DataFrame, beside: pl.DataFrame, known: pl.DataFrame
    ) -> RowChanges:
        """Return how the sessions of these visitors change, and of their customers."""
        rows = pl.concat([made, beside])
        history, register = self._history(rows, known), Register.read(self.head)
        segments, claims = self.found.site.segments, self.found.claims
        fresh = enriched(rows, history, register, segments, claims)
        is_theirs = pl.col("customer_id").is_in(_customers(made, stored).implode())
        before = pl.concat([stored, beside]).filter(self.own | is_theirs)
        return _between("sessions", before, fresh.filter(self.own | is_theirs))

    def _known(self, beside: pl.DataFrame) -> pl.DataFrame:
        """Return what table visitors says of these visitors, and of those of other sessions."""
        ids = pl.concat([self.ids, beside["visitor_id"]]).unique().implode()
        return self.head.scan("visitors").filter(pl.col("visitor_id").is_in(ids)).collect()

    def _history(self, sessions: pl.DataFrame, known: pl.DataFrame) -> History:
        """Return what earlier days say of the visitors and customers of some sessions."""
        history = History()
        is_theirs = pl.col("customer_id").is_in(_customers(sessions).implode())
        earlier = self.head.scan("sessions").filter(pl.col("date") < self.day, is_theirs)
        history.visits, history.viewed = pl.collect_all(
            [last_visits(earlier), product_days(earlier)]
        )
        first_day = pl.col("first_seen").dt.convert_time_zone(self.found.rules.time_zone).dt.date()
        history.visitors.add(known.filter(first_day < self.day).drop("customers"))
        return history

    def _visitors(
        self, stored: pl.DataFrame, made: pl.DataFrame, known: pl.DataFrame
    ) -> RowChanges:
        """Return how these visitors change: what other days said of them, and now this day."""
        known = known.filter(self.own)
        today = stored.group_by("visitor_id").agg(pl.len().cast(pl.Int64).alias("today"))
        others = (
            known.join(today, on="visitor_id", how="left")
            .with_columns(
                sessions=pl.col("sessions") - pl.col("today").fill_null(0),
                last_seen=pl.when(pl.col("today").is_null()).then("last_seen"),
            )
            .filter(pl.col("sessions") > 0)
        )
        had, has = (pairs(rows.lazy()).collect() for rows in (stored, made))
        lost = had.join(has, on=had.columns, how="anti")["visitor_id"].unique()
        is_lost = pl.col("visitor_id").is_in(lost.implode())
        known_as = others.filter(~is_lost, pl.col("customers").list.len() > 0)
        history = History()
        history.visitors.add(others.select("visitor_id", "first_seen", "last_seen", "sessions"))
        history.visitors.add_sessions(made)
        history.logins.append(has)
        history.logins.append(
            known_as.select("visitor_id", customer_id="customers").explode("customer_id")
        )
        history.unsure = others.filter(is_lost)["visitor_id"]
        history.complete(self.head, self.day)
        return _between("visitors", known, history.table())


def _hits(head: Snapshot, files: tuple[str, ...], whose: pl.Expr, **told: bool) -> pl.LazyFrame:
    """Return the hits of some files that take part in sessions, as far as these need them."""
    rows = head.scan_files("hits", files, whose & pl.col("kind").is_in([*CORE, *ATTACHED]))
    return rows.select(*_COLUMNS, **{name: pl.lit(flag) for name, flag in told.items()})


def _customers(*sessions: pl.DataFrame) -> pl.Series:
    return pl.concat([each["customer_id"] for each in sessions]).drop_nulls().unique()


def _between(name: str, stored: pl.DataFrame, made: pl.DataFrame) -> RowChanges:
    return RowChanges.between(stored, made, TABLES[name].key)
