"""Two sites in one dashboard: the switch between them, in both languages."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from weblog.store import open_store

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def url(store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("sites")
    open_store(folder / "empty", create=True)
    shutil.copy(ROOT / "sample_logs" / "data" / "site.toml", folder)
    (folder / "sites.toml").write_text(
        f'[[site]]\nkey = "hanbit"\nname = "한빛생명"\nstore = "{store}"\nrules = "site.toml"\n'
        '[[site]]\nkey = "new"\nname = "A new site that has a rather long name"\nstore = "empty"\n'
    )
    process = subprocess.Popen(
        [sys.executable, "-m", "weblog", "dashboard", "--sites", folder / "sites.toml",
         "--port", "0", "--no-open"],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
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


@pytest.mark.parametrize(
    ("language", "width", "label"), [("en-GB", 1440, "Site"), ("ko-KR", 400, "사이트")]
)
def test_one_goes_to_another_site_by_keyboard_and_back_by_mouse(
    browser: Browser, url: str, language: str, width: int, label: str
) -> None:
    context = browser.new_context(locale=language, viewport={"width": width, "height": 900})
    context.set_default_timeout(60_000)
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda said: said.type == "error" and problems.append(said.text))
    page.goto(f"{url}?period=7&segment=VIP&measure=visitors")
    expect(page).to_have_url(f"{url}site/hanbit/?period=7&segment=VIP&measure=visitors")
    expect(page.locator("#overview-trend .main-svg").first).to_be_visible()
    switch = page.get_by_role("button", name=f"{label}: 한빛생명")
    picture(page, f"sites-{language}-closed")
    switch.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="한빛생명")).to_be_focused()
    page.keyboard.press("ArrowDown")
    picture(page, f"sites-{language}-open")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.keyboard.press("Escape")
    expect(switch).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    # The days and the way of looking go along, a value of the other site's register does not.
    expect(page).to_have_url(f"{url}site/new/?period=7&measure=visitors")
    expect(page.locator("#main")).to_contain_text("weblog ingest")  # what to do about no data
    picture(page, f"sites-{language}-new")
    assert page.title().endswith("A new site that has a rather long name")
    page.get_by_role("button", name=f"{label}: A new site").click()
    page.get_by_role("link", name="한빛생명").click()
    expect(page.locator("#overview-trend .main-svg").first).to_be_visible()
    expect(page).to_have_url(f"{url}site/hanbit/?period=7&measure=visitors")
    if width > 820:
        page.get_by_role("link", name="Segments").click()
        expect(page).to_have_url(f"{url}site/hanbit/segments?period=7")
        expect(page.locator("[data-state=ready]").first).to_be_visible()
        expect(page.get_by_role("link", name="Segments")).to_have_attribute("aria-current", "page")
        assert page.goto(f"{url}site/none/").status == 404
    assert [one for one in problems if "404" not in one] == []
    context.close()


def picture(page: Page, name: str) -> None:
    folder = os.environ.get("PICTURES")
    if folder:
        page.screenshot(path=f"{folder}/{name}.png")
