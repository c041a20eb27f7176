"""By a cluster from a bucket into a bucket: the tables are those of one machine."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
from pathlib import Path

import boto3
from in_process import run_here
from stored import COMPARED

from benchmarks.standalone import CONF, QUICK_TO_START, ROOT
from sample_logs import generate_combined
from weblog.cluster.pieces import Planner
from weblog.ingestion.books import Books
from weblog.ingestion.reading import Settings
from weblog.sources import expand
from weblog.store import Store, open_store

KEY = b"the same visitors in every store"
PIECE = 200_000


def put(bucket: str, key: str, data: bytes) -> None:
    client = boto3.client("s3", endpoint_url=os.environ["AWS_ENDPOINT_URL"])
    client.put_object(Bucket=bucket.removeprefix("s3://"), Key=key, Body=data)


def content(folder: Path, lines: int, seed: int) -> bytes:
    log = folder / f"{seed}.log"
    generate_combined(log, lines=lines, seed=seed)
    return log.read_bytes()


def by_cluster(logs: str, store: Store) -> subprocess.CompletedProcess[str]:
    options = ["--engine", "spark", "--master", "local[2]"]
    settings = {**CONF, "spark.weblog.pieceBytes": str(PIECE)}
    conf = [f"--spark-conf={name}={value}" for name, value in settings.items()]
    return subprocess.run(
        [sys.executable, "-m", "weblog", "ingest", logs, "--store", str(store.folder),
         *options, *conf],
        cwd=ROOT, env={**os.environ, "JAVA_TOOL_OPTIONS": QUICK_TO_START}, capture_output=True,
        text=True, check=False, timeout=600,
    )  # fmt: skip


def test_tables_are_those_of_one_machine(bucket: str, tmp_path: Path) -> None:
    big = content(tmp_path, 4_000, 3)
    assert len(big) > 3 * PIECE
    put(bucket, "logs/2025/access.log", big + b"an unfinished li")
    for number in range(3):
        packed = gzip.compress(content(tmp_path, 300, 10 + number))
        put(bucket, f"logs/2025/web{number}.log.gz", packed)
    logs = f"{bucket}/logs/**"
    here = open_store(tmp_path / "store", create=True, key=KEY)
    there = open_store(f"{bucket}/store", create=True, key=KEY)
    local = run_here("ingest", logs, "--store", str(here.folder))
    done = by_cluster(logs, there)
    assert done.returncode == 0, done.stderr
    assert done.stdout == local.stdout
    for name, order in COMPARED.items():
        one, other = (
            store.snapshot().scan(name).drop("ingest_date", strict=False).sort(order).collect()
            for store in (here, there)
        )
        assert other.equals(one), name
    assert here.snapshot().scan("hits").collect().height > 4_000
    assert there.snapshot().scan("objects").collect().height == 3  # not the one that may grow
    again = run_here("ingest", logs, "--store", str(there.folder))
    assert "3 of 4 objects were read before" in again.stdout


def test_a_large_plain_object_is_read_in_ranges(bucket: str, tmp_path: Path) -> None:
    data = content(tmp_path, 1_500, 3)
    put(bucket, "access.log", data)
    found = expand([f"{bucket}/access.log"])
    chosen = Settings(log_format="auto")
    planner = Planner(Books(), chosen, False, 50_000, objects=found.objects)
    pieces = [piece for piece in planner.pieces(found.files) if piece is not None]
    assert len(pieces) > 3
    read = []
    for piece in pieces:
        with piece.opened() as reader:
            read.append(b"".join(chunk.data for chunk in reader.chunks(piece.start, 1)))
    assert b"".join(read) == data
    assert [len(each) for each in read] == [piece.weight for piece in pieces]
