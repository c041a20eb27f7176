"""Sums over visitors of crossed dimensions are those of a loop over visitors, compiled or not."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reports.crossed_sums import Coded, crossed_sums

ROWS, COLUMNS = 2, 3
SESSIONS = st.lists(
    st.tuples(st.integers(0, 4), st.sets(st.integers(0, 1)), st.sets(st.integers(0, 2))),
    max_size=25,
).map(lambda sessions: sorted(sessions, key=lambda session: session[0]))
"""Of each session the visitor, the rows and the columns it is in; of some there are several."""

Session = tuple[int, set[int], set[int]]


def coded(rows: list[tuple[int, int]], end: int) -> Coded:
    return Coded(
        pl.Series("v", [visitor for visitor, _ in rows], dtype=pl.UInt64),
        pl.Series("c", [code for _, code in rows], dtype=pl.UInt32),
        end,
    )


def told(sessions: list[Session]) -> tuple[pl.Series, Coded, Coded, Coded]:
    rows = [(who, row) for who, in_rows, _ in sessions for row in sorted(in_rows)]
    columns = [(who, column) for who, _, in_columns in sessions for column in sorted(in_columns)]
    cells = [
        (who, row * COLUMNS + column)
        for who, in_rows, in_columns in sessions
        for row in sorted(in_rows)
        for column in sorted(in_columns)
    ]
    everyone = pl.Series("v", [who for who, _, _ in sessions], dtype=pl.UInt64)
    return everyone, coded(rows, ROWS), coded(columns, COLUMNS), coded(cells, ROWS * COLUMNS)


@pytest.mark.usefixtures("way")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(SESSIONS)
def test_sums_are_those_of_a_loop_over_visitors(sessions: list[Session]) -> None:
    found = crossed_sums(*told(sessions))
    cells = [dict.fromkeys(found.cells.columns, 0) for _ in range(ROWS * COLUMNS)]
    rows = [{"aa": 0, "am": 0} for _ in range(ROWS)]
    columns = [{"bb": 0, "bm": 0} for _ in range(COLUMNS)]
    mm = 0
    for visitor in range(5):
        own = [session[1:] for session in sessions if session[0] == visitor]
        m = len(own)
        a = [sum(row in in_rows for in_rows, _ in own) for row in range(ROWS)]
        b = [sum(column in in_columns for _, in_columns in own) for column in range(COLUMNS)]
        mm += m * m
        for row in range(ROWS):
            rows[row] = {"aa": rows[row]["aa"] + a[row] ** 2, "am": rows[row]["am"] + a[row] * m}
            for column in range(COLUMNS):
                o = sum(row in one and column in other for one, other in own)
                added = (o > 0, o * o, o * a[row], o * b[column], o * m, a[row] * b[column])
                cell = cells[row * COLUMNS + column]
                for name, more in zip(found.cells.columns, added, strict=True):
                    cell[name] += more
        for column, sums in enumerate(columns):
            sums["bb"] += b[column] ** 2
            sums["bm"] += b[column] * m
    assert found.cells.to_dicts() == cells
    assert found.rows.to_dicts() == rows
    assert found.columns.to_dicts() == columns
    assert found.mm == mm


@pytest.mark.parametrize("wrong", [1, 2, 3])
def test_a_code_beyond_the_end_is_refused_not_written_behind_it(wrong: int) -> None:
    lists = list(told([(1, {0}, {1}), (2, {1}, {2})]))
    good = lists[wrong]
    assert isinstance(good, Coded)
    lists[wrong] = Coded(good.visitor, pl.Series("c", [0, 9], dtype=pl.UInt32), good.end)
    with pytest.raises(MemoryError, match="2 rows"):
        crossed_sums(*lists)  # type: ignore[arg-type]


def test_lists_that_do_not_go_together_are_refused() -> None:
    everyone, rows, columns, _ = told([(1, {0}, {1}), (2, {1}, {2})])
    for cells in (
        [(1, 2), (2, 5)],  # a column its visitor is not in
        [(1, 1), (3, 5)],  # a visitor who is not there
    ):
        with pytest.raises(MemoryError, match="2 rows"):
            crossed_sums(everyone, rows, columns, coded(cells, ROWS * COLUMNS))
