"""What it takes to have the package: size, installing, dependencies, and the time of an import.

Beside advertools, which reads access logs in Python too, and Matomo's importer, which is one file
without dependencies that sends what it read to a Matomo of one's own (PHP, a database). Where
``--matomo`` names that file it is started; else the modules of Python it imports are, which is the
least its start can take. Each package is installed from nothing in an environment of its own.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from benchmarks.processes import Contender, in_turn, machine, median
from releases.build import ROOT, build_twice

ADVERTOOLS: Final = "advertools"

MATOMO: Final = "Matomo's importer"
MATOMO_BYTES: Final = 94_354
"""Of https://github.com/matomo-org/matomo-log-analytics, import_logs.py at 006028d."""

MATOMO_IMPORTS: Final = (
    "import base64, bz2, configparser, datetime, fnmatch, functools, gzip, hashlib, http.client,"
    "inspect, itertools, json, logging, optparse, os, queue, re, socket, subprocess, sys, textwrap,"
    "threading, time, traceback, urllib.parse, urllib.request"
)
"""What that file imports, as Python 3 calls it."""

COUNT: Final = (
    "import importlib.metadata as m, json;"
    "names = {d.name.lower() for d in m.distributions()} - {'pip', 'setuptools', 'wheel'};"
    "print(json.dumps(len(names)))"
)


@dataclass(frozen=True, slots=True)
class Installed:
    """An environment with one package in it."""

    python: Path
    seconds: float
    cpu_seconds: float
    packages: int
    megabytes: float


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--runs", type=int, default=9, help="counted starts of each")
    parser.add_argument("--matomo", type=Path, help="Matomo's import_logs.py")
    parser.add_argument("--write", type=Path, help="also keep the figures in this file")


def run(options: argparse.Namespace, folder: Path) -> dict[str, object]:
    """Build, install, start, and return the figures."""
    built = build_twice(folder / "built")
    constraints = ["--constraint", str(ROOT / "constraints.txt")]
    ours = _installed(folder / "ours", str(built.wheel), *constraints)
    theirs = _installed(folder / "theirs", ADVERTOOLS)
    starts = {
        "python alone": [str(ours.python), "-c", "pass"],
        "weblog, import": [str(ours.python), "-c", "import weblog"],
        "weblog, --help": [str(ours.python.with_name("weblog")), "--help"],
        "advertools, import": [str(theirs.python), "-c", "import advertools"],
        "advertools, --help": [str(theirs.python.with_name("advertools")), "--help"],
    }
    if options.matomo:
        starts[f"{MATOMO}, --help"] = [str(ours.python), str(options.matomo), "--help"]
    else:
        starts[f"{MATOMO}, its imports alone"] = [str(ours.python), "-c", MATOMO_IMPORTS]
    runs = in_turn([Contender(name, command) for name, command in starts.items()], options.runs)
    found: dict[str, object] = {
        "same bytes twice": built.is_same,
        "packages": {
            "weblog": _row(ours, built.wheel.stat().st_size),
            "advertools": _row(theirs, None),
            f"{MATOMO} (one file)": _one_file(options.matomo),
        },
        "starts": {
            name: {"wall_seconds": round(median(some, "wall"), 3),
                   "cpu_seconds": round(median(some, "cpu"), 3),
                   "peak_mb": round(median(some, "peak_mb"))}
            for name, some in runs.items()
        },
    }  # fmt: skip
    if options.write:
        recorded = {"measured": f"{datetime.now(UTC):%Y-%m-%d}", "machine": machine(), **found}
        options.write.write_text(json.dumps(recorded, indent=2) + "\n", "utf-8")
    return found


def _installed(folder: Path, *what: str) -> Installed:
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    python = folder / "bin" / "python"
    before = _bytes(folder)
    began, spent = time.monotonic(), _children_cpu()
    pip = [python, "-m", "pip", "-qq", "--disable-pip-version-check", "install", "--no-cache-dir"]
    subprocess.run([*pip, *what], check=True)
    seconds, cpu = time.monotonic() - began, _children_cpu() - spent
    asked = subprocess.run([python, "-c", COUNT], capture_output=True, text=True, check=True)
    grown = (_bytes(folder) - before) / 1e6
    return Installed(python, seconds, cpu, json.loads(asked.stdout), grown)


def _children_cpu() -> float:
    """Return the processor's seconds of all processes that were started here and have ended."""
    times = os.times()
    return times.children_user + times.children_system


def _bytes(folder: Path) -> int:
    return sum(each.stat().st_size for each in folder.rglob("*") if each.is_file())


def _one_file(file: Path | None) -> dict[str, object]:
    megabytes = round((file.stat().st_size if file else MATOMO_BYTES) / 1e6, 1)
    return {
        "wheel_mb": None,
        "install_seconds": None,
        "install_cpu_seconds": None,
        "dependencies": 0,
        "installed_mb": megabytes,
    }


def _row(installed: Installed, wheel: int | None) -> dict[str, object]:
    return {
        "wheel_mb": round(wheel / 1e6, 1) if wheel else None,
        "install_seconds": round(installed.seconds),
        "install_cpu_seconds": round(installed.cpu_seconds),
        "dependencies": installed.packages - 1,
        "installed_mb": round(installed.megabytes),
    }
