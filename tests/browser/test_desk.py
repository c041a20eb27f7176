"""The pages readers write on: rules and target lists, settings."""

from __future__ import annotations

import csv
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from dashboard.words import word
from tests.support.accessible import violations

COMPANY = Path(__file__).parents[2] / "sample_logs" / "data"
OpenPage = Callable[..., Page]
NASTY = "<img src=x onerror=window.hacked=1>"


@pytest.fixture
def rules(dashboard: Any) -> Path:
    """The company's rules where the dashboard keeps them."""
    file = dashboard.store.parent / "rules.toml"
    shutil.copyfile(COMPANY / "rules.toml", file)
    return file


def on_desk(page: Page) -> Page:
    expect(page.locator(".grid[data-state=ready]")).to_have_count(1, timeout=30_000)
    return page


def not_wider_than_the_window(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.parametrize("locale", ["en-GB", "ko-KR"])
def test_rules_are_tried_saved_and_a_list_is_made(
    open_page: OpenPage, rules: Path, locale: str, tmp_path: Path
) -> None:
    language = locale[:2]
    page = on_desk(open_page("targets", locale=locale))
    expect(page.locator("h1")).to_have_text(word("rules_page", language))
    editor = page.locator("textarea.editor")
    expect(editor).to_have_value(rules.read_text("utf-8"))
    text = rules.read_text("utf-8") + (
        f"\n[[rules]]\nrule = '{NASTY} {language}'\nlist = 'new'\nwhen = 'age > 20'\n"
    )
    editor.fill(text)
    expect(page.locator(".mark.changed")).to_have_text(word("unsaved", language))
    day = {"en": "2025-12-11", "ko": "2026-03-11"}[language]  # no contact is near
    page.locator("#rules-day").fill(day)
    page.locator("button.try").click()
    new = page.locator("[data-list=new]")
    expect(new.locator("th", has_text=NASTY)).to_be_visible(timeout=60_000)
    assert page.evaluate("window.hacked") is None
    counts = {
        one.get_attribute("data-outcome"): int(one.get_attribute("data-value") or "")
        for one in new.locator(".legend li").all()
    }
    page.locator("button.save").click()
    expect(page.locator(".desk .done")).to_have_text(word("saved", language), timeout=60_000)
    assert rules.read_text("utf-8") == text
    page.locator("#export-name").select_option("new")
    with page.expect_download(timeout=60_000) as download:
        page.get_by_role("button", name=word("export_make", language), exact=True).click()
    download.value.save_as(tmp_path / "new.csv")
    with (tmp_path / "new.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    assert {row["rule"] for row in rows} == {f"{NASTY} {language}"}
    assert len(rows) == counts["written"] > 0
    with page.expect_download() as audit:
        page.locator(".done a").click()
    audit.value.save_as(tmp_path / "audit.json")
    record = json.loads((tmp_path / "audit.json").read_text("utf-8"))
    assert (record["list"], record["day"], record["written"]) == ("new", day, len(rows))
    expect(page.locator("#rules_page-desk-export tbody tr").first).to_contain_text(day)


def test_a_mistake_is_told_with_its_place_and_what_there_is(
    open_page: OpenPage, rules: Path
) -> None:
    page = on_desk(open_page("targets"))
    editor = page.locator("textarea.editor")
    editor.fill("[[rules]]\nrule = 'x'\nlist = 'L'\nwhen = 'agee > 1'\n")
    page.locator("button.save").click()
    fault = page.locator(".faults li")
    expect(fault).to_contain_text("Did you mean 'age'", timeout=60_000)
    assert rules.read_bytes() == (COMPANY / "rules.toml").read_bytes()
    page.locator("nav a[href='/quality']").click()
    expect(page.locator("h1")).to_have_text(word("quality_page", "en"))
    page.locator("nav a[href='/targets']").click()
    expect(on_desk(page).locator("textarea.editor")).to_have_value(re.compile("agee"))


@pytest.mark.parametrize("locale", ["en-GB", "ko-KR"])
def test_settings_are_shown_and_changed_ones_tried(open_page: OpenPage, locale: str) -> None:
    language = locale[:2]
    page = on_desk(open_page("settings", locale=locale))
    expect(page.locator("h1")).to_have_text(word("settings_page", language))
    expect(page.locator("[data-section=time_zone]")).to_contain_text("Asia/Seoul")
    editor = page.locator("textarea.editor").first
    text = (COMPANY / "site.toml").read_text("utf-8")
    expect(editor).to_have_value(text)
    editor.fill(text.replace('paths = ["/health"]', 'paths = ["/health", "/products/*"]'))
    page.locator("button.try").click()
    differs = page.locator(".differences tbody tr")
    expect(differs).to_have_count(1, timeout=60_000)
    expect(differs).to_contain_text("internal.paths")
    expect(page.locator(".two-tables table").last).to_contain_text("/products/")
    expect(page.locator(".command").first).to_contain_text("weblog check")
    editor.fill('time_zone = "Mars"\n')
    page.locator("button.try").click()
    expect(page.locator(".faults [data-where=time_zone]")).to_contain_text("Mars", timeout=60_000)


@pytest.mark.parametrize("address", ["targets", "settings"])
def test_narrow_pages_fit(open_page: OpenPage, rules: Path, address: str) -> None:
    page = on_desk(open_page(address, width=400, color_scheme="dark"))
    assert rules.is_file()
    page.locator("button.try").click()
    expect(page.locator(".table-box").first).to_be_visible(timeout=60_000)
    not_wider_than_the_window(page)
    assert violations(page) == []
