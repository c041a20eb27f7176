"""The cluster engine beside the local one: equal tables, CPU a line, split of time, skew.

Both read the same generated log in one process each after the other; Spark runs on this machine
(`local[N]`), so that what it costs is measured and no network. What starting costs is told apart:
a small log is read first. The skewed log is the same but for one visitor with a tenth of its hits.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl

import sessionize
import weblog
from sample_logs import generate_combined
from sessionize.on_cluster import PORTION_ROWS, ClusterCutter
from weblog.cluster.ingest import ingest as ingest_on_cluster
from weblog.cluster.session import PIECE, Cluster, cluster
from weblog.site.rules import Site
from weblog.store import Store

KEY = b"the same visitors in every store"
ORDER = {
    "hits": ("log_source", "line"),
    "rejects": ("log_source", "line"),
    "sessions": ("session_id",),
    "page_views": ("log_source", "line"),
    "visitors": ("visitor_id",),
    "robots": ("date", "visitor_id"),
    "places": ("date", "host"),
}
HEAVY = b"203.0.113.7"
AGENT = (
    b"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/131.0.0.0 Safari/537.36"
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--lines", type=int, default=2_000_000, help="lines of the log")
    parser.add_argument("--seed", type=int, default=20251, help="seed of the generator")
    parser.add_argument("--slots", type=int, default=os.cpu_count() or 1, help="tasks at once")
    parser.add_argument("--piece-bytes", type=int, default=32 << 20, help="bytes of a task")


def run(options: argparse.Namespace, folder: Path) -> dict[str, object]:
    """Measure and return the figures."""
    even, skewed, small = (folder / f"{name}.log" for name in ("even", "skewed", "small"))
    generate_combined(even, lines=options.lines, seed=options.seed)
    generate_combined(small, lines=20_000, seed=options.seed + 1)
    _skew(even, skewed)
    site = Site()
    here = _store(folder, "here")
    local = _timed(lambda: weblog.ingest(here, [even], site, publish=False), time.process_time)
    local_sessions = _timed(lambda: sessionize.update(here, site), time.process_time)
    settings = {
        PIECE: str(options.piece_bytes),
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
    }
    began = time.perf_counter()
    with cluster(f"local[{options.slots}]", settings) as found:
        ready = time.perf_counter() - began
        warming = _on_cluster(found, _store(folder, "small"), small, site)
        there = _store(folder, "there")
        spark = _on_cluster(found, there, even, site)
        heavy = _on_cluster(found, _store(folder, "heavy"), skewed, site)
    lines = options.lines
    return {
        "log": {"lines": lines, "bytes": even.stat().st_size, "slots": options.slots},
        "equal_tables": {name: int(_same(name, here, there)) for name in ORDER},
        "startup_seconds": {
            "session": round(ready, 2),
            "first small log": round(sum(each["seconds"] for each in warming.values()), 2),
        },
        "stages": {
            "local ingest": _figures(local, lines),
            "local sessions": _figures(local_sessions, lines),
            "spark ingest": _figures(spark["ingest"], lines),
            "spark sessions": _figures(spark["sessions"], lines),
            "spark ingest, skewed": _figures(heavy["ingest"], lines),
            "spark sessions, skewed": _figures(heavy["sessions"], lines),
        },
        "ratios": {
            "parse CPU, spark / local": round(spark["ingest"]["cpu"] / local["cpu"], 2),
            "skewed / even": round(_total(heavy) / _total(spark), 2),
        },
    }


def _on_cluster(found: Cluster, store: Store, log: Path, site: Site) -> dict[str, dict[str, float]]:
    def ingest() -> object:
        return ingest_on_cluster(store, [log], site, cluster=found, publish=False)

    def update() -> object:
        cutter = ClusterCutter(found)
        return sessionize.update(store, site, cutter=cutter, portion_rows=PORTION_ROWS)

    def cpu() -> float:
        return time.process_time() + descendants_cpu(os.getpid(), "pyspark")

    return {"ingest": _timed(ingest, cpu), "sessions": _timed(update, cpu)}


def _timed(work: Callable[[], Any], cpu: Callable[[], float]) -> dict[str, float]:
    began, spent = time.perf_counter(), cpu()
    work()
    return {"seconds": time.perf_counter() - began, "cpu": cpu() - spent}


def _figures(measured: dict[str, float], lines: int) -> dict[str, float]:
    return {
        "seconds": round(measured["seconds"], 2),
        "cpu_seconds": round(measured["cpu"], 2),
        "cpu_ns_per_line": round(measured["cpu"] / lines * 1e9),
    }


def _total(measured: dict[str, dict[str, float]]) -> float:
    return sum(each["seconds"] for each in measured.values())


def _store(folder: Path, name: str) -> Store:
    return weblog.open_store(folder / name, create=True, key=KEY)


def _same(name: str, one: Store, other: Store) -> bool:
    tables = []
    for store in (one, other):
        rows: pl.LazyFrame = store.head().scan(name).drop("ingest_date", strict=False)
        tables.append(rows.sort(ORDER[name]).collect())
    return tables[0].height > 0 and tables[0].equals(tables[1])


def _skew(even: Path, skewed: Path) -> None:
    """Write the log again, every tenth line of one address and agent."""
    with even.open("rb") as lines, skewed.open("wb") as written:
        for number, line in enumerate(lines):
            if number % 10 or not line.endswith(b'"\n'):
                written.write(line)
                continue
            _, _, rest = line.partition(b" ")
            before = rest[: rest.rfind(b'"', 0, -2)]
            written.write(b'%s %s"%s"\n' % (HEAVY, before, AGENT))


def descendants_cpu(pid: int, named: str) -> float:
    """Return the processor time of processes that one started, if their command has a word.

    What has ended counts where its parent waited for it.
    """
    children: dict[int, list[int]] = {}
    spent: dict[int, float] = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text("utf-8", "replace").rpartition(")")[2].split()
        except OSError:
            continue  # it has ended
        own = int(status.parent.name)
        children.setdefault(int(fields[1]), []).append(own)
        spent[own] = sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
    found, waiting = 0.0, [pid]
    while waiting:
        for child in children.get(waiting.pop(), []):
            waiting.append(child)
            try:
                command = Path(f"/proc/{child}/cmdline").read_bytes()
            except OSError:
                continue
            is_java = command.split(b"\0")[0].endswith(b"java")
            found += spent[child] if named.encode() in command and not is_java else 0.0
    return found
