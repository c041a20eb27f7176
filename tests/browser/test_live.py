"""The live page while a real process follows a log: from a line written to a figure changed."""

from __future__ import annotations

import re
import signal
import subprocess
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from dashboard.words import word

AGENT = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/141.0.0.0 Safari/537.36"
)
HOSTILE = "/%3Cimg%20src=x%20onerror=window.hacked=1%3E"
ASKED = "_dash-update-component"


def line(visitor: int, path: str, status: int = 200, referrer: str = "-") -> str:
    """A line of the company's log, written now."""
    now = datetime.now(ZoneInfo("Asia/Seoul"))
    return (
        f'9.9.9.{visitor} - - [{now:%d/%b/%Y:%H:%M:%S %z}] "GET {path} HTTP/1.1" {status} 100 '
        f'"{referrer}" "{AGENT}" "visitor-{visitor:08}"\n'
    )


@pytest.fixture
def log(tmp_path: Path) -> Path:
    written = tmp_path / "access.log"
    search = "https://search.naver.com/search.naver?query=a"
    written.write_text(
        "".join(line(each, "/", referrer=search) for each in range(1, 4))
        + line(4, HOSTILE)
        + line(4, "/gone", 404)
    )
    return written


def asked_of(page: Page, asked: list[str], milliseconds: int) -> int:
    """Count what the page asks in some time, once what it asked before is answered."""
    page.wait_for_timeout(700)
    asked.clear()
    page.wait_for_timeout(milliseconds)
    return len(asked)


def shows_what_is_written(page: Page, log: Path) -> None:
    expect(page.locator("[data-tile=now] .value")).to_have_text("4", timeout=30_000)
    expect(page.locator("[data-tile=page_views] .value")).to_have_text("4")
    expect(page.locator("[data-tile=errors] .value")).to_have_text("1")
    expect(page.locator("[data-tile=delay] .value")).to_have_text(re.compile(r"^\d+ s ago$"))
    expect(page.locator(".live-told")).to_contain_text("The logs are followed: newest hit")
    rows = page.locator("#live_page-now-pages .row-label")
    expect(rows).to_have_count(2)
    assert [text.split("\n")[0] for text in rows.locator(".hidden").all_text_contents()] == [
        "/",
        "/<img src=x onerror=window.hacked=1>",
    ]
    expect(page.locator("#live_page-now-sources")).to_contain_text("naver · Organic Search")
    expect(page.locator("#live_page-now-failed")).to_contain_text("404")
    expect(page.locator(".live .main-svg").first).to_be_visible()
    with log.open("a") as more:
        more.write(line(5, "/quote/start") + line(6, "/quote/start"))
    expect(page.locator("[data-tile=now] .value")).to_have_text("6")
    expect(rows).to_have_count(3)
    assert page.evaluate("window.hacked") is None


def asks_nothing_while_nobody_looks(page: Page, process: subprocess.Popen[str], log: Path) -> None:
    asked: list[str] = []
    page.on("request", lambda request: ASKED in request.url and asked.append(request.url))
    page.evaluate("Object.defineProperty(document, 'hidden', {value: true, configurable: true})")
    assert asked_of(page, asked, 5300) == 0
    seen_again = "delete document.hidden; document.dispatchEvent(new Event('visibilitychange'))"
    with page.expect_request(lambda request: ASKED in request.url):
        page.evaluate(seen_again)
    page.wait_for_timeout(400)
    assert len(asked) == 1
    page.get_by_role("button", name="Pause").press("Enter")
    expect(page.locator(".live-time")).to_have_text(re.compile(r"^Paused at \d\d:\d\d:\d\d$"))
    process.send_signal(signal.SIGTERM)
    assert asked_of(page, asked, 5300) == 0
    process.wait(30)
    page.get_by_role("button", name="Go on").press("Enter")
    expect(page.locator(".live-told")).to_contain_text("nothing new comes by itself")
    expect(page.locator(".live-told code")).to_contain_text(f"weblog ingest --follow {log}")
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_timeout(300)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_followed_log_is_seen_and_nothing_is_asked_while_nobody_looks(
    open_followed: Callable[..., Any], log: Path
) -> None:
    process, open_page = open_followed(log)
    page = open_page("live")
    shows_what_is_written(page, log)
    korean = open_page("live?segment=VIP", 390, locale="ko-KR")
    expect(korean.get_by_role("heading", level=1)).to_have_text(word("live_page", "ko"))
    expect(korean.locator("[data-tile=visitors] .value")).to_have_text("6")
    expect(korean.locator("[data-code=live_counted_whole]")).to_be_visible()
    assert korean.evaluate("document.documentElement.scrollWidth") <= 390
    korean.context.close()
    asks_nothing_while_nobody_looks(page, process, log)
