"""The statistics of lift: formulas against published examples, intervals against simulation."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from simulated import Simulated

import reports
from benchmarks.lift import PERIOD, figures, simulated, stored
from reports.audience.sample_size import detectable, needed
from reports.intervals import newcombe
from reports.mail import resampling
from reports.mail.effect import effects
from reports.mail.resampling import Values, difference_of_means
from reports.ratios import koopman

Z = 1.959963984540054


def test_newcombes_published_examples_are_reproduced() -> None:
    """Newcombe (1998), Statistics in Medicine 17:873-890, table II, method 10."""
    published = {
        (56, 70, 48, 80): (0.0524, 0.3339),
        (9, 10, 3, 10): (0.1705, 0.8090),
        (6, 7, 2, 7): (0.0582, 0.8062),
        (5, 56, 0, 29): (-0.0381, 0.1926),
        (0, 10, 0, 20): (-0.1611, 0.2775),
        (10, 10, 0, 20): (0.6791, 1.0),
    }
    frame = pl.DataFrame([*published], schema=["a", "n", "b", "m"], orient="row")
    low, high = newcombe(*(pl.col(name) for name in "anbm"))
    found = frame.select(low.alias("low"), high.alias("high")).rows()
    for ends, expected in zip(found, published.values(), strict=True):
        assert ends == pytest.approx(expected, abs=6e-5)


def test_koopmans_published_example_is_reproduced() -> None:
    """Koopman (1984), Biometrics 40:513-517: 36 of 40 against 16 of 80."""
    one = pl.DataFrame({"a": [36], "n": [40], "b": [16], "m": [80]})
    assert koopman(one, ("a", "n"), ("b", "m")).row(0) == pytest.approx((2.94, 7.15), abs=5e-3)


def slow_score(ratio: float, a: int, n: int, b: int, m: int) -> float:
    """The score of a ratio, its estimates found by trying every denominator's rate."""
    tried = np.linspace(1e-9, min(1.0, 1 / ratio) - 1e-9, 200_001)
    rest = np.log1p(-ratio * tried) * (n - a) + np.log1p(-tried) * (m - b)
    q = tried[np.argmax(a * np.log(ratio * tried) + b * np.log(tried) + rest)]
    p = ratio * q
    variance = p * (1 - p) / n + ratio**2 * q * (1 - q) / m
    return float((a / n - ratio * b / m) ** 2 / variance)


@settings(max_examples=25)
@given(st.integers(5, 60), st.integers(5, 60), st.data())
def test_the_ends_of_the_ratio_are_where_the_score_test_begins_to_refuse(
    n: int, m: int, data: st.DataObject
) -> None:
    a, b = data.draw(st.integers(1, n - 1)), data.draw(st.integers(1, m - 1))
    frame = pl.DataFrame({"a": [a], "n": [n], "b": [b], "m": [m]})
    low, high = koopman(frame, ("a", "n"), ("b", "m")).row(0)
    assert low < a * m / (b * n) < high
    for end in (low, high):
        assert slow_score(end, a, n, b, m) == pytest.approx(Z**2, rel=2e-3)


@pytest.mark.parametrize(
    ("counts", "is_known"),
    [
        ((0, 20, 4, 30), (True, True)),
        ((5, 50, 0, 60), (True, False)),
        ((0, 9, 0, 9), (False, False)),
        ((0, 0, 3, 9), (False, False)),
    ],
)
def test_a_ratio_without_an_end_says_so(
    counts: tuple[int, ...], is_known: tuple[bool, bool]
) -> None:
    frame = pl.DataFrame([counts], schema=["a", "n", "b", "m"], orient="row")
    low, high = koopman(frame, ("a", "n"), ("b", "m")).row(0)
    assert (low is not None, high is not None) == is_known
    assert low == 0 or counts[0] > 0 or low is None


def histogram(a: int, n: int, b: int, m: int) -> pl.DataFrame:
    rows = [(False, True, a), (False, False, n - a), (True, True, b), (True, False, m - b)]
    return pl.DataFrame(
        [(0, None, is_control, did, 0.0, count) for is_control, did, count in rows if count],
        schema={
            "number": pl.UInt32, "name": pl.String, "is_control": pl.Boolean,
            "converted": pl.Boolean, "value": pl.Float64, "customers": pl.Int64,
        },
        orient="row",
    )  # fmt: skip


