"""How soon the command line answers: ``weblog --help`` beside an interpreter that does nothing."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from benchmarks.processes import Contender, in_turn, median, ratios


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--runs", type=int, default=15, help="counted runs of each contender")


def run(options: argparse.Namespace, _: Path) -> dict[str, object]:
    """Measure and return the figures."""
    helped = Contender("weblog --help", [sys.executable, "-m", "weblog", "--help"])
    nothing = Contender("python -c pass", [sys.executable, "-c", "pass"])
    found = in_turn([nothing, helped], options.runs)
    low, middle, high = ratios(found[nothing.name], found[helped.name], "wall")
    return {
        "runs": options.runs,
        "medians": {
            name: {"wall_seconds": round(median(runs, "wall"), 3)} for name, runs in found.items()
        },
        "help_over_nothing": {
            "wall": {"min": round(low, 2), "median": round(middle, 2), "max": round(high, 2)}
        },
    }
