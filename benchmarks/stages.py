"""Where the main job's processor time goes: nanoseconds a line by stage, one after the other."""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

from benchmarks.weblog_lines import add_log_options, log_of


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--lines", type=int, default=2_000_000, help="lines of the log")
    parser.add_argument("--runs", type=int, default=3, help="counted runs; medians are shown")
    add_log_options(parser)


def run(options: argparse.Namespace, folder: Path) -> dict[str, object]:
    """Measure and return the figures.

    Raises:
        SystemExit: the job failed.
    """
    log = log_of(folder, options.lines, options)
    found = [_told(log, folder / f"store{number}") for number in range(options.runs)]
    stages = list(found[0]["seconds"])
    return {
        "lines": options.lines,
        "seed": options.seed,
        "runs": options.runs,
        "nanoseconds a line": {
            stage: {"median": _median(found, stage, options.lines)} for stage in stages
        },
    }


def _told(log: Path, store: Path) -> dict[str, dict[str, float]]:
    command = [sys.executable, "-m", "benchmarks.serial", str(log), str(store)]
    one_thread = {**os.environ, "POLARS_MAX_THREADS": "1"}
    process = subprocess.run(command, capture_output=True, text=True, env=one_thread, check=False)
    if process.returncode:
        sys.exit(f"the job failed: {process.stderr}")
    told: dict[str, dict[str, float]] = json.loads(process.stdout)
    return told


def _median(found: list[dict[str, dict[str, float]]], stage: str, lines: int) -> int:
    return round(statistics.median(each["seconds"][stage] for each in found) / lines * 1e9)
