"""``kill -9`` at a random moment, twenty times: the store equals that of an undisturbed run."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import polars as pl

from sample_logs import generate_combined
from weblog.status import status
from weblog.store import Store, open_store

LINES = 1_000_000
KILLS = 20
KEY = b"the same visitors in every store"
ORDER = {
    "hits": ("log_source", "line"),
    "rejects": ("log_source", "line"),
    "sessions": ("session_id",),
    "page_views": ("log_source", "line"),
    "visitors": ("visitor_id",),
}


def start(log: Path, store: Path) -> subprocess.Popen[bytes]:
    # Counting covered lines would slow it down, and a killed process counts none.
    kept = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
    return subprocess.Popen(
        [sys.executable, "-m", "weblog", "ingest", str(log), "--store", str(store), "--quiet"],
        cwd=store.parent,
        env={**kept, "PYTHONPATH": str(Path(__file__).parents[2])},
    )


def table(store: Store, name: str) -> pl.DataFrame:
    rows = store.snapshot().scan(name).sort(ORDER[name])
    return rows.drop("ingest_date" if name == "rejects" else []).collect()


def test_twenty_kills_lose_nothing_and_count_nothing_twice(tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    generate_combined(log, lines=LINES, seed=7)
    calm = open_store(tmp_path / "calm", create=True, key=KEY)
    began = time.monotonic()
    assert start(log, calm.folder).wait() == 0
    duration = time.monotonic() - began

    draw, kills, completed = random.Random(20251121), 0, 0
    stores = [open_store(tmp_path / "killed0", create=True, key=KEY)]
    reached: list[int] = []
    while kills < KILLS:
        process = start(log, stores[-1].folder)
        try:
            code = process.wait(timeout=draw.uniform(0.15, 0.75) * duration)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
            kills += 1
            reached.append(status(stores[-1]).hits)
        else:  # it was faster than the blow: go on with a new store
            assert code == 0
            completed += 1
            folder = tmp_path / f"killed{completed}"
            stores.append(open_store(folder, create=True, key=KEY))
    assert len(set(reached)) > 1, "every kill came before the first commit"

    for store in stores:
        assert start(log, store.folder).wait() == 0
        found = status(store)
        assert (found.lines, found.adds_up, found.unfinished) == (LINES, True, False)
    for name in ORDER:
        expected = table(calm, name)
        assert expected.height > 0
        for store in stores:
            assert table(store, name).equals(expected), name
