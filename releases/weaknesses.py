"""``python -m releases.weaknesses [--service osv]``: what is known of the weaknesses of packages.

Every package of constraints.txt is looked up with pip-audit, from an environment of its own. An
index may know nothing of weaknesses, and then every package would pass: whatever could not be
looked up is counted and named, and is no pass. Leaves with code 1 where a weakness is known, with
code 2 where something was not looked up.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from packaging.utils import canonicalize_name

from releases.build import ROOT
from releases.licences import needed

CONSTRAINTS: Final = ROOT / "constraints.txt"
SERVICES: Final = ("pypi", "osv")
NAMED: Final = 5
"""Packages named where something was not looked up; the others are counted."""


@dataclass(frozen=True, slots=True)
class Weakness:
    """A weakness that is known of a package: its names, and the versions without it."""

    package: str
    version: str
    names: tuple[str, ...]
    mended: tuple[str, ...]

    def __str__(self) -> str:
        mended = f"mended in {', '.join(self.mended)}" if self.mended else "mended in no version"
        return f"{self.package} {self.version}: {' '.join(self.names)}, {mended}"


@dataclass(frozen=True, slots=True)
class Audit:
    """What came of an audit: packages looked up, weaknesses, and what nothing was told of."""

    looked_up: tuple[str, ...]
    weaknesses: tuple[Weakness, ...]
    unknown: tuple[str, ...]

    @property
    def code(self) -> int:
        """Return the code to leave with: weaknesses are worse than what nobody knows."""
        if self.weaknesses:
            return 1
        return 2 if self.unknown or not self.looked_up else 0


def read(told: dict[str, Any]) -> Audit:
    """Return what pip-audit's JSON says."""
    packages = told["dependencies"]
    known = [each for each in packages if "skip_reason" not in each]
    return Audit(
        tuple(each["name"] for each in known),
        tuple(
            Weakness(
                each["name"],
                each["version"],
                (one["id"], *one.get("aliases", ())),
                tuple(one.get("fix_versions", ())),
            )
            for each in known
            for one in each["vulns"]
        ),
        tuple(each["name"] for each in packages if "skip_reason" in each),
    )


def lines(audit: Audit, to_run: Sequence[str], service: str) -> list[str]:
    """Return what is said of an audit, one line after the other.

    Args:
        audit: what came of it.
        to_run: names of the packages that are needed to run; the others are for development.
        service: where was asked.
    """
    said = [
        f"WEAKNESS {'' if each.package in to_run else '(development only) '}{each}"
        for each in audit.weaknesses
    ]
    total = len(audit.looked_up) + len(audit.unknown)
    said.append(
        f"{len(audit.looked_up):,} of {total:,} packages looked up ({service}), "
        f"known weaknesses: {len(audit.weaknesses):,}"
    )
    if audit.code == 0 or not (audit.unknown or total == 0):
        return said
    rest = len(audit.unknown) - NAMED
    named = ", ".join(audit.unknown[:NAMED]) + (f" and {rest:,} more" if rest > 0 else "")
    other = next(each for each in SERVICES if each != service)
    told = f"{service} told nothing of them, so this is no pass."
    do = "Ask where the public index is reached and no mirror, or another: dev.py audit --service"
    return [*said, f"NOT LOOKED UP: {named or 'anything'}. {told} {do} {other}"]


def audited(service: str) -> Audit:
    """Look up every package of constraints.txt.

    Raises:
        CalledProcessError: pip-audit cannot be installed, or ends without an answer.
    """
    with tempfile.TemporaryDirectory(prefix="weaknesses-") as name:
        python = Path(name) / "environment" / "bin" / "python"
        subprocess.run([sys.executable, "-m", "venv", python.parents[1]], check=True)
        pip: list[str | Path] = [
            python,
            "-m",
            "pip",
            "-qq",
            "--disable-pip-version-check",
            "--no-input",
        ]
        subprocess.run([*pip, "install", "pip-audit"], check=True)
        asked: list[str | Path] = [
            *(python, "-m", "pip_audit", "--requirement", CONSTRAINTS, "--no-deps"),
            *("--disable-pip", "--progress-spinner", "off", "--format", "json"),
            *("--vulnerability-service", service),
        ]
        done = subprocess.run(asked, capture_output=True, text=True, check=False)
    if not done.stdout.startswith("{"):  # its code is 1 for weaknesses as for every failure
        raise subprocess.CalledProcessError(done.returncode, "pip-audit", stderr=done.stderr)
    return read(json.loads(done.stdout))


def main() -> int:
    """Look up, and say what was found."""
    parser = argparse.ArgumentParser(prog="python -m releases.weaknesses", description=__doc__)
    parser.add_argument("--service", choices=SERVICES, default=SERVICES[0], help="whom to ask")
    service = parser.parse_args().service
    try:
        audit = audited(service)
    except subprocess.CalledProcessError as error:
        end = (error.stderr or "").strip().splitlines()[-1:]
        print(f"NOT LOOKED UP: {' '.join(end) or error}", file=sys.stderr)
        return 2
    to_run = [canonicalize_name(name) for name in needed()]
    for line in lines(audit, to_run, service):
        print(line)
    return audit.code


if __name__ == "__main__":
    sys.exit(main())
