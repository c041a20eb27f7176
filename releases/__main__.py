"""``python -m releases [--python 3.12 ...] [--wheel-only]``: build twice, install, try.

Every Python found of 3.11, 3.12 and 3.13 gets the wheel, the first of them the source archive too.
It is said which were tried. Leaves with code 1 where builds differ or something fails.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from releases.build import build_twice, digest
from releases.smoke import VERSIONS, interpreters, tried


def main() -> int:
    """Build and try; print what came of it."""
    parser = argparse.ArgumentParser(prog="python -m releases", description=__doc__)
    parser.add_argument("--python", action="append", choices=VERSIONS, help="by default all found")
    parser.add_argument("--wheel-only", action="store_true", help="not the source archive")
    parser.add_argument("--build-only", action="store_true", help="compare two builds, and stop")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="releases-") as name:
        folder = Path(name)
        built = build_twice(folder)
        for path in (built.wheel, built.sdist):
            print(f"{digest(path)}  {path.stat().st_size:,} bytes")
        print("two builds: the same bytes" if built.is_same else "two builds: OTHER BYTES")
        is_right = built.is_same
        if options.build_only:
            return 0 if is_right else 1
        wanted = options.python or VERSIONS
        found = interpreters(wanted)
        absent = [version for version in wanted if version not in found]
        print(f"Python found: {', '.join(found)}; not here: {', '.join(absent) or 'none'}")
        for number, (version, python) in enumerate(found.items()):
            archives = [built.wheel] if number or options.wheel_only else [built.wheel, built.sdist]
            for archive in archives:
                place = folder / f"{version}-{archive.suffix}"
                place.mkdir()
                came = tried(python, archive, place)
                is_right = is_right and not came.problem
                ends = f"FAILED {came.problem}" if came.problem else f"tried in {came.smoke_s} s"
                print(
                    f"{version} {archive.name}: installed in {came.install_s} s, {ends}", flush=True
                )
    return 0 if is_right and found else 1


if __name__ == "__main__":
    sys.exit(main())
