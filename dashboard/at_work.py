"""Readers go first: what the server asks beforehand makes way while a request is at work.

Both use the same cores. Who asks beforehand does it inside of :func:`beforehand`; the door to
reports (:mod:`dashboard.ask`) then calls :func:`make_way` before each report, which does nothing
for a reader.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from threading import Condition
from typing import Final

from flask import Flask, g

PATIENCE_S: Final = 2.0
"""How long one question makes way, at most: where people ask all day it is asked, too."""

_LOOK_S: Final = 0.1
"""How soon who waits for readers sees that the server ends."""


class Ended(BaseException):
    """The server ends: nothing went wrong, and nobody who catches failures is to catch it."""


@dataclass(slots=True)
class AtWork:
    """How many requests a process is answering."""

    _count: int = 0
    _changed: Condition = field(default_factory=Condition)

    def begin(self) -> None:
        """Count a request."""
        with self._changed:
            self._count += 1

    def end(self) -> None:
        """Count it no longer."""
        with self._changed:
            self._count -= 1
            self._changed.notify_all()

    def is_idle(self, seconds: float) -> bool:
        """Say whether none is at work, now or within so many seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: self._count == 0, seconds)


READERS: Final = AtWork()
"""Of this process, whatever site they read."""


def count_readers(server: Flask) -> None:
    """Count the requests of a server while they are answered."""

    @server.before_request
    def began() -> None:
        READERS.begin()
        g.at_work = True

    @server.teardown_request
    def ended(_: BaseException | None) -> None:
        if g.pop("at_work", False):
            READERS.end()


@dataclass(slots=True)
class _Way:
    """What a question that is asked beforehand makes way with."""

    is_ended: Callable[[], bool]
    patience: float
    readers: AtWork

    def make(self) -> None:
        begun = time.monotonic()
        while not self.is_ended():
            left = self.patience - (time.monotonic() - begun)
            if left <= 0 or self.readers.is_idle(min(left, _LOOK_S)):
                break
        self.patience -= time.monotonic() - begun
        if self.is_ended():
            raise Ended


_WAY: Final[ContextVar[_Way | None]] = ContextVar("way", default=None)


@contextmanager
def beforehand(
    is_ended: Callable[[], bool], patience: float = PATIENCE_S, readers: AtWork = READERS
) -> Iterator[None]:
    """Ask a question that no reader waits for.

    Args:
        is_ended: whether the server ends: no further report is asked then.
        patience: seconds it makes way for readers, in sum.
        readers: for whom.

    Raises:
        Ended: it does.
    """
    token = _WAY.set(_Way(is_ended, patience, readers))
    try:
        make_way()
        yield
    finally:
        _WAY.reset(token)


def make_way() -> None:
    """Let readers go first, if this is asked beforehand.

    Raises:
        Ended: the server ends.
    """
    way = _WAY.get()
    if way is not None:
        way.make()


def is_beforehand() -> bool:
    """Say whether no reader waits for what is asked here."""
    return _WAY.get() is not None
