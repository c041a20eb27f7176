"""Every figure: a plain dictionary, small, drawn for each language and theme."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import plotly.graph_objects as go
import pytest

import reports
from reports.figures.theme import THEMES, colours
from reports.figures.words import WORDS
from reports.measures import MEASURES
from reports.registry import REPORTS
from weblog.errors import UnknownNameError
from weblog.store import Store

TRACES = {
    "summary": ["scatter"] * 6,
    "site_status": ["scatter"] * 2,
    "campaigns": ["scatter"],
    "campaign_results": ["scatter"],
    "campaign_paths": ["bar"] * 2,
    "goals": [],
    "tagging": [],
    "segment_table": ["bar"] * 5,
    "cross": ["bar"] * 2,
    "cohorts": ["bar"] * 3,
    "lifecycle": ["bar"] * 8,
    "activity": ["bar"] * 7,
    "preference": ["bar"] * 2,
    "associations": [],
    "interest_to_purchase": [],
    "time_to_purchase": [],
    "interest_gap": [],
    "mailings": [],
    "mailing_effect": [],
    "mail_times": [],
    "mail_recipients": [],
    "mail_robots": [],
    "attribution": ["scatter"] * 8,
    "bots": [],
    "paths": ["bar", "scatter", "scatter"],
    "flows": ["scatter"],
    "next_pages": ["bar", "scatter"],
    "funnel": [],
    "search_terms": [],
    "changes": [],
    "reconciliation": [],
    "recommendation_quality": [],
    "anomalies": [],
    "banners": [],
    "banner_gap": [],
    "creatives": [],
    "history": [],
}
"""Types of the traces drawn of the small store; the others are one bar trace. Matrices
have one for each column."""


@pytest.mark.parametrize("name", REPORTS)
@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("theme", THEMES)
def test_a_figure_is_a_small_plain_dictionary(
    store: Store, name: str, language: str, theme: str
) -> None:
    figure = REPORTS[name].function(store).figure_dict(language, theme)
    text = json.dumps(figure)
    assert [trace["type"] for trace in figure["data"]] == TRACES.get(name, ["bar"])
    assert len(text) < 10_000
    assert figure["layout"]["paper_bgcolor"] == colours(theme).surface
    assert figure["layout"]["template"] == {}
    assert "yaxis2" not in text or name in {"summary", "lifecycle", "anomalies"}


@pytest.mark.parametrize("name", REPORTS)
def test_plotly_accepts_every_figure(store: Store, name: str) -> None:
    figure = REPORTS[name].function(store).figure("ko", "dark")
    assert isinstance(figure, go.Figure)
    assert len(figure.to_json()) < 10_000


@pytest.mark.parametrize("name", REPORTS)
def test_nothing_is_drawn_as_a_sentence(make_store: Callable[..., Store], name: str) -> None:
    store = make_store([])
    figure = REPORTS[name].function(store).figure_dict("ko")
    (note,) = figure["layout"]["annotations"]
    assert figure["data"] == []
    assert note["text"] == "표시할 데이터가 없습니다"


@pytest.mark.parametrize("measure", MEASURES)
def test_the_trend_draws_any_measure(store: Store, measure: str) -> None:
    figure = reports.site_status(store).figure_dict("en", measure=measure, currency="KRW")
    before, now = sorted(figure["data"], key=lambda one: "legendrank" in one)
    assert (before["name"], now["name"]) == ("previous", WORDS[measure][0])
    assert before["line"]["dash"] == "dot"
    assert ("fill" in figure["data"][0]) == ("fill" in now), "what lies under an area is not seen"
    assert len(now["x"]) == len(before["x"]) == 28
    assert ("fill" in now) == (MEASURES[measure].unit != "rate")
    assert figure["layout"]["yaxis"]["ticktext"][0].startswith("0")


def test_the_trend_labels_weeks_apart_on_one_weekday(store: Store) -> None:
    start = date(2025, 10, 6)
    axis = reports.site_status(store, reports.Filters(start=start)).figure_dict()["layout"]["xaxis"]
    days = [start + timedelta(days=index) for index in axis["tickvals"]]
    assert {day.weekday() for day in days} == {0}
    assert axis["ticktext"][0] == "6 Oct"


def test_bars_show_values_and_changes_and_keep_labels_apart(store: Store) -> None:
    figure = reports.channels(store).figure_dict("en")
    (bars,) = figure["data"]
    assert bars["y"] == ["Direct", "Email"]
    assert bars["text"] == ["6  +100.0%", "2  +100.0%"]
    figure = reports.entry_pages(store, limit=1).figure_dict("ko")
    assert figure["data"][0]["y"] == ["/home", "기타"]
    names = reports.campaigns(store).figure_dict()["data"][0]["y"]
    assert len(set(names)) == len(names)


def test_intervals_reach_from_low_to_high(store: Store) -> None:
    report = reports.campaigns(store)
    (points,) = report.figure_dict()["data"]
    row = report.frame.row(0, named=True)
    assert points["x"][0] + points["error_x"]["array"][0] == pytest.approx(row["high"])
    assert points["x"][0] - points["error_x"]["arrayminus"][0] == pytest.approx(row["low"])


def test_differences_are_coloured_by_their_sign(
    make_store: Callable[..., Store], visits: Callable[..., dict[str, Any]]
) -> None:
    more = [visits(n, 0, f"v{n}", "home", device="tablet") for n in range(1, 31)]
    less = [visits(n, 9, f"v{n}", "home", device="tv") for n in range(31, 51)]
    report = reports.changes(make_store(more + less), reports.Filters(start=date(2025, 11, 24)))
    (bars,) = report.figure_dict("ko")["data"]
    paint = colours("light")
    shown = dict(zip(bars["y"], bars["marker"]["color"], strict=True))
    assert shown["기기: tablet"] == paint.good
    assert shown["기기: tv"] == paint.bad


def test_unknown_measures_languages_and_themes_are_refused(store: Store) -> None:
    report = reports.site_status(store)
    with pytest.raises(UnknownNameError, match="Did you mean 'sessions'"):
        report.figure_dict(measure="session")
    with pytest.raises(UnknownNameError, match="no language is called 'fr'"):
        report.figure_dict("fr")
    with pytest.raises(UnknownNameError, match="no theme is called 'blue'"):
        report.figure_dict(theme="blue")
    with pytest.raises(UnknownNameError, match="no measure of this report"):
        reports.channels(store).figure_dict(measure="logins")


def test_every_measure_has_words_in_both_languages() -> None:
    assert set(MEASURES) <= set(WORDS)
    assert all(english and korean for english, korean in WORDS.values())
