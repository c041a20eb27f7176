"""A log written by strangers: no page runs, loads or breaks by what stands in it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Dialog, Page, expect

from dashboard.pages import PAGES

RAN = "window.hacked=1"

NASTY = (
    f"<script>{RAN}</script>",
    f"</script><script>{RAN}</script>",
    f'"><img src=x onerror={RAN}>',
    f"<svg onload={RAN}>",
    f"<a href='javascript:{RAN}'>x</a><br><b>bold",
    f"javascript:{RAN}",
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-1+1",
    "@SUM(1+1)",
    "\t=1+1",
    "{{7*7}}${7*7}%(x)s",
    "a\0b",
    "\u202egnp.exe\u2066\u200f",
    "\ufeff\u2028\u2029",
    "x" * 10_240,
    "가" * 3_400,
)
"""Texts that are markup, formulas, control characters, other directions, or very long."""

VISITORS, VIEWS = 12, 3

LINE = (
    '9.{}.{}.9 - - [{:02}/Nov/2025:{:02}:{:02}:00 +0900] "GET /{}?utm_source={}&utm_medium=email'
    '&utm_campaign={}&utm_content={}&q={} HTTP/1.1" 200 1 "https://{}.example/{}" '
    '"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) '
    'Chrome/141.0.0.0 Safari/537.36 {}" "{}-{}"\n'
)

FORMULA = re.compile(r"^[=+\-@\t\r]")
NUMBER = re.compile(r"^[-+]?[\d.]+(e[-+]?\d+)?$")


def hostile_log() -> str:
    """Return lines in which every field that a stranger writes is nasty."""
    lines = []
    for number, nasty in enumerate(NASTY):
        sent = quote(nasty[:4_000], safe="")
        raw = nasty[:500].replace('"', '\\"').replace("\0", "\\x00").replace("\t", "\\t")
        for visitor in range(VISITORS):
            for view in range(VIEWS):
                path = sent if view else "products/annuity-savings/" + sent
                day, minute = 30 - visitor % 10, 7 * view + number
                lines.append(
                    LINE.format(number, visitor, day, 9 + visitor, minute, path, sent[:90], sent,
                                sent, sent[:90], f"a{number}", sent[:90], raw, quote(raw)[:40],
                                visitor)
                )  # fmt: skip
    return "".join(lines)


@pytest.fixture(scope="module")
def strangers(tmp_path_factory: pytest.TempPathFactory, ingest: Any, serve: Any) -> Iterator[Any]:
    """A dashboard over a store in which is nothing else."""
    folder: Path = tmp_path_factory.mktemp("strangers")
    (folder / "access.log").write_text(hostile_log(), "utf-8", newline="\n")
    ingest(folder / "access.log", folder / "store")
    yield from serve(folder / "store")


@pytest.fixture(scope="module")
def window(browser: Browser, strangers: Any) -> Iterator[Page]:
    """A window in which any message, dialog or request elsewhere is kept as a problem."""
    context = browser.new_context(locale="en-GB", viewport={"width": 1400, "height": 900})
    page = context.new_page()
    problems: list[str] = []

    def refuse(dialog: Dialog) -> None:
        problems.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    page.on("dialog", refuse)
    page.on("pageerror", lambda error: problems.append(f"page error: {error}"))
    page.on("console", lambda said: problems.append(said.text) if said.type == "error" else None)
    page.on(
        "request",
        lambda asked: (
            asked.url.startswith((strangers.url, "data:", "blob:")) or problems.append(asked.url)
        ),
    )
    page.goto(strangers.url)
    yield page
    context.close()
    assert problems == []


def shown(page: Page, address: str) -> None:
    """Go to an address as the page itself does, and wait until it is filled."""
    page.evaluate(
        """address => {
            window.history.pushState({}, "", address);
            window.dispatchEvent(new CustomEvent("weblog:address"));
        }""",
        address,
    )
    expect(page.locator(".page:not([data-state=loading]):not(.busy)")).to_have_count(
        1, timeout=30_000
    )
    expect(page.locator("[aria-busy=true]")).to_have_count(0, timeout=30_000)
    expect(page.locator(".chart:not(:has(.main-svg))")).to_have_count(0, timeout=30_000)


def stands(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    assert page.locator("[data-state=error]").count() == 0
    assert page.locator("img, iframe, object, embed, main script").count() == 0
    assert page.locator("a[href^='javascript']").count() == 0
    assert page.evaluate("window.hacked") is None
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("path", PAGES)
def test_what_strangers_wrote_is_text(window: Page, path: str) -> None:
    cards = PAGES[path].cards
    tables = "&".join(f"{card.name}.view=table" for card in cards.cards) if cards else "view=table"
    for asked in ("?period=all", f"?period=all&{tables}"):
        shown(window, path + asked)
        stands(window, 390)
        stands(window, 1400)


@pytest.mark.parametrize("path", [path for path, page in PAGES.items() if page.cards])
def test_no_file_has_a_formula(window: Page, strangers: Any, path: str) -> None:
    page = PAGES[path]
    assert page.cards
    for card in page.cards.cards:
        address = f"{strangers.url}download/{page.name}/{card.name}.csv?period=all"
        answer = window.request.get(address)
        assert answer.status == 200, card.name
        cells = [cell for row in csv.reader(io.StringIO(answer.text())) for cell in row]
        assert [one for one in cells if FORMULA.match(one) and not NUMBER.match(one)] == []


def test_an_address_changed_by_hand_is_read_as_text(window: Page) -> None:
    for nasty in NASTY[::3]:
        some = quote(nasty[:1_500], safe="")
        shown(window, f"/content?page={some}&segment={some}&{some[:60]}=1&products.view={some}")
        stands(window, 1400)


def test_it_is_shown_and_not_left_out(window: Page) -> None:
    shown(window, "/campaigns?period=all&campaigns.view=table")
    expect(window.locator("#campaigns_page-campaigns")).to_contain_text(f"<svg onload={RAN}>")
    shown(window, "/paths?period=all&entries.view=table")
    expect(window.locator("#paths_page-entries")).to_contain_text(f"<svg onload={RAN}>")
