"""Look after a store while logs are followed: few files, short logs, no garbage."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field
from typing import Final

from weblog.errors import LockedError
from weblog.schema import TABLES
from weblog.store.compaction import APPENDED, GATHERED, TIERS, compact
from weblog.store.leftovers import KEEP, clear
from weblog.store.store import Store

MERGE_EVERY: Final = 30.0
"""Seconds between two looks for files to merge."""

CLEAR_EVERY: Final = 60.0
"""Seconds between two removals of what is left over."""


@dataclass
class Upkeep:
    """Does what is due, a little at a time; ``keep`` is that of :mod:`weblog.store.leftovers`."""

    store: Store
    keep: float = KEEP
    _merged_at: float = -math.inf
    _cleared_at: float = field(default_factory=time.monotonic)
    _written_at: float = field(default_factory=time.monotonic)

    def merge(self) -> None:
        """Merge files where many have gathered, if it is time: the first time, it is.

        So files do not gather either where followers do not live for long. Call it where all
        that follows from hits was made, and something is about to be written and published.
        """
        self._written_at = time.monotonic()
        if time.monotonic() - self._merged_at < MERGE_EVERY:
            return
        self._merged_at = time.monotonic()
        for name in APPENDED:
            compact(self.store, name, tiers=TIERS, at_least=GATHERED)

    def clear(self) -> None:
        """Remove what no reader needs any more, if it is time and nobody writes.

        Where nothing was written for long, nothing is left over.
        """
        now = time.monotonic()
        is_idle = now - self._written_at > self.keep + 2 * CLEAR_EVERY
        if is_idle or now - self._cleared_at < CLEAR_EVERY:
            return
        self._cleared_at = now
        try:
            with self.store.lock("clear", exclusive=True, wait=0):
                for name in TABLES:
                    clear(self.store, name, now=time.time(), keep=self.keep)
        except LockedError:
            return  # others write: next time
