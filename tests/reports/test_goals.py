"""Goals and targets: progress by hand, predictions by simulation, rules that make no sense."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest
from simulated import Simulated

import reports
import sample_logs
import weblog
from reports import Filters
from reports.answers.goals import state_of
from reports.campaign.progress import Progress, progress
from weblog.errors import SiteError
from weblog.site import Site
from weblog.site.goal_targets import period_around
from weblog.store import Store

Row = dict[str, Any]
LAST = date(2025, 11, 30)


def site_with(*targets: Row, goals: tuple[str, ...] = ("quote",)) -> Site:
    rules = [{"goal": goal, "paths": [f"/{goal}"]} for goal in goals]
    return Site.model_validate({"targets": targets, "goals": rules})


def daily(counts: list[float], last: date = LAST) -> pl.DataFrame:
    first = last - timedelta(days=len(counts) - 1)
    days = pl.date_range(first, last, eager=True)
    return pl.DataFrame({"date": days, "n": counts}, schema_overrides={"n": pl.Float64})


# progress


def test_what_is_expected_weighs_days_of_the_week() -> None:
    """Working days bring 10, Saturdays and Sundays 5: a week is worth 60."""
    monday = date(2025, 11, 3)
    counts = [10, 10, 10, 10, 10, 5, 5] * 4
    found = progress(daily(counts), monday, LAST + timedelta(days=7), LAST, 600)
    assert found.so_far == 240
    assert found.expected == pytest.approx(600 * 4 / 5)
    assert found.projection == pytest.approx(300)
    assert (found.low, found.high) == (pytest.approx(300), pytest.approx(300))  # nothing varies
    half = progress(daily(counts[:26], LAST - timedelta(2)), monday, LAST, LAST - timedelta(2), 240)
    assert half.expected == pytest.approx(230)
    assert half.projection == pytest.approx(240)


def test_a_period_that_is_over_is_what_it_is_and_few_days_tell_nothing() -> None:
    over = progress(daily([1.0] * 30), LAST - timedelta(days=9), LAST, LAST, 20)
    assert over == Progress(10.0, 20.0, 10.0, 10.0, 10.0)
    later = LAST + timedelta(days=10)
    few = progress(daily([1.0] * 13), LAST - timedelta(days=3), later, LAST, 20)
    assert (few.so_far, few.projection, few.low) == (4.0, None, None)
    assert few.expected == pytest.approx(20 * 4 / 14)
    coming = progress(daily([1.0] * 30), LAST + timedelta(days=1), later, LAST, 20)
    assert (coming.so_far, coming.expected, coming.projection) == (0.0, 0.0, None)


@pytest.mark.parametrize(
    ("found", "is_over", "state"),
    [
        (Progress(10, 5, 20, 15, 25), False, "reached"),
        (Progress(9, 5, 20, 15, 25), False, "on course"),
        (Progress(9, 5, 12, 8, 16), False, "open"),
        (Progress(5, 5, 7, 5, 9), False, "off course"),
        (Progress(5, 5, None, None, None), False, "open"),
        (Progress(9, 10, 9, 9, 9), True, "missed"),
    ],
)
def test_states(found: Progress, *, is_over: bool, state: str) -> None:
    assert state_of(found, 10, is_over=is_over) == state


@pytest.mark.parametrize(
    ("history", "ahead", "size"), [(56, 14, 1.0), (56, 31, 3.0), (28, 14, 1.0), (20, 20, 2.0)]
)
def test_predictions_cover_what_comes_93_to_97_times_of_100(
    simulated: Simulated, history: int, ahead: int, size: float
) -> None:
    """Days with fewer at weekends, whose counts vary ``size`` times as much as Poisson's do."""
    random = np.random.default_rng(3)
    start = LAST - timedelta(days=history - 1)
    end = LAST + timedelta(days=ahead)
    days = [start + timedelta(days=place) for place in range(history + ahead)]
    mean = np.array([30.0 if day.weekday() < 5 else 12.0 for day in days])
    covered = []
    for _ in range(700):
        counts = size * random.poisson(mean / size)
        found = progress(daily(counts[:history].tolist()), LAST, end, LAST, 100)
        assert found.low is not None
        assert found.high is not None
        truth = found.so_far + counts[history:].sum()
        covered.append(found.low <= truth <= found.high)
    assert 0.93 <= simulated("target: projection", np.mean(covered)) <= 0.97


# periods and rules


