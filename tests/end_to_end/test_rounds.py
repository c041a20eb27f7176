"""Rounds of following: what they read and hold does not grow with the day."""

from __future__ import annotations

from pathlib import Path
from threading import Event

import polars as pl
import pytest

import sessionize
from sessionize.doctor import examine_sessions
from weblog.ingestion.follow import Follower
from weblog.site import Site
from weblog.store import Store, open_store
from weblog.store.compaction import GATHERED

SITE = Site()


class Stopped(Event):
    """Lets a follower look so many times."""

    def __init__(self, rounds: int) -> None:
        super().__init__()
        self.left = rounds

    def wait(self, timeout: float | None = None) -> bool:
        self.left -= 1
        if self.left <= 0:
            self.set()
        return self.is_set()


class Log:
    """A log that grows by a hit of another visitor each time it is looked at."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "access.log"
        self.count = 0

    def grow(self, lines: int = 1) -> None:
        with self.path.open("a") as handle:
            for number in range(self.count, self.count + lines):
                clock = f"03/Nov/2025:10:{number // 60:02d}:{number % 60:02d} +0000"
                agent = f"Mozilla/5.0 (Windows NT 10.0) Chrome/{number}.0.0.0 Safari/537.36"
                request = f"GET /{number} HTTP/1.1"
                handle.write(f'192.0.2.1 - - [{clock}] "{request}" 200 1 "-" "{agent}"\n')
        self.count += lines


@pytest.fixture(name="log")
def _log(tmp_path: Path) -> Log:
    return Log(tmp_path)


@pytest.fixture(name="store")
def _store(tmp_path: Path) -> Store:
    return open_store(tmp_path / "S", create=True)


def follow(store: Store, log: Log, rounds: int) -> None:
    """Follow the log for so many rounds, a line in each."""

    def finish() -> None:
        sessionize.update(store, SITE)
        log.grow()

    log.grow()
    Follower(store, (str(log.path),), SITE, finish).run(Stopped(rounds))


def files(store: Store) -> int:
    return len(store.head().files("hits"))


def test_files_do_not_gather_where_followers_live_for_two_rounds(store: Store, log: Log) -> None:
    most = 0
    for _ in range(GATHERED):
        follow(store, log, rounds=2)
        most = max(most, files(store))
    hits = store.head().scan("hits").select(pl.len()).collect().item()
    assert hits == log.count - 1  # the last one was written when the last round was done
    assert most <= GATHERED + 2
    assert examine_sessions(store, SITE, deep=True) == []
