"""``kill -9`` at a random moment, and between any two commits: the store is as if undisturbed."""

from __future__ import annotations

import random
import signal
import time
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import forked
import polars as pl
import pytest
from in_process import run_here
from mortal import run_mortal
from new_store import new_store
from polars.testing import assert_frame_equal
from stored import ORDER

from sample_logs import generate_combined
from weblog.status import status
from weblog.store import Store, open_store

LINES = 400_000
KILLS = 20
KEY = b"the same visitors in every store"


def start(log: Path, store: Path) -> ForkServerProcess:
    return forked.weblog("ingest", log, "--store", store, "--quiet", folder=log.parent)


def code_of(process: ForkServerProcess, seconds: float | None = None) -> int | None:
    """Wait until it has ended, or so long; return its code if it has ended."""
    process.join(seconds)
    return process.exitcode


def table(store: Store, name: str) -> pl.DataFrame:
    rows = store.snapshot().scan(name).sort(ORDER[name])
    return rows.drop("ingest_date" if name == "rejects" else []).collect()


def test_twenty_kills_lose_nothing_and_count_nothing_twice(tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    generate_combined(log, lines=LINES, seed=7)
    calm = new_store(tmp_path / "calm", key=KEY)
    began = time.monotonic()
    assert code_of(start(log, calm.folder)) == 0
    duration, everything = time.monotonic() - began, status(calm).hits

    draw, kills, had = random.Random(20251121), 0, 0
    stores = [open_store(tmp_path / "killed0", create=True, key=KEY)]
    reached: list[int] = []
    while kills < KILLS:
        process = start(log, stores[-1].folder)
        code = code_of(process, draw.uniform(0.15, 0.75) * duration)
        if code is None:
            process.kill()
            process.join()
            kills += 1
            reached.append(status(stores[-1]).hits)
        is_over = code is not None or reached[-1] == had == everything
        if is_over:  # it was faster than the blow, or has had two: go on with a new store
            assert code in (None, 0)
            stores.append(open_store(tmp_path / f"killed{len(stores)}", create=True, key=KEY))
        if code is not None or reached[-1] == everything != had:
            duration *= 0.8  # blows that come too late hit only what comes after all hits
        elif reached[-1] == had != everything:
            duration *= 1.2  # nothing was reached: those that come too early hit nothing
        had = 0 if is_over else reached[-1]
    assert len(set(reached)) > 1, "every kill came at the same point"

    for store in stores:
        assert code_of(start(log, store.folder)) == 0
        found = status(store)
        assert (found.lines, found.adds_up, found.unfinished) == (LINES, True, False)
    for name in ORDER:
        expected = table(calm, name)
        assert expected.height > 0
        for store in stores:
            assert table(store, name).equals(expected), name


COMMITS = (1, 2, 3, 2, 3, 4, 5)
"""How many each process may make: fewer than sessions need, and then enough to get on."""

SITE = """
time_zone = "Asia/Seoul"
log_format = "combined"
[tables]
customers = "customers.csv"
[session]
rules = "{rules}"
"""


@pytest.mark.parametrize("rules", ["matomo", "ga4"])
def test_who_dies_again_and_again_between_commits_gets_there(rules: str, tmp_path: Path) -> None:
    """Whatever commit comes next, it was once the one that was not made.

    Page views without their sessions, sessions without their visitors, all of it without the
    mark that it is done: the next process has to see what is missing.
    """
    log = tmp_path / "access.log"
    generate_combined(log, lines=600, seed=7)
    late = tmp_path / "late.log"  # the first lines come last: sessions of old days are made anew
    lines = log.read_bytes().splitlines(keepends=True)
    log.write_bytes(b"".join([*lines[200:], b"torn\n"]))
    late.write_bytes(b"".join(lines[:200]))
    (tmp_path / "customers.csv").write_text("customer_id,valid_from\nK1001,2025-01-01\n")
    (tmp_path / "site.toml").write_text(SITE.format(rules=rules))
    calm = new_store(tmp_path / "calm", key=KEY)
    for each in (log, late):
        assert code_of(start(each, calm.folder)) == 0

    killed = open_store(tmp_path / "killed", create=True, key=KEY)
    unmade: set[str] = set()
    for each in (log, late):
        for number in range(40):
            words = ("ingest", each, "--store", killed.folder, "--quiet")
            done = run_mortal(*words, number=COMMITS[number % 7], folder=tmp_path)
            if done.returncode == 0:
                break
            assert done.returncode == -signal.SIGKILL, done.stderr
            unmade.add(done.stderr.split()[-1])
        assert done.returncode == 0
    assert unmade >= {"hits", "ledger", "page_views", "sessions", "visitors"}
    assert not status(killed).unfinished
    for name in ORDER:
        expected = table(calm, name)
        assert expected.height > 0
        assert table(killed, name).equals(expected), name


@pytest.mark.parametrize("commits", [1, 5])
def test_who_was_killed_is_taken_up_where_it_was(commits: int, place: Path, tmp_path: Path) -> None:
    """In a folder or a bucket: readers see none of it, the next run all of it, once."""
    log = tmp_path / "access.log"
    generate_combined(log, lines=300, seed=7)
    killed = new_store(place / "killed", key=KEY)
    before = killed.snapshot().key
    words = ("ingest", log, "--store", str(killed.folder), "--quiet")
    done = run_mortal(*words, number=commits, folder=Path.cwd())
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert killed.snapshot().key == before
    assert run_here("ingest", log, "--store", str(killed.folder), "--quiet").returncode == 0
    found = status(killed)
    assert (found.lines, found.adds_up, found.unfinished) == (300, True, False)
    calm = new_store(tmp_path / "calm", key=KEY)
    run_here("ingest", log, "--store", calm.folder, "--quiet")
    for name in ORDER:
        assert_frame_equal(table(killed, name), table(calm, name))
    assert table(killed, "sessions").height > 0
