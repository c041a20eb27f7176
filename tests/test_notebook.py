"""The notebook runs, and what it shows is what the library says."""

from __future__ import annotations

import json
from ast import literal_eval
from pathlib import Path
from typing import Any

import nbformat
import polars as pl
import pytest
from nbclient import NotebookClient
from sample_store import company_store

import reports
from weblog.status import status
from weblog.store import Store

NOTEBOOK = Path(__file__).parents[1] / "docs" / "analysis.ipynb"
PLOTLY = "application/vnd.plotly.v1+json"
FRAMES = {"overview": "overview.frame", "trend": "trend.frame", "channels": "channels.frame"}
TOLD = "import json; print(json.dumps({{{}}}, default=str))"


@pytest.fixture(scope="module")
def notebook() -> Any:
    """The notebook, executed; a last cell tells the frames it made as JSON."""
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    names = [*FRAMES.items(), ("preference", "preference"), ("quoted", "quoted")]
    told = ", ".join(f'"{name}": {frame}.to_dicts()' for name, frame in names)
    notebook.cells.append(nbformat.v4.new_code_cell(TOLD.format(told)))
    NotebookClient(notebook, timeout=300, kernel_name="python3").execute()
    return notebook


@pytest.fixture(scope="module")
def told(notebook: Any) -> dict[str, list[dict[str, Any]]]:
    (output,) = notebook.cells[-1].outputs
    return json.loads(output.text)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return company_store(tmp_path_factory.mktemp("company") / "store")


def shown(notebook: Any, source: str) -> str:
    """Return what the cell shows that begins with ``source``."""
    (cell,) = (cell for cell in notebook.cells if cell.source.startswith(source))
    return cell.outputs[-1].data["text/plain"]


def figures(notebook: Any) -> list[dict[str, Any]]:
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    return [output.data[PLOTLY] for output in outputs if PLOTLY in output.get("data", {})]


def as_told(frame: pl.DataFrame) -> list[dict[str, Any]]:
    return json.loads(json.dumps(frame.to_dicts(), default=str))


def test_it_is_kept_without_outputs() -> None:
    kept = nbformat.read(NOTEBOOK, as_version=4)
    nbformat.validate(kept)
    assert [cell.id for cell in kept.cells if cell.get("outputs")] == []
    assert NOTEBOOK.stat().st_size < 300_000


def test_every_line_is_accounted_for(notebook: Any, store: Store) -> None:
    state = status(store)
    counted = {"files": 28, "lines": state.lines, "hits": state.hits, "rejects": state.rejects}
    assert literal_eval(shown(notebook, "logs = ")) == counted
    found = literal_eval(shown(notebook, "sessionize.load_tables"))
    assert (found["sessions"], found["visitors"]) == (state.sessions, state.visitors)
    assert found["by kind of hit"] == state.kinds


@pytest.mark.parametrize(
    ("name", "report"),
    [("overview", reports.summary), ("trend", reports.site_status), ("channels", reports.channels)],
)
def test_its_reports_are_the_librarys(
    told: dict[str, Any], store: Store, name: str, report: Any
) -> None:
    assert told[name] == as_told(report(store).frame)


def test_its_figures_are_the_librarys(notebook: Any, store: Store) -> None:
    trend, channels = figures(notebook)
    expected = reports.site_status(store).figure_dict(measure="sessions")
    assert [trace["name"] for trace in trend["data"]] == [t["name"] for t in expected["data"]]
    assert trend["layout"]["yaxis"]["ticktext"] == expected["layout"]["yaxis"]["ticktext"]
    expected = reports.channels(store).figure_dict("ko", "dark")
    assert channels["data"][0]["y"] == expected["data"][0]["y"]
    assert channels["layout"]["paper_bgcolor"] == expected["layout"]["paper_bgcolor"]


def test_it_shows_a_warning_where_sessions_are_few(notebook: Any) -> None:
    assert "too few for a conclusion" in shown(notebook, "back = ")


def test_its_own_questions_are_answered(told: dict[str, Any], store: Store) -> None:
    sessions = store.scan("sessions").select("session_id", "segment")
    views = store.scan("page_views").filter(pl.col("kind") == "page").drop_nulls("category")
    counted = views.join(sessions, on="session_id").group_by("segment", "category").len().collect()
    expected = {(segment, category): count for segment, category, count in counted.rows()}
    assert {
        (row["segment"], row["category"]): row["views"] for row in told["preference"]
    } == expected
    members = [row for row in told["preference"] if row["segment"] == "customer"]
    everybody = sum(expected.values())
    own = sum(row["views"] for row in members)
    for row in members:
        category = sum(n for (_, name), n in expected.items() if name == row["category"])
        usual = category / everybody
        assert row["times_average"] == pytest.approx(row["views"] / own / usual)
    quotes = store.scan("page_views").filter(pl.col("goal") == "quote").collect()
    assert sum(row["quoted"] for row in told["quoted"]) == quotes["session_id"].n_unique()
    assert {row["product"] for row in told["quoted"]} == set(quotes["product"])
