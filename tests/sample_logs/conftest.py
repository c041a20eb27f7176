from __future__ import annotations

import csv
import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

import sample_logs


def _read_lines(folder: Path) -> list[bytes]:
    lines: list[bytes] = []
    for file in sorted(folder.glob("web*/access.log*")):
        data = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
        lines += data.split(b"\n")[:-1]
    return lines


def _read_table(path: Path) -> list[dict[str, str]]:
    data = path.read_bytes()
    text = (gzip.decompress(data) if path.suffix == ".gz" else data).decode("utf-8")
    return list(csv.DictReader(text.splitlines()))


@pytest.fixture(scope="session")
def data() -> Path:
    """The shipped company."""
    return sample_logs.data_folder()


@pytest.fixture(scope="session")
def lines(data: Path) -> list[bytes]:
    """Every log line of the shipped company."""
    return _read_lines(data)


@pytest.fixture(scope="session")
def read_lines() -> Callable[[Path], list[bytes]]:
    return _read_lines


@pytest.fixture(scope="session")
def read_table() -> Callable[[Path], list[dict[str, str]]]:
    return _read_table
