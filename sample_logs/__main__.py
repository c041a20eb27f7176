"""``python -m sample_logs``: write a company, or one large combined log."""

from __future__ import annotations

import argparse
from pathlib import Path

from sample_logs import SEED, generate, generate_combined


def main(arguments: list[str] | None = None) -> None:
    """Parse the command line and write what it asks for."""
    parser = argparse.ArgumentParser(prog="python -m sample_logs", description=__doc__)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--out", type=Path, metavar="DIR", help="write a company into DIR")
    what.add_argument(
        "--combined", type=Path, metavar="FILE", help="write one plain combined log into FILE"
    )
    parser.add_argument("--seed", type=int, default=SEED, help="default %(default)s")
    parser.add_argument("--scale", type=float, default=1.0, help="times the people (with --out)")
    parser.add_argument("--days", type=int, default=90, help="length of the window (with --out)")
    parser.add_argument(
        "--lines", type=int, default=1_000_000, help="exact number of lines (with --combined)"
    )
    chosen = parser.parse_args(arguments)
    try:
        if chosen.out is not None:
            generate(chosen.out, seed=chosen.seed, scale=chosen.scale, days=chosen.days)
        else:
            generate_combined(chosen.combined, lines=chosen.lines, seed=chosen.seed)
    except ValueError as error:
        parser.error(str(error))


if __name__ == "__main__":
    main()
