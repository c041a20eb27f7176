"""Two ``weblog ingest`` at once, as processes, while the dashboard and a program read.

The store must end as if one had run after the other. Whoever reads meanwhile must never see an
error, nor half of a run: in what is published every line is accounted for, and every page view
is in a session.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from first_page import STATE, first_page
from mortal import mortal
from new_store import new_store
from stored import ORDER

import reports
from weblog.status import status
from weblog.store import Store, open_store

KEY = b"the same visitors in every store"
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
LINES = 4000
PATIENCE = 120.0
"""Seconds for what takes one or two on a machine that does nothing else."""
PROGRAM = "from weblog.cli import main; main()"
ROOT = Path(__file__).parents[2]


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT)}


def write_log(path: Path, server: int) -> None:
    """Write four days of a server; both servers share the visitors, and break a line now and then.

    No visitor is on both within a second.
    """
    moment = datetime(2025, 11, 3, tzinfo=UTC) + timedelta(seconds=server)
    lines = []
    for number in range(LINES):
        at = moment + timedelta(seconds=2 * (number * 43))
        client, day = f"198.51.100.{number * 7 % 250}", at.strftime("%d/%b/%Y:%H:%M:%S +0000")
        page = "/a.css" if number % 5 == 4 else f"/{server}/{number % 30}"
        line = f'{client} - - [{day}] "GET {page} HTTP/1.1" 200 {number} "-" "{BROWSER}"\n'
        lines.append(line if number % 400 != 399 else f"torn {server} {number}\n")
    path.write_text("".join(lines))


def ingest(store: Path, *logs: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, "ingest", *map(str, logs), "--store", str(store), "-q"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(),
    )


def ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    _, errors = process.communicate(timeout=300)
    assert "Traceback" not in errors, errors
    return process.returncode, errors


def tables(store: Store) -> dict[str, pl.DataFrame]:
    head = store.snapshot()
    return {
        name: head.scan(name)
        .drop("ingest_date" if name == "rejects" else [])
        .drop("path" if name == "rejects" else [])
        .sort(order)
        .collect()
        for name, order in ORDER.items()
    }


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("logs")
    made = [folder / f"web{server}.log" for server in range(2)]
    for server, log in enumerate(made):
        write_log(log, server)
    return made


@pytest.fixture(scope="module")
def one_after_the_other(
    logs: list[Path], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, pl.DataFrame]:
    store = open_store(tmp_path_factory.mktemp("calm") / "S", create=True, key=KEY)
    for log in logs:
        assert ended(ingest(store.folder, log)) == (0, "")
    return tables(store)


@dataclass
class Watch:
    """What a reader saw: how many states of the store, and what was wrong with any."""

    states: set[object] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)
    reads: int = 0

    def looks_again(self) -> None:
        """Wait until a look that began after this call has ended."""
        begun, until = self.reads + len(self.faults), time.monotonic() + PATIENCE
        while self.reads + len(self.faults) < begun + 2 and time.monotonic() < until:
            time.sleep(0.02)


def look(store: Store, watch: Watch) -> None:
    """Read what is published, and see that it is whole."""
    snapshot = store.snapshot()
    lines, hits, rejects, skipped = (
        snapshot.scan("ledger")
        .select(pl.col("lines", "hits", "rejects", "skipped").sum())
        .collect()
        .row(0)
    )
    kinds = dict(snapshot.scan("hits").group_by("kind").len().collect().rows())
    views = snapshot.scan("page_views").select(pl.len()).collect().item()
    sessions, people = snapshot.scan("sessions"), snapshot.scan("visitors")
    in_sessions = sessions.select(pl.col("page_views").sum()).collect().item()
    seen = (
        ("lines = hits + rejects + skipped", lines, hits + rejects + skipped),
        ("hits of the ledger", hits, sum(kinds.values())),
        ("rejects", rejects, snapshot.scan("rejects").select(pl.len()).collect().item()),
        ("page views that are hits", views, kinds.get("page", 0)),
        ("page views in sessions", in_sessions, views),
        (
            "sessions of visitors",
            people.select(pl.col("sessions").sum()).collect().item(),
            sessions.select(pl.len()).collect().item(),
        ),
    )
    watch.faults += [f"{what}: {one} and {other}" for what, one, other in seen if one != other]
    summary = reports.summary(snapshot)
    told = reports.reconciliation(snapshot).warnings
    watch.faults += [str(each) for each in told if each.code == "does_not_add_up"]
    if lines and not summary.frame.height:
        watch.faults.append("the summary is empty")
    watch.states.add(snapshot.key)
    watch.reads += 1


@contextmanager
def reading(store: Store) -> Iterator[Watch]:
    """Read in a thread while a block runs, once before it at least."""
    watch, over = Watch(), threading.Event()

    def go_on() -> None:
        while not over.wait(0.05):  # else readers take the processor that is to write
            try:
                look(store, watch)
            except Exception as error:  # whatever it is, a reader was shown it
                watch.faults.append(f"{type(error).__name__}: {error}")

    reader = threading.Thread(target=go_on)
    reader.start()
    try:
        watch.looks_again()
        yield watch
    finally:
        over.set()
        reader.join()


@contextmanager
def dashboard(store: Path) -> Iterator[Watch]:
    """Ask a dashboard of its own process for its first page and its figures, again and again.

    Once at least before the block that looks, and once after it.
    """
    process = subprocess.Popen(
        [
            *(sys.executable, "-c", PROGRAM, "dashboard", "--store", str(store)),
            *("--no-open", "--port", "0"),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(),
    )
    assert process.stdout is not None
    found = re.search(r"http://\S+:\d+", process.stdout.readline())
    assert found, process.communicate()
    watch, over = Watch(), threading.Event()

    def go_on() -> None:
        while not over.is_set():
            try:
                state, shown = asked(found[0])
            except Exception as error:
                watch.faults.append(f"{type(error).__name__}: {error}")
                continue
            if state == "error":
                watch.faults.append(shown)
            watch.states.add(shown)
            watch.reads += 1

    browser = threading.Thread(target=go_on)
    browser.start()
    try:
        watch.looks_again()
        yield watch
        watch.looks_again()
    finally:
        over.set()
        browser.join()
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=PATIENCE)
        if "Traceback" in errors:
            watch.faults.append(errors)


def asked(address: str) -> tuple[str, str]:
    """Return the state the first page is in, and what its callback sent."""
    shown = first_page(address)
    return str(shown[STATE]["data"]["state"]), json.dumps(shown, sort_keys=True)


def assert_same(store: Store, expected: dict[str, pl.DataFrame]) -> None:
    for name, found in tables(store).items():
        assert found.height > 0
        assert found.equals(expected[name]), name
    told = status(store)
    assert told.adds_up
    assert not told.unfinished


def waits(*seconds: float) -> list[tuple[str, float]]:
    """All of them in a folder; the first in a bucket, where a run lasts longer."""
    return [*(("folder", each) for each in seconds), ("bucket", seconds[0])]


@pytest.mark.parametrize(("place", "wait"), waits(0.0, 0.2, 0.6, 1.2), indirect=["place"])
def test_of_different_files(
    wait: float, logs: list[Path], one_after_the_other: dict[str, pl.DataFrame], place: Path
) -> None:
    store = new_store(place / "S", key=KEY)
    with reading(store) as watch:
        first = ingest(store.folder, logs[0])
        time.sleep(wait)
        second = ingest(store.folder, logs[1])
        codes = [ended(process) for process in (first, second)]
    look(store, watch)
    assert codes == [(0, ""), (0, "")]
    assert watch.faults == []
    assert watch.reads > 1
    assert len(watch.states) > 1
    assert_same(store, one_after_the_other)


@pytest.mark.parametrize(("place", "wait"), waits(0.2, 0.0, 0.6), indirect=["place"])
def test_of_the_same_files(
    wait: float, logs: list[Path], one_after_the_other: dict[str, pl.DataFrame], place: Path
) -> None:
    """One of them may have to leave a file to the other, and says so; nothing is counted twice."""
    store = new_store(place / "S", key=KEY)
    with reading(store) as watch:
        first = ingest(store.folder, *logs)
        time.sleep(wait)
        second = ingest(store.folder, *reversed(logs))
        ends = [ended(process) for process in (first, second)]
    assert {code for code, _ in ends} <= {0, 7}
    assert all("another" in errors for code, errors in ends if code == 7)
    assert watch.faults == []
    assert ended(ingest(store.folder, *logs)) == (0, "")
    assert_same(store, one_after_the_other)


def test_while_the_dashboard_is_looked_at(
    logs: list[Path], one_after_the_other: dict[str, pl.DataFrame], place: Path
) -> None:
    store = new_store(place / "S", key=KEY)
    with dashboard(store.folder) as watch, reading(store) as reader:
        processes = [ingest(store.folder, log) for log in logs]
        assert [ended(process) for process in processes] == [(0, ""), (0, "")]
    assert watch.faults == []
    assert reader.faults == []
    assert watch.reads > 1
    assert len(watch.states) > 1
    assert_same(store, one_after_the_other)


@pytest.mark.parametrize("commits", range(1, 7))
def test_readers_never_see_what_another_ingest_is_in_the_middle_of(
    commits: int, tmp_path: Path
) -> None:
    logs = [tmp_path / f"web{number}.log" for number in range(2)]
    for number, log in enumerate(logs):
        write_log(log, number)
    store = open_store(tmp_path / "S", create=True, key=KEY)
    first = ("ingest", logs[0], "--store", store.folder, "-q")
    slow = subprocess.Popen(
        mortal(*first, number=commits, by=signal.SIGSTOP),
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    os.waitpid(slow.pid, os.WUNTRACED)
    watch = Watch()
    try:
        assert ended(ingest(store.folder, logs[1])) == (0, "")
        look(store, watch)
    finally:
        slow.send_signal(signal.SIGCONT)
    assert ended(slow) == (0, "")
    look(store, watch)
    assert watch.faults == []
    assert store.is_published()
