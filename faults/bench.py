"""Do one fault in a folder of its own, and look at what came of it."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from faults.fault import Fault
from faults.table import FAULTS
from sample_logs import generate_combined
from weblog.cli.ingest import ingest_all
from weblog.doctor import examine
from weblog.errors import WeblogError
from weblog.site import Site
from weblog.status import status
from weblog.store import Store, open_store

ROOT: Final = Path(__file__).resolve().parents[1]
LINES: Final = 300
LOGS: Final = ("a.log", "b.log")
PATIENCE: Final = 120
NAMED: Final = re.compile(r"\b[0-9a-f]{32}\.parquet\b")
"""A data file, named by chance: what is written down stays the same where what is said does."""
DROP: Final = "setpriv --bounding-set=-dac_override,-dac_read_search"


@dataclass(frozen=True, slots=True)
class Seen:
    """What one fault did.

    ``code`` and ``said`` are the command's; ``problem`` is what was wrong afterwards: with the
    error, the store, or what a rerun made of it.
    """

    code: int
    said: str
    problem: str


def possible() -> list[Fault]:
    """Return the faults this machine lets one do: not everybody may mount."""
    return [fault for fault in FAULTS if fault.needs != "mount" or may_mount()]


def may_mount() -> bool:
    """Say whether this process may mount."""
    if shutil.which("unshare") is None or shutil.which("mount") is None:
        return False
    tried = ["unshare", "--mount", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
    return subprocess.run(tried, capture_output=True, check=False).returncode == 0


def prepare(folder: Path) -> None:
    """Make what every fault begins with: two logs, a store of the first, and another clock."""
    folder.mkdir(exist_ok=True)
    whole = folder / "whole.log"
    generate_combined(whole, lines=2 * LINES, seed=20)
    lines = whole.read_bytes().splitlines(keepends=True)
    script = folder / "bin" / "weblog"
    script.parent.mkdir()
    script.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m weblog "$@"\n')
    script.chmod(0o755)
    (folder / "a.log").write_bytes(b"".join(lines[:LINES]))
    (folder / "b.log").write_bytes(b"".join(lines[LINES:]))
    whole.unlink()
    shell(folder, "weblog ingest a.log --store S --quiet").check_returncode()
    compiler = os.environ.get("CC", "cc").split()
    built = ["-shared", "-fPIC", "-o", folder / "clock.so", ROOT / "faults" / "clock.c"]
    subprocess.run([*compiler, *built], check=True)


def seen(fault: Fault, prepared: Path, folder: Path) -> Seen:
    """Do a fault in a new ``folder`` like the one that was prepared, then mend it and run again."""
    shutil.copytree(prepared, folder, symlinks=True)
    shell(folder, fault.broken).check_returncode()
    done = shell(folder, fault.command)
    said = (done.stdout + done.stderr).decode("utf-8", "replace")
    problems = []
    code = done.returncode if done.returncode >= 0 else 128 - done.returncode  # as shells tell it
    if code not in (fault.code, *fault.also):
        problems.append(f"code {code}, expected {fault.code}: {said[-300:]}")
    if fault.says not in said:
        problems.append(f"expected {fault.says!r}, said {said[-300:]!r}")
    if "Traceback" in said or "\x1b]" in said:
        problems.append(f"not for people: {said[-300:]!r}")
    shell(folder, fault.mended).check_returncode()
    try:
        store = open_store(folder / "S", create=True)
        again = ingest_all(store, [str(folder / name) for name in LOGS], Site(), quiet=True)
    except WeblogError as error:
        problems.append(f"a rerun ended with {error}")
    else:
        problems += [*map(str, again.errors), *wrong_with(store)]
    return Seen(code, sentence(said).replace(f"{folder}/", ""), "; ".join(problems))


def wrong_with(store: Store) -> list[str]:
    """Return what is wrong with a store that should hold each line of both logs once."""
    told = status(store)
    found = [each.problem for each in examine(store, deep=True) if each.level == "fault"]
    if (told.lines, told.adds_up, told.unfinished) != (2 * LINES, True, False):
        found.append(f"{told.lines} lines, expected {2 * LINES}; adds up: {told.adds_up}")
    return found


def sentence(said: str) -> str:
    """Return what was said to the user, without what libraries printed before."""
    told = re.findall(r"^weblog: (.*)", said, re.MULTILINE)
    native = re.findall(r"^memory allocation of \d+ bytes failed", said, re.MULTILINE)
    return NAMED.sub("….parquet", " ".join(told or native or [""]))


def shell(folder: Path, text: str) -> subprocess.CompletedProcess[bytes]:
    """Run some shell in ``folder``, where ``weblog`` is the one beside this file."""
    # What coverage writes down is longer than some of the files that are allowed.
    kept = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
    environment = {
        **kept,
        "PYTHONPATH": str(ROOT),
        "CLOCK": str(folder / "clock.so"),
        "DROP": DROP if os.geteuid() == 0 else "",
        "RUST_BACKTRACE": "0",
        "PATH": f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}",
    }
    return subprocess.run(
        ["bash", "-c", text],
        cwd=folder,
        capture_output=True,
        check=False,
        timeout=PATIENCE,
        env=environment,
    )
