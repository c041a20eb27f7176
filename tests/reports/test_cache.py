"""The cache of frames: bounded, one load per key, and never a stale answer."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import polars as pl
import pytest
from clock import Clock
from hypothesis import given, settings
from hypothesis import strategies as st

import reports
from reports.cache import DEAREST_S, FrameCache
from weblog.store import Store


def frame(numbers: int) -> pl.DataFrame:
    return pl.DataFrame({"n": range(numbers)}, schema={"n": pl.Int64})


def made_in(clock: Clock, took: float) -> Callable[[], pl.DataFrame]:
    """Return what makes a frame in so many seconds."""

    def make() -> pl.DataFrame:
        clock.now += took
        return frame(100)

    return make


def test_what_is_used_least_lately_is_dropped() -> None:
    clock = Clock()
    cache = FrameCache(limit=250 * 8, clock=clock)
    for key in ("a", "b"):
        clock.now += 1
        cache.get(key, lambda: frame(100))
    clock.now += 1
    cache.get("a", pytest.fail)
    assert "b" in cache
    clock.now += 1
    cache.get("c", lambda: frame(100))
    assert len(cache) == 2
    assert cache.size == 200 * 8
    cache.get("a", pytest.fail)
    assert "b" not in cache
    assert cache.get("b", lambda: frame(1)).height == 1


def test_what_took_long_to_make_outlives_what_did_not_but_not_for_ever() -> None:
    clock = Clock()
    cache = FrameCache(limit=250 * 8, clock=clock)
    cache.get("dear", made_in(clock, took=1.0))
    for n in range(10):
        clock.now += 100
        cache.get(n, made_in(clock, took=0.0))
    cache.get("dear", pytest.fail)
    clock.now += DEAREST_S + 1
    cache.get("one", made_in(clock, took=0.0))
    cache.get("another", made_in(clock, took=0.0))
    assert "dear" not in cache


def test_columns_that_took_long_outlive_those_that_did_not() -> None:
    clock = Clock()
    cache = FrameCache(limit=450 * 8, clock=clock)

    def columns(key: str, took: float) -> None:
        load = made_in(clock, took=took)
        cache.columns((key,), ["n", "m"], lambda _: load().with_columns(m=pl.col("n")))

    columns("dear", 1.0)
    clock.now += 1
    columns("cheap", 0.0)
    clock.now += 1
    columns("more", 0.0)
    assert ("dear", "n") in cache
    assert ("dear", "m") in cache
    assert ("cheap", "n") not in cache


def test_the_newest_is_kept_even_if_it_is_too_large() -> None:
    cache = FrameCache(limit=8)
    cache.get("small", lambda: frame(1))
    cache.get("large", lambda: frame(1000))
    assert len(cache) == 1
    assert cache.get("large", pytest.fail).height == 1000
    cache.clear()
    assert (len(cache), cache.size) == (0, 0)


def test_threads_that_miss_the_same_key_wait_for_one_load() -> None:
    cache, loads, together = FrameCache(limit=1 << 20), [], Barrier(8)

    def load() -> pl.DataFrame:
        loads.append(1)
        return frame(10)

    def ask(_: int) -> pl.DataFrame:
        together.wait()
        return cache.get("key", load)

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(ask, range(8)))
    assert len(loads) == 1
    assert all(each is found[0] for each in found)


def test_a_load_that_fails_leaves_the_key_free() -> None:
    cache = FrameCache(limit=1 << 20)

    def fails() -> pl.DataFrame:
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        cache.get("key", fails)
    assert cache.get("key", lambda: frame(3)).height == 3


def test_new_sessions_are_seen_at_once(store: Store, fill: Any, visits: Any, rows: Any) -> None:
    def sessions() -> int:
        return reports.channels(store).frame["sessions"].sum()

    assert sessions() == 8
    pinned = store.snapshot()
    fill(store, [*rows, visits(99, 0, "z", "home")])
    assert sessions() == 9
    assert reports.channels(pinned).frame["sessions"].sum() == 8


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 300)), max_size=40))
@settings(max_examples=50)
def test_what_it_says_it_holds_is_what_it_holds(asked: list[tuple[int, int]]) -> None:
    cache = FrameCache(limit=400 * 8)
    for key, rows in asked:
        cache.get((key, rows), lambda rows=rows: frame(rows))  # type: ignore[misc]
        held = sum(kept.frame.estimated_size() for kept in cache._frames.values())
        assert cache.size == held
        assert cache.size <= cache.limit or len(cache) == 1
