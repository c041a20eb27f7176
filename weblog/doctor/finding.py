"""What a check found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Finding:
    """Something found in a store.

    ``check`` names the promise looked at; ``level`` is "fault" where it is broken and "note"
    where nothing is wrong but something could be tidied; ``table`` is where, empty for the
    store as a whole; ``problem`` and ``advice`` are sentences; ``count`` says how often.
    """

    check: str
    level: Literal["fault", "note"]
    table: str
    problem: str
    advice: str
    count: int = 1


INGEST = "Run `weblog ingest` with any log, or none that is new: it completes what was cut off."
BACKUP = "Restore the store from a backup, or read the logs into a new store (--store DIR)."
ERASE = "`weblog erase` completes it; nothing else is written before."
COMPACT = "`weblog compact` removes them."
COMPLETE = "`weblog compact`, or whatever writes next, makes it."
