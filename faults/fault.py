"""What a fault is: what is broken, the command that meets it, and what has to come of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Needs = Literal["", "mount"]

INGEST: Final = "weblog ingest b.log --store S"
STATUS: Final = "weblog status --store S"
ANEW: Final = "rm -rf S"
"""A store that lost files is made anew from the logs."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A row: ``broken`` is done before ``command``, ``mended`` after it.

    ``code`` is the exit code, or one of ``also`` where it depends on the machine; ``says`` stands
    in what is said. ``needs`` is what a machine must let one do.
    """

    name: str
    what: str
    broken: str
    command: str
    code: int
    says: str
    mended: str = ":"
    needs: Needs = ""
    also: tuple[int, ...] = ()
