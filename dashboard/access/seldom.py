"""What strangers cause as often as they like is recorded once a minute each."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, field
from threading import Lock
from typing import Final

MINUTE: Final = 60.0

MOST: Final = 1000
"""Of so many it is remembered."""


@dataclass(slots=True)
class Seldom:
    """When each was recorded last, of this process."""

    _told: OrderedDict[Hashable, float] = field(default_factory=OrderedDict)
    _guard: Lock = field(default_factory=Lock)

    def is_due(self, what: Hashable) -> bool:
        """Say whether this was not recorded within the last minute; from now on, it was."""
        now = time.monotonic()
        with self._guard:
            if now - self._told.get(what, -MINUTE) < MINUTE:
                return False
            self._told[what] = now
            self._told.move_to_end(what)
            while len(self._told) > MOST:
                self._told.popitem(last=False)
            return True
