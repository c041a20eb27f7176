"""The command line in this process, for tests in which nothing is killed: seconds faster.

:func:`run_here` runs a command and tells its error; :func:`program_here` runs the whole program,
as ``python -m weblog`` does, with all it says.
"""

from __future__ import annotations

import io
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import chdir, contextmanager
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from click.testing import CliRunner

from weblog.cli import main, weblog
from weblog.errors import WeblogError


@dataclass(frozen=True)
class Done:
    """What a command did."""

    returncode: int
    stdout: str
    stderr: str


@dataclass(frozen=True)
class Ran:
    """What a run of the program did."""

    returncode: int
    out: bytes
    stderr: str

    @property
    def stdout(self) -> str:
        return self.out.decode()


def run_here(*words: str | Path, env: dict[str, str | None] | None = None) -> Done:
    """Run ``weblog`` with these words; an error of ours is told as the program tells it."""
    result = CliRunner().invoke(weblog, [str(word) for word in words], env=env)
    if isinstance(result.exception, WeblogError):
        error = result.exception
        return Done(error.exit_code, result.stdout, f"{result.stderr}{error}\n")
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Done(result.exit_code, result.stdout, result.stderr)


def program_here(*words: str | Path, folder: Path, stdin: bytes = b"") -> Ran:
    """Run the program in a folder; what no program may raise is raised here.

    One at a time: it changes the folder, the streams and the environment of this process, and
    gives them back.
    """
    told = [str(word) for word in words]
    code: object = None
    with chdir(folder), _as_it_was(), CliRunner().isolation() as (out, err, _):
        sys.stdin = io.TextIOWrapper(io.BufferedReader(io.BytesIO(stdin)), "utf-8")  # type: ignore[arg-type]
        with patch.object(sys, "argv", ["weblog", *told]):
            try:
                main(told)
            except SystemExit as end:
                code = end.code
        sys.stdout.flush()
        sys.stderr.flush()
        return Ran(int(str(code or 0)), out.getvalue(), err.getvalue().decode())


@contextmanager
def _as_it_was() -> Iterator[None]:
    """Take back what a run changes of this process: its environment, and how it logs."""
    environment = dict(os.environ)
    loggers = [logging.getLogger(name) for name in (None, "weblog", "dashboard")]
    before = [(each, each.level, each.handlers[:]) for each in loggers]
    try:
        yield
    finally:
        # Only what changed: threads of the libraries may read it now, which no lock keeps apart.
        for name in os.environ.keys() - environment.keys():
            del os.environ[name]
        for name, value in environment.items():
            if os.environ.get(name) != value:
                os.environ[name] = value
        for each, level, handlers in before:
            each.setLevel(level)
            each.handlers[:] = handlers
