"""The live page: one computation for all, and it says plainly when nobody follows."""

from __future__ import annotations

import json
import shutil
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from flask.testing import FlaskClient
from logged_in import ask, told

import reports
from dashboard.live_data import SHARED_S, Now, Shared, ago, live_data
from dashboard.pages import live
from weblog.following import Diary, Following, LogLag
from weblog.site import Site
from weblog.store import Store

PAGE = "/live"
NEWEST = datetime(2025, 11, 30, 9, 2, tzinfo=UTC)
"""The newest page view of the small store."""


class Counted(Store):
    """A store that counts how often it is read."""

    asked = 0

    def snapshot(self) -> Any:
        type(self).asked += 1
        return super().snapshot()


@pytest.fixture
def counted(store: Store) -> Counted:
    Counted.asked = 0
    return Counted(store.folder)


def lag(behind: int) -> LogLag:
    return LogLag("/logs/a.log", 10 + behind, behind, 1.0, 0, "")


def follower(state: str, behind: int = 0) -> Following:
    return Following(("/logs/a b.log",), state, None, NEWEST, (lag(behind),), ())


def shown(store: Store, late: timedelta, *followers: Following, language: str = "en") -> Any:
    moment = NEWEST + late
    answer = Now(reports.live(store, now=moment), followers, moment)
    return live_data(answer, store, Site(currency="KRW"), language)


def test_many_browsers_share_one_computation(counted: Counted) -> None:
    seconds = [0.0]
    shared = Shared(clock=lambda: NEWEST, ticks=lambda: seconds[0])
    answers: list[Now] = []
    askers = [
        threading.Thread(target=lambda: answers.append(shared.now(counted))) for _ in range(12)
    ]
    for each in askers:
        each.start()
    for each in askers:
        each.join()
    assert Counted.asked == 1
    assert len({id(answer) for answer in answers}) == 1
    seconds[0] = SHARED_S - 0.1
    assert shared.now(counted) is answers[0]
    seconds[0] = SHARED_S
    assert shared.now(counted) is not answers[0]
    assert Counted.asked == 2


def test_what_fails_is_not_kept(counted: Counted, monkeypatch: pytest.MonkeyPatch) -> None:
    shared = Shared(clock=lambda: NEWEST.replace(tzinfo=None))  # no zone: the report refuses it
    for _ in range(2):
        with pytest.raises(Exception, match="time zone"):
            shared.now(counted)
    monkeypatch.setattr(shared, "clock", lambda: NEWEST)
    assert shared.now(counted).report.frame.height


def test_it_shows_what_the_report_tells(store: Store) -> None:
    moment = NEWEST + timedelta(seconds=3)
    frame = reports.live(store, now=moment).frame
    data = shown(store, timedelta(seconds=3), follower("alive"))
    total = frame.filter(pl.col("part") == "total").row(0, named=True)
    tiles = {tile["key"]: tile for tile in data["tiles"]}
    for key, column in (("now", "active"), ("visitors", "visitors"), ("page_views", "page_views")):
        assert tiles[key]["raw"] == total[column] > 0
    assert (tiles["delay"]["value"], tiles["delay"]["bad"]) == ("3 s ago", False)
    assert data["status"]["text"] == "The logs are followed: newest hit 3 s ago"
    assert data["time"] == "09:02:03"
    pages = frame.filter(pl.col("part") == "page")
    assert [row["label"] for row in data["lists"]["pages"]] == pages["name"].to_list()
    assert data["lists"]["failed"] == []
    assert data["figures"].keys() == {"light", "dark"}
    assert len(json.dumps(data)) < 30_000


@pytest.mark.parametrize(
    ("late", "followers", "kind", "says"),
    [
        (3, [follower("alive")], "fresh", "newest hit 3 s ago"),
        (60, [follower("alive", 5_000_000)], "behind", "5.0 MB behind"),
        (600, [follower("alive")], "quiet", "no line has come for 10 min"),
        (60, [], "alone", "nothing new comes by itself"),
        (7200, [], "alone", "Nobody follows the logs: the newest hit is 2 h old"),
        (7200, [follower("stopped")], "alone", "Nobody follows the logs"),
        (86_400 * 9, [follower("died"), follower("stopped")], "alone", "has died"),
        (60, [follower("died"), follower("alive")], "fresh", "The logs are followed"),
    ],
)
def test_it_says_whether_anybody_follows_and_what_to_start(
    store: Store, late: int, followers: list[Following], kind: str, says: str
) -> None:
    status = shown(store, timedelta(seconds=late), *followers)["status"]
    assert status["kind"] == kind
    assert says in status["text"]
    if kind == "alone":
        given = "'/logs/a b.log'" if followers else "access.log"
        folder = store.folder.resolve()
        assert status["code"] == f"weblog ingest --follow {given} --store {folder}"
    else:
        assert status["code"] is None
    korean = shown(store, timedelta(seconds=late), *followers, language="ko")["status"]
    assert korean["text"] != status["text"]


def test_minutes_of_nobody_are_no_chart(store: Store) -> None:
    assert shown(store, timedelta(hours=3))["figures"] is None


def test_the_command_names_the_rules_of_the_site(store: Store, tmp_path: Path) -> None:
    (tmp_path / "site.toml").write_text("")
    answer = Now(reports.live(store, now=NEWEST), (), NEWEST)
    status = live_data(answer, store, Site(folder=str(tmp_path)), "en")["status"]
    assert status["code"].endswith(f"--site {tmp_path / 'site.toml'}")


def test_problems_of_the_follower_are_told(store: Store) -> None:
    status = shown(
        store, timedelta(seconds=3), replace(follower("alive"), problems=("<b>no right</b>",))
    )["status"]
    assert status["problems"] == ["<b>no right</b>"]


@pytest.mark.parametrize(
    ("seconds", "english", "korean"),
    [
        (-4, "0 s", "0초"),
        (119.9, "119 s", "119초"),
        (120, "2 min", "2분"),
        (7200, "2 h", "2시간"),
        (172_800, "2 days", "2일"),
        (365 * 86_400 * 4, "1,460 days", "1,460일"),
    ],
)
def test_spans_of_time(seconds: float, english: str, korean: str) -> None:
    assert (ago(seconds, "en"), ago(seconds, "ko")) == (english, korean)


def test_the_page_answers_a_browser(client: FlaskClient, store: Store) -> None:
    diary = Diary.begun(store, ["/logs/a.log"])
    try:
        diary.write([], {}, [])
        data = told(ask(client, PAGE, {"at": 1}), PAGE)
    finally:
        diary.end()
        shutil.rmtree(diary.folder)
    assert data["state"] == "ready"
    assert data["status"]["kind"] == "quiet"  # this process follows, as far as anybody can see
    assert data["tiles"][0]["raw"] == 0
    assert "state" not in ask(client, PAGE, None).text  # nobody asked


def test_filters_of_other_pages_are_said_not_to_apply(store: Store, empty_store: Store) -> None:
    page = live.answer(store, Site(), "?segment=VIP", "en")["page"]
    assert [one["code"] for one in page["notices"]] == ["live_counted_whole"]
    assert live.answer(store, Site(), "?period=7", "ko")["page"]["notices"] == []
    assert live.answer(empty_store, Site(), "", "en")["page"]["state"] == "no_data"
