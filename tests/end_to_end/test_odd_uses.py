"""What people do by mistake at the command line: a sentence and a code, never a traceback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reports.registry import REPORTS
from weblog.cli.emit import emit
from weblog.store import open_store

Weblog = Callable[..., Any]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("init --site no/folder/site.toml", "no/folder/site.toml cannot be written: No such file"),
        ("rejects --limit -1", "'--limit': -1 is not in the range x>=0"),
        ("check --lines 0", "'--lines': 0 is not in the range x>=1"),
        ("demo --scale 0", "'--scale': 0.0 is not in the range"),
        ("demo --scale nan", "--scale: nan is not a number"),
        ("report channels --from yesterday", "'yesterday' is no day: expected one such as 2025"),
        ("report channels --by os", "report channels has no --by"),
        ("report pages --measure sessions", "report pages has no --measure"),
        ("report preference --of shoes", "no attribute is called 'shoes'"),
        ("report associations --outcome sold", "no outcome is called 'sold'"),
        ("report channels --later-only", "report channels has no --later-only"),
        ("report devices --by phone", "no kind of device is called 'phone'"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    weblog: Weblog, store: Path, arguments: str, said: str
) -> None:
    words = arguments.split()
    named = [*words, "--store", str(store)] if words[0] in {"report", "rejects"} else words
    run = weblog(*named, code=2)
    assert said in run.err
    assert "Traceback" not in run.err


@pytest.mark.parametrize("sql", ["", "  -- nothing", "select 1; select 2"])
def test_sql_is_one_statement(weblog: Weblog, store: Path, sql: str) -> None:
    assert "expected one SQL statement" in weblog("sql", sql, "--store", store, code=9).err
    assert weblog("sql", "select 1 as n;", "--store", store, "--output", "csv").text == "n\n1\n"


@pytest.mark.parametrize("output", ["table", "csv", "json", "parquet"])
def test_a_full_disk_is_told_in_a_sentence(store: Path, output: str) -> None:
    command = ["report", "pages", "--store", str(store), "--output", output]
    with Path("/dev/full").open("wb") as full:
        run = subprocess.run(
            [sys.executable, "-m", "weblog", *command],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        )
    assert run.returncode == 1
    assert run.stderr == "weblog: No space left on device\n"


@pytest.mark.parametrize("encoding", ["euc-kr", "latin-1"])
def test_a_terminal_that_does_not_know_every_character_gets_the_table(
    store: Path, encoding: str
) -> None:
    for command in (["report", "channels"], ["sql", "select '보험–' as word"]):
        run = subprocess.run(
            [sys.executable, "-m", "weblog", *command, "--store", str(store)],
            capture_output=True,
            check=True,
            env={
                **os.environ,
                "PYTHONIOENCODING": encoding,
                "PYTHONPATH": str(Path(__file__).parents[2]),
            },
        )
        lines = run.stdout.decode(encoding).splitlines()
        assert any(line.startswith("|") for line in lines)
    expected = "보험" if encoding == "euc-kr" else "\\ubcf4\\ud5d8"
    assert any(line.startswith(f"| {expected}\\u2013") for line in lines)


def test_a_damaged_list_of_published_versions_is_told(
    weblog: Weblog, apache_log: Path, tmp_path: Path
) -> None:
    weblog("ingest", apache_log, "--quiet")
    (tmp_path / "weblog-store" / "published.json").write_text("{")
    for command in (["report"], ["status"], ["sql", "select 1"]):
        run = weblog(*command, code=6)
        assert "published.json cannot be read" in run.err
        assert "Remove published.json" in run.err
    (tmp_path / "weblog-store" / "published.json").unlink()
    weblog("ingest", apache_log, "--quiet")
    assert weblog("status", "--output", "json").json["hits"] == 9999


def test_who_reads_only_the_first_lines_is_no_error(store: Path) -> None:
    asked = f"{sys.executable} -m weblog sql 'select * from hits' --store {store} --output csv"
    run = subprocess.run(
        ["bash", "-o", "pipefail", "-c", f"{asked} | head -1"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.startswith("date,ts,")


def test_every_report_goes_into_csv(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, spec in REPORTS.items():
        frame = spec.function(open_store(store)).frame
        emit(frame, "csv")
        assert capsys.readouterr().out.splitlines()[0] == ",".join(frame.columns), name


def test_a_filter_nothing_matches_gives_nothing(weblog: Weblog, store: Path) -> None:
    run = weblog("report", "channels", "--channel", "direct", "--store", store, "--output", "json")
    assert run.json == []
    assert "no value 'direct' in the data: no session matches it (did you mean 'Direct'?)" in (
        run.err
    )


@pytest.mark.parametrize(
    "option",
    [
        "--source=google",
        "--entry=/projects/xdotool/",
        "--page=/projects/xdotool/",
        "--device=desktop",
    ],
)
def test_reports_filter_as_the_dashboard_does(weblog: Weblog, store: Path, option: str) -> None:
    def sessions(*options: str) -> int:
        command = ("report", "channels", "--store", store, "--output", "json")
        return sum(row["sessions"] for row in weblog(*command, *options).json)

    assert 0 < sessions(option) < sessions()


def test_a_report_may_be_as_long_as_asked(weblog: Weblog, store: Path) -> None:
    def rows(*options: str) -> list[dict[str, Any]]:
        command = ("report", "pages", "--store", store, "--output", "json")
        return list(json.loads(weblog(*command, *options).out))

    assert [row["is_other"] for row in rows("--limit", "2")] == [False, False, True]
    assert len(rows("--limit", "0")) > len(rows()) == 21
    assert "(all others)" in weblog("report", "pages", "--limit", "2", "--store", store).text


def test_a_disk_that_fills_up_is_told_and_what_was_committed_is_safe(
    weblog: Weblog, apache_log: Path, tmp_path: Path
) -> None:
    command = f"ulimit -f 64; exec {sys.executable} -m weblog ingest {apache_log} --quiet"
    # The file of covered lines is longer than that.
    kept = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
    run = subprocess.run(
        ["bash", "-c", command],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        env={**kept, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert run.returncode == 6
    assert "cannot be written" in run.stderr
    assert "Traceback" not in run.stderr
    weblog("ingest", apache_log, "--quiet")
    assert weblog("status", "--output", "json").json["hits"] == 9999


def test_the_summary_of_many_files_goes_into_csv(
    weblog: Weblog, apache_log: Path, tmp_path: Path
) -> None:
    for number in range(105):
        (tmp_path / f"{number:03}.log").touch()
    files = [f"{number:03}.log" for number in range(105)]
    lines = weblog("ingest", *files, apache_log, "--output", "csv").text.splitlines()
    assert len(lines) == 1 + 106
