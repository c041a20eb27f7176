"""A real cluster: the tables are those of one machine, whoever dies on the way."""

from __future__ import annotations

import gzip
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl
import pytest
from sample_store import company_logs
from spark_cluster import ROOT, SparkCluster, descendants, kill, spark_cluster, until
from stored import ORDER

import sample_logs
from sample_logs import generate_combined
from weblog.status import status
from weblog.store import Store, open_store
from weblog.store.leftovers import clear, orphans

KEY = b"the same visitors in every store"
COMPARED = {**ORDER, "robots": ("date", "visitor_id"), "places": ("date", "host")}
COOKIE = '%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i" "%{WLID}n"'
SMALL = "--spark-conf=spark.weblog.pieceBytes=300000"


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkCluster]:
    with spark_cluster(tmp_path_factory.mktemp("cluster")) as found:
        yield found


def weblog(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "weblog", *map(str, arguments)]


def run(cluster: SparkCluster, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        weblog(*arguments), cwd=ROOT, env=cluster.environment, capture_output=True, text=True,
        check=False, timeout=600,
    )  # fmt: skip


def new_store(folder: Path) -> Store:
    return open_store(folder, create=True, key=KEY)


def tables(store: Store) -> dict[str, pl.DataFrame]:
    snapshot = store.snapshot()
    return {
        name: snapshot.scan(name).drop("ingest_date", strict=False).sort(order).collect()
        for name, order in COMPARED.items()
    }


def assert_same(one: Store, other: Store) -> None:
    for name, expected in tables(other).items():
        found = tables(one)[name]
        assert found.equals(expected), name
    assert status(one).adds_up
    assert not status(one).unfinished


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Logs of every kind: a copy that is shorter, one that grows, one damaged, one that is none."""
    folder = tmp_path_factory.mktemp("logs")
    names = ("copy.log", "access.log", "damaged.log.gz", "nonsense.log")
    copy, big, damaged, nonsense = (folder / name for name in names)
    for log, lines in ((damaged, 3_000), (big, 12_000)):
        generate_combined(log, lines=lines, seed=lines)
        log.write_bytes(log.read_bytes().replace(b"\n", b' "-"\n'))  # no cookie: the site's format
    damaged.write_bytes(gzip.compress(damaged.read_bytes())[:-2_000])
    big.write_bytes(big.read_bytes().replace(b'HTTP/1.1" 304', b"torn", 200) + b"an unfinished li")
    copy.write_bytes(b"".join(big.read_bytes().splitlines(keepends=True)[:4_000]))
    nonsense.write_bytes(b"no access log\n" * 20)
    return [copy, big, damaged, nonsense]


def test_tables_and_words_are_those_of_one_machine(
    cluster: SparkCluster, logs: list[Path], tmp_path: Path
) -> None:
    data = sample_logs.data_folder()
    read = [*logs, *company_logs(data), "--site", data / "site.toml"]
    here, there = (new_store(tmp_path / name) for name in ("here", "there"))
    said: list[tuple[int, str, list[str]]] = []
    for store, options in ((here, []), (there, [*cluster.options, SMALL])):
        done = run(cluster, "ingest", *read, "--store", store.folder, *options)
        errors = [line for line in done.stderr.splitlines() if line.startswith("weblog: ")]
        said.append((done.returncode, done.stdout, errors))
    assert said[1] == said[0]
    assert said[0][0] != 0
    assert len(said[0][2]) == 2  # the damaged one, and the one that is none
    assert_same(there, here)


@pytest.fixture(scope="module")
def calm(logs: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Store:
    """What one machine makes of the large log."""
    store = new_store(tmp_path_factory.mktemp("calm") / "store")
    command = weblog("ingest", logs[1], "--store", store.folder, "-q", "--format", COOKIE)
    subprocess.run(command, cwd=ROOT, check=True)
    return store


def asked(cluster: SparkCluster) -> list[str]:
    return ["--format", COOKIE, *cluster.options, SMALL]


@contextmanager
def started(cluster: SparkCluster, log: Path, store: Store) -> Iterator[subprocess.Popen[str]]:
    """Start an ingest on the cluster, and go on once an executor has written hits."""
    command = weblog("ingest", log, "--store", store.folder, "-q", *asked(cluster))
    process = subprocess.Popen(
        command, cwd=ROOT, env=cluster.environment, stderr=subprocess.PIPE, text=True
    )
    try:
        written = store.folder / "hits"
        until(lambda: any(written.glob("date=*/*.parquet")) or process.poll() is not None, "hits")
        assert process.poll() is None
        yield process
    finally:
        for pid in [*descendants(process.pid), process.pid]:
            kill(pid)
        process.communicate()


def test_a_worker_that_dies_changes_nothing(
    cluster: SparkCluster, logs: list[Path], calm: Store, tmp_path: Path
) -> None:
    store = new_store(tmp_path / "store")
    with started(cluster, logs[1], store) as process:
        cluster.kill(cluster.workers[0])
        code, said = process.wait(timeout=600), process.stderr.read() if process.stderr else ""
    cluster.add_worker()
    assert code == 0, said
    assert_same(store, calm)


def test_a_driver_that_dies_is_made_up_for_by_the_next(
    cluster: SparkCluster, logs: list[Path], calm: Store, tmp_path: Path
) -> None:
    store = new_store(tmp_path / "store")
    with started(cluster, logs[1], store):
        pass  # it is killed here, with all it started
    assert orphans(store, "hits")
    assert store.snapshot().scan("hits").collect().is_empty()

    again = run(cluster, "ingest", logs[1], "--store", store.folder, *asked(cluster))
    assert again.returncode == 0, again.stderr
    assert_same(store, calm)
    left = orphans(store, "hits")
    assert clear(store, "hits", now=time.time() + 3600).files == len(left) > 0
    assert_same(store, calm)
