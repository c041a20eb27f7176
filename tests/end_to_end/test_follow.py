"""`weblog ingest --follow`: real processes, rotation of every kind, kill -9, signals."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from sessionize import update
from soak.run import Soak, soak, summary
from weblog.following import LogLag, following
from weblog.ingestion import ingest
from weblog.site import Site
from weblog.status import status
from weblog.store import Store, open_store

ROOT = Path(__file__).parents[2]
BOUND = 120.0
"""Seconds for what takes two or three on a machine that does nothing else."""


def until(condition: Callable[[], bool]) -> bool:
    """Wait until a condition holds; say whether it came to that."""
    end = time.monotonic() + BOUND
    while not (holds := condition()) and time.monotonic() < end:
        time.sleep(0.05)
    return holds


def line(number: int, second: int = 0) -> str:
    clock = f"03/Nov/2025:10:{second // 60:02d}:{second % 60:02d} +0000"
    agent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/126.0.0.0 Safari/537.36"
    return f'192.0.2.1 - - [{clock}] "GET /{number} HTTP/1.1" 200 {number} "-" "{agent}"\n'


def lines(first: int, last: int) -> str:
    return "".join(line(number, number) for number in range(first, last + 1))


class Follow:
    """A follower, and what readers see of what it reads."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.folder = folder
        self.arguments = arguments
        self.store = Store(folder / "S")
        self.start()

    def start(self) -> None:
        kept = {k: v for k, v in os.environ.items() if not k.startswith("COVERAGE_")}
        command = [sys.executable, "-m", "weblog", "ingest", "--follow", *self.arguments]
        self.process = subprocess.Popen(
            [*command, "--store", "S", "--every", "0.3"],
            cwd=self.folder,
            env={**kept, "PYTHONPATH": str(ROOT)},
            stderr=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def seen(self) -> list[int]:
        """Return the numbers of the lines readers see."""
        try:
            rows = self.store.snapshot().scan("hits").select("bytes").collect()["bytes"]
        except Exception:  # the store is being made
            return []
        return sorted(rows)

    def shows(self, numbers: range) -> bool:
        """Wait until readers see exactly these lines; say whether it came to that."""

        def seen() -> bool:
            assert self.process.poll() is None, self.process.communicate()[1]
            return self.seen() == [*numbers]

        return until(seen)

    def lag(self, path: str) -> LogLag | None:
        """Return how far behind of this file the follower says it is."""
        logs = [log for told in following(self.store) for log in told.logs]
        return next((log for log in logs if log.path == path), None)

    def has_read(self, path: str) -> bool:
        """Wait until the follower says it read all of this file; say whether it does."""
        return until(lambda: (lag := self.lag(path)) is not None and lag.seconds_behind == 0)

    def __repr__(self) -> str:
        """What is shown where a test fails."""
        return f"<readers see {self.seen()}>"

    def stop(self, number: int = signal.SIGTERM) -> tuple[int, str]:
        """Send a signal; return exit code and what was said."""
        self.process.send_signal(number)
        out, err = self.process.communicate(timeout=BOUND)
        return self.process.returncode, out + err

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()


@pytest.fixture
def follow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Follow]]:
    monkeypatch.chdir(tmp_path)  # a follower's notes name logs as they were given
    begun: list[Follow] = []

    def start(*arguments: str) -> Follow:
        begun.append(Follow(tmp_path, *(arguments or ("access.log",))))
        return begun[-1]

    yield start
    for each in begun:
        if each.process.poll() is None:
            each.kill()


def test_what_is_written_is_seen_with_its_sessions(
    follow: Callable[..., Follow], tmp_path: Path
) -> None:
    log = tmp_path / "access.log"
    follower = follow()  # the file is not there yet
    assert until(lambda: bool(following(follower.store)))
    log.write_text(lines(1, 3))
    assert follower.shows(range(1, 4))
    with log.open("a") as more:
        more.write(lines(4, 5) + line(6)[:30])
        more.flush()
        assert follower.shows(range(1, 6))  # a line waits for its end
        more.write(line(6)[30:])
    assert follower.shows(range(1, 7))
    (session,) = follower.store.snapshot().scan("sessions").collect().to_dicts()
    assert session["page_views"] == 6
    code, said = follower.stop()
    assert (code, "6 lines = 6 hits" in said) == (0, True)
    assert not status(follower.store).unfinished


