"""Exports of ad systems by the command line."""

from __future__ import annotations

import csv
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
DATA = Path(__file__).parents[1] / "sessionize" / "ad_costs" / "data"
SITE = 'time_zone = "Asia/Seoul"\ncurrency = "KRW"\nlog_format = "combined"\n'
SUMS = (
    "select imported_from, sum(cost) cost, count(*) n from campaign_costs group by all order by 1"
)
LINE = (
    '203.0.113.7 - - [01/Oct/2025:10:00:00 +0900] "GET /?utm_campaign=kids-autumn HTTP/1.1" 200 9 '
    '"-" "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/140.0 Safari/537.36"\n'
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "site.toml").write_text(SITE)
    return tmp_path


def sums(weblog: Run) -> dict[str, tuple[float, int]]:
    rows = weblog("sql", SUMS, "--output", "json").json
    return {row["imported_from"]: (row["cost"], row["n"]) for row in rows}


def test_every_system_again_and_again(weblog: Run, folder: Path) -> None:
    expected = {
        "google_ads": (13_000.0, 2),
        "kakao": (10_000.0, 2),
        "meta": (15_000.0, 2),
        "naver_search": (51_900.0, 2),
    }
    for _ in range(2):
        for file in ("google_en.csv", "kakao.csv", "meta_en.csv", "naver.csv"):
            weblog("campaigns", "costs", DATA / file)
        assert sums(weblog) == expected
    assert "8 campaign_costs" in weblog("status").text
    weblog("doctor")


def test_what_is_said_of_an_export(weblog: Run, folder: Path) -> None:
    (folder / "access.log").write_text(LINE)
    weblog("ingest", "access.log")
    text = "Day,Campaign,Cost,Impr.,Clicks,Currency code\n2025-10-01,Kids Autumn,1,1,1,KRW\n"
    (folder / "ads.csv").write_text(text + "someday,Kids Autumn,2,1,1,KRW\nTotal: Account,,3,,,\n")
    run = weblog("campaigns", "costs", "ads.csv", "--bad-rows", "bad.csv", code=12)
    for said in (
        "2 rows of ads.csv, google_ads = 1 good + 1 left out; 1 row of sums left out",
        "2025-10-01 to 2025-10-01, by day and campaign: 1 new + 0 changed + 0 unchanged; 0 of",
        "Row 4 (Total: Account) says 3 cost, the rows make 1.",
        "No session carries campaign Kids Autumn; nearest: kids-autumn",
    ):
        assert said in run.text
    assert "ads.csv: 1 of 2 rows left out" in run.err
    with (folder / "bad.csv").open(encoding="utf-8", newline="") as file:
        (fault,) = csv.DictReader(file)
    assert (fault["row"], fault["column"], fault["value"]) == ("3", "Day", "someday")
    mapped = '[[ad_campaigns]]\nad_campaign = "kids autumn"\ncampaign = "kids-autumn"\n'
    (folder / "site.toml").write_text(SITE + mapped)
    told = weblog("campaigns", "costs", "ads.csv", "--output", "json", code=12).json
    assert (told["unmatched"], told["changed"]) == ([], 0)
    assert told["differs"][0]["measure"] == "cost"
    assert told["first_day"] == "2025-10-01"
    rows = weblog("sql", "select campaign from campaign_costs", "--output", "json").json
    assert rows == [{"campaign": "kids-autumn"}]


def test_what_cannot_be_used(weblog: Run, folder: Path) -> None:
    (folder / "none.csv").write_text("a,b,c\n")
    err = weblog("campaigns", "costs", "none.csv", code=8).err
    assert "the header is not found: expected columns of google_ads, kakao, meta" in err
    err = weblog("campaigns", "costs", "none.csv", "--map", "gogle", code=2).err
    assert "no ad system is called 'gogle'" in err
    (folder / "week.csv").write_text("Campaign,Cost,Impr.\na,1,1\n")
    err = weblog("campaigns", "costs", "week.csv", "--map", "google_ads", code=8).err
    assert "column date of google_ads is missing" in err
    assert not (folder / "weblog-store").exists(), "nothing to store, no store"


def test_two_at_once_lose_nothing(weblog: Run, weblog_process: Run, folder: Path) -> None:
    files = ("google_en.csv", "kakao.csv", "meta_en.csv", "naver.csv")
    weblog("campaigns", "costs", DATA / files[0])
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda file: weblog_process("campaigns", "costs", DATA / file), files[1:]))
    assert sorted(sums(weblog)) == ["google_ads", "kakao", "meta", "naver_search"]
    assert sum(count for _, count in sums(weblog).values()) == 8


def test_the_systems_are_listed(weblog: Run, folder: Path) -> None:
    rows = weblog("campaigns", "systems", "--output", "json").json
    assert {row["system"] for row in rows} == {"google_ads", "kakao", "meta", "naver_search"}
    assert any("총비용(VAT포함,원)" in row["called"] for row in rows)
