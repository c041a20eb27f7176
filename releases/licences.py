"""``python -m releases.licences``: the licence of everything that is needed to run, and if we may.

Read from the packages' own metadata, offline. Leaves with code 1 where one is not on the list.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from typing import Final

from packaging.requirements import Requirement

PACKAGE: Final = "weblog-insight"

ALLOWED: Final = (
    "apache", "mit", "bsd", "isc", "psf", "python software foundation", "python-2.0", "0bsd",
    "mpl-2.0", "mozilla public license 2", "zope public license", "unlicense", "cc0", "zlib",
)  # fmt: skip
"""Words of licences that let a company use a library unchanged."""

REFUSED: Final = re.compile(r"\bl?a?gpl|general public|sspl|busl|commons clause", re.IGNORECASE)

READ: Final = {"crawler-user-agents": "MIT"}
"""Licences that stand in a package's file alone, by its name."""

EXCEPTED: Final = {
    "apache-log-parser": (
        "GPLv3+: only its table of directives is read, where it is installed beside us; who hands "
        "out both together does so under the GPL"
    ),
}
"""Packages that are there all the same, and why."""


def needed(package: str = PACKAGE, extra: str = "") -> dict[str, Distribution]:
    """Return what is installed of what a package needs, and of what that needs, by name."""
    found: dict[str, Distribution] = {}
    waiting = [(package, extra)]
    seen: set[tuple[str, str]] = set()
    while waiting:
        name, extras = waiting.pop()
        if (name, extras) in seen:
            continue
        seen.add((name, extras))
        try:
            here = distribution(name)
        except PackageNotFoundError:
            continue  # for another system
        if name != PACKAGE:
            found[name.lower()] = here
        for text in here.requires or ():
            wanted = Requirement(text)
            asked = (extras, "") if extras else ("",)
            if wanted.marker is None or any(wanted.marker.evaluate({"extra": e}) for e in asked):
                waiting.append((wanted.name, ""))
                waiting += [(wanted.name, each) for each in wanted.extras]
    return dict(sorted(found.items()))


def licence(package: Distribution) -> str:
    """Return what a package says of its licence: the expression, the classifiers, the text."""
    told = package.metadata
    classified = [
        one.rpartition(" :: ")[2]
        for one in told.get_all("Classifier") or ()
        if one.startswith("License :: ")
    ]
    expression = told.get("License-Expression") or ""
    return expression or "; ".join(classified) or " ".join((told.get("License") or "").split())[:80]


def problem(said: str) -> str:
    """Return why a licence is not to be had, or nothing."""
    if not said:
        return "says no licence"
    choices = re.split(r"\bOR\b", said)
    if any(_is_allowed(each) for each in choices):
        return ""
    return f"{said}: not on the list"


def _is_allowed(said: str) -> bool:
    low = said.lower()
    return not REFUSED.search(low) and any(word in low for word in ALLOWED)


def problems(package: str = PACKAGE) -> Iterator[str]:
    """Yield what is wrong, by package."""
    for name, each in needed(package).items():
        wrong = problem(READ.get(name) or licence(each))
        if wrong and name not in EXCEPTED:
            yield f"{name}: {wrong}"


def main() -> int:
    """Print every licence, and what is wrong."""
    for name, each in needed().items():
        print(f"{name} {each.version}: {EXCEPTED.get(name) or READ.get(name) or licence(each)}")
    wrong = list(problems())
    for line in wrong:
        print(f"NOT ALLOWED {line}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
