"""``python -m faults [--output FILE] [NAME ...]``: do the faults, and tell what was seen.

With ``--output docs/faults.json`` what was seen is written down, and docs/generate.py shows it.
Leaves with code 1 where something else came of one than has to.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from faults.bench import possible, prepare, seen


def main() -> int:
    """Do the faults named, by default all that this machine lets one do."""
    parser = argparse.ArgumentParser(prog="python -m faults", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--output", type=Path, help="write what was seen there, as JSON")
    options = parser.parse_args()
    chosen = [fault for fault in possible() if not options.names or fault.name in options.names]
    found: dict[str, dict[str, object]] = {}
    wrong = 0
    with tempfile.TemporaryDirectory(prefix="faults-") as name:
        folder = Path(name)
        prepare(folder / "prepared")
        for fault in chosen:
            came = seen(fault, folder / "prepared", folder / fault.name)
            wrong += bool(came.problem)
            found[fault.name] = {"code": came.code, "said": came.said, "problem": came.problem}
            print(f"{fault.name}: {came.problem or f'{came.code} {came.said[:100]}'}", flush=True)
    if options.output:
        options.output.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", "utf-8")
    print(f"{len(chosen)} faults, {wrong} of them with another end than expected")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
