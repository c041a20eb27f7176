"""``weblog ingest --dry-run``: what would become of each log, and nothing is written."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl

Weblog = Callable[..., Any]

LINES = [
    f"192.0.2.{i} - - [{17 + i % 3}/May/2015:10:{i:02}:00 +0000] "
    f'"GET /{i} HTTP/1.1" {200 + 204 * (i % 2)} 5 "-" '
    f'"Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"\n'
    for i in range(20)
]


def files_of(folder: Path) -> dict[str, bytes]:
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


def test_a_dry_run_says_what_ingest_then_does_and_writes_nothing(
    weblog: Weblog, tmp_path: Path
) -> None:
    (tmp_path / "a.log").write_text("".join(LINES[:10]))
    (tmp_path / "site.toml").write_text(
        'time_zone = "Asia/Seoul"\n[[skip]]\nname = "one client"\nnetworks = ["192.0.2.3"]\n'
    )
    arguments = ("ingest", "a.log", "b.log", "--store", "S", "--skip-status", "404")
    before = files_of(tmp_path)
    assert "1 day: 2015" not in weblog(*arguments, "--dry-run", code=4).text
    assert files_of(tmp_path) == before  # not even an empty store

    weblog("ingest", "a.log", "--store", "S", "--quiet")
    (tmp_path / "a.log").write_text("".join([*LINES, "no log line\n", "\n"]))
    (tmp_path / "b.log").write_text("".join(LINES[11:14]))
    before = files_of(tmp_path)
    said = weblog(*arguments, "--dry-run").text
    planned = weblog(*arguments, "--dry-run", "--output", "json").json
    rows = weblog(*arguments, "--dry-run", "--output", "csv").text
    assert files_of(tmp_path) == before

    known, new = planned["sources"]
    assert (known["is_known"], known["already"], known["lines"]) == (True, 10, 12)
    assert known["skipped_by"] == {"--skip-status": 5, "blank line": 1}
    assert (known["hits"], known["rejects"]) == (5, 1)
    assert known["days"] == {"2015-05-17": 2, "2015-05-18": 2, "2015-05-19": 1}
    assert known["kinds"]["page"] == 5
    assert (new["is_known"], new["lines"], new["hits"]) == (False, 3, 1)
    assert "combined (3 of the first 3 lines)" in new["detected"]
    assert "a.log: 12 lines = 5 hits + 1 reject + 6 skipped (in the store: 10 lines)\n" in said
    assert "  skipped = 5 --skip-status + 1 blank line\n" in said
    assert "  hits = 5 page\n  3 days: 2015-05-17 to 2015-05-19\n" in said
    assert "  new: no line of it was read before\n" in said
    assert said.endswith("Nothing was stored.\n")
    read = pl.read_csv(rows.encode())
    assert [json.loads(each) for each in read["days"]] == [known["days"], new["days"]]

    done = weblog(*arguments, "--output", "json").json
    assert not done["is_dry_run"]
    for plan, result in zip(planned["sources"], done["sources"], strict=True):
        assert {name: plan[name] for name in result} == result
    again = weblog(*arguments, "--dry-run").text
    assert again.count(": nothing new (in the store: ") == 2


def test_a_dry_run_refuses_what_ingest_would(weblog: Weblog, tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text("".join(LINES))
    (tmp_path / "bad.log").write_text("no log line\n" * 3 + LINES[0])
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "file.txt").write_text("not a store")
    run = weblog("ingest", "a.log", "bad.log", "--store", "S", "--dry-run", code=5)
    assert "3 of its first 4 lines do not fit" in run.err
    assert "20 lines = 20 hits" in run.text
    assert "no store" in weblog("ingest", "a.log", "--store", "other", "--dry-run", code=6).err
    (tmp_path / "site.toml").write_text('[tables]\ncustomers = "none.csv"\n')
    assert "none.csv" in weblog("ingest", "a.log", "--store", "S", "--dry-run", code=8).err


def test_logs_that_cannot_be_read_leave_no_empty_store(weblog: Weblog, tmp_path: Path) -> None:
    (tmp_path / "bad.log").write_text("no log line\n" * 3)
    (tmp_path / "empty.log").write_text("")
    (tmp_path / "customers.csv").write_text("customer_id,valid_from\nC1,2025-01-01\n")
    (tmp_path / "site.toml").write_text('[tables]\ncustomers = "customers.csv"\n')
    weblog("ingest", "bad.log", "nowhere.log", "empty.log", "--store", "S", code=5)
    assert not (tmp_path / "S").exists()
    weblog("ingest", "-", "--store", "S", stdin=b"no log line\n", code=5)
    assert not (tmp_path / "S").exists()
    (tmp_path / "S").mkdir()  # room for one
    weblog("ingest", "bad.log", "--store", "S", code=5)
    assert list((tmp_path / "S").iterdir()) == []
    weblog("ingest", "bad.log", "-", "--store", "S", stdin="".join(LINES).encode(), code=5)
    found = weblog("status", "--store", "S", "--output", "json").json
    assert (found["lines"], found["hits"], found["unfinished"]) == (20, 20, False)
    count = "select count(*) as n from customers"
    assert weblog("sql", count, "--store", "S", "--output", "csv").text == "n\n1\n"
