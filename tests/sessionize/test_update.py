"""Bringing the store up to date: whatever the order, whatever the moment it was killed at."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from new_store import new_store
from slow_sessions import slow_enrichment, slow_segment, slow_sessions, slow_visitors

import sessionize
from sessionize import SessionRules
from weblog.errors import ConcurrentIngestError, SiteError
from weblog.schema import HITS, TABLES, VISITORS
from weblog.site import Site, site_from
from weblog.store import Store, open_store

KEYS = {
    "sessions": ["session_id"],
    "page_views": ["log_source", "line"],
    "visitors": ["visitor_id"],
}

CUSTOMERS = pl.DataFrame(
    {
        "customer_id": ["C1", "C1", "C2"],
        "valid_from": [date(2020, 1, 1), date(2025, 11, 5), date(2025, 11, 4)],
        "grade": ["BASIC", "VIP", "BASIC"],
        "last_visit": [date(2023, 1, 1), None, None],
    }
)
PURCHASES = pl.DataFrame(
    {
        "purchase_id": ["P1", "P2"],
        "customer_id": ["C2", "C2"],
        "purchased": [date(2025, 11, 4), date(2025, 11, 5)],
        "ended": [date(2025, 11, 6), None],
        "value": [100.0, 50.0],
    }
)


def site(name: str = "matomo", **more: Any) -> Site:
    rules = {"time_zone": "Asia/Seoul", "session": {"rules": name}, "hosts": ["shop.example"]}
    return site_from(rules | more, "site.toml", Path())


def tables(store: Store) -> dict[str, pl.DataFrame]:
    head = store.head()
    return {name: head.scan(name).collect().sort(key) for name, key in KEYS.items()}


def assert_same(one: Mapping[str, pl.DataFrame], other: Mapping[str, pl.DataFrame]) -> None:
    for name in KEYS:
        assert one[name].to_dicts() == other[name].to_dicts(), name


def append(store: Store, hits: pl.DataFrame) -> None:
    mark = store.mark("hits", "test")
    store.append_once("hits", hits, "test", (mark or 0) + 1, mark)


def full(table: str, rows: pl.DataFrame) -> pl.DataFrame:
    return pl.concat([TABLES[table].empty(), rows], how="diagonal")


def with_register(store: Store) -> Store:
    store.upsert("customers", full("customers", CUSTOMERS))
    store.upsert("purchases", full("purchases", PURCHASES))
    return store


@settings(max_examples=15)
@given(data=st.data(), name=st.sampled_from(["matomo", "ga4", "awstats"]))
def test_one_batch_equals_the_slow_reference(
    data: st.DataObject, name: str, draw_hits: Any, make_hits: Any
) -> None:
    frame = make_hits(data.draw(draw_hits(most=25)))
    with TemporaryDirectory() as folder:
        store = with_register(new_store(Path(folder) / "store"))
        append(store, frame)
        sessionize.update(store, site(name))
        found = tables(store)
    sessions, views = slow_sessions(frame.to_dicts(), SessionRules.from_site(site(name)))
    customers = full("customers", CUSTOMERS).to_dicts()
    facts = slow_enrichment(sessions, customers, PURCHASES.to_dicts())
    for session in sessions:
        fact = facts[session["session_id"]]
        session |= {"is_new": fact["is_new"], "segment": slow_segment(session, fact)}
    expected = {"sessions": sessions, "page_views": views, "visitors": slow_visitors(sessions)}
    for table, rows in expected.items():
        key = KEYS[table]
        ordered = sorted(rows, key=lambda row: tuple(row[name] for name in key))
        columns = found[table].columns
        assert found[table].to_dicts() == [{name: row[name] for name in columns} for row in ordered]


@settings(max_examples=12)
@given(data=st.data(), name=st.sampled_from(["matomo", "matomo", "ga4"]))
def test_the_order_of_ingestion_does_not_matter(
    data: st.DataObject, name: str, draw_hits: Any, make_hits: Any
) -> None:
    frame = make_hits(data.draw(draw_hits(most=25)))
    parts = data.draw(st.lists(st.integers(0, 3), min_size=frame.height, max_size=frame.height))
    order = data.draw(st.permutations(range(4)))
    register_comes = data.draw(st.integers(0, 4))
    portion_rows = data.draw(st.sampled_from([1, 5, 1_000_000]))
    with TemporaryDirectory() as folder:
        once = with_register(new_store(Path(folder) / "once"))
        append(once, frame)
        sessionize.update(once, site(name))
        piecemeal = new_store(Path(folder) / "piecemeal")
        for number, part in enumerate(order):
            if number == register_comes:
                with_register(piecemeal)
            append(piecemeal, frame.filter(pl.Series(parts, dtype=pl.Int64) == part))
            sessionize.update(piecemeal, site(name), portion_rows=portion_rows)
        if register_comes == 4:
            with_register(piecemeal)
            sessionize.update(piecemeal, site(name))
        assert_same(tables(piecemeal), tables(once))


class KilledError(Exception):
    """Stands for a kill -9."""


def killed_after(store: Store, commits: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the run die at its commit number ``commits``, half of them right after it."""
    import weblog.store.store as module

    real = module.commit_frame
    left = [commits]

    def counted(*arguments: Any, **more: Any) -> None:
        left[0] -= 1
        if left[0] < 0 and commits % 2:
            raise KilledError
        real(*arguments, **more)
        if left[0] < 0:
            raise KilledError

    monkeypatch.setattr(module, "commit_frame", counted)


