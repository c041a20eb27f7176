"""Walks and neighbours counted in one pass are those that frames of all visits find."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from reports import neighbours as neighbours_of
from reports import runs, walk_counts
from reports.neighbours import neighbours
from reports.ranked import foremost
from reports.trail import Trail
from reports.visit_paths import Labels, PathQuestion
from reports.walk_counts import SUMS

WHATS = pl.DataFrame(
    {
        "is_page": [True, True, True, True, False, True],
        "path": ["/a", "/b", "/c", "/d", "/a", "/e"],
        "category": ["x", "x", None, "y", None, None],
        "product": [None] * 6,
        "goal": [None, None, "won", None, "won", None],
    },
    schema_overrides={"product": pl.String},
)
"""Pages and an event; the last page is never viewed."""

VISITS = st.lists(st.lists(st.integers(0, 4), max_size=14), max_size=12)
QUESTIONS = st.builds(
    lambda level, depth, asked: PathQuestion(level=level, depth=depth, **asked),
    st.sampled_from(["page", "category"]),
    st.integers(1, 5),
    st.sampled_from(
        [{}, {"start": "/a"}, {"end": "/*"}, {"goal": "won"}, {"around": "/b"}, {"around": "/e"}]
    ),
)


def trail_of(visits: list[list[int]]) -> Trail:
    rows = [(session, 0, what) for session, visit in enumerate(visits) for what in visit]
    schema = {"session": pl.UInt32, "at": pl.Int64, "what": pl.UInt32}
    return Trail(pl.DataFrame(rows, schema=schema, orient="row"), WHATS)


def both(monkeypatch: pytest.MonkeyPatch, find: Any) -> tuple[Any, Any]:
    """What the compiled part finds, and what is found without."""
    assert runs.is_compiled(), "the package is to be built with a C compiler"
    compiled = find()
    with monkeypatch.context() as patch:
        patch.setattr(runs, "is_compiled", lambda: False)
        return compiled, find()


@settings(max_examples=120, deadline=None)
@given(VISITS, QUESTIONS, st.integers(1, 3), st.randoms(use_true_random=False))
def test_walks_are_those_of_the_frames(
    visits: list[list[int]], question: PathQuestion, names: int, chance: random.Random
) -> None:
    trail = trail_of(visits)
    known = {"page": ["/a", "/b", "/c"], "category": ["x", "y"]}[question.level]
    labels = Labels(pl.Series("name", known[:names]))
    won = pl.Series([chance.random() < 0.5 for _ in visits] or [False])
    columns = len(question.columns)
    folds = [[chance.randrange(labels.count) for _ in range(labels.count)] for _ in range(columns)]
    with pytest.MonkeyPatch.context() as patch:
        for shown in (None, np.array(folds, dtype=np.uint32)):
            one, other = both(
                patch,
                lambda shown=shown: walk_counts.walk_counts(
                    trail, question, labels, won=won, shown=shown
                ),
            )
            assert_frame_equal(one, other, check_row_order=False)
            assert one.columns == [*question.columns, *SUMS]
        one, other = both(patch, lambda: walk_counts.step_counts(trail, question, labels))
        assert one.tolist() == other.tolist()


def test_many_different_walks_fill_a_table_that_grows(monkeypatch: pytest.MonkeyPatch) -> None:
    visits = [
        [n % 4, n // 4 % 4, n // 16 % 4, n // 64 % 4, n // 256 % 4, n // 1024] for n in range(4096)
    ] * 2
    visits += [[0, 1] * 200 + [2] * 300 + [3]]
    labels = Labels(pl.Series("name", ["/a", "/b", "/c", "/d"]))
    find = walk_counts.walk_counts
    one, other = both(
        monkeypatch, lambda: find(trail_of(visits), PathQuestion(around="/*", depth=6), labels)
    )
    assert_frame_equal(one, other, check_row_order=False)
    assert one.height > 512
    assert one["sessions"].sum() == len(visits)


def test_walks_whose_steps_fit_no_number_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    labels = Labels(pl.Series("name", ["/a", "/b", "/c", *(f"/{n}" for n in range(100))]))
    question = PathQuestion(around="/*", depth=6)
    assert labels.count ** len(question.columns) > 1 << 64
    one, other = both(
        monkeypatch,
        lambda: walk_counts.walk_counts(trail_of([[0, 1], [0, 1], [2]]), question, labels),
    )
    assert_frame_equal(one, other, check_row_order=False)
    assert sorted(one["sessions"]) == [1, 2]


@settings(max_examples=80, deadline=None)
@given(VISITS, st.lists(st.integers(0, 3), unique=True), st.booleans())
def test_neighbours_are_those_of_the_frames(
    visits: list[list[int]], wanted: list[int], is_back: bool
) -> None:
    labels = pl.Series([0, 1, 2, 2, 3, 3], dtype=pl.UInt32)
    asked = pl.Series(sorted(wanted), dtype=pl.UInt32)
    trail = trail_of(visits)
    with pytest.MonkeyPatch.context() as patch:
        one, other = both(patch, lambda: neighbours(trail, labels, asked, is_back=is_back))
    assert_frame_equal(one, other, check_row_order=False)


def test_too_many_pairs_are_grouped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(neighbours_of, "MOST_PAIRS", 2)
    monkeypatch.setattr(neighbours_of, "library", pytest.fail)
    labels = pl.Series(range(6), dtype=pl.UInt32)
    found = neighbours(trail_of([[0, 1], [0, 1]]), labels, labels, is_back=False)
    assert sorted(found.rows(), key=str) == [(0, 1, 2), (1, None, 2)]


def test_a_step_beyond_the_end_is_refused() -> None:
    steps = pl.DataFrame({"session": [0], "at": [0], "what": [6]}).cast(
        {"session": pl.UInt32, "what": pl.UInt32}
    )
    trail, labels = Trail(steps, WHATS), Labels(pl.Series("name", ["/a"]))
    with pytest.raises(MemoryError, match="1 rows"):
        walk_counts.walk_counts(trail, PathQuestion(), labels)
    with pytest.raises(MemoryError, match="1 rows"):
        neighbours(trail, pl.Series([0] * 6, dtype=pl.UInt32), pl.Series([0]), is_back=False)
    few = pl.Series([True]).clear()
    with pytest.raises(MemoryError, match="1 rows"):
        walk_counts.walk_counts(trail_of([[0]]), PathQuestion(), labels, won=few)


@given(
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=20),
    st.none() | st.integers(1, 6),
)
def test_the_foremost_are_the_first_of_all_sorted(
    drawn: list[tuple[int, int]], limit: int | None
) -> None:
    rows = pl.DataFrame(drawn, schema={"a": pl.Int64, "b": pl.Int64}, orient="row")
    shown, rest = foremost(rows, ["a", "b"], [True, False], limit)
    every = rows.sort("a", "b", descending=[True, False])
    assert_frame_equal(shown, every.head(every.height if limit is None else limit))
    assert_frame_equal(pl.concat([shown, rest]), rows, check_row_order=False)
