"""Install what was built in an empty environment, and try what everybody tries first."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from releases.build import ROOT

VERSIONS: Final = ("3.11", "3.12", "3.13")
PATIENCE_S: Final = 120


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of one archive under one Python: seconds, and what was wrong."""

    python: str
    archive: str
    install_s: float
    smoke_s: float
    problem: str

    def row(self) -> dict[str, object]:
        """Return it as plain values."""
        return asdict(self)


def interpreters(wanted: Sequence[str] = VERSIONS) -> dict[str, str]:
    """Return the Pythons found, by version: in the path, beside this one, or of pyenv."""
    found: dict[str, str] = {}
    roots = [Path.home() / ".pyenv", Path(os.environ.get("PYENV_ROOT", "/nowhere"))]
    for version in wanted:
        candidates = [
            *(
                str(path)
                for root in roots
                for path in root.glob(f"versions/{version}.*/bin/python")
            ),
            shutil.which(f"python{version}") or "",
            sys.executable,
        ]
        for python in filter(None, candidates):
            if _version(python) == version:
                found[version] = python
                break
    return found


def _version(python: str) -> str:
    asked = [python, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
    try:
        return subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()
    except OSError:
        return ""


def tried(python: str, archive: Path, folder: Path) -> Tried:
    """Install ``archive`` with ``python`` in an empty environment, and try it."""
    environment = folder / "environment"
    problem, smoke_s, began = "", 0.0, time.monotonic()
    try:
        _run(folder, python, "-m", "venv", environment)
        program = environment / "bin" / "python"
        _run(
            folder, program, "-m", "pip", "-qq", "--disable-pip-version-check", "install",
            "--constraint", ROOT / "constraints.txt", archive,
        )  # fmt: skip
        install_s, began = time.monotonic() - began, time.monotonic()
        smoke(environment, folder)
        smoke_s = time.monotonic() - began
    except (subprocess.SubprocessError, OSError, AssertionError) as error:
        install_s = time.monotonic() - began
        problem = getattr(error, "stderr", None) or str(error)
    return Tried(_version(python), archive.name, round(install_s, 1), round(smoke_s, 1), problem)


def smoke(environment: Path, folder: Path) -> None:
    """Try ``--version``, ingest of the sample logs, a report, SQL and the dashboard.

    Raises:
        SubprocessError, OSError, AssertionError: one of them fails.
    """
    weblog = environment / "bin" / "weblog"
    said = _run(folder, weblog, "--version")
    assert re.match(r"weblog \d", said), said
    assert "compiled" in said, said
    logs = _run(folder, environment / "bin" / "python", "-c",
                "import sample_logs; print(sample_logs.data_folder())").strip()  # fmt: skip
    site = ("--site", f"{logs}/site.toml")
    _run(folder, weblog, "ingest", f"{logs}/web1/access.log", "--store", "S", "--quiet", *site)
    rows = _run(folder, weblog, "report", "channels", "--store", "S", "--output", "csv", *site)
    assert rows.count("\n") > 1, rows
    hits = _run(folder, weblog, "sql", "select count(*) n from hits", "--store", "S",
                "--output", "csv")  # fmt: skip
    assert int(hits.split()[-1]) > 0, hits
    _dashboard(weblog, folder)


def _dashboard(weblog: Path, folder: Path) -> None:
    """Start the dashboard, and ask for its health and its first page."""
    command = [weblog, "dashboard", "--store", "S", "--port", "0", "--no-open"]
    with subprocess.Popen(
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        try:
            assert process.stdout is not None
            said = ""
            for line in process.stdout:
                said += line
                if "http://" in line:
                    break
            match = re.search(r"http://\S+/", said)
            assert match, said
            for path in ("_health", ""):
                with urllib.request.urlopen(match[0] + path, timeout=PATIENCE_S) as answer:  # noqa: S310  our own
                    assert answer.status == 200
        finally:
            process.terminate()


def _run(folder: Path, *command: str | Path) -> str:
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        list(map(str, command)), cwd=folder, capture_output=True, text=True, check=False, env=kept
    )
    if done.returncode:
        said = f"{' '.join(map(str, command))}: {done.returncode} {done.stderr[-1000:]}"
        raise subprocess.CalledProcessError(done.returncode, str(command[0]), stderr=said)
    return done.stdout