def update_again_and_again(store: Store, rules: Site) -> None:
    """Commit more often than a test lets it: one update may make fewer commits."""
    for _ in range(9):
        sessionize.update(store, rules, portion_rows=3)
        append(store, HITS.empty())


def week(make_hits: Any, visitors: Sequence[str] = ("ann", "bob")) -> pl.DataFrame:
    """Return hits of a week: every visitor each evening, C1 and C2 in turn."""
    start = datetime(2025, 11, 3, 1, tzinfo=UTC)
    rows = [
        {
            "visitor_id": visitor,
            "ts": start + timedelta(days=day, minutes=minute),
            "customer_id": ("C1", "C2", None)[(day + number) % 3],
        }
        for day in range(7)
        for number, visitor in enumerate(visitors)
        for minute in (0, 5, 600)
    ]
    return make_hits(rows)


@pytest.fixture(scope="module", params=["matomo", "ga4"])
def interrupted(
    request: pytest.FixtureRequest, make_hits: Any, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Site, dict[str, pl.DataFrame]]:
    """A store whose first days came late, and what an undisturbed update makes of it all."""
    folder, rules, frame = (
        tmp_path_factory.mktemp("interrupted"),
        site(request.param),
        week(make_hits),
    )
    early = frame["date"] < date(2025, 11, 5)
    undisturbed = with_register(new_store(folder / "undisturbed"))
    append(undisturbed, frame)
    sessionize.update(undisturbed, rules)
    store = with_register(new_store(folder / "waiting"))
    append(store, frame.filter(~early))
    sessionize.update(store, rules)
    append(store, frame.filter(early))
    return store.folder, rules, tables(undisturbed)


