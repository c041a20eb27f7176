"""Logging in, as people do: by mouse or keyboard, in their language, on their screen."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.support.accessible import violations
from weblog.store import open_store

ROOT = Path(__file__).parents[2]
PASSWORD = "velvet harbour lantern 8"


@pytest.fixture(scope="module")
def access(tmp_path_factory: pytest.TempPathFactory, store: Path) -> Path:
    folder = tmp_path_factory.mktemp("login") / "access"
    for name, role in (("minji", "marketer"), ("viewer", "viewer")):
        subprocess.run(
            [sys.executable, "-m", "weblog", "accounts", "add", name, "--role", role,
             "--store", str(store), "--access", str(folder)],
            cwd=ROOT, input=f"{PASSWORD}\n", text=True, check=True, capture_output=True,
        )  # fmt: skip
    return folder


@pytest.fixture(scope="module")
def url(store: Path, access: Path) -> Iterator[str]:
    """`weblog serve` with a login."""
    open_store(store)
    process = subprocess.Popen(
        [sys.executable, "-m", "weblog", "serve", "--store", str(store), "--access", str(access),
         "--site", str(ROOT / "sample_logs" / "data" / "site.toml"), "--port", "0",
         "--workers", "1"],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        env={**os.environ},
    )  # fmt: skip
    watchdog = threading.Timer(90, process.kill)
    watchdog.start()
    assert process.stdout is not None
    line = process.stdout.readline()
    watchdog.cancel()
    assert line.startswith("Dashboard on http"), line
    yield line.split()[2]
    process.send_signal(signal.SIGTERM)
    process.wait(timeout=60)


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(locale="en-GB", viewport={"width": 1280, "height": 900})
    made.set_default_timeout(30_000)
    yield made
    made.close()


def log_in(page: Page, url: str, name: str = "minji", password: str = PASSWORD) -> None:
    page.goto(url)
    assert violations(page) == []
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()


def test_one_logs_in_where_one_wanted_to_go_and_out_again(
    context: BrowserContext, url: str
) -> None:
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda said: said.type == "error" and problems.append(said.text))
    log_in(page, f"{url}?period=7")
    expect(page).to_have_url(f"{url}?period=7")
    expect(page.locator("#overview-trend .main-svg").first).to_be_visible(timeout=60_000)
    page.set_viewport_size({"width": 390, "height": 844})  # where the account is an icon
    assert page.locator(".top .site").evaluate("one => one.scrollWidth <= one.clientWidth")
    assert page.locator("header").evaluate("one => one.scrollWidth") <= 390
    page.get_by_role("link", name="minji").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your account")
    expect(page.get_by_text("marketer: lists and customer cards")).to_be_visible()
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Log in")
    page.go_back()
    page.goto(url)
    expect(page).to_have_url(f"{url}login?next=/")
    assert problems == []


def test_a_login_needs_no_script_and_no_mouse(browser: Browser, url: str) -> None:
    context = browser.new_context(java_script_enabled=False, locale="ko-KR")
    page = context.new_page()
    page.goto(f"{url}account")
    assert page.locator("html").get_attribute("lang") == "ko"
    expect(page.get_by_label("아이디")).to_be_focused()
    page.keyboard.type("minji")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("내 계정")
    context.close()


def test_a_wrong_password_is_said_and_the_name_kept(context: BrowserContext, url: str) -> None:
    page = context.new_page()
    log_in(page, url, password="no such password")
    expect(page.get_by_role("alert")).to_have_text("Name or password is wrong.")
    expect(page.get_by_label("Name")).to_have_value("minji")
    expect(page.get_by_label("Password")).to_be_focused()
    expect(page.get_by_label("Password")).to_have_value("")


def test_when_a_session_has_ended_the_page_leads_to_the_login(
    context: BrowserContext, url: str
) -> None:
    page = context.new_page()
    log_in(page, url)
    expect(page.locator("#overview-trend .main-svg").first).to_be_visible(timeout=60_000)
    context.clear_cookies()
    page.locator("[data-measure=visitors]").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Log in")
    page.get_by_label("Name").fill("minji")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{url}?measure=visitors")


def test_when_a_session_has_ended_no_login_form_is_kept_as_the_file(
    context: BrowserContext, url: str
) -> None:
    page = context.new_page()
    log_in(page, f"{url}content")
    page.locator("[id^=menu-download]").first.click(timeout=60_000)
    csv = page.get_by_role("link", name="CSV").first
    with page.expect_download() as kept:
        csv.click()
    assert kept.value.suggested_filename.endswith(".csv")
    context.clear_cookies()
    with page.expect_download() as refused:
        csv.click()
    assert refused.value.failure() is not None


def test_what_a_viewer_may_not_see_is_said_kindly(context: BrowserContext, url: str) -> None:
    page = context.new_page()
    log_in(page, f"{url}?visitor=x", "viewer")
    expect(page.get_by_text("Your role sees groups, not single customers")).to_be_visible()
    page.get_by_role("button", name="Clear filters").click()
    expect(page.locator("#overview-trend .main-svg").first).to_be_visible(timeout=60_000)
    assert page.goto(f"{url}customer").status == 403
    expect(page.get_by_role("heading", level=1)).to_have_text("Not for your role")


@pytest.mark.parametrize("language", ["en-GB", "ko-KR"])
@pytest.mark.parametrize("width", [390, 1280, 2560])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_login_fits_every_screen(
    browser: Browser, url: str, width: int, theme: str, language: str
) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 844}, color_scheme=theme, locale=language
    )
    page = context.new_page()
    page.goto(f"{url}login")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    button = page.get_by_role("button").bounding_box()
    assert button is not None
    assert button["height"] >= 44
    assert button["y"] + button["height"] < 844
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (sum(int(part) for part in dark[4:-1].split(",")) < 200) is (theme == "dark")
    nameless = page.evaluate(
        "[...document.querySelectorAll('input:not([type=hidden])')].filter(x => !x.labels.length)"
    )
    assert nameless == []
    folder = os.environ.get("PICTURES")
    if folder:
        page.screenshot(path=f"{folder}/login-{width}-{theme}-{language}.png")
    context.close()
