"""Campaigns, banners, mailings and deliveries by the command line."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from older_store import as_older

import sample_logs

Run = Callable[..., Any]
ROWS = {"campaigns": 8, "banners": 240, "mailings": 7, "deliveries": 8258}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "site.toml").write_text('time_zone = "Asia/Seoul"\nlog_format = "combined"\n')
    return tmp_path


def test_the_files_of_the_sample_company(weblog: Run, folder: Path) -> None:
    for table, count in ROWS.items():
        file = sample_logs.data_folder() / f"{table}.csv"
        done = weblog(table, "load", file, "--output", "json").json
        assert (done["table"], done["rows"], done["new"], done["bad"]) == (table, count, count, 0)
        assert done["duplicates"] == {}
        again = weblog(table, "load", file).text
        assert f"= 0 new + 0 changed + {count:,} unchanged + 0 left out" in again
    assert "8 campaigns, 240 banners, 7 mailings, 8,258 deliveries" in weblog("status").text
    told = weblog("status", "--output", "json").json["company"]
    assert told == {"customers": 0, "purchases": 0, "campaign_costs": 0, "contacts": 0} | ROWS
    weblog("doctor")


def test_bad_rows_are_told_and_written(weblog: Run, folder: Path) -> None:
    text = "일자,배너,매체,노출수,클릭수\n2025.09.01,파랑,네이버,100,3\n9월 2일,파랑,네이버,1,-1\n"
    (folder / "banner.csv").write_bytes(text.encode("cp949"))
    pairs = ("date=일자", "banner=배너", "portal=매체", "impressions=노출수", "clicks=클릭수")
    names = [word for pair in pairs for word in ("--column", pair)]
    run = weblog("banners", "load", "banner.csv", *names, "--bad-rows", "bad.csv", code=12)
    assert "2 rows of banner.csv = 1 new + 0 changed + 0 unchanged + 1 left out" in run.text
    with (folder / "bad.csv").open(encoding="utf-8", newline="") as file:
        faults = [tuple(row.values()) for row in csv.DictReader(file)]
    assert faults == [
        ("3", "date", "9월 2일", "a day such as 2025-09-30"),
        ("3", "clicks", "-1", "0 or more"),
    ]


def test_a_person_sees_and_loses_deliveries(weblog: Run, folder: Path) -> None:
    (folder / "d.csv").write_text(
        "delivery,mailing,customer_id,variant,unsubscribed\n"
        "d-001,m1,C10001,A,2025-09-10\nd-002,m1,C10002,B,\n"
    )
    weblog("deliveries", "load", "d.csv")
    weblog("export", "--customer", "C10001", "--to", "mine.zip")
    with zipfile.ZipFile(folder / "mine.zip") as archive:
        (mine,) = json.loads(archive.read("deliveries.json"))
        meanings = archive.read("columns.csv").decode("utf-8-sig")
    assert (mine["delivery"], mine["variant"]) == ("d-001", "A")
    assert mine["unsubscribed"] == "2025-09-09T15:00:00.000000+00:00"
    told = {row["column"]: row["뜻"] for row in csv.DictReader(io.StringIO(meanings))}
    assert told["unsubscribed"] == "이 메일로 수신 거부한 시각"
    weblog("erase", "--customer", "C10001", "--yes")
    left = weblog("sql", "select delivery from deliveries", "--output", "json").json
    assert left == [{"delivery": "d-002"}]


def test_a_store_of_an_older_version(weblog: Run, folder: Path) -> None:
    older = as_older(folder / "weblog-store", published=True)
    assert "1 campaigns" in weblog("status").text
    weblog("doctor")
    weblog("segments", "list")
    assert weblog("sql", "select count(*) n from contacts", "--output", "json").json == [{"n": 0}]
    (folder / "c.csv").write_text("campaign,cost\nspring,1\n")
    assert not (older.folder / "contacts").exists()
    weblog("campaigns", "load", "c.csv")
    assert (older.folder / "contacts").exists()
    assert "2 campaigns" in weblog("status").text
