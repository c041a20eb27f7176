"""A real standalone cluster whose processes are killed: the local engine's tables, row for row.

One master and two workers, each its own process on loopback. The same log is read by the local
engine, by the cluster at peace, and by the cluster while in turn are killed (SIGKILL, with all they
started): the driver while hits are written, a worker while hits are written, the driver while
sessions are cut. After each death of the driver the same command is run again, as its user would.

A kill waits for what it is to interrupt, not for a time: there are files of the phase that no
commit refers to. What each leaves behind is counted. It ends with an error unless every table of
both stores is that of the local engine and the books of each store add up.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from benchmarks.processes import machine
from benchmarks.spark import KEY, ORDER, same_rows
from benchmarks.standalone import (
    ROOT,
    WORKERS,
    SparkCluster,
    descendants,
    kill,
    spark_cluster,
    until,
)
from sample_logs import generate_combined
from weblog.cluster.session import PIECE
from weblog.status import status
from weblog.store import Store, open_store
from weblog.store.leftovers import orphans

PEACEFUL = "cluster"
KILLED = "cluster, killed at"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--lines", type=int, default=2_000_000, help="lines of the log")
    parser.add_argument("--seed", type=int, default=20251, help="seed of the generator")
    parser.add_argument(
        "--piece-bytes", type=int, default=16 << 20, help="bytes of a task: several waves of them"
    )
    parser.add_argument("--write", type=Path, help="record the verdict in this file, for the docs")


def run(options: argparse.Namespace, folder: Path) -> dict[str, object]:
    """Read the log three times and return what came of it."""
    log = folder / "access.log"
    generate_combined(log, lines=options.lines, seed=options.seed)
    local, peaceful, killed = (
        open_store(folder / name, create=True, key=KEY) for name in ("local", "peaceful", "killed")
    )
    seconds = {"local": _timed(_command(log, local))}
    with spark_cluster(folder) as cluster:
        reading = Reading(cluster, log, options.piece_bytes)
        seconds[PEACEFUL] = reading.calmly(peaceful)
        seconds[KILLED] = reading.through_deaths(killed)
    tables = {
        name: {
            "rows": int(local.head().scan(name).select(pl.len()).collect().item()),
            **{
                told: int(same_rows(name, local, store))
                for told, store in ((PEACEFUL, peaceful), (KILLED, killed))
            },
        }
        for name in ORDER
    }
    figures: dict[str, object] = {
        "log": {"lines": options.lines, "bytes": log.stat().st_size, "workers": WORKERS},
        "runs": {name: {"seconds": round(taken, 1)} for name, taken in seconds.items()},
        "deaths": reading.deaths,
        "equal_tables": tables,
        "books add up": {PEACEFUL: int(_adds_up(peaceful)), KILLED: int(_adds_up(killed))},
    }
    unequal = [name for name, row in tables.items() if not (row[PEACEFUL] and row[KILLED])]
    if unequal:
        sys.exit(f"other tables than the local engine's: {', '.join(unequal)}")
    if not (_adds_up(peaceful) and _adds_up(killed)):
        sys.exit("lines are missing from the books, or a log is not read to its end")
    if options.write:
        recorded = {"measured": f"{datetime.now(UTC):%Y-%m-%d}", "machine": machine(), **figures}
        options.write.write_text(json.dumps(recorded, indent=2) + "\n", "utf-8")
    return figures


@dataclass
class Reading:
    """Reads a log by a cluster, and tells of each process killed meanwhile."""

    cluster: SparkCluster
    log: Path
    piece_bytes: int
    deaths: dict[str, dict[str, int]] = field(default_factory=dict)

    def calmly(self, store: Store) -> float:
        """Read it undisturbed; return the seconds taken."""
        return _timed(self._asked(store), self.cluster.environment)

    def through_deaths(self, store: Store) -> float:
        """Read it while one after the other dies; return the seconds of all runs together."""
        began = time.perf_counter()
        with self._started(store) as process:
            self._await(process, store, "hits", lambda: _rows(store, "hits") > 0)
        self._told("driver, hits being written", store, "hits")

        with self._started(store) as process:
            before = _rows(store, "hits")
            self._await(process, store, "hits", lambda: _rows(store, "hits") > before)
            self.cluster.kill(self.cluster.workers[0])
            self._told("worker, hits being written", store, "hits")
            self.cluster.add_worker()
            self._await(process, store, "page_views", lambda: True)
        self._told("driver, sessions being cut", store, "page_views")

        _timed(self._asked(store), self.cluster.environment)
        return time.perf_counter() - began

    def _await(
        self,
        process: subprocess.Popen[bytes],
        store: Store,
        table: str,
        is_so: Callable[[], bool],
    ) -> None:
        """Wait until new files of a table belong to no commit, and what else is to hold."""
        before = set(orphans(store, table))

        def holds() -> bool:
            if process.poll() is not None:
                sys.exit(f"ended (code {process.returncode}) before it was killed: more --lines")
            return is_so() and bool(set(orphans(store, table)) - before)

        until(holds, f"files of {table}")

    def _told(self, death: str, store: Store, table: str) -> None:
        self.deaths[death] = {
            "hits committed": _rows(store, "hits"),
            "readers see": sum(store.snapshot().rows_by_day("hits").values()),
            "files left": len(orphans(store, table)),
        }

    @contextmanager
    def _started(self, store: Store) -> Iterator[subprocess.Popen[bytes]]:
        """Start the command, and kill it with all it started when the block ends."""
        process = subprocess.Popen(self._asked(store), cwd=ROOT, env=self.cluster.environment)
        try:
            yield process
        finally:
            for pid in [*descendants(process.pid), process.pid]:
                kill(pid)
            process.wait()

    def _asked(self, store: Store) -> list[str]:
        options = [*self.cluster.options, f"--spark-conf={PIECE}={self.piece_bytes}"]
        return [*_command(self.log, store), *options]


def _command(log: Path, store: Store) -> list[str]:
    given = ("ingest", str(log), "--store", str(store.folder), "--quiet")
    return [sys.executable, "-m", "weblog", *given]


def _timed(command: list[str], environment: dict[str, str] | None = None) -> float:
    began = time.perf_counter()
    subprocess.run(command, cwd=ROOT, env=environment, check=True)
    return time.perf_counter() - began


def _rows(store: Store, table: str) -> int:
    """Return how many rows of a table of days are committed."""
    return sum(store.head(table).rows_by_day(table).values())


def _adds_up(store: Store) -> bool:
    found = status(store)
    return found.adds_up and not found.unfinished
