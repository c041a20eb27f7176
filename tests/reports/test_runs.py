"""Counting along runs is counting with a table of all pairs, compiled or not."""

from __future__ import annotations

from statistics import median

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports import runs

rows = st.lists(
    st.tuples(
        st.integers(0, 4), st.integers(0, 5), st.none() | st.floats(0, 1800, allow_nan=False)
    ),
    max_size=40,
)


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("dtype", [pl.UInt32, pl.UInt64])
@given(found=rows)
def test_a_code_counts_once_in_each_run(
    dtype: type[pl.DataType], found: list[tuple[int, int, float | None]]
) -> None:
    found = sorted(found, key=lambda row: -row[0])  # together, though not ascending
    run = pl.Series("run", [row[0] for row in found], dtype=dtype)
    codes = pl.Series("code", [row[1] for row in found], dtype=pl.UInt32)
    met: set[tuple[int, int]] = set()
    first = []
    for one, code, _ in found:
        first.append((one, code) not in met)
        met.add((one, code))
    assert runs.firsts(run, codes, 6).to_list() == first
    expected = [sum(code == other for _, other in met) for code in range(6)]
    assert runs.counts(run, codes, 6).to_list() == expected


@pytest.mark.usefixtures("way")
@given(found=rows)
def test_medians_are_those_of_each_code(found: list[tuple[int, int, float | None]]) -> None:
    codes = pl.Series("code", [row[1] for row in found], dtype=pl.UInt32)
    values = pl.Series("value", [row[2] for row in found], dtype=pl.Float64)
    middles = runs.medians(values, codes, 6).to_list()
    for code, middle in enumerate(middles):
        own = [value for _, other, value in found if other == code and value is not None]
        assert middle == (pytest.approx(median(own)) if own else None)


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("bins", [1 << 22, 6])
@given(found=rows)
def test_medians_of_places_are_those_of_their_codes(
    bins: int, found: list[tuple[int, int, float | None]]
) -> None:
    codes = pl.Series("code", [row[1] for row in found], dtype=pl.UInt32)
    values = pl.Series("value", [row[2] for row in found], dtype=pl.Float64)
    places = pl.Series([1, 0, runs.LEFT_OUT, 1, 2, 0], dtype=pl.UInt32)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(runs, "_BINS", bins)  # few: one bin holds all values of a place
        patch.setattr(runs, "_AT_ONCE", 7)
        middles = runs.medians(values, codes, 3, places).to_list()
    for place, middle in enumerate(middles):
        own = [value for _, code, value in found if places[code] == place and value is not None]
        assert middle == (pytest.approx(median(own)) if own else None)


@pytest.mark.usefixtures("way")
def test_medians_of_negative_numbers_are_in_their_order() -> None:
    values = pl.Series("value", [-3.0, 0.5, -200.0, 7.0, -0.0, float("inf")])
    codes = pl.Series("code", [0, 0, 0, 1, 1, 1], dtype=pl.UInt32)
    assert runs.medians(values, codes, 2).to_list() == [-3.0, 7.0]


@pytest.mark.usefixtures("way")
@given(st.lists(st.integers(0, 6), max_size=20))
def test_rows_of_a_run_are_put_together(numbers: list[int]) -> None:
    order, run = runs.together(pl.Series("run", numbers, dtype=pl.UInt32), 7)
    assert (order.dtype, run.dtype) == (pl.UInt32, pl.UInt32)
    assert run.to_list() == sorted(numbers)
    assert order.to_list() == sorted(range(len(numbers)), key=lambda row: (numbers[row], row))


def test_a_run_beyond_the_end_is_refused() -> None:
    with pytest.raises(MemoryError, match="2 rows"):
        runs.together(pl.Series("run", [0, 7], dtype=pl.UInt32), 7)


def test_many_codes_are_left_to_polars(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "MOST_CODES", 2)
    monkeypatch.setattr(runs, "library", pytest.fail)
    codes = pl.Series("code", [2, 0, 2], dtype=pl.UInt32)
    assert runs.counts(pl.Series("run", [1, 1, 2], dtype=pl.UInt32), codes, 3).to_list() == [
        1,
        0,
        2,
    ]


def test_a_code_beyond_the_end_is_refused_not_written_behind_it() -> None:
    codes = pl.Series("code", [0, 7], dtype=pl.UInt32)
    with pytest.raises(MemoryError, match="2 rows"):
        runs.counts(pl.Series("run", [1, 1], dtype=pl.UInt32), codes, 3)
    with pytest.raises(MemoryError, match="2 rows"):
        runs.medians(pl.Series("value", [1.0, 2.0]), codes, 3)