def test_rename_with_late_lines_then_compression(
    follow: Callable[..., Follow], tmp_path: Path
) -> None:
    log = tmp_path / "access.log"
    log.write_text(lines(1, 3))
    follower = follow()
    assert follower.shows(range(1, 4))
    log.rename(tmp_path / "access.log.1")
    with (tmp_path / "access.log.1").open("a") as late:  # the server had it open still
        late.write(lines(4, 5))
    log.write_text(lines(6, 7))
    assert follower.shows(range(1, 8))
    with gzip.open(tmp_path / "access.log.2.gz", "wb") as packed:
        packed.write((tmp_path / "access.log.1").read_bytes())
    log.rename(tmp_path / "access.log.1")
    log.write_text(lines(8, 9))
    assert follower.shows(range(1, 10))
    assert follower.has_read("access.log.2.gz")  # once it has rested
    assert follower.seen() == list(range(1, 10))


def test_copytruncate_in_the_same_file(follow: Callable[..., Follow], tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    log.write_text(lines(1, 30))
    follower = follow()
    assert follower.shows(range(1, 31))
    with log.open("a") as writer:
        writer.write(lines(31, 33))
        writer.flush()
        shutil.copy(log, tmp_path / "access.log.1")
        os.truncate(log, 0)
        writer.write(lines(34, 35))
    assert follower.shows(range(1, 36))


def test_what_was_written_and_rotated_while_nobody_followed(
    follow: Callable[..., Follow], tmp_path: Path
) -> None:
    log = tmp_path / "access.log"
    log.write_text(lines(1, 3))
    follower = follow()
    assert follower.shows(range(1, 4))
    follower.kill()
    with log.open("a") as more:
        more.write(lines(4, 6))
    with gzip.open(tmp_path / "access.log.2.gz", "wb") as packed:
        packed.write(log.read_bytes())
    log.unlink()
    (tmp_path / "access.log.1").write_text(lines(7, 9))
    log.write_text(lines(10, 12))
    age = time.time() - 60
    os.utime(tmp_path / "access.log.2.gz", (age, age))
    follower.start()
    assert follower.shows(range(1, 13))


@pytest.mark.parametrize("given", ["logs", "logs/*.log"])
def test_folders_and_patterns(follow: Callable[..., Follow], tmp_path: Path, given: str) -> None:
    follower = follow(given)
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "a.log").write_text(lines(1, 3))
    (tmp_path / "logs" / "notes.md").write_text("no log\n")
    assert follower.shows(range(1, 4))
    (tmp_path / "logs" / "b.log").write_text(lines(4, 6))
    (tmp_path / "logs" / "a.log").rename(tmp_path / "logs" / "a.log.1")
    assert follower.shows(range(1, 7))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signals_end_it_when_all_is_published(
    follow: Callable[..., Follow], tmp_path: Path, number: int
) -> None:
    (tmp_path / "access.log").write_text(lines(1, 3))
    follower = follow()
    assert follower.shows(range(1, 4))
    code, _ = follower.stop(number)
    assert code == 0
    (told,) = following(follower.store)
    assert (told.state, told.process) == ("stopped", None)


def test_status_tells_who_follows_and_how_far_behind(
    follow: Callable[..., Follow], tmp_path: Path, weblog: Callable[..., Any]
) -> None:
    log = tmp_path / "access.log"
    log.write_text(lines(1, 3))
    follower = follow()
    assert follower.shows(range(1, 4))
    assert follower.has_read("access.log")
    (told,) = json.loads(weblog("status", "--store", "S", "--output", "json").out)["following"]
    assert told["state"] == "alive"
    assert told["process"]["pid"] == follower.process.pid
    assert (told["bytes_behind"], told["seconds_behind"]) == (0, 0)
    assert [entry["path"] for entry in told["logs"]] == ["access.log"]
    follower.kill()
    with log.open("a") as more:
        more.write(lines(4, 6))
    (told,) = json.loads(weblog("status", "--store", "S", "--output", "json").out)["following"]
    assert told["state"] == "died"
    assert told["bytes_behind"] == len(lines(4, 6))
    assert told["seconds_behind"] > 0
    said = weblog("status", "--store", "S").text
    assert f"process {follower.process.pid} on" in said
    assert "died following" in said


