"""A state of a store that is dear to read is shown for a while, the next one when it was read."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from threading import Event, Thread

import polars as pl
import pytest
from clock import Clock
from new_store import new_store

from dashboard import beforehand, create_app, held
from dashboard.held import AT_ONCE_S, LONGEST_S, SESSIONS_A_SECOND, Held, HeldStore, hold_s
from reports import portioned, whole
from reports.cache import CACHE
from reports.coarse import CoarseStore
from weblog.schema import SESSIONS, TARGET_LISTS
from weblog.site import Site
from weblog.store import Store

LAST = date(2025, 11, 30)


@pytest.fixture(autouse=True)
def _nothing_is_kept() -> Iterator[None]:
    yield
    whole._KEPT.clear()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = new_store(tmp_path / "S")
    publish(made, LAST)
    return made


@pytest.fixture
def dear(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if each session took a day to read: a store of any size is dear."""
    monkeypatch.setattr(held, "SESSIONS_A_SECOND", 0.01)


def publish(store: Store, day: date) -> None:
    """Publish a session on a day of its own."""
    row = {"session_id": f"{day}", "date": day, "visitor_id": "v", "page_views": 1}
    frame = pl.DataFrame([row], SESSIONS.schema)
    store.replace_days("sessions", [day], lambda: (frame, {"made": (day - LAST).days + 1}))
    store.publish()


def write_list(store: Store) -> None:
    """Write what ingestion does not."""
    row = {"list": "l", "customer_id": "K1", "version": 1, "day": LAST, "number": 1}
    known = {name: row.get(name) for name in TARGET_LISTS.schema}
    store.upsert("target_lists", pl.DataFrame([known], TARGET_LISTS.schema, strict=False))
    store.publish()


def days(store: Store) -> int:
    return store.snapshot().scan("sessions").select(pl.len()).collect().item()


def settled(seen: Held) -> Held:
    """Wait until nothing is read beside."""
    seen.wait()
    return seen


def test_how_long() -> None:
    assert hold_s(0) == hold_s(int(SESSIONS_A_SECOND * AT_ONCE_S) - 1) == 0
    assert hold_s(1_000_000) == 50
    assert hold_s(10_000_000) == 500
    assert hold_s(10**9) == LONGEST_S


def test_a_small_store_is_shown_as_it_is(store: Store, clock: Clock) -> None:
    seen = HeldStore(store.folder, Held(store, clock=clock))
    seen.held.asked("a page", days)
    assert days(seen) == 1
    publish(store, LAST + timedelta(days=1))
    assert days(seen) == 2


@pytest.mark.usefixtures("dear")
def test_it_keeps_up_while_nobody_reads(store: Store, clock: Clock) -> None:
    shown: list[Store] = []
    seen = Held(store, clock=clock, usual=lambda: [("usual", shown.append)])
    seen.keep_up()
    assert seen.is_dear is False, "the first state is read by begin"
    seen.begin()
    publish(store, LAST + timedelta(days=1))
    seen.keep_up()
    settled(seen)
    assert len(shown) == 1, "it is not time yet"
    for later in (2, 3):
        clock.now += 301
        seen.keep_up()
        settled(seen)
        assert len(shown) == later
        publish(store, LAST + timedelta(days=later))
    assert seen._shown
    assert seen._shown.snapshot.versions == shown[-1].snapshot().versions
    seen.end()


@pytest.mark.usefixtures("dear")
def test_a_large_one_is_held(store: Store, clock: Clock) -> None:
    seen = HeldStore(store.folder, Held(store, clock=clock))
    first = seen.snapshot()
    settled(seen.held)
    publish(store, LAST + timedelta(days=1))
    clock.now += 99
    assert seen.snapshot() == first
    assert days(CoarseStore(store.folder, 0, seen)) == 1
    clock.now += 2
    assert days(seen) == days(CoarseStore(store.folder, 0, seen)) == 2, "nobody had asked anything"
    settled(seen.held)
    clock.now -= 10_000
    publish(store, LAST + timedelta(days=2))
    assert days(seen) == 3, "the clock went back"


@pytest.mark.usefixtures("dear")
def test_what_was_asked_is_asked_of_the_next_before_it_is_shown(store: Store, clock: Clock) -> None:
    seen, found, go_on = HeldStore(store.folder, Held(store, clock=clock)), [], Event()

    def ask(of: Store) -> None:
        go_on.wait(60)
        found.append(days(of))

    assert days(seen) == 1
    settled(seen.held)
    seen.held.asked("a page", ask)
    seen.held.asked("a page", ask)
    publish(store, LAST + timedelta(days=1))
    clock.now += 101
    assert days(seen) == 1, "while the next is read"
    assert days(seen) == 1
    go_on.set()
    settled(seen.held)
    assert (found, days(seen)) == ([2], 2)
    seen.held.end()


