"""``weblog serve`` as a process of its own, what it answers, and what it takes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PATIENCE_S = 120

LONGEST_READY_S = 900
"""A server that is not ready by then is not waited for."""


@dataclass(frozen=True)
class Server:
    """``weblog serve``, as a process of its own.

    Attributes:
        process: gunicorn's first one.
        url: where it answers.
        begun: when it was started.
    """

    process: subprocess.Popen[str]
    url: str
    begun: float

    @classmethod
    @contextmanager
    def of(cls, store: Path, site: Path | None, workers: int | None) -> Iterator[Server]:
        """Start a server; stop it as an operator does."""
        command = [sys.executable, "-m", "weblog", "serve", "--store", str(store),
                   "--port", "0", "--no-login"]  # fmt: skip
        command += ["--site", str(site)] if site else []
        command += ["--workers", str(workers)] if workers else []
        begun = time.monotonic()
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            start_new_session=True,
        )  # fmt: skip
        try:
            said = process.stdout.readline() if process.stdout else ""
            if not said.startswith("Dashboard on "):
                sys.exit(f"the server did not start; try it yourself: {' '.join(command)}")
            yield cls(process, said.split()[2].rstrip("/"), begun)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=60)

    def ready(self) -> dict[str, float]:
        """Wait until it is ready; return how long that took, and what it takes in memory."""
        while time.monotonic() < self.begun + LONGEST_READY_S:
            try:
                ask(self.url, "/ready", is_json=False)
            except urllib.error.HTTPError:
                time.sleep(0.1)
            else:
                took, (memory, cpu) = time.monotonic() - self.begun, used(self.process.pid)
                return {"ready_s": round(took, 1), "ready_mb": round(memory),
                        "ready_cpu_s": round(cpu, 1)}  # fmt: skip
        sys.exit(f"the server is not ready after {LONGEST_READY_S} s")


def ask(url: str, path: str, body: object = None, *, is_json: bool = True) -> Any:
    """Return what a server answers; ``body`` is sent as JSON."""
    data = None if body is None else json.dumps(body).encode()
    headers = {"Content-Type": "application/json"}
    asked = urllib.request.Request(url + path, data, headers)  # noqa: S310  our own server
    with urllib.request.urlopen(asked, timeout=PATIENCE_S) as answer:  # noqa: S310
        text = answer.read()
        return json.loads(text) if text and is_json else None


def used(leader: int) -> tuple[float, float]:
    """Return the memory (MB) of a process and those it began, and the processor time (s).

    What they share counts once.
    """
    whole, ticks = 0, 0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if os.getsid(int(folder.name)) == leader:
                lines = (folder / "smaps_rollup").read_text().splitlines()
                whole += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
                spent = (folder / "stat").read_text().rpartition(")")[2].split()
                ticks += int(spent[11]) + int(spent[12])
        except (OSError, ProcessLookupError):
            continue  # it has ended meanwhile
    return whole / 1024, ticks / os.sysconf("SC_CLK_TCK")
