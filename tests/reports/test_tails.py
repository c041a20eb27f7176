"""Quantiles, tails and corrections against exact values, draws and slow references."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.discovery import two_sided
from reports.intervals import Z95, newcombe, wilson
from reports.tails import beta_quantiles, gamma_quantile, log_gamma


def value(expression: pl.Expr) -> Any:
    return pl.select(expression).item()


@pytest.mark.parametrize("z", [-8.0, -3.0, -1.96, -0.3, 0.0, 0.01, 1.0, 1.645, 2.5758, 6.0, 20.0])
def test_the_chance_of_a_z_is_that_of_erfc(z: float) -> None:
    exact = math.erfc(abs(z) / math.sqrt(2))
    assert value(two_sided(pl.lit(z))) == pytest.approx(exact, rel=2e-7)


def test_the_chance_of_no_z_is_not_known() -> None:
    assert value(two_sided(pl.lit(None, pl.Float64))) is None


@given(st.floats(1e-3, 1e7))
@settings(max_examples=200)
def test_log_gamma_is_that_of_the_standard_library(x: float) -> None:
    assert log_gamma(np.array([x]))[0] == pytest.approx(math.lgamma(x), rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("shape", [1.5, 3.0, 7.0, 60.0, 4000.0])
def test_gamma_quantiles_are_those_of_draws(shape: float) -> None:
    drawn = np.random.default_rng(1).gamma(shape, 1 / shape, 400_000)
    for z, share in ((-Z95, 0.025), (Z95, 0.975)):
        found = value(gamma_quantile(pl.lit(1.0), pl.lit(1 / shape), z))
        assert found == pytest.approx(np.quantile(drawn, share), abs=0.015)
    assert value(gamma_quantile(pl.lit(1.0), pl.lit(0.0), Z95)) == 1.0


@pytest.mark.parametrize(
    ("a", "b"), [(0.3, 5.0), (1.0, 9.0), (2.0, 2.0), (12.0, 3.0), (300.0, 900.0)]
)
def test_beta_quantiles_are_those_of_draws(a: float, b: float) -> None:
    drawn = np.random.default_rng(2).beta(a, b, 400_000)
    low, high = (value(end) for end in beta_quantiles(pl.lit(a), pl.lit(b)))
    assert low == pytest.approx(np.quantile(drawn, 0.025), abs=0.015)
    assert high == pytest.approx(np.quantile(drawn, 0.975), abs=0.015)


@given(st.floats(1e-3, 1e4), st.floats(1e-3, 1e4))
@settings(max_examples=200)
def test_beta_quantiles_lie_around_the_mean_within_0_and_1(a: float, b: float) -> None:
    low, high = (value(end) for end in beta_quantiles(pl.lit(a), pl.lit(b)))
    assert 0 <= low <= high <= 1
    if min(a, b) >= 1:
        assert low <= a / (a + b) <= high


@pytest.mark.parametrize(
    ("counts", "interval"),
    [  # Newcombe (1998), table II, method 10
        ((56, 70, 48, 80), (0.0524, 0.3339)),
        ((9, 10, 3, 10), (0.1705, 0.8090)),
        ((5, 56, 0, 29), (-0.0381, 0.1926)),
        ((10, 10, 0, 20), (0.6791, 1.0)),
    ],
)
def test_newcombes_intervals_are_those_he_published(
    counts: tuple[int, int, int, int], interval: tuple[float, float]
) -> None:
    low, high = newcombe(*(pl.lit(count) for count in counts))
    assert (value(low), value(high)) == pytest.approx(interval, abs=6e-5)


def test_a_difference_from_nothing_is_not_known() -> None:
    low, high = newcombe(pl.lit(1), pl.lit(2), pl.lit(0), pl.lit(0))
    assert (value(low), value(high)) == (None, None)
    assert value(wilson(pl.lit(0), pl.lit(0))[0]) is None