@pytest.mark.usefixtures("dear")
def test_what_was_asked_most_is_asked_first(store: Store, clock: Clock) -> None:
    seen, found = HeldStore(store.folder, Held(store, clock=clock)), []
    seen.held.begin()
    for name in ("often", "often", "most", "most", "most", "once", "last"):
        seen.held.asked(name, lambda _, name=name: found.append(name))
    publish(store, LAST + timedelta(days=1))
    clock.now += 101
    days(seen)
    settled(seen.held)
    assert found == ["most", "often", "last", "once"]
    seen.held.end()


@pytest.mark.usefixtures("dear")
def test_what_is_usual_is_asked_of_every_state_after_what_was_asked(
    store: Store, clock: Clock
) -> None:
    seen, found = HeldStore(store.folder, Held(store, clock=clock)), []

    def noted(name: str) -> tuple[str, Callable[[Store], None]]:
        return name, lambda of: found.append((name, days(of)))

    def fail(of: Store) -> None:
        found.append(("failing", days(of)))
        raise ValueError

    seen.held.usual = lambda: [noted("first"), ("failing", fail), noted("second")]
    seen.held.begin()
    assert found == [("first", 1), ("failing", 1), ("second", 1)]
    seen.held.asked(*noted("earlier"))
    seen.held.asked(*noted("second"))
    for day in (1, 2):
        found.clear()
        publish(store, LAST + timedelta(days=day))
        clock.now += 100 * day + 1
        days(seen)
        settled(seen.held)
        names = ["second", "earlier", "first", "failing"] if day == 1 else ["first", "failing"]
        names += [] if day == 1 else ["second"]
        assert found == [(name, day + 1) for name in names]
    seen.held.end()


@pytest.mark.usefixtures("dear")
def test_a_state_nobody_asked_is_shown_until_the_next_was_asked_what_is_usual(
    store: Store, clock: Clock
) -> None:
    seen, found, go_on = HeldStore(store.folder, Held(store, clock=clock)), [], Event()

    def ask(of: Store) -> None:
        go_on.wait(60)
        found.append(days(of))

    seen.held.begin()
    seen.held.usual = lambda: [("a page", ask)]
    publish(store, LAST + timedelta(days=1))
    clock.now += 101
    assert days(seen) == 1, "while the next is read"
    go_on.set()
    settled(seen.held)
    assert (found, days(seen)) == ([2], 2)
    seen.held.end()


@pytest.mark.usefixtures("dear")
def test_a_state_that_is_shown_at_once_is_asked_too(store: Store, clock: Clock) -> None:
    seen, found = HeldStore(store.folder, Held(store, clock=clock)), []
    seen.held.begin()
    seen.held.asked("a page", lambda of: found.append(days(of)))
    publish(store, LAST + timedelta(days=1))
    write_list(store)
    assert days(seen) == 2
    settled(seen.held)
    assert found == [2]
    seen.held.end()


@pytest.mark.usefixtures("dear")
def test_questions_to_the_first_state_have_an_end(store: Store, clock: Clock) -> None:
    seen, found = Held(store, clock=clock), []

    def ask(of: Store) -> None:
        found.append(days(of))
        clock.now += held.FIRST_S

    seen.usual = lambda: [(number, ask) for number in range(9)]
    seen.begin()
    assert found == [1, 1]
    seen.end()


@pytest.mark.usefixtures("dear")
def test_the_state_that_is_shown_is_kept_whole_and_no_other(store: Store, clock: Clock) -> None:
    seen = HeldStore(store.folder, Held(store, clock=clock))
    first = seen.snapshot()
    kept = whole.of(first)
    assert kept is not None
    settled(seen.held)
    publish(store, LAST + timedelta(days=1))
    publish(store, LAST + timedelta(days=2))
    clock.now += 101
    second = seen.snapshot()
    following = whole.of(second)
    settled(seen.held)
    assert following is not None
    assert (len(kept.session_columns["row"]), len(following.session_columns["row"])) == (1, 3)
    assert whole.of(first) is None
    seen.held.end()
    assert whole.of(second) is None


