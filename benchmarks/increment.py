"""A minute's log into a large store: ``weblog ingest`` on a log that has grown, with sessions.

Each run appends the next lines to the log and ingests it again. Beside it a yardstick, because
most of so short a run is one thread's: the interpreter adds up ten million numbers.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from benchmarks.contenders import weblog_ingest
from benchmarks.processes import Contender, in_turn, measured, median, ratios
from benchmarks.weblog_lines import add_log_options, log_of

YARDSTICK = "s = 0\nfor i in range(10_000_000): s += i"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--hits", type=int, default=10_000_000, help="lines the store holds before")
    parser.add_argument("--lines", type=int, default=10_000, help="lines of each increment")
    parser.add_argument("--runs", type=int, default=5, help="counted increments")
    add_log_options(parser)


def run(options: argparse.Namespace, folder: Path) -> dict[str, object]:
    """Measure and return the figures.

    Raises:
        SystemExit: a run failed.
    """
    whole = log_of(folder, options.hits + (options.runs + 1) * options.lines, options)
    log, store = folder / "access.log", folder / "store"
    pieces = cut(whole, log, options.hits, options.lines)
    command = weblog_ingest("weblog ingest", log, store).command
    filled = measured(Contender("filling the store", command))

    def grow() -> None:
        with log.open("ab") as file:
            file.write(next(pieces))
        os.sync()

    ours = Contender("weblog ingest, grown", command, grow)
    yardstick = Contender("10,000,000 additions", [sys.executable, "-c", YARDSTICK])
    found = in_turn([yardstick, ours], options.runs)
    low, middle, high = ratios(found[yardstick.name], found[ours.name], "wall")
    return {
        "hits": options.hits,
        "lines": options.lines,
        "runs": options.runs,
        "filling the store": {"wall_seconds": round(filled.wall, 1)},
        "medians": {
            name: {
                "wall_seconds": round(median(runs, "wall"), 2),
                "fastest": round(min(each.wall for each in runs), 2),
                "cpu_seconds": round(median(runs, "cpu"), 2),
                "peak_mb": round(median(runs, "peak_mb")),
            }
            for name, runs in found.items()
        },
        "grown over additions": {
            "wall": {"min": round(low, 2), "median": round(middle, 2), "max": round(high, 2)}
        },
    }


def cut(whole: Path, log: Path, first: int, lines: int) -> Iterator[bytes]:
    """Copy the first lines of ``whole`` to ``log``; return the rest, ``lines`` at a time."""
    with whole.open("rb") as file:
        offset = sum(len(line) for line in islice(file, first))
    shutil.copyfile(whole, log)
    os.truncate(log, offset)

    def rest() -> Iterator[bytes]:
        with whole.open("rb") as file:
            file.seek(offset)
            while piece := b"".join(islice(file, lines)):
                yield piece

    return rest()
