"""Reports of paths, funnels and searches at the command line."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sample_store import company_store

import sample_logs


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a store of the sample company. Read only."""
    return company_store(tmp_path_factory.mktemp("company") / "store").folder


@pytest.fixture
def run(weblog: Callable[..., Any], company: Path, tmp_path: Path) -> Callable[..., Any]:
    """Run a report on the company's store, by the company's rules."""
    shutil.copy(sample_logs.data_folder() / "site.toml", tmp_path)
    return lambda *words, **more: weblog("report", *words, "--store", company, **more)


def test_options_reach_the_reports(run: Callable[..., Any]) -> None:
    def rows(*words: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = run(*words, "--output", "json").json
        return found

    assert {row["path"][0] for row in rows("paths", "--start", "/search")[:-1]} == {"/search"}
    ends = rows("paths", "--end", "/my/", "--depth", "2", "--nodes", "0", "--limit", "0")
    assert {row["path"][-1] for row in ends} == {"/my/"}
    assert {row["step"] for row in rows("flows", "--goal", "quote", "--depth", "3")} == {-3, -2, -1}
    assert rows("flows", "--level", "category", "--nodes", "2") != rows("flows")
    before = rows("next_pages", "--of", "/search", "--direction", "previous")
    assert {row["direction"] for row in before} == {"previous"}
    steps = ["--step", "page=/quote/*", "--step", "goal=quote"]
    assert [row["step_name"] for row in rows("funnel", *steps)] == ["page=/quote/*", "goal=quote"]
    within = rows("funnel", *steps, "--within", "2 days", "--people", "customers")
    assert {row["unit"] for row in within} == {"customers"}
    strict = rows("funnel", "--funnel", "subscription", "--strict")
    assert strict[-1]["reached"] == 0  # a form lies between
    assert {row["kind"] for row in rows("funnel", "--by", "segment")} == {"segment"}
    all_terms = rows("search_terms", "--least-visitors", "1", "--limit", "0")
    assert len(all_terms) > len(rows("search_terms"))


def test_tables_are_for_people(run: Callable[..., Any]) -> None:
    shown = run("paths", "--level", "category", "--depth", "2").text
    assert "children → products" in shown
    shown = run("funnel").text
    assert "begun" in shown
    assert "kind" not in shown
    assert "(all others)" in run("search_terms", "--limit", "3").text


def test_options_of_other_reports_and_wrong_steps_are_refused(run: Callable[..., Any]) -> None:
    assert "report channels has no --depth" in run("channels", "--depth", "3", code=2).err
    assert "report paths has no --step" in run("paths", "--step", "goal=quote", code=2).err
    said = run("funnel", "--step", "goal=qoute", "--step", "goal=quote", code=9).err
    assert "step 1: no goal is called 'qoute'. Did you mean 'quote'?" in said