@pytest.mark.usefixtures("dear")
def test_a_server_that_ends_reads_no_further(
    store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on = Event(), Event()

    def reading(*_: object) -> pl.DataFrame:
        begun.set()
        go_on.wait(60)
        return order_of(*_)

    order_of = portioned.order_of
    monkeypatch.setattr(portioned, "order_of", reading)
    seen = HeldStore(store.folder, Held(store, clock=clock))
    first = seen.snapshot()
    begun.wait(60)
    seen.held._reading.is_ended = True  # as end() begins with
    go_on.set()
    seen.held.end()
    assert whole.of(first) is None


@pytest.mark.usefixtures("dear")
def test_a_state_shown_while_another_is_read_is_kept_whole_in_its_turn(
    store: Store, clock: Clock
) -> None:
    seen, begun, go_on = HeldStore(store.folder, Held(store, clock=clock)), Event(), Event()

    def ask(_: Store) -> None:
        begun.set()
        go_on.wait(60)

    seen.snapshot()
    settled(seen.held)
    seen.held.asked("a page", ask)
    publish(store, LAST + timedelta(days=1))
    clock.now += 101
    seen.snapshot()
    begun.wait(60)
    publish(store, LAST + timedelta(days=2))
    write_list(store)
    now = seen.snapshot()
    assert days(seen) == 3, "somebody has just written a list"
    go_on.set()
    settled(seen.held)
    settled(seen.held)
    found = whole.of(now)
    assert found is not None
    assert found.snapshot.versions == now.versions
    seen.held.end()
    assert whole.size_kept() == 0


@pytest.mark.usefixtures("dear")
def test_where_no_thread_can_begin_it_is_read_by_who_asks(
    store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    class Refused(Thread):
        def start(self) -> None:
            raise RuntimeError("can't start new thread")

    seen = HeldStore(store.folder, Held(store, clock=clock))
    with monkeypatch.context() as patched:
        patched.setattr(beforehand, "Thread", Refused)
        first = seen.snapshot()
        assert whole.of(first) is None, "nobody waits for ever"
        seen.held.asked("a page", days)
        publish(store, LAST + timedelta(days=1))
        clock.now += 101
        assert days(seen) == 2
    assert "can't start new thread" in caplog.text
    seen.held.end()


@pytest.mark.usefixtures("dear")
def test_what_has_no_room_any_more_is_forgotten(
    store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = HeldStore(store.folder, Held(store, clock=clock))
    seen.snapshot()
    settled(seen.held)
    assert whole.size_kept() > 0
    monkeypatch.setattr(beforehand, "memory", lambda: 1)
    publish(store, LAST + timedelta(days=1))
    clock.now += 101
    assert days(seen) == 2
    settled(seen.held)
    assert whole.size_kept() == 0


def test_a_large_store_is_served_by_one_process(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert held.usual_processes(store) == len(os.sched_getaffinity(0))
    monkeypatch.setattr(held, "SESSIONS_A_SECOND", 0.001)
    assert held.usual_processes(store) == 1


@pytest.mark.usefixtures("dear")
def test_what_somebody_wrote_is_seen_at_once(store: Store, clock: Clock) -> None:
    seen = HeldStore(store.folder, Held(store, clock=clock))
    assert days(seen) == 1
    publish(store, LAST + timedelta(days=1))
    assert days(seen) == 1
    write_list(store)
    assert days(seen) == 2


@pytest.mark.usefixtures("dear")
def test_nobody_looked_for_long(store: Store, clock: Clock) -> None:
    seen = HeldStore(store.folder, Held(store, clock=clock))
    assert days(seen) == 1
    seen.held.asked("a page", days)
    publish(store, LAST + timedelta(days=1))
    clock.now += 10_000
    assert days(seen) == 2, "the files of the first may be gone"


@pytest.mark.usefixtures("dear")
def test_processes_of_one_server_show_the_same(store: Store, clock: Clock, tmp_path: Path) -> None:
    first, second = (Held(store, tmp_path / "held.json", clock) for _ in range(2))
    assert first.snapshot().scan("sessions").collect().height == 1
    publish(store, LAST + timedelta(days=1))
    assert second.snapshot().versions == first.snapshot().versions
    assert second.snapshot().scan("sessions").collect().height == 1
    settled(first)
    settled(second)
    clock.now += 101
    publish(store, LAST + timedelta(days=2))
    assert second.snapshot().scan("sessions").collect().height == 3
    publish(store, LAST + timedelta(days=3))
    assert first.snapshot().versions == second.snapshot().versions
    versions, until = json.loads((tmp_path / "held.json").read_text())
    assert versions == second.snapshot().versions
    assert until == clock.now + 300


@pytest.mark.usefixtures("dear")
def test_pages_and_their_files_show_the_state_that_is_held(store: Store) -> None:
    app = create_app(store, Site())
    client = app.server.test_client()
    first = client.get("/download/overview/segments.csv")
    assert first.status_code == 200
    publish(store, LAST + timedelta(days=1))
    again = client.get("/download/overview/segments.csv")
    assert again.data == first.data
    assert days(store) == 2
    app.stop()


@pytest.mark.usefixtures("dear")
def test_periods_of_a_store_in_memory_take_what_is_worth_it(
    store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(beforehand, "_ROOM", {})  # of servers that other tests have not ended
    usual = beforehand._LIMIT
    seen = Held(store, clock=clock)
    seen.begin()
    assert CACHE.limit == beforehand.LEAST_ROOM < usual, "a small one"
    other = store.folder / "other"
    beforehand.room_for(other, 3 << 30)
    assert CACHE.limit > 3 << 30
    seen.end()
    assert CACHE.limit == 3 << 30
    beforehand.room_for(other, None)
    assert CACHE.limit == usual
