"""A log that grows: the increments are its lines, each once and in order."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from benchmarks.increment import cut, run
from benchmarks.weblog_lines import write_log


def test_the_pieces_are_the_lines_that_are_left(tmp_path: Path) -> None:
    whole, log = tmp_path / "whole.log", tmp_path / "access.log"
    write_log(whole, 1000)
    pieces = [*cut(whole, log, 900, 30)]
    assert [piece.count(b"\n") for piece in pieces] == [30, 30, 30, 10]
    assert log.read_bytes() + b"".join(pieces) == whole.read_bytes()


def test_a_small_one_is_measured(tmp_path: Path) -> None:
    found = run(Namespace(hits=2000, lines=100, seed=1, runs=1, logs=None), tmp_path)
    medians = found["medians"]
    assert isinstance(medians, dict)
    assert medians["weblog ingest, grown"]["wall_seconds"] > 0
    told = (tmp_path / "access.log").read_bytes()
    assert told.count(b"\n") == 2200
