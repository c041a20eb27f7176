"""What the processes of a test run needed, and why one of them died.

A process that is killed for want of memory and one that breaks look alike to pytest: "crashed".
"""

from __future__ import annotations

import faulthandler
import os
import resource
import signal
from contextlib import suppress
from pathlib import Path

import pytest
from shared import FOLDER
from xdist.workermanage import WorkerController

PEAK = "peak MiB"


def _broken(worker: str) -> Path:
    return Path(os.environ[FOLDER]) / f"broken-{worker}.txt"


class Worker:
    """In each process: notes where it breaks, and what memory it needed."""

    def __init__(self, name: str) -> None:
        self.file = _broken(name).open("w")

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self) -> None:
        faulthandler.enable(self.file)  # after pytest did, to a stream whose end CI does not show

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
        session.config.workeroutput[PEAK] = peak  # type: ignore[attr-defined]


class Workers:
    """In the process that started them: tells it at the end of the run."""

    def __init__(self, terminal: pytest.TerminalReporter) -> None:
        self.terminal = terminal
        self.told: list[str] = []

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: WorkerController, error: object) -> None:
        name = node.gateway.id
        if not error:
            self.told.append(f"{name} needed {node.workeroutput[PEAK]:,} MiB at most")
            return
        code = node.gateway._io.wait() or 0
        with suppress(ValueError):
            code = f"signal {signal.Signals(-code).name}"
        broken = ""
        with suppress(FileNotFoundError):  # it had not even begun
            broken = _broken(name).read_text()
        where = broken[max(broken.find("Current thread"), 0) :]  # the others' are of no interest
        self.told.append(f"{name} ended by {code}\n{where[:4000]}")

    def pytest_terminal_summary(self) -> None:
        if self.told:
            self.terminal.section("processes of the tests")
        for words in self.told:
            self.terminal.write_line(words)
        for file in sorted(Path("/sys/fs/cgroup").glob("memory.*")):
            if file.name in ("memory.max", "memory.peak", "memory.events"):
                self.terminal.write_line(f"{file.name}: {' '.join(file.read_text().split())}")


def watch(config: pytest.Config) -> None:
    """Have it noted by each process, and told by the one that started them."""
    worker = getattr(config, "workerinput", None)
    if worker is not None:
        config.pluginmanager.register(Worker(worker["workerid"]))
        return
    terminal = config.pluginmanager.get_plugin("terminalreporter")
    if terminal is not None and config.getoption("durations"):
        config.pluginmanager.register(Workers(terminal))