@pytest.mark.parametrize(
    ("period", "expected"),
    [
        ("week", (date(2025, 11, 24), LAST)),
        ("month", (date(2025, 11, 1), LAST)),
        ("quarter", (date(2025, 10, 1), date(2025, 12, 31))),
        ("year", (date(2025, 1, 1), date(2025, 12, 31))),
        ("2025-10-17 to 2025-11-30", (date(2025, 10, 17), LAST)),
    ],
)
def test_periods_are_those_around_a_day(period: str, expected: tuple[date, date]) -> None:
    assert period_around(period, LAST) == expected


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        ('target = "a"\nnumber = 0', "expected a number above 0"),
        ('target = "a"\nnumber = 1\nperiod = "day"', "expected one of week, month"),
        ('target = "a"\nnumber = 1\nperiod = "2025-12-01 to 2025-11-01"', "expected one of week"),
        ('target = "a"\nnumber = 1\ngoal = "qote"', "Did you mean 'quote'"),
        ('target = "a"\nnumber = 1\ngoal = "quote"\nmeasure = "sessions"', "conversions or value"),
        ('target = "a"\nnumber = 1\n[[targets]]\ntarget = "a"\nnumber = 2', "defined twice: 'a'"),
    ],
)
def test_targets_that_make_no_sense_are_told(tmp_path: Any, rules: str, message: str) -> None:
    path = tmp_path / "site.toml"
    goal = '[[goals]]\ngoal = "quote"\npaths = ["/quote"]\n'
    path.write_text(f"{goal}[[targets]]\n{rules}\n", "utf-8")
    with pytest.raises(SiteError, match=message):
        weblog.load_site(path)


# the report


def test_targets_count_their_own_sessions(store: Store) -> None:
    """``store``: a VIP of two sessions in the last week, three conversions by the campaign."""
    rules = site_with(
        {"target": "all", "number": 4, "period": "month"},
        {"target": "by mail", "number": 2, "period": "month", "campaign": "autumn"},
        {"target": "visits", "number": 9, "period": "week", "measure": "sessions"},
        {"target": "vip", "number": 4, "period": "week", "measure": "sessions", "segment": "VIP"},
        {"target": "won", "number": 900, "period": "month", "measure": "value"},
    )
    report = reports.goals(store, site=rules)
    rows = {row["target"]: row for row in report.frame.to_dicts() if row["target"]}
    assert {name: row["so_far"] for name, row in rows.items()} == {
        "all": 3.0, "by mail": 3.0, "visits": 7.0, "vip": 2.0, "won": 1000.0,
    }  # fmt: skip
    assert rows["by mail"]["state"] == "reached"
    assert rows["all"]["state"] == "missed"  # the month ends on the last day known
    assert rows["visits"]["progress"] == pytest.approx(7 / 9)
    assert "no_targets" not in {one.code for one in report.warnings}


def test_a_period_goes_on_until_its_last_day(store: Store) -> None:
    rules = site_with({"target": "all", "number": 10, "period": "year"})
    report = reports.goals(store, Filters(end=LAST - timedelta(days=1)), site=rules)
    (row, *_) = report.frame.to_dicts()
    assert (row["so_far"], row["as_of"], row["days"]) == (1.0, LAST - timedelta(days=1), 365)
    assert row["needed_per_day"] == pytest.approx(9 / 32)
    assert row["days_passed"] == 333
    assert "targets_before_data" in {one.code for one in report.warnings}


def test_goals_without_targets_are_counted_over_the_period(company: Store) -> None:
    report = reports.goals(company)
    assert {one.code for one in report.warnings} == {"no_targets"}
    counts = dict(report.frame.select("goal", "so_far").rows())
    reached = (
        company.scan("page_views")
        .filter(pl.col("goal").is_not_null(), pl.col("date") > LAST - timedelta(days=28))
        .group_by("goal")
        .len()
        .collect()
    )
    assert counts == {goal: float(n) for goal, n in reached.rows()}
    assert report.frame["state"].unique().to_list() == ["no target"]


def test_the_companys_targets(company: Store) -> None:
    rules = weblog.load_site(sample_logs.data_folder() / "site.toml")
    rows = {row["target"]: row for row in reports.goals(company, site=rules).frame.to_dicts()}
    quarter = rows["subscriptions of the quarter"]
    assert quarter["state"] == "open"
    assert quarter["low"] < quarter["projection"] < quarter["high"]
    assert rows["year-end pension campaign"]["state"] == "missed"


def test_the_figure_draws_bars_where_they_ought_to_be_and_where_they_go(company: Store) -> None:
    rules = weblog.load_site(sample_logs.data_folder() / "site.toml")
    report = reports.goals(company, site=rules)
    figure = report.figure_dict("ko", "dark")
    (bars,) = figure["data"]
    assert bars["x"][0] == pytest.approx(175 / 300)
    assert "미정" in bars["y"][0]
    assert len(figure["layout"]["shapes"]) == 1 + 2 + 1  # one interval, two marks, the target


def test_a_store_without_sessions_has_no_rows(make_store: Callable[..., Store]) -> None:
    assert reports.goals(make_store([])).frame.is_empty()
