"""``python -m soak``: see :mod:`soak`."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from soak.run import Soak, as_json, soak, summary


def main() -> int:
    """Run the soak as told on the command line; 1 if a line is missing or there twice."""
    parser = argparse.ArgumentParser(
        prog="dev.py soak", description="Soak `weblog ingest --follow`."
    )
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--rate", type=int, default=5000, help="lines per second")
    parser.add_argument("--rotate", type=float, default=30.0, help="seconds between rotations")
    parser.add_argument("--kill", type=float, default=20.0, help="seconds between kill -9")
    parser.add_argument("--samples", type=Path, help="write all samples there, as JSON")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="weblog-soak-") as folder:
        plan = Soak(Path(folder), given.minutes * 60, given.rate, given.rotate, given.kill)
        outcome = soak(plan)
        print(summary(plan, outcome))
    if given.samples:
        given.samples.write_text(as_json(outcome))
    return 1 if outcome.faults else 0


if __name__ == "__main__":
    sys.exit(main())
