"""A report that a package computes on a sample says so, wherever its figures are read."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

Dashboard = Any
Serve = Callable[[Path], Iterator[Dashboard]]

OWN = """
import polars as pl
from reports.extending import *

COLUMNS = (
    ColumnSpec("device", pl.String(), "", "Kind of device"),
    ColumnSpec("sessions", pl.Int64(), "count", "Sessions of the sample"),
)

def on_devices(source, filters=EVERYTHING):
    asked = ask(source, filters, ("device",), sample=5)
    counted = asked.sessions.group_by(pl.col("device").cast(pl.String))
    frame = counted.agg(sessions=pl.len().cast(pl.Int64)).sort("device")
    return asked.answer("on_devices", frame)

def figure(frame, language="en", theme="light"):
    bars = {"type": "bar", "x": frame["device"].to_list(), "y": frame["sessions"].to_list()}
    return {"data": [bars], "layout": layout(theme, xaxis=axis(theme), yaxis=axis(theme))}

REPORT = OwnReport(
    on_devices, figure, COLUMNS, Words("Devices", "기기"), Words("On what?", "무엇으로?"),
    words={one.name: ColumnWords(one.name, one.name, one.meaning) for one in COLUMNS},
    page=Page(),
)
"""


@pytest.fixture
def sampling(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, store: Path, serve: Serve
) -> Iterator[Dashboard]:
    """A dashboard where the package is installed."""
    (tmp_path / "on_devices_report.py").write_text(OWN, "utf-8")
    about = tmp_path / "on_devices-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: on-devices\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text(
        "[weblog.reports]\non_devices = on_devices_report:REPORT\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)
    yield from serve(store)


@pytest.mark.parametrize(
    ("locale", "told"),
    [
        ("en-GB", "Computed on a sample, one visitor in 5: counts are of the sample"),
        ("ko-KR", "방문자 5명 중 1명의 표본으로 계산했습니다: 건수는 표본의 것이고"),
    ],
)
def test_a_banner_above_the_figure_says_that_it_is_of_a_sample(
    sampling: Dashboard, browser: Browser, locale: str, told: str
) -> None:
    context = browser.new_context(locale=locale, viewport={"width": 1440, "height": 900})
    try:
        page: Page = context.new_page()
        page.goto(f"{sampling.url}own/on_devices")
        banner = page.locator("main .notices li[data-code=sampled]")
        figure = page.locator("main .js-plotly-plot")
        expect(banner).to_contain_text(told)
        expect(figure).to_be_visible()
        placed, drawn = banner.bounding_box(), figure.bounding_box()
        assert placed
        assert drawn
        assert placed["y"] + placed["height"] <= drawn["y"]
        assert page.locator(".card-notes [data-code=sampled]").count() == 0
        page.goto(sampling.url)
        expect(page.locator("#overview-trend .main-svg").first).to_be_visible()
        expect(page.locator("[data-code=sampled]")).to_have_count(0)
    finally:
        context.close()
