"""Whether a server has read what it will be asked first: ``/ready``.

Pages are answered before, too, only more slowly. Where several processes serve the same, a server
is ready when all of them are: none can tell which of them a request will reach. The first process
of gunicorn notes each of them in a folder they share before it is begun, and removes that when it
has ended (:mod:`weblog.cli.serve_gunicorn`), so that one that is replaced is waited for, too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from flask import Flask, Response

from dashboard.access.roles import NOBODY, least
from dashboard.held import Together

PREFIX: Final = "process-"
"""How a file of the folder begins that tells of a process; the rest is the process's name."""

READY: Final = "ready"

RETRY_S: Final = 5
"""Seconds after which it is worth asking again."""


@dataclass(slots=True)
class Ready:
    """Whether a server is ready.

    Attributes:
        shared: the processes of the server; None where there is but this one.
        is_here: whether this process is.
    """

    shared: Together | None = None
    is_here: bool = False

    def tell(self) -> None:
        """From now on this process is ready."""
        self.is_here = True
        if self.shared and self.shared.process:
            (self.shared.folder / f"{PREFIX}{self.shared.process}").write_text(READY)

    @property
    def is_everywhere(self) -> bool:
        """Whether all processes are."""
        if not self.shared or not self.shared.process:
            return self.is_here
        told = []
        for file in self.shared.folder.glob(f"{PREFIX}*"):
            try:
                told.append(file.read_text() == READY)
            except FileNotFoundError:  # it has just ended
                continue
        return self.is_here and all(told)


def add_ready(server: Flask, ready: Ready) -> None:
    """Add ``/ready``, which answers anybody 200 or 503, and tells nothing of the data."""

    @server.get("/ready", endpoint="read_beforehand")
    @least(NOBODY)
    def answer() -> Response:
        if ready.is_everywhere:
            return Response("ready\n", mimetype="text/plain")
        headers = {"Retry-After": str(RETRY_S)}
        return Response("reading\n", 503, headers, mimetype="text/plain")
