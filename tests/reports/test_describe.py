"""The page about reports is the one the code makes, and it tells everything."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import reports
from reports.describe import describe
from reports.measures import MEASURES
from reports.registry import REPORTS
from reports.warning import TEXTS

PAGE = Path(__file__).parents[2] / "docs" / "reports.md"


def formatted(page: str) -> str:
    """As the repository formats the Python in it."""
    ruff = [sys.executable, "-m", "ruff", "format", "--stdin-filename", "page.md", "-"]
    return subprocess.run(ruff, input=page, capture_output=True, text=True, check=True).stdout


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text("utf-8") == formatted(describe())


def test_the_module_prints_the_page() -> None:
    printed = subprocess.run(
        [sys.executable, "-m", "reports.describe"], capture_output=True, text=True, check=True
    )
    assert printed.stdout == describe()


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_is_told_with_its_columns(name: str) -> None:
    _, _, rest = describe().partition(f"\n## {name}\n")
    section = rest.partition("\n## ")[0]
    for column in REPORTS[name].columns:
        assert f"`{column.name}`" in section


def test_every_measure_and_warning_is_told() -> None:
    page = describe()
    assert [name for name in MEASURES if f"| `{name}` |" not in page] == []
    assert [code for code in TEXTS if f"| `{code}` |" not in page] == []


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_is_a_function_of_the_package(name: str) -> None:
    assert getattr(reports, name) is REPORTS[name].function
    assert name in reports.__all__
