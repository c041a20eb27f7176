"""The main job: a combined log in, hits, sessions and visitors in the store, beside GoAccess.

Both read the same generated file in the same run. GoAccess parses, counts and writes a JSON
report; ``weblog ingest`` parses, classifies, writes every hit to the store and makes sessions.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from pathlib import Path

from benchmarks.processes import Contender, Run, in_turn, median, ratios
from sample_logs import generate_combined


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--lines", type=int, default=1_000_000, help="lines of the log")
    parser.add_argument("--seed", type=int, default=20251, help="seed of the generator")
    parser.add_argument("--runs", type=int, default=5, help="counted runs of each contender")


def run(options: argparse.Namespace, folder: Path) -> dict[str, object]:
    """Measure and return the figures.

    Raises:
        SystemExit: GoAccess is not installed, or a contender failed.
    """
    goaccess = shutil.which("goaccess")
    if goaccess is None:
        sys.exit("goaccess is not installed: on Debian, apt-get install goaccess")
    log = folder / "access.log"
    generate_combined(log, lines=options.lines, seed=options.seed)
    store = folder / "store"
    ours = Contender(
        "weblog ingest",
        [sys.executable, "-m", "weblog", "ingest", str(log), "--store", str(store), "--quiet"],
        prepare=lambda: shutil.rmtree(store, ignore_errors=True),
    )
    theirs = Contender(
        "goaccess",
        [goaccess, str(log), "--log-format=COMBINED", "--no-progress", "-o", f"{folder}/out.json"],
        # Without TZ it asks for the zone's file at every line, which is a quarter slower.
        env={"TZ": "UTC", "LANG": "C.UTF-8"},
    )
    again = Contender("weblog ingest, again", ours.command)
    found = in_turn([ours, theirs], options.runs)
    found |= in_turn([again], options.runs)
    version = subprocess.run([goaccess, "--version"], capture_output=True, text=True, check=True)
    return {
        "log": {"lines": options.lines, "bytes": log.stat().st_size, "seed": options.seed},
        "goaccess_version": version.stdout.split("\n")[0].split(" - ")[-1].rstrip("."),
        "runs": options.runs,
        "medians": {name: _figures(runs, options.lines) for name, runs in found.items()},
        "goaccess_over_weblog": {
            field: dict(
                zip(
                    ("min", "median", "max"),
                    (round(r, 2) for r in ratios(found[ours.name], found[theirs.name], field)),
                    strict=True,
                )
            )
            for field in ("wall", "cpu", "peak_mb")
        },
    }


def _figures(runs: list[Run], lines: int) -> dict[str, float]:
    wall = median(runs, "wall")
    return {
        "lines_per_second": round(lines / wall),
        "wall_seconds": round(wall, 2),
        "cpu_seconds": round(median(runs, "cpu"), 2),
        "peak_mb": round(median(runs, "peak_mb")),
    }
