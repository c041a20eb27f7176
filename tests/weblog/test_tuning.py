"""How a process uses memory: what it frees it takes again; who says otherwise has his way."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

AGAIN = """
from weblog.cli.tuning import tune_for
tune_for({command!r})
import resource
import time
import polars as pl

def column():
    return pl.int_range(25_000_000, dtype=pl.UInt64, eager=True)

def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt

del (first := [column()])[:]
time.sleep({pause})
before = faults()
second = column()
print(faults() - before)
"""
PAGES = 25_000_000 * 8 // 4096


def faults_of_a_second_column(command: str, pause: float = 0.0, said: str = "") -> int:
    """Return how many pages of memory the kernel is asked for by a column of 200 MB."""
    # Commands that tests run inside of their own process have said it there.
    env = {name: value for name, value in os.environ.items() if name != "_RJEM_MALLOC_CONF"}
    env |= {"_RJEM_MALLOC_CONF": said} if said else {}
    code = AGAIN.format(command=command, pause=pause)
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=env
    )
    return int(found.stdout)


@pytest.mark.parametrize("command", ["ingest", "serve"])
def test_what_is_freed_is_taken_again(command: str) -> None:
    assert faults_of_a_second_column(command) < PAGES / 10


def test_a_server_takes_it_again_after_a_while() -> None:
    assert faults_of_a_second_column("serve", pause=3) < PAGES / 10


def test_whoever_says_otherwise_has_his_way() -> None:
    said = "narenas:1,dirty_decay_ms:0,muzzy_decay_ms:0"
    assert faults_of_a_second_column("serve", said=said) > PAGES / 2
