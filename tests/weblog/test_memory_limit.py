"""A limit of memory that will not do is told; one that will is not."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from weblog.memory_limit import ADDRESSES, MEMORY, memory, too_little

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("written", "is_told"), [("max\n", False), (f"{MEMORY}\n", False), (f"{MEMORY - 1}\n", True)]
)
def test_a_control_group(written: str, is_told: bool, tmp_path: Path) -> None:
    (tmp_path / "memory.max").write_text(written)
    told = too_little(tmp_path / "memory.max")
    assert (told is not None) is is_told
    if told:
        assert "memory.max) allows 511 MiB of memory, and ingestion needs 512" in told


def test_how_much_there_is(tmp_path: Path) -> None:
    limit = tmp_path / "memory.max"
    machine = memory(limit)
    assert machine > 1 << 28
    for written, there_is in (("1048576\n", 1 << 20), ("max\n", machine), ("9" * 18, machine)):
        limit.write_text(written)
        assert memory(limit) == there_is


def test_without_a_control_group_nothing_is_told(tmp_path: Path) -> None:
    assert too_little(tmp_path / "none") is None


@pytest.mark.parametrize(("less", "code"), [(1, 16), (0, 0)])
def test_addresses(less: int, code: int) -> None:
    program = (
        f"import resource, sys; resource.setrlimit(resource.RLIMIT_AS, ({ADDRESSES - less},) * 2)\n"
        "from weblog.memory_limit import check_addresses, MachineError\n"
        "try: check_addresses()\n"
        "except MachineError as error: sys.exit(error.exit_code)"
    )
    done = subprocess.run([sys.executable, "-c", program], check=False, cwd=ROOT)
    assert done.returncode == code
