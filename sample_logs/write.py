"""Write a company to disk: rotated logs of two servers, tables, rules and truth."""

from __future__ import annotations

import gzip
import shutil
from importlib.resources import files
from pathlib import Path
from typing import Final, Protocol

import numpy as np

from sample_logs.daylog import Lines
from sample_logs.plan import Plan, make_plan, write_days
from sample_logs.tables import write_tables
from sample_logs.truth import TruthWriter

SERVERS: Final = ("web1", "web2")
_ROTATION_DAYS: Final = 7
_LINES_AT_SCALE_1: Final = 140_000
"""A low guess of the lines a company of scale 1 leaves in 90 days."""


def encoded_lines(text: list[str]) -> bytes:
    """The lines as bytes, each with its line end; surrogate escapes become raw bytes."""
    return ("\n".join(text) + "\n").encode("utf-8", "surrogateescape") if text else b""


class _Sink(Protocol):
    def write(self, data: bytes, /) -> object: ...
    def close(self) -> None: ...


class _RotatedLog:
    """One server's log as logrotate leaves it: the last day plain, weeks before gzipped."""

    def __init__(self, folder: Path, days: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._days = days
        self._age = -1
        self._raw: _Sink | None = None
        self._file: _Sink | None = None

    def write(self, day: int, data: bytes) -> None:
        """Append a day's bytes to the file of its rotation."""
        last = self._days - 1
        age = 0 if day == last else (last - 1 - day) // _ROTATION_DAYS + 1
        if age != self._age or self._file is None:
            self.close()
            self._age = age
            self._file = self._open(age)
        self._file.write(data)

    def _open(self, age: int) -> _Sink:
        if age == 0:
            return (self._folder / "access.log").open("wb")
        # Neither name nor time in the header: the bytes depend on the lines alone.
        raw = (self._folder / f"access.log.{age}.gz").open("wb")
        self._raw = raw
        return gzip.GzipFile(filename="", mode="wb", compresslevel=6, fileobj=raw, mtime=0)

    def close(self) -> None:
        """Finish the open file."""
        for file in (self._file, self._raw):
            if file is not None:
                file.close()
        self._file = self._raw = None


def write_company(out: Path, plan: Plan) -> None:
    """Write everything of ``plan`` into the folder ``out``, day by day."""
    (out / "truth").mkdir(parents=True, exist_ok=True)
    for name in ("site.toml", "rules.toml", "recommendations.toml"):
        with files("sample_logs").joinpath(name).open("rb") as rules:
            (out / name).write_bytes(rules.read())
    write_tables(plan, out)
    truth = TruthWriter(plan, out / "truth")
    logs = [_RotatedLog(out / server, plan.window.days) for server in SERVERS]
    for day in write_days(plan, with_cookie=True):
        truth.add(day)
        for number, log in enumerate(logs):
            mine = day.lines.take(np.flatnonzero(day.lines.server == number))
            log.write(day.number, encoded_lines(mine.text))
    for log in logs:
        log.close()
    truth.close()


def write_combined(path: Path, lines: int, seed: int) -> None:
    """Write one plain *combined* log of exactly ``lines`` lines, sorted by time.

    Both servers' lines, without the cookie. The company is made large enough for
    its 90 days to hold the lines; what is over is left out.
    """
    scale = max(lines / _LINES_AT_SCALE_1, 0.02)
    while not _write_combined(path, lines, make_plan(seed, scale, 90)):
        scale *= 1.3


def _write_combined(path: Path, lines: int, plan: Plan) -> bool:
    left = lines
    with path.open("wb") as file:
        for day in write_days(plan, with_cookie=False):
            part: Lines = day.lines
            file.write(encoded_lines(part.text[:left]))
            left -= min(left, len(part.text))
            if not left:
                return True
    return False


def clear(out: Path) -> None:
    """Remove what an earlier run wrote into ``out``, and nothing else."""
    for name in (*SERVERS, "truth"):
        shutil.rmtree(out / name, ignore_errors=True)