def test_two_followers_of_the_same_logs_are_one_too_many(
    follow: Callable[..., Follow], tmp_path: Path, weblog: Callable[..., Any]
) -> None:
    (tmp_path / "access.log").write_text(lines(1, 3))
    follower = follow()
    assert follower.shows(range(1, 4))
    refused = weblog("ingest", "--follow", "access.log", "--store", "S", code=11)
    assert f"process {follower.process.pid}" in refused.err


def test_another_ingest_of_the_same_log_counts_nothing_twice(
    follow: Callable[..., Follow], tmp_path: Path, weblog: Callable[..., Any]
) -> None:
    log = tmp_path / "access.log"
    log.write_text(lines(1, 3))
    follower = follow()
    assert follower.shows(range(1, 4))
    for first in range(4, 40, 4):
        with log.open("a") as more:
            more.write(lines(first, first + 3))
        weblog("ingest", "access.log", "--store", "S", "--quiet", code=None)
    assert follower.shows(range(1, 40))


def test_who_is_erased_for_good_while_logs_are_followed_does_not_come_back(
    follow: Callable[..., Follow], tmp_path: Path, weblog: Callable[..., Any]
) -> None:
    log = tmp_path / "access.log"
    log.write_text(lines(1, 2) + line(3, 3).replace("- - [", "- kim [", 1))
    follower = follow()
    assert follower.shows(range(1, 4))
    weblog("erase", "--customer", "kim", "--block", "--yes", "--store", "S")
    with log.open("a") as more:
        more.write(lines(4, 4) + line(5, 5).replace("- - [", "- kim [", 1))
    assert until(lambda: 5 in follower.seen())
    hits = follower.store.snapshot().scan("hits").collect()
    assert "kim" not in hits["customer_id"].to_list()


def test_what_cannot_be_followed_is_said(weblog: Callable[..., Any]) -> None:
    for arguments in (["-"], ["a.log", "--dry-run"], ["a.log", "--final"]):
        assert "--follow reads files" in weblog("ingest", "--follow", *arguments, code=2).err


def test_a_short_soak(tmp_path: Path) -> None:
    """Several rotations of both kinds, several kills; the long one is `dev.py soak`."""
    plan = Soak(tmp_path, seconds=24, rate=1500, rotate=4, kill=6)
    outcome = soak(plan)
    assert not outcome.faults, summary(plan, outcome)
    assert outcome.rotations >= 4
    assert outcome.kills >= 3
    calm = open_store(tmp_path / "calm", create=True, key=open_store(plan.store).visitor_key)
    assert not ingest(calm, [plan.log.parent], publish=False).errors
    update(calm, Site())
    for name, order in (
        ("hits", ("log_source", "line")),
        ("sessions", ("session_id",)),
        ("page_views", ("log_source", "line")),
        ("visitors", ("visitor_id",)),
    ):
        followed, at_once = (
            store.snapshot().scan(name).sort(order).collect()
            for store in (open_store(plan.store), calm)
        )
        assert followed.height > 0
        assert followed.equals(at_once), name


def test_sums_of_a_followed_store_balance(follow: Callable[..., Follow], tmp_path: Path) -> None:
    (tmp_path / "access.log").write_text(lines(1, 5) + "no log line\n\n")
    follower = follow()
    assert follower.shows(range(1, 6))
    follower.stop()
    found = status(follower.store)
    assert (found.lines, found.hits, found.rejects, found.skipped) == (7, 5, 1, 1)
    assert found.adds_up
    rows = follower.store.snapshot().scan("ledger").select(pl.col("lines").sum()).collect()
    assert rows.item() == 7
