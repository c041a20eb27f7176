"""Figures of paths, flows, next pages, funnels and searches, of the sample company."""

from __future__ import annotations

import json
from itertools import product
from typing import Any

import plotly.graph_objects as go
import polars as pl
import pytest

import reports
import sample_logs
import weblog
from reports.figures.theme import colours
from weblog.errors import UnknownNameError
from weblog.site.rules import Site
from weblog.store import Store


@pytest.fixture(scope="module")
def site() -> Site:
    return weblog.load_site(sample_logs.data_folder() / "site.toml")


@pytest.fixture(scope="module")
def answers(company: Store, site: Site) -> dict[str, reports.Report]:
    return {
        "paths": reports.paths(company, start="/quote/*/start"),
        "flows": reports.flows(company, level="category"),
        "backwards": reports.flows(company, goal="subscription"),
        "around": reports.flows(company, around="/search", depth=2),
        "next_pages": reports.next_pages(company, of="/search"),
        "pairs": reports.next_pages(company, direction="previous"),
        "funnel": reports.funnel(company, site=site),
        "parts": reports.funnel(company, site=site, by="segment"),
        "search_terms": reports.search_terms(company, site=site),
    }


@pytest.mark.parametrize(("language", "theme"), list(product(["en", "ko"], ["light", "dark"])))
def test_figures_are_plain_dictionaries_plotly_accepts(
    answers: dict[str, reports.Report], language: str, theme: str
) -> None:
    for name, report in answers.items():
        figure = report.figure_dict(language, theme)
        assert figure["data"], name
        assert figure["layout"]["paper_bgcolor"] == colours(theme).surface
        assert len(json.dumps(figure)) < 25_000, name
        go.Figure(figure)


def test_a_funnel_draws_who_stays_and_who_is_lost(answers: dict[str, reports.Report]) -> None:
    frame = answers["funnel"].frame
    kept, lost, names, values = answers["funnel"].figure_dict()["data"]
    assert kept["x"] == frame["reached"].to_list()
    assert lost["x"] == [0, *frame["lost"].to_list()[:-1]]
    assert names["text"][0] == "1. quote begun"
    assert "of the step before" in names["text"][1]
    assert values["text"][0].strip().endswith("100.0%")


def test_a_sankey_draws_every_node_with_its_sessions(answers: dict[str, reports.Report]) -> None:
    frame = answers["flows"].frame
    (nodes,) = answers["flows"].figure_dict()["data"]
    steps = frame.filter(step=1)
    summed = steps.group_by("from").agg(pl.col("sessions").sum())
    first = summed.sort("sessions", descending=True).row(0, named=True)
    assert nodes["text"][0].strip() == f"{first['from']} {first['sessions']:,}"
    names = {(row["step"], row["from"]) for row in frame.to_dicts() if row["from"]}
    assert len(nodes["text"]) == len(names)


@pytest.mark.parametrize("name", ["flows", "backwards", "around"])
def test_a_narrow_sankey_has_fewer_nodes_and_loses_nobody(
    answers: dict[str, reports.Report], name: str
) -> None:
    report = answers[name]
    wide, narrow = (report.figure_dict(narrow=narrow) for narrow in (False, True))
    places = narrow["data"][0]["x"]
    assert len(set(places)) <= 3
    assert all(places.count(place) <= 5 for place in places)
    assert len(json.dumps(narrow)) < len(json.dumps(wide))
    whole = sum(sessions(wide, place) for place in [min(wide["data"][0]["x"])])
    if name == "flows":
        assert sessions(narrow, min(places)) == whole


def sessions(figure: dict[str, Any], place: float) -> int:
    """The sessions of the nodes of one step, read from their labels."""
    nodes = figure["data"][0]
    return sum(
        int(text.split()[-1].replace(",", ""))
        for x, text in zip(nodes["x"], nodes["text"], strict=True)
        if x == place
    )


def test_what_strangers_wrote_is_shown_as_it_is(make_store: Any, visits: Any) -> None:
    store = make_store([visits(n, 0, f"v{n}", "<b>x</b>&lt; home") for n in range(1, 4)])
    for report in (reports.paths(store), reports.flows(store), reports.next_pages(store)):
        text = json.dumps(report.figure_dict())
        assert "<b>" not in text
        assert "&lt;b>x&lt;/b>&amp;lt;" in text
    steps = ["<i>: page=/home", "page=/home"]
    assert "<i>" not in json.dumps(reports.funnel(store, steps=steps).figure_dict())


def test_unknown_languages_and_themes_are_refused(answers: dict[str, reports.Report]) -> None:
    for report in answers.values():
        with pytest.raises(UnknownNameError, match="no language is called 'fr'"):
            report.figure_dict("fr")
        with pytest.raises(UnknownNameError, match="no theme is called 'blue'"):
            report.figure_dict("en", "blue")
