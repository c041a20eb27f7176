"""The command line as a user runs it: in this process, or in one of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from in_process import program_here

from sessionize import update
from weblog.ingestion import ingest
from weblog.site import Site
from weblog.store import open_store


@dataclass(frozen=True)
class Run:
    """What one run of the command line did."""

    code: int
    out: bytes
    err: str

    @property
    def text(self) -> str:
        return self.out.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def told(code: int, out: bytes, err: str, expected: int | None) -> Run:
    """Return what was said, if it left with the code that is expected."""
    assert "Traceback" not in err, err
    assert expected is None or code == expected, err
    return Run(code, out, err)


@pytest.fixture
def weblog(tmp_path: Path) -> Callable[..., Run]:
    """Run ``weblog`` in a folder of its own: in this process, which is a second faster."""

    def run(*arguments: str | Path, stdin: bytes = b"", code: int | None = 0) -> Run:
        done = program_here(*arguments, folder=tmp_path, stdin=stdin)
        return told(done.returncode, done.out, done.stderr, code)

    return run


@pytest.fixture
def weblog_process(tmp_path: Path) -> Callable[..., Run]:
    """Run ``weblog`` in that folder as a process, for what is about one."""

    def run(*arguments: str | Path, stdin: bytes = b"", code: int | None = 0) -> Run:
        done = subprocess.run(
            [sys.executable, "-m", "weblog", *map(str, arguments)],
            cwd=tmp_path,
            input=stdin,
            capture_output=True,
            timeout=300,
            check=False,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        )
        return told(done.returncode, done.stdout, done.stderr.decode(), code)

    return run


@pytest.fixture(scope="session")
def apache_log() -> Path:
    """10,000 real lines, one of them cut off (Apache-2.0, see data/README.md)."""
    return Path(__file__).parent / "data" / "apache_logs.log.gz"


@pytest.fixture(scope="session")
def store(apache_log: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a store of that log. Read only."""
    made = open_store(tmp_path_factory.mktemp("apache") / "S", create=True)
    assert not ingest(made, [apache_log], publish=False).errors
    update(made, Site())
    return made.folder
