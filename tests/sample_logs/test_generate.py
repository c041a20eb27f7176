"""The generator's promises: same seed same bytes, scale, exact combined logs, clear refusals."""

from __future__ import annotations

import gzip
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

import sample_logs
from sample_logs.__main__ import main

ReadLines = Callable[[Path], list[bytes]]


def contents(folder: Path, *, unpacked: bool = False) -> dict[str, bytes]:
    found = {}
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            data = file.read_bytes()
            packed = unpacked and file.suffix == ".gz"
            found[str(file.relative_to(folder))] = gzip.decompress(data) if packed else data
    return found


def test_same_seed_same_bytes_other_seed_other_bytes(tmp_path: Path) -> None:
    for name, seed in (("one", 5), ("two", 5), ("three", 6)):
        sample_logs.generate(tmp_path / name, seed=seed, scale=0.03)
    one, two, three = (contents(tmp_path / name) for name in ("one", "two", "three"))
    assert one == two
    assert one["web1/access.log"] != three["web1/access.log"]
    assert one.keys() == three.keys()


def test_shipped_data_are_what_the_generator_writes(tmp_path: Path, data: Path) -> None:
    sample_logs.generate(tmp_path)
    # Compared unpacked: zlib's successors pack the same bytes differently.
    assert contents(tmp_path, unpacked=True) == contents(data, unpacked=True)


def test_writing_again_leaves_no_file_of_an_earlier_run(tmp_path: Path) -> None:
    sample_logs.generate(tmp_path, scale=0.02, days=60)
    sample_logs.generate(tmp_path, scale=0.02, days=10)
    assert [file.name for file in sorted((tmp_path / "web1").iterdir())] == [
        "access.log",
        "access.log.1.gz",
        "access.log.2.gz",
    ]


@pytest.mark.parametrize("days", [1, 8, 60])
def test_a_shorter_window_ends_on_the_same_day(
    tmp_path: Path, read_lines: ReadLines, days: int
) -> None:
    sample_logs.generate(tmp_path, scale=0.05, days=days)
    found = {
        datetime.strptime(stamp.decode(), "%d/%b/%Y").date()  # noqa: DTZ007 - a date only
        for line in read_lines(tmp_path)
        for stamp in re.findall(rb"\[(\d\d/[A-Z][a-z]{2}/\d{4}):\d\d:\d\d:\d\d \+0900\]", line)
    }
    assert len(found) == days
    assert max(found).isoformat() == "2025-11-30"


def test_scale_multiplies_people_and_lines(
    tmp_path: Path, read_lines: ReadLines, read_table: Callable[[Path], list[dict[str, str]]]
) -> None:
    for name, scale in (("one", 0.1), ("two", 0.2)):
        sample_logs.generate(tmp_path / name, scale=scale)
    customers = [
        len({row["customer_id"] for row in read_table(tmp_path / name / "customers.csv")})
        for name in ("one", "two")
    ]
    assert customers == [260, 520]
    one, two = (len(read_lines(tmp_path / name)) for name in ("one", "two"))
    health = 90 * 48 * 2  # the health check does not grow with the company
    assert 1.7 < (two - health) / (one - health) < 2.3


@pytest.mark.parametrize("lines", [1, 777, 30_000])
def test_combined_log_has_exactly_the_lines_asked_for(tmp_path: Path, lines: int) -> None:
    path = tmp_path / "c.log"
    main(["--combined", str(path), "--lines", str(lines), "--seed", "3"])
    data = path.read_bytes()
    assert data.count(b"\n") == lines
    assert data.endswith(b"\n")


def test_combined_log_grows_the_company_until_the_lines_suffice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sample_logs.write._LINES_AT_SCALE_1", 260_000)
    sample_logs.generate_combined(tmp_path / "c.log", lines=25_000)
    assert (tmp_path / "c.log").read_bytes().count(b"\n") == 25_000


def test_combined_log_is_sorted_and_of_realistic_width(tmp_path: Path) -> None:
    path = tmp_path / "c.log"
    sample_logs.generate_combined(path, lines=40_000)
    data = path.read_bytes()
    whole = re.compile(
        rb'^[\d.]+ - \S+ \[([^\]]{26})\] "[^"]*" \d{3} (?:\d+|-) "[^"]*" "[^"]*"$', re.MULTILINE
    )
    stamps = [
        datetime.strptime(text.decode(), "%d/%b/%Y:%H:%M:%S %z") for text in whole.findall(data)
    ]
    assert stamps == sorted(stamps)
    assert 0.99 < len(stamps) / 40_000 < 0.998  # the rest is broken
    assert 260 < len(data) / 40_000 < 320


def test_command_line_writes_a_company(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "sample_logs", "--out", tmp_path / "new", "--scale", "0.02"],
        check=True,
        capture_output=True,
    )
    assert done.stderr == b""
    assert (tmp_path / "new" / "site.toml").is_file()
    assert (tmp_path / "new" / "truth" / "mailings.csv").is_file()


@pytest.mark.parametrize(
    ("wrong", "message"),
    [({"scale": 0}, "scale is 0"), ({"days": 0}, "days is 0"), ({"days": 91}, "expected 1 to 90")],
)
def test_generate_refuses(tmp_path: Path, wrong: dict[str, int], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        sample_logs.generate(tmp_path, **wrong)


def test_command_line_refuses_without_traceback(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        main(["--combined", str(tmp_path / "c.log"), "--lines", "0"])
    assert left.value.code == 2
    assert "lines is 0: expected at least 1" in capsys.readouterr().err


def test_command_line_makes_small_companies_in_process(tmp_path: Path) -> None:
    main(["--out", str(tmp_path), "--scale", "0.02", "--days", "2"])
    assert sorted(file.name for file in (tmp_path / "web2").iterdir()) == [
        "access.log",
        "access.log.1.gz",
    ]
