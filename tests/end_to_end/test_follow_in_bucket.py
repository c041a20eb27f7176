"""`weblog ingest --follow` from a bucket, and into one: rotation, kill -9, signals."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import boto3
import pytest
from in_process import run_here

from weblog.status import status
from weblog.store import open_store

ROOT = Path(__file__).parents[2]
BOUND = 300.0
"""Seconds for what takes a few on a machine that does nothing else."""


def line(number: int) -> str:
    agent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/126.0.0.0 Safari/537.36"
    clock = f"03/Nov/2025:10:{number // 60:02d}:{number % 60:02d} +0000"
    return f'192.0.2.1 - - [{clock}] "GET /{number} HTTP/1.1" 200 {number} "-" "{agent}"\n'


def lines(first: int, last: int) -> str:
    return "".join(line(number) for number in range(first, last + 1))


class Follow:
    """A follower, and what readers see of what it reads."""

    def __init__(self, log: str, store: str) -> None:
        self.log, self.store = log, store
        self.start()

    def start(self) -> None:
        kept = {k: v for k, v in os.environ.items() if not k.startswith("COVERAGE_")}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "weblog", "ingest", "--follow", self.log, "--store", self.store,
             "--every", "0.2"],
            env={**kept, "PYTHONPATH": str(ROOT)}, stderr=subprocess.PIPE, stdout=subprocess.PIPE,
            text=True,
        )  # fmt: skip

    def seen(self) -> list[int]:
        try:
            rows = open_store(self.store).snapshot().scan("hits").select("bytes").collect()
        except Exception:  # the store is being made
            return []
        return sorted(rows["bytes"])

    def shows(self, last: int) -> bool:
        """Wait until readers see lines 1 to ``last``, each once; say whether it came to that."""
        end = time.monotonic() + BOUND
        while self.seen() != [*range(1, last + 1)] and time.monotonic() < end:
            assert self.process.poll() is None, self.process.communicate()
            time.sleep(0.1)
        return self.seen() == [*range(1, last + 1)]

    def end(self, number: int) -> tuple[int, str]:
        self.process.send_signal(number)
        out, err = self.process.communicate(timeout=BOUND)
        return self.process.returncode, out + err


@pytest.fixture
def follow() -> Iterator[Callable[[str, str], Follow]]:
    begun: list[Follow] = []

    def start(log: str, store: str) -> Follow:
        begun.append(Follow(log, store))
        return begun[-1]

    yield start
    for each in begun:
        if each.process.poll() is None:
            each.end(signal.SIGKILL)


def test_a_log_of_this_machine_into_a_bucket(
    follow: Callable[[str, str], Follow], bucket: str, tmp_path: Path
) -> None:
    log = tmp_path / "access.log"
    log.write_text(lines(1, 3))
    follower = follow(str(log), f"{bucket}/store")
    assert follower.shows(3)
    log.rename(tmp_path / "access.log.1")
    with (tmp_path / "access.log.1").open("a") as more:
        more.write(line(4))  # servers write on to the old one
    log.write_text(lines(5, 6) + line(7)[:30])
    assert follower.shows(6)
    assert follower.end(signal.SIGKILL)[0] == -signal.SIGKILL
    with log.open("a") as more:
        more.write(line(7)[30:] + line(8))
    follower.start()
    assert follower.shows(8)
    code, said = follower.end(signal.SIGTERM)
    assert code == 0, said
    assert "Stopped: 2 lines = 2 hits" in said
    told = status(open_store(follower.store))
    assert told.adds_up
    assert not told.unfinished


def test_objects_of_a_bucket_that_come_one_by_one(
    follow: Callable[[str, str], Follow], bucket: str, tmp_path: Path
) -> None:
    client = boto3.client("s3", endpoint_url=os.environ["AWS_ENDPOINT_URL"])

    def put(first: int, last: int) -> None:
        name = bucket.removeprefix("s3://")
        client.put_object(Bucket=name, Key=f"logs/{first}.log", Body=lines(first, last).encode())

    follower = follow(f"{bucket}/logs/", str(tmp_path / "S"))  # no object is there yet
    put(1, 2)
    assert follower.shows(2)
    put(3, 5)
    assert follower.shows(5)
    follower.end(signal.SIGKILL)
    put(6, 6)
    follower.start()
    assert follower.shows(6)
    code, said = follower.end(signal.SIGTERM)
    assert code == 0, said
    assert status(open_store(follower.store)).adds_up


def test_metrics_are_for_one_machine(bucket: str) -> None:
    done = run_here(
        "ingest", "--follow", f"{bucket}/logs/", "--metrics", "127.0.0.1:0", "--store", "S"
    )
    assert done.returncode == 2
    assert "--log-format json" in done.stderr
