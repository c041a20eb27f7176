"""Real processes: the command line as a user runs it."""

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


@pytest.fixture
def weblog(tmp_path: Path) -> Callable[..., Run]:
    """Run ``weblog`` in a folder of its own."""

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
        result = Run(done.returncode, done.stdout, done.stderr.decode())
        assert "Traceback" not in result.err, result.err
        if code is not None:
            assert result.code == code, result.err
        return result

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
