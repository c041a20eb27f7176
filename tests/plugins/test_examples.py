"""Each example package works through the command line and the dashboard, as docs say."""

from __future__ import annotations

import json
import os
import pickle
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from in_process import run_here

from weblog.formats import detect, format_named
from weblog.parse import Chunk, parse_chunk

ROOT = Path(__file__).resolve().parents[2]
PAGE = """
import json, sys
from dashboard import create_app
from dashboard.columns import column_name
from dashboard.pages import PAGES
from dashboard.value_names import option_name, value_name
import weblog

store, site = weblog.open_store("weblog-store"), weblog.load_site("site.toml")
client = create_app(store, site).server.test_client()
page = PAGES["/own/weekdays"]
found = client.get("/own/weekdays", headers={"Host": "127.0.0.1"}).status_code
told = {"status": found, "last": list(PAGES)[-1], "role": page.role}
for language in ("en", "ko"):
    data = page.answer_slow("weekdays", store, site, "", language)
    told[language] = {
        "title": page.layout(language).children[1].title,
        "question": page.layout(language).children[1].question,
        "state": data["state"],
        "x": data["figures"]["dark"]["data"][0]["x"],
        "column": column_name("weekdays", "rate", language),
        "channel": value_name("channels", "Messenger", language),
        "model": option_name("model_", "u_shape", language),
    }
choice = PAGES["/attribution"].cards.cards[0].choices[1]
told["models"] = list(choice.values)
print(json.dumps(told))
"""


@pytest.fixture
def weblog(path: pytest.MonkeyPatch, company: Path) -> Callable[..., Any]:
    """Run ``weblog`` where the packages are installed; return what it printed, JSON as data."""
    path.chdir(company)

    def run(*words: str, output: str = "json") -> Any:
        done = run_here(*words, *(["--output", output] if output else []))
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout) if output == "json" else done.stdout

    return run


def test_what_is_installed_is_listed_with_its_package(weblog: Callable[..., Any]) -> None:
    listed = weblog("plugins")
    assert [(row["kind"], row["name"], row["package"]) for row in listed] == [
        ("log format", "logfmt", "weblog-example-logfmt 1.0.0"),
        ("channel rule", "talk", "weblog-example-talk 1.0.0"),
        ("attribution model", "u_shape", "weblog-example-u-shape 1.0.0"),
        ("report", "weekdays", "weblog-example-weekdays 1.0.0"),
    ]
    assert [row["problem"] for row in listed] == [None] * 4
    formats = {row["name"]: row for row in weblog("formats")}
    assert formats["logfmt"]["origin"] == "weblog-example-logfmt 1.0.0"
    assert formats["combined"]["origin"] == "built in"
    reports = {row["report"]: row for row in weblog("report", "--list")}
    assert reports["weekdays"]["origin"] == "weblog-example-weekdays 1.0.0"
    assert reports["summary"]["origin"] == "built in"
    assert "added by    package weblog-example-logfmt" in weblog("formats", "logfmt", output="")


def test_the_rule_gives_visits_their_channel(weblog: Callable[..., Any]) -> None:
    rows = {row["channel"]: row["sessions"] for row in weblog("report", "channels")}
    assert rows == {"Messenger": 40, "Direct": 20}
    came = "path=/plan?utm_medium=alimtalk method=GET time=2026-03-02T09:15:00Z ip=192.0.2.1"
    said = weblog("explain", came, "--format", "logfmt", output="")
    assert re.search(r"channel: +Messenger .*rule talk of package weblog-example-talk", said)


def test_a_rule_no_site_names_changes_nothing(weblog: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "plain.toml").write_text('name = "plain"\n')
    said = weblog("check", "service.log", "--format", "logfmt", "--site",
                  str(tmp_path / "plain.toml"), output="")  # fmt: skip
    assert "Messenger" not in said
    assert "Organic Social" in said


