"""The command line in this process, for tests in which nothing is killed: seconds faster."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from click.testing import CliRunner

from weblog.cli import weblog
from weblog.errors import WeblogError


@dataclass(frozen=True)
class Done:
    """What a command did."""

    returncode: int
    stdout: str
    stderr: str


def run_here(*words: str | Path, env: dict[str, str | None] | None = None) -> Done:
    """Run ``weblog`` with these words; an error of ours is told as the program tells it."""
    result = CliRunner().invoke(weblog, [str(word) for word in words], env=env)
    if isinstance(result.exception, WeblogError):
        error = result.exception
        return Done(error.exit_code, result.stdout, f"{result.stderr}{error}\n")
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Done(result.exit_code, result.stdout, result.stderr)
