"""What Lighthouse says of Overview: performance, accessibility, best practices.

``npm`` installs Lighthouse in a temporary folder unless ``--lighthouse`` names one; it drives the
system's Chromium against a real ``weblog dashboard``. A busy machine makes pages slow: the
performance told is the median of several runs, with the least and the most beside it.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any, Final

from benchmarks.processes import machine

VERSION: Final = "13"

SHAPES: Final = {"desktop": ("--preset=desktop",), "mobile": ()}
"""How Lighthouse looks; without a preset as a slow telephone."""

SCORES: Final = ("performance", "accessibility", "best-practices")

FIGURES: Final = {
    "first-contentful-paint": "fcp_ms",
    "largest-contentful-paint": "lcp_ms",
    "total-blocking-time": "tbt_ms",
    "cumulative-layout-shift": "cls",
    "total-byte-weight": "bytes",
}

PATIENCE_S: Final = 240
ATTEMPTS: Final = 3
"""On a busy machine Lighthouse at times loses the trace of a page."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--store", type=Path, required=True, help="folder of the store")
    parser.add_argument("--site", type=Path, help="the site's rules")
    parser.add_argument("--runs", type=int, default=5, help="of each shape (default: 5)")
    parser.add_argument("--lighthouse", type=Path, help="its program, where it is installed")
    parser.add_argument("--write", type=Path, help="also keep the figures in this file")


def run(options: argparse.Namespace, folder: Path) -> dict[str, object]:
    """Serve the store, look at it, and return the figures."""
    program = options.lighthouse or _installed(folder)
    command = [sys.executable, "-m", "weblog", "dashboard", "--store", str(options.store),
               "--port", "0", "--no-open"]  # fmt: skip
    command += ["--site", str(options.site)] if options.site else []
    server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        said = server.stdout.readline() if server.stdout else ""
        if not said.startswith("Dashboard on "):
            sys.exit(f"the dashboard did not start; try it yourself: {' '.join(command)}")
        url = said.split()[2]
        looks = {
            shape: [_look(program, url, shape, folder) for _ in range(options.runs)]
            for shape in SHAPES
        }
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=60)
    found: dict[str, object] = {
        "lighthouse": looks["desktop"][0]["version"],
        "runs": options.runs,
        "load": round(os.getloadavg()[1], 1),
        "overview": {shape: _told(some) for shape, some in looks.items()},
        "faults": sorted(
            {fault for some in looks.values() for one in some for fault in one["faults"]}
        ),
    }
    if options.write:
        kept = {"measured": datetime.now(UTC).date().isoformat(), "machine": machine(), **found}
        options.write.write_text(json.dumps(kept, indent=2) + "\n", "utf-8")
    return found


def _installed(folder: Path) -> Path:
    if shutil.which("npm") is None:
        sys.exit("npm is not there: install Node.js, or name Lighthouse with --lighthouse")
    command = ["npm", "install", "--no-audit", "--no-fund", "--silent", "--prefix", str(folder),
               f"lighthouse@{VERSION}"]  # fmt: skip
    subprocess.run(command, check=True, timeout=600)
    return folder / "node_modules" / ".bin" / "lighthouse"


def _look(program: Path, url: str, shape: str, folder: Path) -> dict[str, Any]:
    """Look once, with an empty cache."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        sys.exit("chromium is not there: install it")
    out = folder / "look.json"
    command = [
        str(program), url, *SHAPES[shape], f"--only-categories={','.join(SCORES)}", "--quiet",
        "--output=json", f"--output-path={out}",
        "--chrome-flags=--headless=new --no-sandbox --disable-gpu",
    ]  # fmt: skip
    for attempt in range(1, ATTEMPTS + 1):
        done = subprocess.run(
            command,
            check=False,
            timeout=PATIENCE_S,
            env={**os.environ, "CHROME_PATH": chromium},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        if done.returncode == 0:
            break
        if attempt == ATTEMPTS:
            sys.exit(f"Lighthouse failed {ATTEMPTS} times: {done.stderr.strip()}")
    said = json.loads(out.read_text("utf-8"))
    of_interest = {
        one["id"]
        for name in SCORES[1:]
        for one in said["categories"][name]["auditRefs"]
        if one["weight"] > 0
    }
    return {
        "version": said["lighthouseVersion"],
        **{name: round(100 * said["categories"][name]["score"]) for name in SCORES},
        **{told: said["audits"][name]["numericValue"] for name, told in FIGURES.items()},
        "faults": [
            f"{name}: {said['audits'][name]['title']}"
            for name in of_interest
            if said["audits"][name]["score"] not in {None, 1}
        ],
    }


def _told(looks: list[dict[str, Any]]) -> dict[str, float]:
    """Return the medians, of the performance also the least and the most."""
    told = {
        name: round(median(one[name] for one in looks), 3) for name in (*SCORES, *FIGURES.values())
    }
    speeds = [one["performance"] for one in looks]
    return {**told, "performance_least": min(speeds), "performance_most": max(speeds)}
