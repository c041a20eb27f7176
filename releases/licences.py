"""``python -m releases.licences``: the licence of everything that is installed, and if we may.

Of what is needed to run, and of every extra that people install; not of what only tests need.

Read from the packages' own metadata, offline. Leaves with code 1 where one is not on the list.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from typing import Final

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PACKAGE: Final = "weblog-insight"

EXTRAS: Final = ("", "notebook", "oidc", "databases", "cloud", "spark")
"""What people install: the package, and its extras that are not for development alone."""

_WORDS: Final = (
    "apache", "mit", "bsd", "isc", "psf", "python software foundation", "python-2.0", "0bsd",
    "mpl-2.0", "mozilla public license 2", "zope public license", "unlicense", "cc0", "zlib",
)  # fmt: skip
ALLOWED: Final = re.compile(rf"\b(?:{'|'.join(map(re.escape, _WORDS))})\b")
"""Words of licences that let a company use a library unchanged: whole words, no "limited"."""

REFUSED: Final = re.compile(
    r"\bl?a?gpl|general public|sspl|busl|commons clause|proprietary|non-?commercial", re.IGNORECASE
)

_INNER: Final = re.compile(r"\(([^()]*\b(?:OR|AND)\b[^()]*)\)")
"""An expression in brackets that holds none itself."""

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
            found[canonicalize_name(name)] = here
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
    judged = said
    while _INNER.search(judged):
        judged = _INNER.sub(lambda inner: "MIT" if _may(inner[1]) else "Proprietary", judged)
    return "" if _may(judged) else f"{said}: not on the list"


def _may(said: str) -> bool:
    """Say whether one of the licences to choose from is allowed, with all that go with it."""
    choices = [re.split(r"\bAND\b", choice) for choice in re.split(r"\bOR\b", said)]
    return any(all(_is_allowed(each) for each in choice) for choice in choices)


def _is_allowed(said: str) -> bool:
    low = said.lower()
    return not REFUSED.search(low) and ALLOWED.search(low) is not None


def installed() -> dict[str, Distribution]:
    """Return everything that comes with the package or one of its extras, by name."""
    found = {name: each for extra in EXTRAS for name, each in needed(extra=extra).items()}
    return dict(sorted(found.items()))


def problems() -> Iterator[str]:
    """Yield what is wrong, by package."""
    for name, each in installed().items():
        wrong = problem(READ.get(name) or licence(each))
        if wrong and name not in EXCEPTED:
            yield f"{name}: {wrong}"


def main() -> int:
    """Print every licence, and what is wrong."""
    for name, each in installed().items():
        print(f"{name} {each.version}: {EXCEPTED.get(name) or READ.get(name) or licence(each)}")
    wrong = list(problems())
    for line in wrong:
        print(f"NOT ALLOWED {line}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
