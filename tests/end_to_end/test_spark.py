"""A real cluster: the tables are those of one machine, whoever dies on the way."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import polars as pl
import pytest
from every_report import assert_same_answer
from in_process import run_here
from sample_store import company_logs
from stored import COMPARED

import sample_logs
import weblog as library
from benchmarks.standalone import ROOT, SparkCluster, descendants, kill, spark_cluster, until
from dashboard.pages import overview
from reports.on_cluster import REPORTS as HEAVY
from reports.registry import REPORTS
from sample_logs import generate_combined
from weblog.status import status
from weblog.store import Store, open_store
from weblog.store.leftovers import orphans

KEY = b"the same visitors in every store"
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


class Both(NamedTuple):
    """The same logs in two stores, and what the command said each time."""

    here: Store
    there: Store
    said: tuple[tuple[int, str, list[str]], ...]


@pytest.fixture(scope="module")
def both(cluster: SparkCluster, logs: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Both:
    """What one machine and the cluster make of the company's logs and the odd ones."""
    data, folder = sample_logs.data_folder(), tmp_path_factory.mktemp("both")
    read: list[str | Path] = [*logs, *company_logs(data), "--site", data / "site.toml"]
    here, there = (new_store(folder / name) for name in ("here", "there"))
    said: list[tuple[int, str, list[str]]] = []
    for store, options in ((here, []), (there, [*cluster.options, SMALL])):
        done = run(cluster, "ingest", *read, "--store", store.folder, *options)
        errors = [line for line in done.stderr.splitlines() if line.startswith("weblog: ")]
        said.append((done.returncode, done.stdout, errors))
    return Both(here, there, tuple(said))


def test_tables_and_words_are_those_of_one_machine(both: Both) -> None:
    one, other = both.said
    assert other == one
    assert one[0] != 0
    assert len(one[2]) == 2  # the damaged one, and the one that is none
    assert_same(both.there, both.here)
    assert tables(both.here)["sessions"]["segment"].n_unique() > 3  # joined with the register


@pytest.mark.parametrize("name", REPORTS)
def test_every_report_gives_the_same_figures(both: Both, name: str) -> None:
    assert_same_answer(name, both.here, both.there)


def test_heavy_reports_are_answered_by_the_cluster(cluster: SparkCluster, both: Both) -> None:
    """All in one session; figures of parts to ten digits: tests/reports/test_on_cluster.py."""
    options = ["--of", "product_held", "--device", "smartphone", "--bootstrap", "50", "--wide"]
    command = ("report", *HEAVY, "--store", str(both.there.folder), *options)
    local, done = run_here(*command), run(cluster, *command, *cluster.options)
    assert done.returncode == 0, done.stderr
    assert done.stdout == local.stdout
    assert len(local.stdout.splitlines()) > 50
    warnings = [line for line in done.stderr.splitlines() if line.startswith("weblog: ")]
    assert warnings == local.stderr.splitlines()


def test_a_page_of_the_dashboard_shows_the_same(both: Both) -> None:
    site = library.load_site(sample_logs.data_folder() / "site.toml")
    one, other = (
        json.dumps(overview.PAGE.answer(store, site, "", "en"), sort_keys=True)
        for store in (both.here, both.there)
    )
    assert len(one) > 1_000
    assert other == one


@contextmanager
def started(cluster: SparkCluster, log: Path, store: Store) -> Iterator[subprocess.Popen[str]]:
    """Start an ingest on the cluster, and go on once executors write hits in it."""
    command = weblog("ingest", log, "--store", store.folder, "-q", *asked(cluster))
    before = set(hits_files(store))
    process = subprocess.Popen(
        command, cwd=ROOT, env=cluster.environment, stderr=subprocess.PIPE, text=True
    )
    try:
        until(lambda: set(hits_files(store)) > before or process.poll() is not None, "hits")
        assert process.poll() is None
        yield process
    finally:
        for pid in [*descendants(process.pid), process.pid]:
            kill(pid)
        process.communicate()


def hits_files(store: Store) -> Iterator[Path]:
    return (store.folder / "hits").glob("date=*/*.parquet")


def asked(cluster: SparkCluster) -> list[str]:
    return ["--format", COOKIE, *cluster.options, SMALL]


def test_whoever_dies_in_the_middle_the_tables_are_the_same(
    cluster: SparkCluster, logs: list[Path], tmp_path: Path
) -> None:
    calm, store = (new_store(tmp_path / name) for name in ("calm", "store"))
    run_here("ingest", logs[1], "--store", calm.folder, "-q", "--format", COOKIE)

    with started(cluster, logs[1], store):
        pass  # the driver is killed here, with all it started
    left = orphans(store, "hits")
    assert left
    assert store.snapshot().scan("hits").collect().is_empty()

    with started(cluster, logs[1], store) as process:
        cluster.kill(cluster.workers[0])
        code, said = process.wait(timeout=600), process.stderr.read() if process.stderr else ""
    assert code == 0, said
    assert_same(store, calm)

    # What nobody refers to is told, stays while it may be part of a commit under way, and goes.
    left = orphans(store, "hits")
    told = run_here("doctor", "--store", store.folder, "--output", "json")
    (found,) = (
        each
        for each in json.loads(told.stdout)["findings"]
        if (each["check"], each["table"]) == ("orphans", "hits")
    )
    assert found["count"] == len(left) > 0
    run_here("compact", "--store", store.folder)
    assert set(left) <= set(hits_files(store))
    an_hour_ago = time.time() - 3600
    for file in left:
        os.utime(file, (an_hour_ago, an_hour_ago))
    assert run_here("compact", "--store", store.folder).returncode == 0
    assert not orphans(store, "hits")
    assert not set(left) & set(hits_files(store))
    assert_same(store, calm)
