"""Sums over visitors are those of a loop over visitors, compiled or not."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.clustered import Coded, pairs, products

ROWS = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 3)), max_size=30).map(sorted)
OUTER = (1, 0, 1, 2)
"""For each code, the one that goes with it on the other side."""


def coded(rows: list[tuple[int, int]]) -> Coded:
    return Coded(
        pl.Series("v", [visitor for visitor, _ in rows], dtype=pl.UInt64),
        pl.Series("c", [code for _, code in rows], dtype=pl.UInt32),
        4,
    )


@pytest.mark.usefixtures("way")
@given(ROWS, ROWS)
def test_products_are_summed_over_visitors(
    rows: list[tuple[int, int]], others: list[tuple[int, int]]
) -> None:
    one, other = coded(rows), coded(others)
    asked = pl.Series("asked", [OUTER[code] for _, code in rows], dtype=pl.UInt32)
    inner, all_of_one, with_all = [0] * 4, [0] * 4, [[0] * 4 for _ in range(4)]
    for visitor in range(6):
        for code in range(4):
            n = rows.count((visitor, code))
            inner[code] += n * others.count((visitor, OUTER[code]))
            all_of_one[code] += n * sum(who == visitor for who, _ in others)
            for there in range(4):
                with_all[code][there] += n * others.count((visitor, there))
    assert products(one, other, asked).to_list() == inner
    assert products(one, other).to_list() == all_of_one
    assert pairs(one, other).to_list() == [n for line in with_all for n in line]


def test_a_code_beyond_the_end_is_refused_not_written_behind_it() -> None:
    good = coded([(1, 0), (2, 1)])
    bad = Coded(good.visitor, pl.Series("c", [0, 9], dtype=pl.UInt32), 4)
    for found in (
        lambda: products(bad, good, good.code),
        lambda: products(good, bad, good.code),
        lambda: products(good, good, bad.code),
        lambda: pairs(bad, good),
        lambda: pairs(good, bad),
    ):
        with pytest.raises(MemoryError, match="2 rows"):
            found()
