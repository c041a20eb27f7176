"""The commands as an operator meets them: help, lazy imports, exit codes, init and check."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from weblog import __version__
from weblog.cli import COMMANDS

Weblog = Callable[..., Any]

SLOW_TO_IMPORT = {"polars", "pyarrow", "deltalake", "duckdb", "dash", "plotly", "rich", "pydantic"}


def test_help_imports_nothing_slow() -> None:
    code = (
        "import sys, weblog.cli as c\n"
        "try: c.main(['--help'])\n"
        "except SystemExit: pass\n"
        "print('\\n' + ' '.join(name for name in sys.modules if '.' not in name))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    shown, _, modules = done.stdout.rstrip().rpartition("\n")
    assert "click" in modules.split()
    assert not SLOW_TO_IMPORT & set(modules.split())
    assert all(command in shown for command in COMMANDS)


def test_the_version_says_whether_the_parser_is_compiled(weblog: Weblog) -> None:
    # Here it is: an environment without it would measure and test something else.
    assert weblog("--version").text.splitlines() == [f"weblog {__version__}", "parser: compiled"]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command: str, weblog_process: Weblog) -> None:
    """As a process: each imports what it needs, and not what another happened to."""
    shown = weblog_process(command, "--help").text
    assert shown.startswith(f"Usage: python -m weblog {command}")
    options = [line for line in shown.splitlines() if line.startswith("  -")]
    assert all(len(line.split(maxsplit=2)) > 2 or line.startswith("  --") for line in options)


def test_a_mistyped_command_is_recognised(weblog: Weblog) -> None:
    assert "'ingest'" in weblog("injest", code=2).err


def test_a_store_that_is_not_there_is_told_with_the_command_that_makes_it(weblog: Weblog) -> None:
    for command in (("status",), ("report",), ("sql", "select 1"), ("dashboard", "--no-open")):
        run = weblog(*command, "--store", "nowhere", code=None)
        assert run.code != 0
        assert "nowhere" in run.err
        assert "weblog ingest" in run.err


def test_init_writes_rules_that_check_accepts_and_ingest_uses(
    weblog: Weblog, apache_log: Path, tmp_path: Path
) -> None:
    weblog("init", apache_log, "--time-zone", "Asia/Seoul")
    written = (tmp_path / "site.toml").read_text()
    assert 'time_zone = "Asia/Seoul"' in written
    assert "combined" in written
    again = weblog("init", apache_log, code=None)
    assert again.code != 0
    wrong = weblog("init", apache_log, "--force", "--time-zone", "Seoul", code=2)
    assert "--time-zone is 'Seoul': expected a time zone" in wrong.err
    assert "Did you mean 'Asia/Seoul'?" in wrong.err
    assert (tmp_path / "site.toml").read_text() == written
    seen = weblog("check", apache_log).text
    assert "page" in seen
    weblog("ingest", apache_log, "--quiet")
    days = weblog("sql", "select distinct date from hits order by date", "--output", "json").json
    # Nine hours east the log reaches into a fifth day.
    assert [row["date"][:10] for row in days] == [f"2015-05-{day}" for day in (17, 18, 19, 20, 21)]


def test_check_stores_nothing(weblog: Weblog, apache_log: Path, tmp_path: Path) -> None:
    weblog("check", apache_log)
    assert list(tmp_path.iterdir()) == []


def test_status_says_at_least_what_programs_rely_on(weblog: Weblog, apache_log: Path) -> None:
    weblog("ingest", apache_log, "--quiet")
    found = weblog("status", "--output", "json").json
    wanted = "lines hits rejects skipped page_views sessions visitors first_day last_day".split()
    assert set(wanted) <= set(found)
    csv = weblog("status", "--output", "csv").text.splitlines()
    assert csv[0].split(",")[: len(found)].count("lines") == 1
    one_line = weblog("status").text
    assert "1 reject +" in one_line
    assert "from 1 source\n" in one_line


def test_a_table_can_be_taken_out_as_parquet(
    weblog: Weblog, apache_log: Path, tmp_path: Path
) -> None:
    import polars as pl

    weblog("ingest", apache_log, "--quiet")
    out = weblog("sql", "select line, path from hits", "--output", "parquet").out
    (tmp_path / "out.parquet").write_bytes(out)
    assert pl.read_parquet(tmp_path / "out.parquet").height == 9999


def test_describe_lists_the_columns_of_every_table(weblog: Weblog, apache_log: Path) -> None:
    weblog("ingest", apache_log, "--quiet")
    for table in ("hits", "sessions", "visitors", "rejects", "customers", "deliveries"):
        rows = json.loads(weblog("sql", f"describe {table}", "--output", "json").out)
        assert len(rows) > 3, table


def test_every_value_sql_can_answer_goes_into_every_output(
    weblog: Weblog, apache_log: Path
) -> None:
    weblog("ingest", apache_log, "--quiet")
    sql = (
        "select sum(status) as whole, 1.25::decimal(5,2) as part, 'nan'::double as no_number, "
        "{'a': 1, 'b': 'nan'::double} as struct, ['x', 'y'] as list, [[1], [2]] as lists, "
        "'\\xFFa'::blob as bytes, time '10:00' as clock, interval 1 day as span from hits"
    )
    (row,) = weblog("sql", sql, "--output", "json").json
    assert row == {
        "whole": row["whole"],
        "part": 1.25,
        "no_number": None,
        "struct": {"a": 1, "b": None},
        "list": ["x", "y"],
        "lists": [[1], [2]],
        "bytes": "\\xffa",
        "clock": "10:00:00",
        "span": "1 day",
    }
    assert isinstance(row["whole"], int)
    csv = weblog("sql", sql, "--output", "csv").text.splitlines()
    assert csv[0] == "whole,part,no_number,struct,list,lists,bytes,clock,span"
    assert csv[1].startswith(f"{row['whole']},1.25,NaN,")
    nested = '"{""a"": 1, ""b"": null}",x;y,"[[1], [2]]"'
    assert csv[1].endswith(f"{nested},\\xffa,10:00:00.000000000,1 day")
    assert weblog("sql", sql).text.count("\n") == 5
