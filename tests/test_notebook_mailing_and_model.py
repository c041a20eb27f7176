"""The notebooks about mailings and about a model of one's own run, and say what is so."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
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
from reports import Filters

DOCS = Path(__file__).parents[1] / "docs"
PLOTLY = "application/vnd.plotly.v1+json"
TOLD = {
    "did-this-mailing-work": ("mailings.frame", "effect.frame", "judged", "earned"),
    "own-model": ("credited.frame", "told"),
}
"""Notebook to the frames that a last cell tells as JSON."""

DRAWN = {"did-this-mailing-work": 3, "own-model": 1}
PERIOD = Filters(start=date(2025, 9, 2), end=date(2025, 11, 30), compare="none")


def executed(name: str) -> Any:
    notebook = nbformat.read(DOCS / f"{name}.ipynb", as_version=4)
    frames = ", ".join(f'"{frame}": {frame}.to_dicts()' for frame in TOLD[name])
    source = f"import json; print(json.dumps({{{frames}}}, default=str))"
    notebook.cells.append(nbformat.v4.new_code_cell(source))
    NotebookClient(notebook, timeout=300, kernel_name="python3").execute()
    return notebook


@pytest.fixture(scope="module")
def notebooks() -> dict[str, Any]:
    with ThreadPoolExecutor() as beside:
        return dict(zip(TOLD, beside.map(executed, TOLD), strict=True))


def told(notebook: Any) -> dict[str, list[dict[str, Any]]]:
    (output,) = notebook.cells[-1].outputs
    return json.loads(output.text)


@pytest.mark.parametrize("name", TOLD)
def test_it_is_kept_without_outputs(name: str) -> None:
    kept = nbformat.read(DOCS / f"{name}.ipynb", as_version=4)
    nbformat.validate(kept)
    assert [cell.id for cell in kept.cells if cell.get("outputs")] == []


@pytest.mark.parametrize("name", TOLD)
def test_it_shows_its_figures_and_no_warning_of_python(
    notebooks: dict[str, Any], name: str
) -> None:
    outputs = [output for cell in notebooks[name].cells for output in cell.get("outputs", [])]
    assert sum(PLOTLY in output.get("data", {}) for output in outputs) == DRAWN[name]
    assert [each.text for each in outputs if each.get("name") == "stderr"] == []


def test_what_is_said_of_mailings_is_so(
    notebooks: dict[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> None:
    found = told(notebooks["did-this-mailing-work"])
    store = company_store(tmp_path_factory.mktemp("company") / "store")
    site = weblog.load_site(sample_logs.data_folder() / "site.toml")
    own = reports.mailing_effect(store, PERIOD, site=site)
    assert json.loads(json.dumps(own.frame.to_dicts(), default=str)) == found["effect.frame"]
    by_name = {row["mailing"]: row for row in found["mailings.frame"]}
    chuseok = by_name["nl-2025-10-chuseok"]
    assert round(1 / chuseok["click_rate_raw"]) in range(23, 27), "one in twenty-five clicked"
    assert round(1 / chuseok["click_rate"]) in range(90, 110), "one in a hundred did"
    beyond = [row["mailing"] for row in found["effect.frame"] if row["beyond_chance"]]
    assert beyond == ["nl-2025-11-pension"]
    child = next(row for row in found["effect.frame"] if row["mailing"] == "nl-2025-10-child")
    assert child["difference_low"] > 0, "its own interval just excludes zero"
    looks = {row["verdict"]: row["len"] for row in found["judged"]}
    assert sum(looks.values()) == 40, "forty looks"
    assert looks["too few"] > 20, "most of them at groups that are too small"


def test_what_is_said_of_the_model_is_so(notebooks: dict[str, Any]) -> None:
    found = told(notebooks["own-model"])
    models = list(dict.fromkeys(row["model"] for row in found["credited.frame"]))
    assert models == ["last_touch", "time_decay", "by_age", "markov"]
    moved = [row for row in found["told"] if row["differs"]]
    assert 0 < len(moved) < len(found["told"])
    assert all(abs(row["difference"]) < 0.15 * row["touched"] for row in moved), "a few of hundreds"
