"""Reports as tables for people: units, few columns, nothing cut off in a narrow terminal."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Weblog = Callable[..., Any]


def in_terminal(columns: int, *arguments: str | Path) -> str:
    """Run ``weblog`` in a terminal so many columns wide; return what it shows, without styles."""
    parent, child = pty.openpty()
    fcntl.ioctl(child, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    environment = {key: value for key, value in os.environ.items() if key != "COLUMNS"}
    environment |= {"PYTHONPATH": str(Path(__file__).parents[2]), "TERM": "xterm"}
    command = [sys.executable, "-m", "weblog", *map(str, arguments)]
    process = subprocess.Popen(command, stdout=child, stderr=child, env=environment)
    os.close(child)
    shown = b""
    while True:
        try:
            piece = os.read(parent, 65536)
        except OSError:  # how Linux says that the other end is closed
            break
        shown += piece
    assert process.wait() == 0, shown
    return re.sub(r"\x1b\[[0-9;]*m", "", shown.decode()).replace("\r", "")


def test_people_see_percentages_and_programs_see_fractions(weblog: Weblog, store: Path) -> None:
    table = weblog("report", "channels", "--store", store).text
    (row,) = [line for line in table.splitlines() if "Organic Search" in line]
    program = weblog("report", "channels", "--store", store, "--output", "json").json
    (fraction,) = [r["bounce_rate"] for r in program if r["channel"] == "Organic Search"]
    assert f"{fraction * 100:.1f}%" in row
    assert "other" not in table.splitlines()[2]
    wide = weblog("report", "channels", "--store", store, "--wide").text
    assert re.search(r"is_other", wide)


def test_site_status_shows_a_row_a_day(weblog: Weblog, store: Path) -> None:
    table = weblog("report", "site_status", "--store", store, "--from", "2015-05-19").text
    days = re.findall(r"^│ (2015-05-\d\d) ", table, re.MULTILINE)
    assert days == ["2015-05-19", "2015-05-20"]
    rows = weblog(
        "report", "site_status", "--store", store, "--from", "2015-05-19", "--output", "json"
    ).json
    before = [row["sessions"] for row in rows if row["period"] == "previous"]
    shown = re.findall(r"│ +([\d,]+) │ +\S+ │$", table, re.MULTILINE)
    assert shown == [f"{count:,}" for count in before]


@pytest.mark.parametrize("columns", [60, 80, 120])
@pytest.mark.parametrize("report", ["site_status", "segments", "channels"])
def test_a_narrow_terminal_leaves_columns_out_and_says_so(
    report: str, columns: int, store: Path
) -> None:
    shown = in_terminal(columns, "report", report, "--store", store)
    lines = [line for line in shown.splitlines() if line[:1] in set("┏┃┡│└")]
    assert 0 < max(map(len, lines)) <= columns
    assert "…" not in shown
    assert re.search(r"^Too narrow for \w+", shown, re.MULTILINE)
    assert "sessions" in shown


def test_rows_too_wide_for_the_terminal_become_records(store: Path) -> None:
    sql = "select * from hits order by ts, line limit 2"
    shown = in_terminal(100, "sql", sql, "--store", store)
    assert "─── 1 of 2 ───" in shown
    assert re.search(r"^path +/", shown, re.MULTILINE)
    assert re.search(r"^user_agent +Mozilla/\S+ .+\)", shown, re.MULTILINE), "cut off"


def test_text_too_long_for_the_terminal_is_folded(store: Path) -> None:
    sql = "select line, user_agent from hits order by length(user_agent) desc limit 1"
    lines = in_terminal(60, "sql", sql, "--store", store).splitlines()
    assert all(len(line) <= 60 for line in lines)
    assert len(lines) > 5


def test_a_table_in_a_pipe_has_every_row_on_one_line(weblog: Weblog, store: Path) -> None:
    sql = "select * from hits order by length(user_agent) desc limit 1500"
    lines = weblog("sql", sql, "--store", store).text.splitlines()
    assert len(lines) == 1500 + 4
    assert len({len(line) for line in lines}) == 1
    assert lines[1].startswith("┃ date ")


def test_wide_characters_keep_the_columns_straight(weblog: Weblog, store: Path) -> None:
    sql = "select * from (values ('보험', 1), ('ab', 22)) as t(\"말\", n)"
    assert weblog("sql", sql, "--store", store).text.splitlines() == [
        "┏━━━━━━┳━━━━┓",
        "┃ 말   ┃  n ┃",
        "┡━━━━━━╇━━━━┩",
        "│ 보험 │  1 │",
        "│ ab   │ 22 │",
        "└──────┴────┘",
    ]
