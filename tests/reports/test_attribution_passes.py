"""Paths and transitions found in one pass are those that arrays of all touches give."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports import runs
from reports.attribution import markov, paths
from reports.attribution.paths import DAY_MS, TOUCHES, AllPaths, paths_of
from reports.attribution.transitions import transitions

TOUCH = st.tuples(
    st.integers(0, 4), st.integers(0, 40), st.integers(0, 3), st.booleans(),
    st.sampled_from([0, 0, 0, 1, 3]),
)  # fmt: skip


def touches_of(drawn: list[tuple[int, int, int, bool, int]]) -> pl.DataFrame:
    return pl.DataFrame(
        [
            (person, day * DAY_MS // 2, key, code, code == 0, is_end, n, 2.5 * n)
            for key, (person, day, code, is_end, n) in enumerate(drawn)
        ],
        schema=TOUCHES,
        orient="row",
    )


def same(one: object, other: object) -> None:
    for field in fields(one):  # type: ignore[arg-type]
        mine, theirs = getattr(one, field.name), getattr(other, field.name)
        if field.name == "led":
            same(mine, theirs)
        else:
            assert np.array_equal(mine, theirs), field.name
            assert np.asarray(mine).dtype == np.asarray(theirs).dtype, field.name


@settings(max_examples=150, deadline=None)
@given(
    st.lists(TOUCH, max_size=30), st.sampled_from([0, 0.5, 3, 30, 1e15]), st.integers(1, 4),
    st.integers(1, 3),
)  # fmt: skip
def test_compiled_or_not_the_same(
    drawn: list[tuple[int, int, int, bool, int]], window: float, most: int, order: int
) -> None:
    assert runs.is_compiled(), "the package is to be built with a C compiler"
    touches = touches_of(drawn)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(paths, "MOST_TOUCHES", most)
        one = paths_of(touches, window, 4)
        chain = markov.chain_of(one, order)
        patch.setattr(runs, "is_compiled", lambda: False)
        other = paths_of(touches, window, 4)
        again = markov.chain_of(one, order)
    same(one, other)
    same(chain, again)


def test_a_state_beyond_the_end_is_refused() -> None:
    found = paths_of(touches_of([(1, 0, 0, True, 1)]), 30, 1)
    states = np.array([9], dtype=np.uint16)
    with pytest.raises(MemoryError, match="1 rows"):
        transitions(found, states, 1, found.group, found.groups)
    with pytest.raises(MemoryError, match="1 rows"):
        transitions(found, np.zeros(1, dtype=np.uint16), 1, found.group, 0)


def test_everybody_knows_who_was_led() -> None:
    found: AllPaths = paths_of(touches_of([(1, 0, 2, True, 1), (1, 4, 0, True, 0)]), 30, 4)
    assert found.code.tolist() == [2, 0]
    assert found.led.code.tolist() == [2]
    assert found.led.conversions.tolist() == [1.0]
    assert found.weight.tolist() == [1.0, 1.0]
