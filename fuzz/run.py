"""``python -m fuzz.run TARGET UNTIL [libFuzzer's options]``: fuzz one target in this process.

``UNTIL`` is when to stop, in seconds since 1970: loading what is fuzzed takes some of the time.
"""

from __future__ import annotations

import sys
import time

import atheris

OURS = ("weblog", "sessionize", "dashboard", "reports.audience", "reports.query", "fuzz")

with atheris.instrument_imports(include=[*OURS, "tomllib"]):
    from fuzz.targets import TARGETS

    # What a target imports when it is first asked is to be followed too.
    TARGETS[sys.argv[1]].check(TARGETS[sys.argv[1]].seeds[0])


def main() -> None:
    """Hand the target to libFuzzer, which never returns."""
    check = TARGETS[sys.argv[1]].check
    seconds = max(round(float(sys.argv[2]) - time.time()), 1)
    atheris.Setup([sys.argv[0], *sys.argv[3:], f"-max_total_time={seconds}"], check)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
