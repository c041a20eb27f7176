"""The notebook about what people want runs, and what it shows is what the library says."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient
from sample_store import company_store

import reports
import sample_logs
import weblog
from reports import Filters, audience
from reports.mart import VIEWS
from weblog.site import Site
from weblog.store import Store

NOTEBOOK = Path(__file__).parents[1] / "docs" / "what-they-want.ipynb"
PLOTLY = "application/vnd.plotly.v1+json"
WHOLE = Filters(start=date(2025, 9, 2), end=date(2025, 11, 30), compare="none")
FRAMES = {
    "segments": "segments.frame",
    "versus": "versus.frame",
    "preference": "preference.frame",
    "associations": "associations.frame",
    "interest": "interest.frame",
    "flows": "flows.frame",
    "funnel": "funnel.frame",
    "cohorts": "cohorts.frame",
    "lifecycle": "lifecycle.frame",
    "profile": "profile",
    "daily": "daily",
}
DRAWN = 6
"""Figures the notebook shows."""


@pytest.fixture(scope="module")
def notebook() -> Any:
    """The notebook, executed; a last cell tells the frames it made as JSON."""
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    told = ", ".join(f'"{name}": {frame}.to_dicts()' for name, frame in FRAMES.items())
    source = f"import json; print(json.dumps({{{told}}}, default=str))"
    notebook.cells.append(nbformat.v4.new_code_cell(source))
    NotebookClient(notebook, timeout=300, kernel_name="python3").execute()
    return notebook


@pytest.fixture(scope="module")
def told(notebook: Any) -> dict[str, list[dict[str, Any]]]:
    (output,) = notebook.cells[-1].outputs
    return json.loads(output.text)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return company_store(tmp_path_factory.mktemp("company") / "store")


@pytest.fixture(scope="module")
def site() -> Site:
    return weblog.load_site(sample_logs.data_folder() / "site.toml")


def test_its_frames_are_those_of_the_reports(
    told: dict[str, list[dict[str, Any]]], store: Store, site: Site
) -> None:
    day = date(2025, 12, 1)
    expected = {
        "segments": reports.segment_table(store, WHOLE, site=site).frame,
        "versus": reports.compare(store, WHOLE, left="VIP", right="member").frame,
        "preference": reports.preference(store, WHOLE, of="product_held").frame,
        "associations": reports.associations(store, WHOLE).frame,
        "interest": reports.interest_to_purchase(store, WHOLE).frame,
        "flows": reports.flows(store, WHOLE, start="/", level="category", depth=4).frame,
        "funnel": reports.funnel(store, WHOLE, funnel="subscription", site=site).frame,
        "cohorts": reports.cohorts(store, WHOLE, each="week").frame,
        "lifecycle": reports.lifecycle(store, WHOLE).frame,
        "profile": audience.customer_profile(store.snapshot(), day, site),
        "daily": VIEWS["channel_daily"].rows(store.snapshot()).collect(),
    }
    for name in FRAMES:
        rows = json.loads(json.dumps(expected[name].to_dicts(), default=str))
        assert rows, name
        assert [row.keys() for row in told[name]] == [row.keys() for row in rows], name
        for row, other in zip(told[name], rows, strict=True):
            for column in other:
                same = other[column]
                if isinstance(same, float):
                    same = pytest.approx(same, rel=1e-6, abs=1e-6)
                assert row[column] == same, (name, column)


def test_its_figures_are_drawn(notebook: Any) -> None:
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    figures = [output.data[PLOTLY] for output in outputs if PLOTLY in output.get("data", {})]
    assert len(figures) == DRAWN
    assert all(figure["data"] or figure["layout"]["shapes"] for figure in figures)


def test_its_rules_have_no_mistakes_and_select_customers(notebook: Any) -> None:
    (cell,) = (cell for cell in notebook.cells if cell.source.startswith("rules = "))
    shown = cell.outputs[-1].data["text/plain"]
    assert shown.startswith("([],")
    assert "'maturity': 21" in shown


def test_the_notebook_is_kept_without_its_outputs() -> None:
    kept = nbformat.read(NOTEBOOK, as_version=4)
    assert not any(cell.get("outputs") for cell in kept.cells)
