"""``python -m releases.sanitized [TEST ...]``: the compiled part's tests under gcc's sanitizers.

In a clone of what is committed, ``native.c`` is compiled with the address and the
undefined-behaviour sanitizer, and with counters of what runs. It is shown that this library is the
one the tests load, and, where all tests ran, that they ran every function of it.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from releases.build import ROOT

TESTS: Final = (
    *(
        f"tests/weblog/parse/test_{name}.py"
        for name in ("hostile_lines", "native", "unquote", "words")
    ),
    "tests/weblog/ingestion/test_distinct.py",
    *(
        f"tests/reports/test_{name}.py"
        for name in (
            *("attribution_passes", "crossed_sums", "readers", "runs", "tastes"),
            *("view_counts", "viewers", "walk_counts"),
        )
    ),
)
"""The tests that drive the compiled part."""

FLAGS: Final = (
    *("-std=c11", "-g", "-O1", "-fPIC", "--coverage"),
    *("-fsanitize=address,undefined", "-fno-sanitize-recover"),
)

LOADED: Final = """
import sys
from weblog.parse import library
library.library()
here = open("/proc/self/maps").read()
sys.exit(not (str(library.FILE).startswith(sys.argv[1]) and str(library.FILE) in here
              and "libasan" in here))
"""
"""Leaves with code 1 unless the library in the folder it is given is loaded, with the sanitizer."""


def built(clone: Path) -> Path:
    """Compile the clone's ``native.c``; return the object, beside which the counters will lie."""
    parse = clone / "weblog" / "parse"
    made = parse / "native.o"
    for words in (
        ("gcc", *FLAGS, "-c", "-o", made, parse / "native.c"),
        ("gcc", *FLAGS, "-shared", "-o", parse / "_native.so", made),
    ):
        subprocess.run(words, check=True, cwd=parse)
    return made


def settings(clone: Path) -> dict[str, str]:
    """Return the environment in which Python loads the clone's packages and the sanitizer."""
    asked = ["gcc", "-print-file-name=libasan.so"]
    library = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()
    return {
        **os.environ,
        "LD_PRELOAD": library,
        # Python is no program of the sanitizer's: what it never frees is not looked for.
        "ASAN_OPTIONS": "detect_leaks=0",
        "UBSAN_OPTIONS": "print_stacktrace=1",
        "PYTHONPATH": str(clone),
    }


def counted(made: Path) -> dict[str, Any]:
    """Return what gcov tells of the functions and lines of ``native.c``."""
    asked: list[str | Path] = ["gcov", "--json-format", "--stdout", made.with_suffix(".gcda")]
    done = subprocess.run(asked, capture_output=True, text=True, check=True, cwd=made.parent)
    files: list[dict[str, Any]] = json.loads(done.stdout)["files"]
    return next(each for each in files if each["file"].endswith("native.c"))


def never_run(told: dict[str, Any]) -> list[str]:
    """Return the names of the functions that did not run."""
    return [each["name"] for each in told["functions"] if not each["execution_count"]]


def line_share(told: dict[str, Any]) -> str:
    """Return how many of the lines ran."""
    ran = {each["line_number"] for each in told["lines"] if each["count"]}
    total = len({each["line_number"] for each in told["lines"]})
    return f"{len(ran):,} of {total:,} lines of native.c ran ({len(ran) / total:.1%})"


def tried(tests: Sequence[str], clone: Path) -> int:
    """Run the tests in the clone; return the code to leave with."""
    made, environment = built(clone), settings(clone)
    proof = [sys.executable, "-c", LOADED, str(clone)]
    if subprocess.run(proof, env=environment, check=False, cwd=clone).returncode:
        print("the library under the sanitizers is not the one that is loaded", file=sys.stderr)
        return 1
    where = ["--rootdir", str(clone), "-c", str(clone / "pyproject.toml")]
    paths = [str(clone / name) if name.startswith("tests/") else name for name in tests or TESTS]
    # The sanitizer writes to the file itself and ends the process: pytest would keep its words.
    command = [sys.executable, "-m", "pytest", "--quiet", "--capture=sys", *where, *paths]
    # There: what lies in the folder Python is started in comes before all else.
    code = subprocess.run(command, env=environment, check=False, cwd=clone).returncode
    if code:
        return code
    told = counted(made)
    print(line_share(told), flush=True)
    idle = [] if tests else never_run(told)
    if idle:
        print(f"no test ran {', '.join(idle)}: name theirs in {__file__}", file=sys.stderr)
    return 1 if idle else 0


def main() -> int:
    """Clone, compile, run."""
    parser = argparse.ArgumentParser(prog="python -m releases.sanitized", description=__doc__)
    parser.add_argument("tests", nargs="*", metavar="TEST", help="by default all of them")
    parser.parse_known_args()  # pytest reads them, in their order
    with tempfile.TemporaryDirectory(prefix="sanitized-") as folder:
        clone = Path(folder) / "weblog-insight"
        subprocess.run(["git", "clone", "--quiet", ROOT, clone], check=True)
        return tried(sys.argv[1:], clone)


if __name__ == "__main__":
    sys.exit(main())
