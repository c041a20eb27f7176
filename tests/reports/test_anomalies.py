"""Days out of line and change points: what is planted is found, and little else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from scipy import stats
from simulated import Simulated

import reports
import sample_logs
import weblog
from reports import Filters
from reports.anomalies.detect import Findings, detect
from reports.anomalies.steps import LEAST_DAYS, critical
from weblog.errors import SiteError, UnknownNameError
from weblog.site import site_from
from weblog.store import Store

START = date(2025, 1, 1)
WEEKDAY = np.array([1.12, 1.10, 1.06, 1.03, 0.97, 0.62, 0.66])
WHOLE = Filters(start=date(2025, 9, 2), end=date(2025, 11, 30))
SITE = weblog.load_site(sample_logs.data_folder() / "site.toml")

Counts = npt.NDArray[np.int64]


def codes(report: reports.Report) -> list[str]:
    return [warning.code for warning in report.warnings]


def counts(
    rng: np.random.Generator,
    days: int,
    level: float | npt.NDArray[np.float64],
    *,
    spread: float = 0.05,
    alike: float = 0.0,
    growth: float = 0.0,
) -> Counts:
    """Days of counts: weekdays, growth, noise that is like the day's before, and Poisson's."""
    noise = np.empty(days)
    last = rng.normal()
    for day in range(days):
        last = alike * last + np.sqrt(1 - alike**2) * rng.normal()
        noise[day] = last
    weekday = WEEKDAY[(np.arange(days) + START.weekday()) % 7]
    grown = 1 + growth * np.arange(days) / days
    return rng.poisson(level * weekday * grown * np.exp(spread * noise)).astype(np.int64)


def found(values: Counts, **more: Any) -> Findings:
    return detect(frame_of({"one": values}), **more)


def frame_of(series: dict[str, Counts]) -> pl.DataFrame:
    return pl.concat(
        pl.DataFrame(
            {
                "day": [START + timedelta(days=day) for day in range(len(values))],
                "series": [name] * len(values),
                "value": values,
            }
        )
        for name, values in series.items()
    )


# false alarms


@pytest.mark.parametrize(
    ("days", "level", "noise"),
    [
        (90, 145, {"spread": 0.045, "growth": 0.12}),
        (90, 145, {"spread": 0.045}),
        (90, 5, {"spread": 0.0}),
        (180, 40, {"spread": 0.08, "growth": 0.3}),
        (120, 5000, {"spread": 0.05, "alike": 0.3}),
    ],
    ids=["growing", "level", "few a day", "half a year", "days alike"],
)
def test_false_alarms_are_as_few_as_is_said(
    simulated: Simulated, days: int, level: float, noise: Any
) -> None:
    rng, runs = np.random.default_rng(17), 200
    outs, steps, inside, judged = 0, 0, 0, 0
    for _ in range(runs):
        told = found(counts(rng, days, level, **noise))
        outs += bool(told.days["is_anomaly"].any())
        steps += told.steps.height > 0
        ordinary = told.days.select(pl.col("value").is_between("low", "high").sum()).item()
        inside, judged = inside + ordinary, judged + days
    # 5 % of series each; three standard errors of 200 runs are 4.6 points.
    assert simulated("anomalies: false alarms", outs / runs) <= 0.096
    assert steps / runs <= 0.096
    assert 0.93 <= simulated("anomalies: band", inside / judged) <= 0.97


def test_many_series_do_not_raise_more_false_alarms() -> None:
    rng, runs = np.random.default_rng(19), 40
    outs, steps = 0, 0
    for _ in range(runs):
        told = detect(frame_of({f"s{n}": counts(rng, 90, 60) for n in range(10)}))
        outs += bool(told.days["is_anomaly"].any())
        steps += told.steps.height > 0
    assert outs / runs <= 0.155  # 5 %, and three standard errors of 40 runs
    assert steps / runs <= 0.155


@pytest.mark.parametrize("alpha", [0.05, 0.01])
def test_the_critical_value_is_that_of_the_largest_of_all_steps(alpha: float) -> None:
    """Against a simulation of independent normal days, tried at every day there can be a step."""
    rng, days, runs = np.random.default_rng(23), 120, 20_000
    noise = rng.normal(size=(runs, days))
    sums = np.cumsum(noise, axis=1)
    at = np.arange(LEAST_DAYS, days - LEAST_DAYS + 1)
    before, total = sums[:, at - 1], sums[:, -1:]
    gains = (before - total * at / days) ** 2 * days / (at * (days - at))
    exceeded = (gains.max(axis=1) > critical(alpha, days)).mean()
    assert 0.5 * alpha <= exceeded <= 1.1 * alpha  # of whole days a little fewer than of all time


# what is planted


def test_a_planted_day_and_a_holiday_are_found_with_their_size() -> None:
    rng, runs = np.random.default_rng(29), 60
    day_found, holiday, held = 0, 0, 0
    for _ in range(runs):
        level = np.full(90, 150.0)
        level[40] *= 1.8
        level[60:66] *= 0.4
        told = found(counts(rng, 90, level))
        out = set(told.days.filter("is_anomaly")["day"])
        day_found += START + timedelta(days=40) in out
        holiday += sum(START + timedelta(days=day) in out for day in range(60, 66))
        row = told.days.filter(day=START + timedelta(days=40)).row(0, named=True)
        usual = 150 * WEEKDAY[(40 + START.weekday()) % 7]
        held += row["low"] <= usual <= row["high"]
        assert told.steps.is_empty()
    assert day_found == runs
    assert holiday >= 0.95 * 6 * runs
    assert held >= 0.95 * runs


@pytest.mark.parametrize("growth", [0.0, 0.2])
def test_a_planted_step_is_found_with_its_day_and_size(growth: float) -> None:
    rng, runs, at = np.random.default_rng(31), 150, 70
    near, held = 0, []
    for _ in range(runs):
        level = np.full(120, 150.0)
        level[at:] *= 1.4
        steps = found(counts(rng, 120, level, growth=growth)).steps
        days = [(day - START).days for day in steps["day"]]
        near += len(days) == 1 and abs(days[0] - at) <= 2
        if len(days) == 1:
            low, high = steps.select("change_low", "change_high").row(0)
            held.append(low <= 0.4 <= high)
    assert near >= 0.9 * runs
    assert 0.9 <= np.mean(held) <= 1.0


def test_a_campaign_that_begins_from_nothing_has_no_relative_change() -> None:
    rng = np.random.default_rng(37)
    level = np.concatenate([np.zeros(60), np.full(60, 30.0)])
    (step,) = found(counts(rng, 120, level)).steps.to_dicts()
    assert step["day"] == START + timedelta(days=60)
    assert step["change"] is None
    assert step["difference_low"] <= 30 * WEEKDAY.mean() <= step["difference_high"]


# what cannot be judged, and what must not matter


def test_too_few_days_are_not_judged() -> None:
    told = found(np.full(20, 50))
    assert told.days["expected"].null_count() == told.days["is_anomaly"].null_count() == 20
    assert told.steps.is_empty()


def test_a_day_that_is_not_known_is_no_anomaly() -> None:
    rng = np.random.default_rng(41)
    frame = frame_of({"one": counts(rng, 60, 100)})
    gap = frame.with_columns(
        pl.when(pl.col("day") != START + timedelta(days=30)).then("value").alias("value")
    )
    row = detect(gap).days.filter(day=START + timedelta(days=30)).row(0, named=True)
    assert row["value"] is row["expected"] is row["p"] is row["is_anomaly"] is None


def test_a_day_without_a_row_has_none() -> None:
    rng = np.random.default_rng(43)
    frame = frame_of({"one": counts(rng, 60, 100)})
    row = detect(frame.filter(pl.col("day") != START + timedelta(days=30))).days.row(30, named=True)
    assert (row["value"], row["is_anomaly"]) == (0, True)


def test_only_days_asked_for_are_judged() -> None:
    rng = np.random.default_rng(47)
    values = counts(rng, 90, 100)
    values[10] = 900
    told = found(values, since=START + timedelta(days=60))
    assert told.days["day"].min() == START + timedelta(days=60)
    assert not told.days["is_anomaly"].any()


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.integers(0, 300), min_size=30, max_size=70),
    st.lists(st.integers(0, 3), min_size=30, max_size=70),
    st.randoms(use_true_random=False),
)
def test_the_order_of_rows_does_not_matter_and_intervals_hold_what_is_expected(
    one: list[int], other: list[int], random: Any
) -> None:
    frame = frame_of({"one": np.array(one), "other": np.array(other)})
    order = list(range(frame.height))
    random.shuffle(order)
    told, again = detect(frame), detect(frame[order])
    assert_frame_equal(told.days, again.days)
    assert_frame_equal(told.steps, again.steps)
    known = told.days.drop_nulls("expected")
    assert known.filter(pl.col("low") > pl.col("high")).is_empty()
    assert known.filter(~pl.col("p").is_between(0, 1)).is_empty()
    for step in told.steps.to_dicts():
        assert step["difference_low"] <= step["difference"] <= step["difference_high"]


def test_a_day_is_judged_as_if_it_were_not_there() -> None:
    """The p value of an ordinary day is that of a fit without it, computed anew."""
    rng = np.random.default_rng(53)
    values = counts(rng, 84, 400, spread=0.0)
    told = found(values).days
    z = 2 * np.sqrt(values + 3 / 8)
    weekday = (np.arange(84) + START.weekday()) % 7
    days = np.arange(84) - 41.5
    day = 17
    others = np.arange(84) != day
    # Level x weekday by logarithms, near enough where counts are large.
    design = np.column_stack([weekday[:, None] == np.arange(7), days]).astype(float)
    solved, *_ = np.linalg.lstsq(design[others], np.log(z[others]), rcond=None)
    mean = np.exp(design[day] @ solved)
    freedom = others.sum() - design.shape[1]
    s = max(np.sqrt(np.sum((z - np.exp(design @ solved))[others] ** 2) / freedom), 1.0)
    leverage = design[day] @ np.linalg.inv(design[others].T @ design[others]) @ design[day]
    t = (z[day] - mean) / (s * np.sqrt(1 + leverage))
    assert told["p"][day] == pytest.approx(2 * stats.t.sf(abs(t), freedom), abs=0.05)
    assert told["expected"][day] == pytest.approx((mean**2 + s**2) / 4 - 3 / 8, rel=0.01)


# the report


def test_chuseok_is_out_of_line_and_named(company: Store) -> None:
    frame = reports.anomalies(company, WHOLE, site=SITE).frame
    out = frame.filter(part="anomaly", is_all=True)
    reasons = dict(out.select("date", "reason").rows())
    assert reasons[date(2025, 10, 6)] == "추석"
    assert {date(2025, 10, day) for day in (6, 7, 8)} <= set(reasons)
    assert out.filter(pl.col("date") == date(2025, 10, 6))["change"].item() < -0.5
    mailed = frame.filter(part="anomaly", series="Email")["date"]
    assert {date(2025, 9, 9), date(2025, 10, 13), date(2025, 11, 3)} <= set(mailed)
    unnamed = reports.anomalies(company, WHOLE).frame
    assert unnamed["reason"].null_count() == unnamed.height


def test_values_are_the_days_of_the_sessions(company: Store) -> None:
    frame = reports.anomalies(company, Filters(), by="segment", limit=None).frame
    days = frame.filter(pl.col("part") != "step")
    rows = company.scan("sessions").select("date", "segment").collect().rows()
    start = date(2025, 11, 3)
    for series, is_all, day, value in days.select("series", "is_all", "date", "value").rows():
        expected = sum(
            on == day and (is_all or segment == series) for on, segment in rows if on >= start
        )
        assert value == expected
    assert days["date"].n_unique() == 28


def test_history_before_the_period_tells_what_is_usual(company: Store) -> None:
    one = reports.anomalies(company, Filters(start=date(2025, 11, 3), end=date(2025, 11, 9)))
    assert one.frame["expected"].null_count() == 0
    assert set(one.frame.filter(part="anomaly", is_all=True)["date"]) == {date(2025, 11, 3)}


def test_filters_choose_what_is_counted(company: Store) -> None:
    some = Filters(start=WHOLE.start, end=WHOLE.end, channels=("Email",))
    frame = reports.anomalies(company, some, by="segment").frame
    whole = frame.filter(is_all=True).filter(pl.col("part") != "step")
    mailed = company.scan("sessions").filter(pl.col("channel") == "Email").collect().height
    assert whole["value"].sum() == mailed


def test_conversions_can_be_followed(company: Store) -> None:
    frame = reports.anomalies(company, WHOLE, measure="conversions").frame
    converted = company.scan("sessions").filter(pl.col("conversions") > 0).collect().height
    whole = frame.filter(is_all=True).filter(pl.col("part") != "step")
    assert whole["value"].sum() == converted


def test_few_days_say_so(
    make_store: Callable[..., Store], visits: Callable[..., dict[str, Any]]
) -> None:
    store = make_store([visits(n, n % 10, f"v{n}", "home") for n in range(1, 50)])
    report = reports.anomalies(store)
    assert "too_few_days" in codes(report)
    assert report.frame["expected"].null_count() == report.frame.height


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"by": "weather"}, "no series is called 'weather'"),
        ({"measure": "session"}, "no measure is called 'session'. Did you mean 'sessions'?"),
    ],
)
def test_unknown_names_are_refused(company: Store, options: Any, message: str) -> None:
    with pytest.raises(UnknownNameError) as caught:
        reports.anomalies(company, **options)
    assert message in str(caught.value)


def test_a_calendar_is_checked() -> None:
    rules = {"calendar": [{"day": "2025-10-06", "name": "추석"}]}
    (day,) = site_from(rules, "site.toml", sample_logs.data_folder()).calendar
    assert (day.day, day.name) == (date(2025, 10, 6), "추석")
    with pytest.raises(SiteError, match=r"calendar"):
        site_from({"calendar": [{"day": "someday", "name": ""}]}, "site.toml", ".")


# its figure


def test_the_figure_marks_days_and_names_them(company: Store) -> None:
    report = reports.anomalies(company, WHOLE, site=SITE)
    figure = report.figure_dict("ko", "dark")
    marked = [trace for trace in figure["data"] if trace["mode"] == "markers"]
    out = report.frame.filter(part="anomaly", is_all=True)
    assert marked[0]["y"] == out["value"].to_list()
    assert any("추석" in note["text"] for note in figure["layout"]["annotations"])


def test_the_figure_draws_steps() -> None:
    rng = np.random.default_rng(59)
    level = np.concatenate([np.full(60, 100.0), np.full(60, 160.0)])
    rows = [
        {"part": "day", "measure": "sessions", "by": "channel", "is_all": True, "date": day}
        | {"value": float(value), "expected": 100.0, "expected_low": 80.0, "expected_high": 130.0}
        for day, value in zip(
            pl.date_range(START, START + timedelta(days=119), eager=True),
            counts(rng, 120, level),
            strict=True,
        )
    ]
    step = rows[60] | {"part": "step", "difference": 60.0, "change": 0.6, "p": None}
    schema = reports.registry.REPORTS["anomalies"].schema
    figure = reports.registry.REPORTS["anomalies"].figure(
        pl.DataFrame([*rows, step], schema=schema)
    )
    (line,) = figure["layout"]["shapes"]
    assert line["x0"] == 59.5
    assert any("+60.0%" in note["text"] for note in figure["layout"]["annotations"])
