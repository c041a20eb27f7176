"""The log for measuring speed: what it promises, on a small one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from stored import COMPARED

from benchmarks import tables
from benchmarks.processes import Contender, in_turn
from benchmarks.weblog_lines import write_log
from weblog.formats import format_named
from weblog.parse import Chunk, parse_chunk

LINES = 20_000


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("log") / "access.log"
    write_log(path, LINES, seed=1)
    return path


def test_the_same_seed_gives_the_same_bytes_and_another_others(log: Path, tmp_path: Path) -> None:
    write_log(tmp_path / "again.log", LINES, seed=1)
    write_log(tmp_path / "other.log", LINES, seed=2)
    assert (tmp_path / "again.log").read_bytes() == log.read_bytes()
    assert (tmp_path / "other.log").read_bytes() != log.read_bytes()


def test_its_lines_are_as_many_as_asked_for_in_order_and_broken_as_said(log: Path) -> None:
    data = log.read_bytes()
    parsed = parse_chunk(Chunk(data, 0, 1), format_named("combined"))
    assert parsed.lines == LINES
    assert parsed.rows.sort("line")["ts"].is_sorted()
    assert 0.0005 < parsed.rejects.height / LINES < 0.004  # odd ones can be read
    assert 250 < len(data) / LINES < 330


def test_a_log_without_lines_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="expected at least 1"):
        write_log(tmp_path / "empty.log", 0)


def test_slow_contenders_take_part_in_the_first_turns_only(tmp_path: Path) -> None:
    quick = Contender("quick", ["true"])
    slow = Contender("slow", ["true"], is_slow=True)
    runs = in_turn([quick, slow], 3, slow_runs=2)
    assert {name: len(each) for name, each in runs.items()} == {"quick": 3, "slow": 2}
    assert all(run.peak_mb < 50 for run in runs["quick"])  # not this process's


def test_the_record_in_the_docs_holds_what_the_page_shows() -> None:
    record = Path(__file__).parents[2] / "docs" / "benchmarks.json"
    page = tables.recorded(record)
    for name in json.loads(record.read_text("utf-8"))["medians"]:
        assert f"| {name} (" in page


def test_the_record_of_a_cluster_that_was_killed_is_of_equal_tables() -> None:
    record = Path(__file__).parents[2] / "docs" / "spark-cluster.json"
    found = json.loads(record.read_text("utf-8"))
    assert found["log"]["lines"] >= 2_000_000
    assert list(found["equal_tables"]) == list(COMPARED)
    page = tables.cluster_recorded(record)
    for name, row in found["equal_tables"].items():
        assert row.pop("rows") > 0
        assert set(row.values()) == {1}
        assert f"`{name}` (" in page
    assert len(found["deaths"]) == 3
    assert all(
        death["readers see"] == 0 < death["files left"] for death in found["deaths"].values()
    )
