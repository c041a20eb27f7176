"""Every fault of faults/table.py comes to the end that is written there, and a rerun completes."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from faults.bench import possible, prepare, seen
from faults.fault import Fault
from faults.table import FAULTS
from weblog.cli.failures import damage, explained, told
from weblog.machine_error import MachineError

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def prepared() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="faults-") as name:
        folder = Path(name) / "prepared"
        prepare(folder)
        yield folder


@pytest.mark.parametrize("fault", possible(), ids=lambda fault: fault.name)
def test_a_fault_is_told_and_nothing_is_lost(fault: Fault, prepared: Path) -> None:
    came = seen(fault, prepared, prepared.with_name(fault.name))
    assert came.problem == ""


def test_what_was_seen_is_written_down_for_every_fault() -> None:
    written = json.loads((ROOT / "docs" / "faults.json").read_text("utf-8"))
    assert list(written) == [fault.name for fault in FAULTS]
    for fault in FAULTS:
        assert written[fault.name]["code"] in (fault.code, *fault.also)
        assert written[fault.name]["problem"] == ""


def test_a_lack_is_told_whatever_class_tells_it() -> None:
    class PanicException(BaseException):
        """As each library in Rust has one."""

    class OutOfMemoryException(Exception):  # noqa: N818  DuckDB's name
        """As DuckDB has one."""

    for error, says in (
        (MemoryError(), "memory: there is not enough. Give it more memory"),
        (OutOfMemoryException("failed to allocate"), "memory: there is not enough"),
        (PanicException('Os { code: 24, message: "Too many" }'), "Too many open files. Allow more"),
        (OSError("failed: Too many open files (os error 24)"), "Too many open files"),
        (OSError(11, "Resource temporarily unavailable"), "Allow more processes"),
    ):
        reason = explained(error, None)
        assert isinstance(reason, MachineError)
        assert says in str(reason)
        assert reason.exit_code == 16
    for fault in (KeyError("a fault of ours"), PanicException("unwrap"), KeyboardInterrupt()):
        assert explained(fault, None) is None


def test_what_the_system_says_of_a_file_comes_with_what_to_do() -> None:
    assert told(OSError(28, "No space left on device", "/x/y")) == (
        "/x/y: No space left on device. Make room, and run it again: what was committed is safe."
    )
    assert told(OSError(28, "No space left on device")) == "No space left on device"
    assert told(OSError("object not found (os error 2)\nmore")) == "No such file or directory"


def test_a_store_that_is_whole_does_not_explain_a_fault_of_ours(prepared: Path) -> None:
    assert damage(prepared / "S", KeyError("ours")) is None
