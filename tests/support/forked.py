"""Processes that begin with everything imported: forks of one in which nothing else ever ran.

Each has its own number, memory, locks and death, as one that was started from nothing; only the
second its imports would take is spent once. A fork server (:mod:`multiprocessing`) imports what
commands need. Threads do not come along into a fork, so that server must have none: polars,
deltalake and their like start theirs at first use, and each fork sees that none is there.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

IMPORTED: Final = (
    *("weblog.cli.ingest", "weblog.cli.erase", "weblog.cli.rejects_replay", "weblog.cli.target"),
    *("weblog.ingestion", "weblog.erasure", "weblog.rejects.replay", "weblog.status"),
    *("sessionize", "sessionize.update", "reports", "reports.audience", "deltalake", "duckdb"),
)
_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(list(IMPORTED))


@dataclass(frozen=True)
class Ended:
    """How a process ended: minus the number of the signal that killed it, as subprocess says."""

    returncode: int
    stdout: str
    stderr: str


def forked(target: Callable[..., object], *arguments: object, folder: Path) -> Ended:
    """Call ``target``, a function of a module, in a process of its own, to its end."""
    with TemporaryDirectory() as name:
        out, err = (Path(name) / each for each in ("out", "err"))
        process = begun(target, *arguments, folder=folder, said=(out, err))
        process.join()
        assert process.exitcode is not None
        return Ended(process.exitcode, out.read_text("utf-8"), err.read_text("utf-8"))


def begun(
    target: Callable[..., object],
    *arguments: object,
    folder: Path,
    said: tuple[Path, Path] = (Path(os.devnull), Path(os.devnull)),
) -> ForkServerProcess:
    """Begin to call ``target`` in a process of its own; what it says goes into two files."""
    process = _FORKS.Process(target=_live, args=(dict(os.environ), folder, said, target, arguments))
    process.start()
    return process


def weblog(*words: str | Path, folder: Path) -> ForkServerProcess:
    """Begin to run ``weblog`` in a folder."""
    return begun(_program, *map(str, words), folder=folder)


def _program(*words: str) -> None:
    from weblog.cli import main

    sys.argv = ["weblog", *words]
    main(words)


def _live(
    environment: dict[str, str],
    folder: Path,
    said: tuple[Path, Path],
    target: Callable[..., object],
    arguments: tuple[object, ...],
) -> None:
    for stream, file in zip((sys.stdout, sys.stderr), said, strict=True):
        stream.flush()
        opened = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(opened, stream.fileno())
        os.close(opened)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    threads = len(list(Path("/proc/self/task").iterdir())) if sys.platform == "linux" else 1
    assert threads == 1, f"the fork server ran {threads} threads, which a fork does not have"
    target(*arguments)
