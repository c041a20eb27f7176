"""What groups viewed, summed by visitor, is what a loop finds, compiled or not."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reports.tastes import Looks, looks_of, tastes

Visit = tuple[int, list[str | None], frozenset[str], int]
VISITS = st.lists(
    st.tuples(
        st.integers(0, 3),
        st.lists(st.sampled_from(["a", "b", "c", None]), max_size=4),
        st.frozensets(st.sampled_from("xyz"), max_size=2),
        st.integers(0, 2),
    ),
    max_size=12,
)
"""Of each session the visitor, what it viewed, its groups and its weight, as halvings."""


def slow(visits: list[Visit], groups: str) -> dict[tuple[str, str], dict[str, float]]:
    """Sums by group and name; "" is everybody in any group."""
    found: dict[tuple[str, str], dict[str, float]] = {}
    for group in groups or [""]:
        of = [visit for visit in visits if (group in visit[2] if group else visit[2])]
        views = [(who, number, name, 0.5**halved) for number, (who, names, _, halved)
                 in enumerate(of) for name in names if name]  # fmt: skip
        by_visitor = {who: sum(w for v, _, _, w in views if v == who) for who, *_ in views}
        for name in "abc":
            here = [view for view in views if view[2] == name]
            own = {who: sum(w for v, _, _, w in here if v == who) for who, *_ in here}
            if not here:
                continue
            found[group, name] = {
                "page_views": len(here),
                "weighted_views": sum(w for *_, w in here),
                "visitors": len(own),
                "sessions": len({number for _, number, *_ in here}),
                "own": sum(x**2 for x in own.values()),
                "cross": sum(x * by_visitor[who] for who, x in own.items()),
                "group_views": len(views),
                "group_visitors": len(by_visitor),
                "group_weight": sum(by_visitor.values()),
                "group_square": sum(w**2 for *_, w in views),
                "whole": sum(x**2 for x in by_visitor.values()),
            }
    return found


def said(frame: pl.DataFrame) -> dict[tuple[str, str], dict[str, Any]]:
    rows = frame.filter(pl.col("page_views") > 0).to_dicts()
    return {(row.pop("group"), row.pop("name")): row for row in rows}


@pytest.mark.usefixtures("way")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(VISITS)
def test_sums_are_those_of_a_loop(drawn: list[Visit]) -> None:
    visits = sorted(drawn, key=lambda visit: visit[0])
    rows = [(who, number, name, 1.0) for number, (who, names, *_) in enumerate(visits)
            for name in names]  # fmt: skip
    number = pl.UInt32
    views = pl.DataFrame(
        rows,
        schema={
            "visitor": number,
            "session": number,
            "kind": pl.Categorical,
            "dwell_s": pl.Float64,
        },
        orient="row",
    )
    members = pl.DataFrame(
        [(place, group) for place, visit in enumerate(visits) for group in sorted(visit[2])],
        schema={"session": number, "group": pl.Categorical},
        orient="row",
    )
    aged = pl.DataFrame(
        [(place, 0.5 ** visit[3]) for place, visit in enumerate(visits)],
        schema={"session": number, "aged": pl.Float64},
        orient="row",
    )
    found = tastes(*looks_of(views, "kind", members, aged))
    assert said(found.groups) == slow(visits, "xyz")
    assert said(found.everyone) == slow(visits, "")


@pytest.mark.parametrize(("session", "name", "group"), [(7, 0, 0), (0, 9, 0), (0, 0, 9)])
def test_numbers_beyond_the_end_are_refused_not_read_behind_it(
    session: int, name: int, group: int
) -> None:
    views = pl.DataFrame(
        {"visitor": [1], "session": [session], "name": [name], "dwell_s": [1.0]},
        schema_overrides=dict.fromkeys(("visitor", "session", "name"), pl.UInt32),
    )
    of_session = pl.Series([group], dtype=pl.UInt32)
    looks = Looks(views, of_session, pl.Series(["x"]), None, pl.Series(["a"]))
    with pytest.raises(MemoryError, match="1 rows"):
        tastes(looks, looks)
