"""Attribution of a store: whose touches, which conversions, what is said beside the numbers."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest
from slow_attribution import slow_markov, slow_paths, slow_rule, slow_shapley

import reports
from reports.attribution.models import MODELS
from reports.figures.attributed import MARKS
from reports.figures.words import WORDS
from weblog.errors import QueryError, UnknownNameError
from weblog.store import Store

Rows = list[dict[str, Any]]
LAST = date(2025, 11, 30)
WEEK = reports.Filters(LAST - timedelta(days=6), LAST, compare="none")
MAIL = {"channel": "Email", "source": "letter", "medium": "email", "campaign": "autumn"}
SEARCH = {"channel": "Organic Search", "source": "naver", "medium": "organic"}
BOUGHT = {"conversions": 1, "value": 500.0}


@pytest.fixture
def journey(make_store: Callable[[Rows], Store], visits: Callable[..., dict[str, Any]]) -> Store:
    """c1 comes by mail, by search and directly, where it buys; two others leave."""
    customer = {"customer_id": "c1"}
    return make_store([
        visits(1, 40, "a", "home", **customer, channel="Display"),
        visits(2, 20, "a", "home", **customer, **MAIL),
        visits(3, 9, "phone", "home", **customer, **SEARCH),
        visits(4, 1, "a", "home", **customer, **BOUGHT),
        visits(5, 2, "b", "home", **SEARCH),
        visits(6, 3, "c1", "home", **MAIL),
    ])  # fmt: skip


def credited(report: reports.Report, model: str, column: str = "conversions") -> dict[Any, float]:
    rows = report.frame.filter(pl.col("model") == model)
    found = zip(rows["name"], rows[column], strict=True)
    return {name: round(number, 6) for name, number in found if number}


def codes(report: reports.Report) -> set[str]:
    return {warning.code for warning in report.warnings}


# whose touches


def test_touches_are_the_customers_on_every_device_and_from_before_the_period(
    journey: Store,
) -> None:
    report = reports.attribution(journey, WEEK)
    assert credited(report, "last_touch") == {"Direct": 1}
    assert credited(report, "last_non_direct") == {"Organic Search": 1}
    assert credited(report, "first_touch") == {"Email": 1}  # Display is 39 days away
    third = pytest.approx(1 / 3, abs=1e-6)
    assert credited(report, "linear") == {"Direct": third, "Organic Search": third, "Email": third}
    assert credited(report, "position_based")["Organic Search"] == 0.2
    assert credited(report, "last_touch", "value") == {"Direct": 500}
    assert report.frame["touched"].unique().to_list() == [1]
    # The visitor named "c1" is not the customer c1, and neither bought.
    assert "journeys_split" not in codes(report)


def test_the_window_is_an_option(journey: Store) -> None:
    far = reports.attribution(journey, WEEK, window_days=40)
    assert credited(far, "first_touch") == {"Display": 1}
    near = reports.attribution(journey, WEEK, window_days=0)
    assert credited(near, "first_touch") == {"Direct": 1}
    assert credited(near, "shapley") == {"Direct": 1}


def test_filters_choose_conversions_and_not_touches(journey: Store) -> None:
    direct = reports.attribution(journey, reports.Filters(WEEK.start, LAST, channels=("Direct",)))
    assert credited(direct, "first_touch") == {"Email": 1}
    search = reports.Filters(WEEK.start, LAST, channels=("Organic Search",))
    assert "no_conversions" in codes(reports.attribution(journey, search))


def test_a_touch_can_be_told_by_its_source_medium_or_campaign(journey: Store) -> None:
    by_source = reports.attribution(journey, WEEK, by="source")
    assert credited(by_source, "last_non_direct") == {"naver": 1}
    by_campaign = reports.attribution(journey, WEEK, by="campaign")
    assert credited(by_campaign, "first_touch") == {"autumn": 1}
    assert credited(by_campaign, "last_touch") == {None: 1}  # no campaign, and not "others"
    assert by_campaign.frame["is_other"].any() is False
    assert by_campaign.frame["kind"].unique().to_list() == ["campaign"]


def test_names_beyond_the_limit_are_one(journey: Store) -> None:
    report = reports.attribution(journey, WEEK, limit=1, window_days=40)
    others = report.frame.filter("is_other")
    assert others["name"].to_list() == [None] * len(MODELS)
    sums = report.frame.group_by("model").agg(pl.col("conversions").sum())
    assert sums["conversions"].round(9).unique().to_list() == [1.0]


def test_only_the_models_asked_for_are_shown_in_that_order(journey: Store) -> None:
    report = reports.attribution(journey, WEEK, models=("shapley", "linear"))
    assert report.frame["model"].unique(maintain_order=True).to_list() == ["shapley", "linear"]
    assert credited(report, "linear", "difference")["Direct"] == pytest.approx(-2 / 3, abs=1e-6)


# the sample company


@pytest.fixture(scope="module")
def november(company: Store) -> reports.Report:
    return reports.attribution(company, reports.Filters(date(2025, 11, 1), LAST))


def test_credits_of_the_company_sum_to_its_conversions(
    company: Store, november: reports.Report
) -> None:
    told = reports.summary(company, reports.Filters(date(2025, 11, 1), LAST)).frame
    whole = dict(told.select("measure", "value").rows())
    sums = november.frame.group_by("model").agg(pl.col("conversions", "value", "share").sum())
    assert sums.height == len(MODELS)
    for row in sums.to_dicts():
        assert abs(row["conversions"] - whole["conversions"]) < 1e-9
        assert row["value"] == pytest.approx(whole["value"], rel=1e-12)
        assert row["share"] == pytest.approx(1)


def test_last_touch_is_what_sessions_say_themselves(
    company: Store, november: reports.Report
) -> None:
    told = reports.channels(company, reports.Filters(date(2025, 11, 1), LAST)).frame
    expected = {row[0]: row[1] for row in told.select("channel", "conversions").rows() if row[1]}
    assert credited(november, "last_touch") == expected


def test_intervals_hold_the_credit_and_come_out_the_same_again(
    company: Store, november: reports.Report
) -> None:
    frame = november.frame
    assert frame.select((pl.col("low") <= pl.col("conversions")).all()).item()
    assert frame.select((pl.col("conversions") <= pl.col("high")).all()).item()
    again = reports.attribution(company, reports.Filters(date(2025, 11, 1), LAST))
    assert again.frame.equals(frame)
    compared = frame.filter(pl.col("model") == "last_touch")
    assert compared["difference_low"].to_list() == compared["difference_high"].to_list()
    none = reports.attribution(company, WEEK, bootstrap=0)
    assert none.frame["low"].is_null().all()
    assert "not_resampled" not in codes(none)


@pytest.mark.parametrize("goal", ["subscription", "quote"])
def test_one_goal_equals_the_slow_reference(company: Store, goal: str) -> None:
    """Every model, of touches gathered one after the other from the tables."""
    filters = reports.Filters(date(2025, 11, 11), LAST, segments=("anonymous", "member"))
    report = reports.attribution(
        company, filters, goal=goal, window_days=14, bootstrap=0, limit=None
    )
    sessions = company.scan("sessions").filter(
        pl.col("date").is_between(date(2025, 10, 28), LAST)
    ).collect().to_dicts()  # fmt: skip
    views = company.scan("page_views").filter(pl.col("goal") == goal).collect().to_dicts()
    names = sorted({row["channel"] for row in sessions})
    reached: dict[str, list[float]] = {}
    for view in views:
        reached.setdefault(view["session_id"], []).append(view["value"] or 0.0)
    rows = [
        {
            "person": ("customer", row["customer_id"]) if row["customer_id"] else row["visitor_id"],
            "start": int(row["start"].timestamp() * 1000),
            "key": row["session_id"],
            "code": names.index(row["channel"]),
            "is_direct": row["channel"] == "Direct",
            "is_end": row["date"] >= filters.start and row["segment"] in filters.segments,
            "conversions": len(reached.get(row["session_id"], [])),
            "value": sum(reached.get(row["session_id"], [])),
        }
        for row in sessions
    ]
    paths = slow_paths(rows, 14)
    for model in MODELS:
        if model in {"markov", "shapley"}:
            slow = slow_markov(paths, len(names), 1) if model == "markov" else slow_shapley(
                paths, len(names)
            )  # fmt: skip
            conversions = [pair[0] for pair in slow]
        else:
            conversions, _ = slow_rule(model, paths, len(names))
        expected = {n: round(c, 6) for n, c in zip(names, conversions, strict=True) if c > 1e-6}
        assert credited(report, model) == pytest.approx(expected, abs=2e-6), model
    assert report.frame["conversions"].sum() > 10


# what is said beside the numbers


def test_what_a_reader_must_know_is_said(
    journey: Store, store: Store, visits: Callable[..., dict[str, Any]]
) -> None:
    assert {"window_before_data", "small_credits"} <= codes(reports.attribution(journey))
    assert "no_conversions" not in codes(reports.attribution(journey))
    # In the other store the visitor who bought was a customer in other sessions.
    split = [w for w in reports.attribution(store).warnings if w.code == "journeys_split"]
    assert [warning.values for warning in split] == [{"split": 1, "all": 1}]


def test_long_paths_are_cut_and_it_is_said(
    make_store: Callable[[Rows], Store], visits: Callable[..., dict[str, Any]]
) -> None:
    many = [visits(number, 3, "a", "home", **MAIL) for number in range(1, 120)]
    report = reports.attribution(make_store([*many, visits(200, 1, "a", "home", **BOUGHT)]))
    said = [warning.values for warning in report.warnings if warning.code == "paths_shortened"]
    assert said == [{"paths": 1, "touches": 100}]
    assert credited(report, "linear")["Email"] == 0.99


def test_an_empty_store_and_a_period_without_a_goal(
    make_store: Callable[[Rows], Store], visits: Callable[..., dict[str, Any]]
) -> None:
    assert reports.attribution(make_store([])).frame.is_empty()
    report = reports.attribution(make_store([visits(1, 0, "a", "home")]))
    assert report.frame.is_empty()
    assert "no_conversions" in codes(report)


@pytest.mark.parametrize(("options", "error", "text"), [
    ({"models": ("markow",)}, UnknownNameError, "attribution model.*Did you mean 'markov'"),
    ({"by": "device"}, UnknownNameError, "dimension of attribution.*channel, source, medium"),
    ({"goal": "sale"}, UnknownNameError, "no goal is called 'sale'"),
    ({"window_days": -1}, QueryError, "window_days is -1: expected 0 or more"),
    ({"half_life_days": 0}, QueryError, "half_life_days is 0: expected more than 0"),
    ({"half_life_days": float("nan")}, QueryError, "half_life_days is nan"),
    ({"order": 4}, QueryError, "order is 4: expected 1, 2 or 3"),
    ({"bootstrap": -1}, QueryError, "bootstrap is -1: expected 0 to 10,000"),
    ({"limit": 0}, QueryError, "limit is 0: expected at least 1"),
])  # fmt: skip
def test_what_cannot_be_meant_is_refused(
    store: Store, options: dict[str, Any], error: type[Exception], text: str
) -> None:
    with pytest.raises(error, match=text):
        reports.attribution(store, **options)


# the figure


def test_the_figure_has_a_point_per_model_and_name(november: reports.Report) -> None:
    figure = november.figure_dict("ko", "dark")
    assert [trace["name"] for trace in figure["data"]] == [
        WORDS[f"model_{model}"][1] for model in MODELS
    ]
    rows = november.frame.filter(pl.col("model") == "markov")
    (markov,) = (trace for trace in figure["data"] if trace["name"] == "마르코프 체인")
    assert len(markov["x"]) == len(figure["layout"]["yaxis"]["ticktext"]) <= 8
    assert markov["x"][0] == pytest.approx(rows["conversions"][0], abs=1e-3)
    reach = markov["x"][0] + markov["error_x"]["array"][0]
    assert reach == pytest.approx(rows["high"][0], abs=2e-3)
    heights = [y for trace in figure["data"] for y in trace["y"]]
    assert len(set(heights)) == len(heights)  # no point on another
    low, high = figure["layout"]["xaxis"]["range"]
    assert low == 0
    assert high > float(november.frame["high"].max())  # type: ignore[arg-type]


def test_every_model_has_its_mark_and_its_words() -> None:
    assert MARKS.keys() == MODELS.keys()
    assert len(set(MARKS.values())) == len(MARKS)
    assert {f"model_{model}" for model in MODELS} <= WORDS.keys()


def test_a_figure_without_intervals_has_points_only(journey: Store) -> None:
    figure = reports.attribution(journey, WEEK, bootstrap=0, models=("linear",)).figure_dict()
    (points,) = figure["data"]
    assert points["error_x"]["array"] == [None] * 3


# the command line


def printed(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "weblog", "report", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_command_passes_its_options_on(journey: Store) -> None:
    done = printed(
        "attribution", "--store", str(journey.folder), "--from", "2025-11-24", "--by", "source",
        "--models", "time_decay", "--models", "markov", "--window-days", "40", "--order", "2",
        "--half-life-days", "2", "--bootstrap", "50", "--output", "json",
    )  # fmt: skip
    asked = reports.attribution(
        journey, WEEK, by="source", models=("time_decay", "markov"), window_days=40, order=2,
        half_life_days=2, bootstrap=50,
    )  # fmt: skip
    assert json.loads(done.stdout) == asked.frame.to_dicts()
    refused = printed("channels", "--store", str(journey.folder), "--goal", "quote")
    assert refused.returncode == 2
    assert "report channels has no --goal" in refused.stderr