@pytest.mark.parametrize("commits", range(14))
def test_a_killed_update_is_completed_by_the_next(
    commits: int,
    interrupted: tuple[Path, Site, dict[str, pl.DataFrame]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    waiting, rules, undisturbed = interrupted
    store = open_store(shutil.copytree(waiting, tmp_path / "store"))
    with monkeypatch.context() as patched:
        killed_after(store, commits, patched)
        with pytest.raises(KilledError):
            update_again_and_again(store, rules)
    sessionize.update(store, rules)
    assert_same(tables(store), undisturbed)


def test_a_second_update_writes_nothing(store: Store, make_hits: Any) -> None:
    append(store, week(make_hits))
    first = sessionize.update(store, site())
    versions = store.head().versions
    second = sessionize.update(store, site())
    assert len(first.made) == 7
    assert second.made == second.refreshed == ()
    assert store.head().versions == versions


def test_a_big_first_update_writes_each_session_once(store: Store, make_hits: Any) -> None:
    append(store, week(make_hits))
    before = store.head().versions
    summary = sessionize.update(store, site(), portion_rows=6)
    after = store.head().versions
    assert after["sessions"] - before["sessions"] == 7  # one commit per day
    assert after["visitors"] - before["visitors"] == 2  # that it began, and that it ended
    assert summary.refreshed == ()


@pytest.mark.parametrize("portion_rows", [1, 5, 1_000])
def test_of_two_updates_at_once_neither_undoes_the_other(
    store: Store, make_hits: Any, portion_rows: int
) -> None:
    frame = week(make_hits)
    first = frame["date"] == frame["date"].min()
    last = frame["date"] > frame["date"].max() - timedelta(days=2)
    expected = new_store(store.folder.parent / "undisturbed")
    append(expected, frame)
    sessionize.update(expected, site())
    append(store, frame.filter(~first & ~last))
    sessionize.update(store, site())
    append(store, frame.filter(last))
    others = [frame.filter(first)]

    def another_update(_done: int, _of: int) -> None:
        while others:  # the first time: a day before all others comes, and is worked through
            append(store, others.pop())
            sessionize.update(store, site())

    sessionize.update(store, site(), progress=another_update, portion_rows=portion_rows)
    sessionize.update(store, site())
    assert_same(tables(store), tables(expected))


def test_a_new_day_leaves_the_others_alone(store: Store, make_hits: Any) -> None:
    frame = week(make_hits)
    last = frame["date"] == frame["date"].max()
    append(store, frame.filter(~last))
    sessionize.update(store, site())
    append(store, frame.filter(last))
    told: list[tuple[int, int]] = []
    summary = sessionize.update(store, site(), progress=lambda *now: told.append(now))
    assert summary.made == (date(2025, 11, 9),)
    assert summary.refreshed == ()
    assert told == [(1, 1)]  # the days before are not even looked over


def test_an_earlier_day_takes_newness_from_later_sessions(store: Store, make_hits: Any) -> None:
    frame = week(make_hits)
    first = frame["date"] == frame["date"].min()
    append(store, frame.filter(~first))
    sessionize.update(store, site())
    append(store, frame.filter(first))
    summary = sessionize.update(store, site())
    assert summary.made == (date(2025, 11, 3),)
    assert summary.refreshed == (date(2025, 11, 4),)
    sessions = store.scan("sessions").collect()
    assert sessions.filter("is_new")["date"].to_list() == [date(2025, 11, 3)] * 2


def test_other_rules_make_all_sessions_anew(store: Store, make_hits: Any) -> None:
    append(store, week(make_hits))
    sessionize.update(store, site())
    summary = sessionize.update(store, site("awstats"))
    assert len(summary.made) == 7


def test_a_visitor_whose_hits_are_gone_is_gone(store: Store, make_hits: Any) -> None:
    frame = week(make_hits)
    append(store, frame)
    sessionize.update(store, site())
    days = frame["date"].unique().to_list()
    kept = frame.filter(pl.col("visitor_id") == "ann", pl.col("date") < date(2025, 11, 6))
    store.replace_days("hits", days, lambda: (kept, {}))
    sessionize.update(store, site())
    found = tables(store)
    assert found["visitors"]["visitor_id"].to_list() == ["ann"]
    assert found["sessions"]["date"].unique().sort().to_list() == [
        date(2025, 11, day) for day in (3, 4, 5)
    ]
    assert set(found["page_views"]["visitor_id"]) == {"ann"}


def test_the_register_changes_segments(store: Store, make_hits: Any) -> None:
    append(store, week(make_hits))
    sessionize.update(store, site())
    assert set(tables(store)["sessions"]["segment"]) == {"anonymous", "member"}
    with_register(store)
    summary = sessionize.update(store, site())
    assert summary.made == ()
    assert set(summary.refreshed) <= {date(2025, 11, day) for day in range(3, 10)}
    known = tables(store)["sessions"].filter(pl.col("customer_id") == "C1").sort("start")
    assert known.select("date", "segment").rows() == [
        (date(2025, 11, 3), "reactivated"),
        (date(2025, 11, 3), "member"),  # back since the session before
        (date(2025, 11, 5), "VIP"),
        (date(2025, 11, 5), "VIP"),
        (date(2025, 11, 6), "VIP"),
        (date(2025, 11, 6), "VIP"),
        (date(2025, 11, 8), "VIP"),
        (date(2025, 11, 8), "VIP"),
        (date(2025, 11, 9), "VIP"),
        (date(2025, 11, 9), "VIP"),
    ]


def test_segment_rules_change_segments(store: Store, make_hits: Any) -> None:
    append(store, week(make_hits))
    sessionize.update(store, site())
    other = site(segments=[{"segment": "mobile", "when": "device = 'smartphone'"}])
    assert len(sessionize.update(store, other).refreshed) == 7
    assert tables(store)["sessions"]["segment"].null_count() == 14 * 2


def test_hits_that_come_while_sessions_are_made_are_not_lost(
    store: Store, make_hits: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    frame = week(make_hits)
    append(store, frame[:20])
    module = import_module("sessionize.update")  # the package's name for it is the function
    real = module.sessions_of_days
    late = [frame[20:]]

    def slow(*arguments: Any) -> Any:
        made = real(*arguments)
        if late:
            append(store, late.pop())
        return made

    monkeypatch.setattr(module, "sessions_of_days", slow)
    sessionize.update(store, site())
    assert tables(store)["page_views"].height == frame.height


def test_hits_that_go_on_coming_are_left_to_those_who_bring_them(
    store: Store, make_hits: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Readers see what there was when it was looked at last, with its sessions."""
    frame = week(make_hits)
    append(store, frame)
    store.publish()
    module = import_module("sessionize.update")
    real = module.sessions_of_days
    days = (datetime(2025, 11, 8, 3, tzinfo=UTC), datetime(2025, 11, 9, 3, tzinfo=UTC))
    # Of two days each, or looking at the visitors of the new hits would do.
    late = [make_hits([{"ts": ts, "line": 1000 + n} for ts in days]) for n in range(5)]

    def overtaken(*arguments: Any) -> Any:
        made = real(*arguments)
        append(store, late.pop())
        return made

    with monkeypatch.context() as patched:
        patched.setattr(module, "sessions_of_days", overtaken)
        patched.setattr(module, "ROUNDS", 3)
        sessionize.update(store, site())
    assert len(late) == 2
    seen = store.scan("hits").collect().height
    assert seen == frame.height + 2 * 2
    assert store.scan("page_views").collect().height == seen
    sessionize.update(store, site())
    assert tables(store)["page_views"].height == frame.height + 3 * 2


def test_an_update_that_other_walks_always_overtake_says_so(
    store: Store, make_hits: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    append(store, week(make_hits))
    store.publish()
    module = import_module("sessionize.update")
    real = module.enriched

    def overtaken(*arguments: Any) -> Any:
        walk = store.mark("visitors", "enriched")
        store.append_once("visitors", VISITORS.empty(), "enriched", (walk or 0) + 1, walk)
        return real(*arguments)

    with monkeypatch.context() as patched:
        patched.setattr(module, "enriched", overtaken)
        patched.setattr(module, "ROUNDS", 3)
        with pytest.raises(ConcurrentIngestError):
            sessionize.update(store, site())
    assert store.scan("sessions").collect().is_empty()
    sessionize.update(store, site())
    assert not store.scan("sessions").collect().is_empty()


def test_a_visitor_lists_every_customer_though_they_share_a_session(
    store: Store, make_hits: Any
) -> None:
    shared = site(session={"ends_when_customer_changes": False})
    first = datetime(2025, 11, 3, 1, tzinfo=UTC)
    times = {"C2": first, "C1": first + timedelta(minutes=1), "C3": first + timedelta(days=1)}
    frame = make_hits([{"customer_id": who, "ts": at} for who, at in times.items()])
    append(store, frame[:2])
    sessionize.update(store, shared)
    assert tables(store)["sessions"]["customer_id"].to_list() == ["C2"]
    assert tables(store)["visitors"]["customers"].to_list() == [["C1", "C2"]]
    append(store, frame[2:])
    append(store, make_hits([{"customer_id": "C4", "ts": first, "kind": "bot", "line": 9}]))
    sessionize.update(store, shared)
    assert tables(store)["visitors"]["customers"].to_list() == [["C1", "C2", "C3"]]


def test_progress_and_publication(store: Store, make_hits: Any) -> None:
    store.publish()
    append(store, week(make_hits))
    told: list[tuple[int, int]] = []
    sessionize.update(
        store, site(), publish=False, progress=lambda *now: told.append(now), portion_rows=12
    )
    assert told[-1] == (7, 7)
    assert [done for done, _ in told] == sorted({done for done, _ in told})
    assert store.scan("sessions").collect().height == 0
    sessionize.update(store, site())
    assert store.scan("sessions").collect().height == 28


def test_a_wrong_segment_rule_stops_before_anything_is_written(
    store: Store, make_hits: Any
) -> None:
    append(store, week(make_hits))
    before = store.head().versions
    wrong = site(segments=[{"segment": "x", "when": "gradde = 'VIP'"}])
    with pytest.raises(SiteError, match="Did you mean 'grade'"):
        sessionize.update(store, wrong)
    assert store.head().versions == before