def test_the_model_shares_conversions_as_it_says(weblog: Callable[..., Any]) -> None:
    rows = weblog("report", "attribution", "--model", "u_shape", "--model", "last_touch")
    own = [row for row in rows if row["model"] == "u_shape"]
    assert sum(row["conversions"] for row in own) == pytest.approx(60)
    assert all(row["low"] <= row["conversions"] <= row["high"] for row in own)
    assert {row["model"] for row in weblog("report", "attribution", "--bootstrap", "0")} & {
        "u_shape"
    } == set(), "installed alone, it is not among those shown"


def test_the_report_answers_as_the_log_says(weblog: Callable[..., Any]) -> None:
    days = [date(2026, 3, 2 + number % 10) for number in range(60) if 9 + number % 8 < 15]
    days += [date(2026, 3, 3 + number % 10) for number in range(60) if 9 + number % 8 >= 15]
    expected = dict.fromkeys(range(1, 8), 0)
    for each in days:  # 15:15 in UTC is the next day in Seoul
        expected[each.isoweekday()] += 1
    rows = weblog("report", "weekdays")
    assert {row["weekday"]: row["sessions"] for row in rows} == expected
    assert "sessions" in weblog("report", "weekdays", output="table")


def test_its_page_speaks_english_and_korean(target: Path, company: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PAGE],
        cwd=company,
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(target), str(ROOT)))},
        capture_output=True,
        text=True,
        check=True,
    )
    told = json.loads(done.stdout)
    assert (told["status"], told["last"], told["role"]) == (200, "/own/weekdays", "marketer")
    assert told["en"] == {
        "title": "Days of the week",
        "question": "On which days do people come?",
        "state": "ready",
        "x": "Mon Tue Wed Thu Fri Sat Sun".split(),
        "column": "Conversion rate",
        "channel": "Messenger",
        "model": "30/20/50",
    }
    assert (told["ko"]["title"], told["ko"]["column"]) == ("요일별 방문", "전환율")
    assert (told["ko"]["x"][0], told["ko"]["channel"]) == ("월", "메신저")
    assert told["models"][-1] == "u_shape"


def test_a_format_of_a_package_crosses_process_borders(
    path: pytest.MonkeyPatch, target: Path, company: Path
) -> None:
    chosen = format_named("logfmt")
    data = (company / "service.log").read_bytes()
    here = parse_chunk(Chunk(data, 0, 1), chosen)
    script = (
        "import sys, pickle; from weblog.parse import Chunk, parse_chunk\n"
        "format, data = pickle.load(sys.stdin.buffer)\n"
        "parsed = parse_chunk(Chunk(data, 0, 1), format)\n"
        "pickle.dump((parsed.rows, parsed.rejects), sys.stdout.buffer)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        input=pickle.dumps((chosen, data)),
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(target), str(ROOT)))},
        capture_output=True,
        check=True,
    )
    rows, rejects = pickle.loads(done.stdout)  # noqa: S301  our own process wrote it
    assert rows.equals(here.rows)
    assert rejects.equals(here.rejects)
    assert here.rows.height == 60


def test_cut_anywhere_the_rows_are_the_same(path: pytest.MonkeyPatch, company: Path) -> None:
    chosen = format_named("logfmt@Asia/Seoul")
    data = (company / "service.log").read_bytes()
    whole = parse_chunk(Chunk(data, 0, 1), chosen).rows
    cut = data.index(b"\n", len(data) // 2) + 1
    first = parse_chunk(Chunk(data[:cut], 0, 1), chosen)
    second = parse_chunk(Chunk(data[cut:], cut, first.lines + 1), chosen)
    assert first.rows.vstack(second.rows).equals(whole)


def test_it_is_detected_only_where_nothing_built_in_fits(
    path: pytest.MonkeyPatch, company: Path
) -> None:
    lines = [line for line in (company / "service.log").read_bytes().split(b"\n") if line]
    found = detect(lines, "service.log")
    assert (found.name, round(found.share * found.lines)) == ("logfmt", 60)
    usual = b'192.0.2.1 - - [02/Mar/2026:09:15:00 +0000] "GET / HTTP/1.1" 200 5 "-" "time=1 path=/"'
    assert detect([usual], "access.log").name == "combined"
