"""A period taken out of a whole store in memory is what is read of it, in each of its states."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Event
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from reports import compact, load, ordered, touches, whole, whole_made
from reports.ask import ask
from reports.cache import CACHE
from reports.on_cluster.parts import PartSnapshot
from reports.query import EVERYTHING, Filters, Span
from reports.touches import touches_of
from reports.trail import trail
from reports.whole_made import made
from reports.whole_views import WHAT
from weblog.store import Snapshot, Store

LAST = date(2025, 11, 30)
Row = dict[str, Any]
WINDOW = timedelta(days=3)
COLUMNS = (*load.SESSION_COLUMNS, ordered.TIMED)

pytestmark = pytest.mark.usefixtures("nothing_is_kept")


def kept(snapshot: Snapshot, before: whole.Whole | None = None) -> whole.Whole:
    with whole.Coming(snapshot) as coming:
        found = made(snapshot, before)
        assert found is not None
        coming.keep(found)
    return found


def frames(
    snapshot: Snapshot, span: Span | None, filters: Filters, *, after_all: bool = False
) -> tuple[pl.DataFrame, ...]:
    """Return frames of a period; ``after_all``: those of all its sessions are kept already."""
    CACHE.clear()
    if after_all:
        load.sessions(snapshot, span, EVERYTHING, COLUMNS)
        load.page_views(snapshot, span, EVERYTHING)
        trail(snapshot, span, EVERYTHING)
    sessions = load.sessions(snapshot, span, filters, COLUMNS)
    walked = trail(snapshot, span, filters)
    steps = walked.steps.sort("session", maintain_order=True)  # a session's stand together
    found = sessions, load.page_views(snapshot, span, filters), steps, walked.whats
    if span is None:
        return found
    ends = Filters(start=span[0], end=span[1], channels=filters.channels)
    asked = ask(snapshot, ends, ["key"])
    return (*found, *(touches_of(asked, by, span[0] - WINDOW, None) for by in touches.DIMENSIONS))


def assert_same(snapshot: Snapshot, spans: list[Span | None], found: whole.Whole) -> None:
    """Periods out of the whole are, row by row, those that are read."""
    for filters in (EVERYTHING, Filters(channels=("Email",))):
        out = [frames(snapshot, span, filters) for span in spans]
        picked = [frames(snapshot, span, filters, after_all=True) for span in spans]
        whole.forget(found)
        for span, *taken in zip(spans, out, picked, strict=True):
            read = frames(snapshot, span, filters)
            for mine in taken:
                for frame, same in zip(mine, read, strict=True):
                    assert_frame_equal(frame, same)
        with whole.Coming(snapshot) as coming:
            coming.keep(found)


def days(first: int, last: int) -> Span:
    return LAST - timedelta(days=first), LAST - timedelta(days=last)


@st.composite
def stores(draw: st.DrawFn) -> list[tuple[int, int, int]]:
    """Sessions as number, days before the last day, visitor; some numbers come up again."""
    several = st.tuples(st.integers(1, 60), st.integers(0, 9), st.integers(0, 6))
    return draw(st.lists(several, min_size=1, max_size=25, unique_by=lambda one: one[0]))


def rows_of(drawn: list[tuple[int, int, int]], visits: Callable[..., Row]) -> list[Row]:
    paths = ("home kids kids old", "home", "", "old home")
    return [
        visits(number, back, f"v{visitor}", paths[number % 4], channel=("Email", None)[number % 2],
               value=(None, 1.5)[number % 2], is_bounce=(None, True, False)[number % 3],
               customer_id=("c1", "c2", None, None, None)[number % 5])
        for number, back, visitor in drawn
    ]  # fmt: skip


def shuffled(content: dict[str, pl.DataFrame], seed: int) -> dict[str, pl.DataFrame]:
    """Page views in no order, some of them at once, some of them events that reach a goal."""
    views = content["page_views"].with_columns(
        pl.when(pl.col("line") % 3 > 0).then(pl.col("ts")).otherwise(pl.col("ts").first())
        .over("session_id"),
        kind=pl.when(pl.col("line") % 4 > 0).then(pl.lit("page")).otherwise(pl.lit("event")),
        goal=pl.when(pl.col("line") % 5 == 0).then(pl.lit("quote")),
        log_source=pl.when(pl.col("line") % 2 > 0).then(pl.lit("b")).otherwise(pl.lit("a")),
    )  # fmt: skip
    return {**content, "page_views": views.sample(fraction=1, shuffle=True, seed=seed)}


def put(store: Store, content: dict[str, pl.DataFrame], days: list[date]) -> None:
    for name, frame in content.items():
        store.replace_days(name, days, lambda f=frame: (f, {"changed": 1}))


SPANS = st.tuples(st.integers(0, 11), st.integers(0, 11)).map(lambda two: days(max(two), min(two)))


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(given=st.tuples(stores(), stores(), st.integers(0, 9), SPANS, st.integers(0, 99)))
def test_any_period_of_any_state_is_what_is_read(
    make_store: Any, visits: Any, tables: Any, given: tuple[Any, Any, int, Span, int]
) -> None:
    first, then, from_day, span, seed = given
    store: Store = make_store([])
    put(
        store,
        shuffled(tables(rows_of(first, visits)), seed),
        [LAST - timedelta(days=back) for back in range(10)],
    )
    state = store.snapshot()
    before = kept(state)
    assert_same(state, [span, None, before.days], before)
    # the last days are others now, the days before stay as their files are
    stay = {number for number, back, _ in first if back > from_day}
    changed = [one for one in then if one[0] not in stay and one[1] <= from_day]
    last = [LAST - timedelta(days=back) for back in range(from_day + 1)]
    put(store, shuffled(tables(rows_of(changed, visits)), seed + 1), last)
    following = store.snapshot()
    if not following.rows_by_day("sessions"):
        assert made(following, before) is None
        return
    after = kept(following, before)
    assert_same(following, [span, after.days], after)
    fresh = made(following)
    assert fresh is not None
    for name, column in fresh.session_columns.items():
        assert column.equals(after.session_columns[name]), name
    # What is not viewed any more is kept for a while: numbers differ, what they stand for does not.
    every = pl.int_range(len(fresh.views.columns["session"]), dtype=pl.UInt32, eager=True)
    for name in ("session", "at", "dwell_s", *WHAT):
        assert fresh.views.value(name, every).equals(after.views.value(name, every)), name
    assert fresh.views.in_time(every).equals(after.views.in_time(every))


@pytest.mark.parametrize("chunk", [3_000, 1_000_000])
def test_periods_of_the_company(
    company: Store, monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    monkeypatch.setattr(compact, "CHUNK", chunk)
    snapshot = company.snapshot()
    found = kept(snapshot)
    assert_same(snapshot, [days(27, 0), days(55, 28), days(400, 300)], found)


def test_only_what_changed_is_read(store: Store, visits: Any, tables: Any) -> None:
    before = kept(store.snapshot())
    before.session_columns["browser"] = before.session_columns["browser"].clear().extend_constant(
        "kept", len(before.session_columns["row"])
    )  # fmt: skip
    content = tables([visits(99, 0, "z", "home"), visits(98, 0, "a", "kids kids")])
    for name, frame in content.items():
        store.replace_days(name, [LAST], lambda f=frame: (f, {"changed": 1}))
    after = made(store.snapshot(), before)
    assert after is not None
    told = pl.DataFrame([after.session_columns[name] for name in ("date", "browser")])
    assert set(told.filter(pl.col("date") < LAST)["browser"]) == {"kept"}
    assert set(told.filter(pl.col("date") == LAST)["browser"]) == {"Chrome"}


def test_two_sessions_of_one_hash_have_it_read_anew(store: Store, visits: Any, tables: Any) -> None:
    before = kept(store.snapshot())
    before.session_columns["key"] = pl.Series(
        "key", [pl.Series(["s99"]).hash(before.seed)[0]] * len(before.session_columns["row"])
    )
    for name, frame in tables([visits(99, 0, "z", "home")]).items():
        store.replace_days(name, [LAST], lambda f=frame: (f, {"changed": 1}))
    after = made(store.snapshot(), before)
    assert after is not None
    keys = after.session_columns["key"]
    assert keys.n_unique() == len(keys)


def test_it_is_not_kept_where_memory_has_no_room(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    snapshot = store.snapshot()
    found = kept(snapshot)
    takes = whole.size_kept()
    assert takes == found.size > 0
    assert made(snapshot, room=8) is None
    enough = int(2 * 12 * (120 + 3 * 28) / whole_made.SHARE)
    assert made(snapshot, room=enough) is not None
    monkeypatch.setattr(whole_made, "size_kept", lambda but: enough if but is None else 0)
    assert made(snapshot, room=enough) is None, "others have taken it"
    assert made(snapshot, found, room=enough) is not None


def test_who_asks_meanwhile_waits_for_it(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    snapshot, waits = store.snapshot(), Event()
    wait = Event.wait
    monkeypatch.setattr(whole.Event, "wait", lambda event: waits.set() or wait(event))
    with ThreadPoolExecutor(1) as pool:
        with whole.Coming(snapshot) as coming:
            asked = pool.submit(whole.of, snapshot)
            wait(waits, 60)
            assert waits.is_set()
            found = made(snapshot)
            assert found is not None
            coming.keep(found)
        assert asked.result(60) is found
        with pytest.raises(OSError, match="no disk"), whole.Coming(store.snapshot()):
            raise OSError("no disk")
        whole.forget(found)
        assert pool.submit(whole.of, snapshot).result(60) is None


@pytest.mark.parametrize("chunk", [1, 1_000_000])
def test_parts_of_the_visitors_have_all_page_views(
    store: Store, monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    monkeypatch.setattr(compact, "CHUNK", chunk)
    snapshot = store.snapshot()
    span = load.data_days(snapshot)
    everything = load.page_views(snapshot, span, EVERYTHING).height
    parts = [
        PartSnapshot(snapshot.folder, snapshot.versions, part=part, parts=3) for part in range(3)
    ]
    assert sum(load.page_views(part, span, EVERYTHING).height for part in parts) == everything