@settings(max_examples=60)
@given(st.integers(40, 400), st.integers(40, 400), st.data())
def test_p_the_ratio_and_the_sizes_agree(n: int, m: int, data: st.DataObject) -> None:
    a, b = data.draw(st.integers(0, n)), data.draw(st.integers(0, m))
    (row,) = effects(histogram(a, n, b, m), ["m"], 0).to_dicts()
    pooled = (a + b) / (n + m)
    if 0 < a + b < n + m:
        score = (a / n - b / m) / math.sqrt(pooled * (1 - pooled) * (1 / n + 1 / m))
        p = math.erfc(abs(score) / math.sqrt(2))
        assert row["p"] == pytest.approx(p, rel=1e-6)
        if abs(p - 0.05) > 1e-6:
            outside = (row["ratio_low"] > 1) or (
                row["ratio_high"] is not None and row["ratio_high"] < 1
            )
            assert outside == (p < 0.05)
    assert row["extra"] == pytest.approx(row["difference"] * n)
    assert row["detectable"] == detectable(b / m, n, m)
    if row["difference"]:
        wanted = needed(b / m, row["difference"], m / (n + m))
        assert (row["needed_written"], row["needed_control"]) == wanted
    few = a + b < 5
    assert row["small"] == few
    assert (row["verdict"] == "too few") == few


def test_nobody_held_out_gives_rates_and_no_lift() -> None:
    (row,) = effects(histogram(10, 100, 0, 0), ["m"], 100).to_dicts()
    assert row["verdict"] == "observational"
    assert row["written_rate"] == pytest.approx(0.1)
    compared = ("control_rate", "difference", "difference_low", "ratio", "ratio_low", "p", "extra",
                "value_low", "detectable", "needed_written")  # fmt: skip
    assert {name for name in compared if row[name] is not None} == set()


# money


def values(rng: np.random.Generator, size: int, rate: float) -> Values:
    drawn = np.where(rng.random(size) < rate, np.round(rng.lognormal(5, 0.7, size), 1), 0.0)
    return counted(drawn)


def counted(drawn: np.ndarray) -> Values:  # type: ignore[type-arg]
    found, counts = np.unique(drawn, return_counts=True)
    return Values(found, counts.astype(float))


def test_resampling_counts_is_resampling_customers() -> None:
    rng = np.random.default_rng(4)
    drawn = np.where(rng.random(400) < 0.2, rng.integers(1, 9, 400), 0).astype(float)
    mean, square = counted(drawn).resampled(np.random.default_rng(1), 4_000)
    again = drawn[rng.integers(0, 400, (4_000, 400))]
    assert mean.mean() == pytest.approx(again.mean(), rel=0.01)
    assert mean.std() == pytest.approx(again.mean(axis=1).std(), rel=0.05)
    assert np.sqrt(square).mean() == pytest.approx(np.std(drawn) / 20, rel=0.02)


def test_many_different_values_are_put_together_without_changing_the_mean() -> None:
    one = values(np.random.default_rng(3), 40_000, 0.5)
    kept = one.binned()
    assert kept.values.size <= resampling.BINS + 1 < one.values.size
    assert (kept.size, kept.buyers) == (one.size, one.buyers)
    assert kept.mean == pytest.approx(one.mean)
    assert kept.error() == pytest.approx(one.error(), rel=0.01)


def test_the_interval_of_money_holds_the_truth_in_95_of_100(simulated: Simulated) -> None:
    rng = np.random.default_rng(8)
    truth = (0.06 - 0.04) * math.exp(5 + 0.7**2 / 2)
    inside = []
    for number in range(500):
        ends = difference_of_means(
            values(rng, 3_000, 0.06), values(rng, 800, 0.04), number, resamples=400
        )
        assert ends is not None
        inside.append(ends[0] <= truth <= ends[1])
    assert 0.93 <= simulated("mailing_effect: value per customer", float(np.mean(inside))) <= 0.97


def test_too_few_with_a_value_have_no_interval() -> None:
    some = counted(np.array([0.0] * 500 + [10.0, 20.0, 30.0, 40.0, 50.0]))
    few = counted(np.array([0.0] * 500 + [10.0, 20.0, 30.0, 40.0]))
    assert difference_of_means(some, few, 1) is None
    assert difference_of_means(some, some, 1) is not None
    assert difference_of_means(some, some, 1) == difference_of_means(some, some, 1)


# mailings of which the truth is known, through the tables of a store


def test_lift_is_right_of_mailings_whose_truth_is_known(tmp_path: Path) -> None:
    made = simulated(200, seed=7)
    frame = reports.mailing_effect(stored(made, tmp_path / "store"), PERIOD, bootstrap=200).frame
    found = figures(frame, made.truth)
    spread = math.sqrt(0.95 * 0.05 / 200)
    assert abs(found["difference covered"] - 0.95) < 2 * spread
    assert abs(found["ratio covered"] - 0.95) < 2 * spread
    assert found["false alarms"] < 0.05 + 2 * math.sqrt(0.05 * 0.95 / 100)
    assert found["false discoveries"] <= 0.05 + 0.05
    assert abs(found["bias, standard errors"]) < 2 / math.sqrt(200)
    assert found["lifts found"] > 0.3
