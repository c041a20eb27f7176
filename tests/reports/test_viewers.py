"""Sums over visitors of what two sides viewed are those of a loop, compiled or not."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reports.viewers import SUMS, Viewing, viewers

Visit = tuple[int, int, frozenset[str]]
VISITS = st.lists(
    st.tuples(st.integers(0, 4), st.integers(0, 2), st.frozensets(st.sampled_from("abc"))),
    max_size=20,
)
"""Of each session the visitor, the side (2: neither) and what it viewed."""


def sides_of(visits: list[Visit]) -> list[Viewing]:
    numbered = list(enumerate(sorted(visits, key=lambda visit: visit[0])))
    pairs = pl.DataFrame(
        [(number, value) for number, (_, _, seen) in numbered for value in sorted(seen)],
        schema={"session": pl.UInt32, "value": pl.Categorical},
        orient="row",
    )
    rows = [(number, who, side) for number, (who, side, _) in numbered]
    schema = {"session": pl.UInt32, "visitor": pl.UInt64, "side": pl.Int64}
    sessions = pl.DataFrame(rows, schema=schema, orient="row")
    return [Viewing(sessions.filter(side=side).drop("side"), pairs) for side in (0, 1)]


def slow(visits: list[Visit]) -> dict[str, dict[str, float]]:
    found = {}
    for value in "abc":
        sums = dict.fromkeys(SUMS, 0.0)
        for visitor in range(5):
            own = [(side, value in seen) for who, side, seen in visits if who == visitor]
            d = [sum(side == here for side, _ in own) for here in (0, 1)]
            n = [sum(viewed for side, viewed in own if side == here) for here in (0, 1)]
            for end, x, y in zip("12", n, d, strict=True):
                for name, term in (("n", x), ("nn", x * x), ("nd", x * y)):
                    sums[name + end] += term
                sums[f"nnd{end}"] += x * x * y
                sums[f"ndd{end}"] += x * y * y
            sums["n1n2"] += n[0] * n[1]
            sums["n1d2"] += n[0] * d[1]
            sums["d1n2"] += d[0] * n[1]
        if sums["n1"] + sums["n2"]:
            found[value] = sums
    return found


@pytest.mark.usefixtures("way")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(VISITS)
def test_sums_are_those_of_a_loop_over_visitors(visits: list[Visit]) -> None:
    found = viewers(sides_of(visits))
    assert {row.pop("value"): row for row in found.to_dicts()} == slow(visits)


@pytest.mark.usefixtures("way")
def test_periods_have_sessions_of_their_own() -> None:
    one = sides_of([(1, 0, frozenset("a")), (2, 0, frozenset("ab"))])[0]
    other = sides_of([(2, 1, frozenset("b")), (3, 1, frozenset("c"))])[1]
    rows = {row["value"]: row for row in viewers([one, other]).to_dicts()}
    assert {value: (row["n1"], row["n2"], row["n1n2"]) for value, row in rows.items()} == {
        "a": (2, 0, 0),
        "b": (1, 1, 1),
        "c": (0, 1, 0),
    }
