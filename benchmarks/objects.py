"""How long a bucket of ten thousand small logs takes to ingest, and to find nothing new in."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, cast

from benchmarks.bucket_server import BUCKET, SEED, made_objects
from benchmarks.processes import Contender, machine, measured


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--objects", type=int, default=10_000, help="objects in the bucket")
    parser.add_argument("--seed", type=int, default=SEED, help="of the objects' content")
    parser.add_argument("--write", type=Path, help="record the figures in this file, for the docs")


def run(options: argparse.Namespace, folder: Path) -> dict[str, object]:
    """Ingest a bucket on a server of this machine into a store on disk, and then once more.

    ``cpu_seconds`` are those of the whole command ``weblog ingest``, its start and the sessions
    included; ``server_cpu_seconds`` those of the bucket's server meanwhile, which a real bucket
    has elsewhere. ``ms_per_object`` is of our processor time alone.
    """
    made = made_objects(options.objects, options.seed)
    command = [
        *(sys.executable, "-m", "weblog", "ingest", f"s3://{BUCKET}/alb/"),
        *("--store", str(folder / "store")),
    ]
    found: dict[str, object] = {
        "bucket": {
            "objects": len(made),
            "lines": sum(each.lines for each in made),
            "bytes": sum(len(each.data) for each in made),
        }
    }
    with _served(options.objects, options.seed) as (port, server):
        environment = {
            "AWS_ACCESS_KEY_ID": "nobody",
            "AWS_SECRET_ACCESS_KEY": "nothing",
            "AWS_REGION": "us-east-1",
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
            "AWS_ALLOW_HTTP": "true",
        }
        runs: dict[str, dict[str, float]] = {}
        for name in ("all is new", "nothing is new"):
            before = _processor_seconds(server)
            told = measured(Contender(name, command, env=environment))
            runs[name] = {
                "wall_seconds": round(told.wall, 2),
                "cpu_seconds": round(told.cpu, 2),
                "server_cpu_seconds": round(_processor_seconds(server) - before, 2),
                "ms_per_object": round(told.cpu * 1000 / len(made), 2),
                "peak_mb": round(told.peak_mb),
            }
        found["runs"] = runs
    if options.write:
        recorded = {"measured": f"{datetime.now(UTC):%Y-%m-%d}", "machine": machine(), **found}
        options.write.write_text(json.dumps(recorded, indent=2) + "\n", "utf-8")
    return found


@contextmanager
def _served(objects: int, seed: int) -> Iterator[tuple[int, int]]:
    """Serve the bucket; yield its port and the process that serves it."""
    command = [sys.executable, "-m", "benchmarks.bucket_server"]
    asked = ["--objects", str(objects), "--seed", str(seed)]
    with subprocess.Popen([*command, *asked], stdout=subprocess.PIPE, text=True) as server:
        try:
            yield int(cast("IO[str]", server.stdout).readline()), server.pid
        finally:
            server.terminate()


def _processor_seconds(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
