"""p values, false discoveries and intervals of differences: published examples."""

from __future__ import annotations

from math import erfc, sqrt

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.discovery import beyond_chance, normal_deviate, two_sided
from reports.intervals import newcombe, student_quantile

PUBLISHED = [
    0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344,
    0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000,
]  # fmt: skip
"""Benjamini and Hochberg (1995), section 3.2: the first four are discoveries at 5 %."""


def found(values: list[float | None], rate: float = 0.05) -> list[bool | None]:
    frame = pl.DataFrame({"p": values}, schema={"p": pl.Float64})
    return frame.select(beyond_chance(pl.col("p"), rate)).to_series().to_list()


def test_discoveries_are_those_of_the_paper() -> None:
    assert found(PUBLISHED) == [True] * 4 + [False] * 11


def slow_discoveries(values: list[float | None], rate: float) -> list[bool | None]:
    known = sorted(value for value in values if value is not None)
    last = -1.0
    for k, value in enumerate(known, 1):
        if value <= k / len(known) * rate:
            last = value
    return [None if value is None else value <= last for value in values]


@given(
    st.lists(st.none() | st.sampled_from([0.0, 0.001, 0.01, 0.02, 0.03, 0.05, 0.2, 1.0])),
    st.sampled_from([0.01, 0.05, 0.2]),
)
def test_discoveries_equal_the_slow_reference(values: list[float | None], rate: float) -> None:
    assert found(values, rate) == slow_discoveries(values, rate)


@given(st.floats(-30, 30))
def test_a_p_value_is_exact_into_the_far_tails(z: float) -> None:
    frame = pl.DataFrame({"z": [z, None]}, schema={"z": pl.Float64})
    p, unknown = frame.select(two_sided(pl.col("z"))).to_series()
    assert p == pytest.approx(erfc(abs(z) / sqrt(2)), rel=2e-7)
    assert unknown is None


@pytest.mark.parametrize(
    ("one", "other", "low", "high"),
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((6, 7), (2, 7), 0.0582, 0.8062),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((0, 10), (0, 20), -0.1611, 0.2775),
        ((0, 10), (0, 10), -0.2775, 0.2775),
        ((10, 10), (0, 20), 0.6791, 1.0),
        ((10, 10), (0, 10), 0.6075, 1.0),
    ],
)
def test_newcombes_intervals_are_those_of_his_table(
    one: tuple[int, int], other: tuple[int, int], low: float, high: float
) -> None:
    row = {"s1": one[0], "n1": one[1], "s2": other[0], "n2": other[1]}
    s1, n1, s2, n2 = (pl.col(name) for name in row)
    ends = newcombe(s1, n1, s2, n2)
    found = pl.DataFrame([row]).select(low=ends[0], high=ends[1]).row(0)
    assert found == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(
    ("freedom", "quantile"),
    [(6, 2.4469), (10, 2.2281), (30, 2.0423), (60, 2.0003), (120, 1.9799), (1e9, 1.9600)],
)
def test_students_quantiles_are_those_of_the_tables(freedom: float, quantile: float) -> None:
    found = pl.DataFrame({"v": [freedom]}).select(student_quantile(pl.col("v"))).item()
    assert found == pytest.approx(quantile, abs=2e-3)
    # At its 97.5 % quantile, t is as far out as the normal deviate is at its own.
    t = pl.DataFrame({"t": [quantile], "v": [freedom]})
    deviate = t.select(normal_deviate(pl.col("t"), pl.col("v"))).item()
    assert deviate == pytest.approx(1.96, abs=0.05)


def test_without_a_trial_there_is_no_interval() -> None:
    ends = newcombe(pl.lit(0), pl.lit(0), pl.lit(1), pl.lit(5))
    assert pl.select(low=ends[0], high=ends[1]).row(0) == (None, None)
