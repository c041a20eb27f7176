"""Build wheel and source archive twice, in two places: the bytes have to be the same."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
BACKEND: Final = (
    "import sys, hatchling.build as backend;"
    "print(backend.build_sdist(sys.argv[1])); print(backend.build_wheel(sys.argv[1]))"
)
LEFT_OUT: Final = shutil.ignore_patterns(
    ".git", ".venv", "__pycache__", "*.so", "corpus", "out", ".*_cache", "weblog-store*"
)


@dataclass(frozen=True, slots=True)
class Built:
    """A wheel and a source archive, and whether a second build gave the same bytes."""

    wheel: Path
    sdist: Path
    is_same: bool


def build_twice(folder: Path) -> Built:
    """Build twice in ``folder``, from two copies of the sources in folders of other names."""
    tools = folder / "tools"
    pip = [sys.executable, "-m", "pip", "-qq", "--disable-pip-version-check", "install"]
    constraints = ["--constraint", ROOT / "constraints.txt"]
    subprocess.run([*pip, *constraints, "--target", tools, "hatchling"], check=True)
    first = _built(folder / "one" / "source", folder / "one" / "dist", tools)
    again = _built(folder / "elsewhere" / "copy", folder / "elsewhere" / "dist", tools)
    is_same = [digest(path) for path in first] == [digest(path) for path in again]
    sdist, wheel = first
    return Built(wheel, sdist, is_same)


def _built(source: Path, dist: Path, tools: Path) -> tuple[Path, Path]:
    shutil.copytree(ROOT, source, ignore=LEFT_OUT)
    dist.mkdir()
    environment = {**os.environ, "PYTHONPATH": str(tools), "SOURCE_DATE_EPOCH": _committed_at()}
    done = subprocess.run(
        [sys.executable, "-c", BACKEND, dist],
        cwd=source,
        env=environment,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    sdist, wheel = done.stdout.split()[-2:]
    return dist / sdist, dist / wheel


def _committed_at() -> str:
    """Return the seconds since 1970 of the newest commit: what files in archives are dated."""
    asked = ["git", "-C", ROOT, "log", "-1", "--format=%ct"]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "1763769600"


def digest(path: Path) -> str:
    """Return the name of a file and the SHA-256 of its bytes."""
    return f"{path.name} {hashlib.sha256(path.read_bytes()).hexdigest()}"
