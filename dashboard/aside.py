"""What readers try runs beside the server, in processes of their own (:mod:`reports.trials`).

At most :data:`PROCESSES` at once, so that trials leave the cores to those who read; who comes
when all are busy is told so and asks again. A trial that takes too long, or too much memory, or
ends its process, ends nothing else.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import pickle
import select
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from queue import Empty, LifoQueue
from typing import Any, Final

LOG = logging.getLogger("dashboard")

PROCESSES: Final = 2
"""Trials at once, of one process of the dashboard."""

SECONDS: Final = 60.0
"""How long a trial may take."""

COMMAND: Final = (sys.executable, "-m", "reports.trials")


class BusyError(Exception):
    """All processes are at work: ask again."""


class StoppedError(Exception):
    """A trial took too long ("time"), or ended its process ("died")."""


class TrialError(Exception):
    """A trial failed in a way nobody expected; the text is for the log."""


@dataclass(slots=True)
class _Child:
    """A process, or the place for one."""

    process: subprocess.Popen[bytes] | None = None

    def ask(self, question: bytes, seconds: float) -> bytes:
        """Return the line it answers."""
        until = time.monotonic() + seconds
        fresh = self.process is None or self.process.poll() is not None
        for _ in range(1 if fresh else 2):  # one that has just ended, unasked, is begun anew
            try:
                return self._answer(question, until)
            except BrokenPipeError:
                self.end()
        raise StoppedError("died")

    def begin(self) -> subprocess.Popen[bytes]:
        """Return the process, begun if there is none."""
        if self.process is None or self.process.poll() is not None:
            self.end()
            self.process = subprocess.Popen(  # noqa: S603  our own interpreter
                COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
            )
        return self.process

    def _answer(self, question: bytes, until: float) -> bytes:
        process = self.begin()
        stdin, stdout = process.stdin, process.stdout
        assert stdin is not None and stdout is not None  # noqa: S101, PT018  they are pipes
        stdin.write(struct.pack(">Q", len(question)) + question)
        stdin.flush()
        answer = b""
        while not answer.endswith(b"\n"):
            left = until - time.monotonic()
            if left <= 0 or not select.select([stdout], [], [], left)[0]:
                self.end()
                raise StoppedError("time")
            part = os.read(stdout.fileno(), 1 << 16)
            if not part:
                self.end()
                raise StoppedError("died")
            answer += part
        return answer

    def end(self) -> None:
        """End the process, if there is one."""
        if self.process is None:
            return
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            with contextlib.suppress(OSError):
                assert pipe is not None  # noqa: S101  they are pipes
                pipe.close()
        self.process = None


def _places() -> LifoQueue[_Child]:
    places: LifoQueue[_Child] = LifoQueue()
    for _ in range(PROCESSES):
        places.put(_Child())
    return places


@dataclass(frozen=True, slots=True)
class Aside:
    """The processes; the one that answered last answers next, for what it keeps in memory."""

    _free: LifoQueue[_Child] = field(default_factory=_places)

    def ask(self, job: str, seconds: float = SECONDS, **given: Any) -> dict[str, Any]:
        """Return the answer of a job of :mod:`reports.trials.jobs`.

        Returns:
            ``answer``, or ``faults`` (where, value, expected), or ``refused`` (why) and ``kind``.

        Raises:
            BusyError: all processes are at work.
            StoppedError: it took too long, or its process ended.
            TrialError: it failed.
        """
        with self._taken() as child:
            line = child.ask(pickle.dumps((job, given)), seconds)
        found: dict[str, Any] = json.loads(line)
        if "failed" in found:
            raise TrialError(found["failed"])
        return found

    def warm(self) -> None:
        """Let a process begin that somebody is about to ask: it takes a second or more."""
        with contextlib.suppress(BusyError), self._taken() as child:
            child.begin()

    @contextlib.contextmanager
    def _taken(self) -> Iterator[_Child]:
        try:
            child = self._free.get_nowait()
        except Empty:
            raise BusyError from None
        try:
            yield child
        except BaseException:
            child.end()  # an answer may still come: it must not be the next one's
            raise
        finally:
            self._free.put(child)

    def end(self) -> None:
        """End the processes that are not at work; those that are end with this one."""
        held = []
        with contextlib.suppress(Empty):
            while True:
                child = self._free.get_nowait()
                child.end()
                held.append(child)
        for child in held:
            self._free.put(child)
