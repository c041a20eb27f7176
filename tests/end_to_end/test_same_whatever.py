"""The same log gives the same tables, however many threads read it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import polars as pl

from sample_logs import generate_combined
from weblog.store import open_store


def stored(folder: Path, log: Path, threads: int) -> dict[str, pl.DataFrame]:
    store = folder / f"threads-{threads}"
    (store).mkdir()
    (store / "visitor.key").write_text("6b" * 32)  # the hash of visitors depends on it
    command = [sys.executable, "-m", "weblog", "ingest", str(log), "--store", str(store), "-q"]
    subprocess.run(command, check=True, env={**os.environ, "POLARS_MAX_THREADS": str(threads)})
    snapshot = open_store(store).snapshot()
    keys = {"hits": ["line"], "rejects": ["line"], "sessions": ["session_id"]}
    dropped = {"rejects": ["ingest_date"]}
    return {
        name: snapshot.scan(name).drop(dropped.get(name, [])).sort(key).collect()
        for name, key in keys.items()
    }


def test_threads_change_nothing(tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    generate_combined(log, lines=60_000)
    one, several = (stored(tmp_path, log, threads) for threads in (1, 4))
    for name, table in one.items():
        assert table.height > 0
        assert table.equals(several[name]), name
