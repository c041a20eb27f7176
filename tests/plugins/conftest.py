"""The example packages, installed as a user installs them, and a store read with them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from in_process import run_here

from reports import plugged as plugged_reports
from reports.attribution import plugged as plugged_models
from weblog.classify import channel_rules
from weblog.formats import plugged as plugged_formats
from weblog.plugins import installed

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = [ROOT / "examples" / name
            for name in ("format", "channel_rule", "attribution_model", "report")]  # fmt: skip
AGENT = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/126.0.0.0 Safari/537.36"
)
SITE = """
name = "T"
time_zone = "Asia/Seoul"
channel_rules = ["talk"]
[[goals]]
goal = "plan"
paths = ["/plan"]
"""
REMEMBERED = (
    *(installed, plugged_formats.compile_plugged, plugged_formats.plugged_row),
    *(channel_rules.rule_named, plugged_models.plugged_model),
    *(plugged_reports.plugged_report, plugged_reports._spec),
)
"""What a process looks up once."""


def forget() -> None:
    for each in REMEMBERED:
        each.cache_clear()


@pytest.fixture(scope="session")
def target(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder the example packages are installed in, each from a copy of its sources."""
    folder = tmp_path_factory.mktemp("plugins")
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation",
         "--no-index", "--disable-pip-version-check", "--no-compile",
         "--target", folder, *map(str, EXAMPLES)],
        check=True, capture_output=True,
    )  # fmt: skip
    return folder


@pytest.fixture
def path(target: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """The packages are installed, for this process."""
    monkeypatch.syspath_prepend(str(target))
    forget()
    yield monkeypatch
    monkeypatch.undo()
    forget()


@pytest.fixture(scope="module")
def company(target: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with rules, a log of key=value pairs, and a store of it: 60 visits, 40 by talk."""
    folder = tmp_path_factory.mktemp("company")
    lines = [line(number) for number in range(60)]
    lines[5:5] = ["what is this", ""]
    (folder / "service.log").write_text("\n".join(lines) + "\n")
    (folder / "site.toml").write_text(SITE)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(target))
        patch.chdir(folder)
        forget()
        done = run_here("ingest", "service.log", "--format", "logfmt")
    forget()
    assert done.returncode == 0, done.stderr
    assert "62 lines = 60 hits + 1 reject + 1 skipped" in done.stdout
    return folder


def line(number: int) -> str:
    came = "utm_source=kakaotalk&utm_medium=alimtalk" if number % 3 else ""
    time = f"2026-03-{2 + number % 10:02d}T{9 + number % 8:02d}:15:00Z"
    return (
        f"path=/plan?{came} time={time} ip=192.0.2.{number % 25} method=GET status=200 bytes=512 "
        f'agent="{AGENT}"'
    )
