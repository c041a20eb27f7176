"""Paths, flows and next pages: against slow loops on random visits, and what always holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from slow_walks import slow_folded, slow_repeats

import reports
from reports import walks
from reports.answers.paths import NONE, REST
from weblog.errors import QueryError, UnknownNameError
from weblog.store import Store, open_store

Row = dict[str, Any]
Made = Callable[..., Row]
Fill = Callable[[Store, list[Row]], Store]
Drawn = tuple[int, list[str], int]
Filled = Callable[[list[Drawn]], tuple[Store, list[Row]]]

CAREFUL = settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
WALK = st.lists(st.sampled_from("abc"), min_size=1, max_size=14)
VISITS = st.lists(
    st.tuples(
        st.integers(0, 7), st.lists(st.sampled_from(["home", "kids", "old", "new"]), max_size=9),
        st.integers(0, 1),
    ),
    min_size=1,
    max_size=25,
)  # fmt: skip
CATEGORY = {"/kids": "children", "/old": "pension"}


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Store:
    folder: Path = tmp_path_factory.mktemp("paths") / "store"
    return open_store(folder, create=True)


@pytest.fixture(scope="module")
def filled(
    scratch: Store, fill: Fill, visits: Made
) -> Callable[[list[Drawn]], tuple[Store, list[Row]]]:
    """Make a store of visits drawn, and return their rows, too."""

    def made(drawn: list[Drawn]) -> tuple[Store, list[Row]]:
        rows = [
            visits(number, back, f"v{number % 5}", " ".join(pages), conversions=won)
            for number, (back, pages, won) in enumerate(drawn, 1)
        ]
        return fill(scratch, rows), rows

    return made


def split(rows: list[Row], query: reports.Query) -> tuple[list[Row], list[Row]]:
    """The sessions of both periods."""
    now, before = (
        [row for row in rows if span and span[0] <= row["date"] <= span[1]]
        for span in (query.current, query.previous)
    )
    return now, before


def frame_of(drawn: list[list[str]]) -> pl.DataFrame:
    """Walks as the product has them: letters as numbers."""
    rows = [(walk, ord(step)) for walk, steps in enumerate(drawn) for step in steps]
    return pl.DataFrame(rows, schema={"walk": pl.UInt32, "label": pl.UInt32}, orient="row")


def letters(frame: pl.DataFrame, walk: int) -> str:
    return "".join(map(chr, frame.filter(walk=walk)["label"]))


# folding


@pytest.mark.parametrize(
    ("steps", "left", "has_loop"),
    [
        ("a", "a", False),
        ("aaa", "a", False),
        ("aba", "aba", False),
        ("abab", "ab", True),
        ("ababa", "aba", True),
        ("aabbaab", "ab", True),
        ("ababc", "abc", True),
        ("ababac", "abac", True),
        ("abcabc", "abcabc", False),
        ("ababcbcb", "abcb", True),
        ("ababacac", "abac", True),
        ("cabab", "cab", True),
    ],
)
def test_loops_are_folded_as_the_documentation_says(steps: str, left: str, has_loop: bool) -> None:
    folded = walks.folded(frame_of([list(steps)]))
    assert letters(folded, 0) == left
    assert bool(folded["is_loop"].any()) == has_loop


@settings(max_examples=150, deadline=None)
@given(st.lists(WALK, min_size=1, max_size=5))
def test_folding_equals_the_reference_and_invents_no_neighbours(drawn: list[list[str]]) -> None:
    folded = walks.folded(frame_of(drawn))
    for walk, steps in enumerate(drawn):
        left, has_loop = slow_folded(steps)
        assert letters(folded, walk) == "".join(left)
        assert bool(folded.filter(walk=walk)["is_loop"].any()) == has_loop
        assert set(pairwise(left)) <= set(pairwise(slow_repeats(steps)))
        assert (left[0], left[-1], set(left)) == (steps[0], steps[-1], set(steps))
        assert slow_folded(left) == (left, False)


# paths


def stretch(row: Row, question: Row, names: dict[str, str | None]) -> list[str] | None:
    """The path of one visit, as its definition says; None: it has not what is asked."""
    pages, depth = row["pages"], question["depth"]
    steps = [names[page] or NONE for page in pages]
    asked = question.get("start") or question.get("end") or question.get("around")
    if asked is None:
        folded, _ = slow_folded(steps)
        return folded[:depth] or None
    if asked not in pages:
        return None
    first = pages.index(asked)
    before, after = slow_folded(steps[: first + 1])[0], slow_folded(steps[first:])[0]
    if "start" in question:
        return after[:depth]
    if "end" in question:
        return before[-depth:]
    return [*before[-depth - 1 :], *after[1 : depth + 1]]


QUESTIONS = st.fixed_dictionaries(
    {"depth": st.integers(1, 5), "level": st.sampled_from(["page", "category"])},
    optional={},
).flatmap(
    lambda base: st.sampled_from(
        [base, *({**base, name: page} for name in ("start", "end", "around")
                 for page in ("/home", "/kids"))]
    )
)  # fmt: skip


@CAREFUL
@given(VISITS, QUESTIONS)
def test_paths_equal_the_reference(filled: Filled, drawn: list[Drawn], question: Row) -> None:
    store, rows = filled(drawn)
    last = max(row["date"] for row in rows)
    filters = reports.Filters(start=date.fromordinal(last.toordinal() - 3))
    report = reports.paths(store, filters, limit=None, nodes=None, **question)
    names = {page: page if question["level"] == "page" else CATEGORY.get(page)
             for page in ("/home", "/kids", "/old", "/new")}  # fmt: skip
    now, before = split(rows, report.query)
    counted: Counter[tuple[str, ...]] = Counter()
    converted: Counter[tuple[str, ...]] = Counter()
    for row in now:
        found = stretch(row, question, names)
        if found is not None:
            counted[tuple(found)] += 1
            converted[tuple(found)] += row["conversions"] > 0
    gone = Counter(tuple(f) for row in before if (f := stretch(row, question, names)))
    seen = {tuple(row["path"]): row for row in report.frame.to_dicts()}
    assert len(seen) == report.frame.height
    assert {path: row["sessions"] for path, row in seen.items() if row["sessions"]} == counted
    assert all(row["converted"] == converted[path] for path, row in seen.items())
    if report.query.previous:
        assert {path: row["previous_sessions"] for path, row in seen.items()
                if row["previous_sessions"]} == gone  # fmt: skip
    assert sum(row["share"] or 0 for row in seen.values()) == pytest.approx(1.0 if counted else 0)
    limited = reports.paths(store, filters, limit=2, nodes=1, **question).frame
    assert limited["sessions"].sum() == counted.total()
    assert limited.filter("is_other").height <= 1


def test_cut_and_looped_sessions_are_counted(
    make_store: Callable[[list[Row]], Store], visits: Made
) -> None:
    store = make_store(
        [
            visits(1, 0, "a", "home kids home kids old new"),
            visits(2, 0, "b", "home kids"),
            visits(3, 0, "c", "home kids old"),
        ]
    )
    frame = reports.paths(store, depth=3).frame.select("path", "sessions", "cut", "looped")
    assert frame.rows() == [
        (["/home", "/kids", "/old"], 2, 1, 1),
        (["/home", "/kids"], 1, 0, 0),
    ]
    backwards = reports.paths(store, end="/old", depth=2).frame.select("path", "sessions", "cut")
    assert backwards.rows() == [(["/kids", "/old"], 2, 2)]


def test_rare_pages_are_one_step_and_how_many_is_said(
    make_store: Callable[[list[Row]], Store], visits: Made
) -> None:
    rows = [visits(n, 0, f"v{n}", "home kids old home") for n in range(1, 4)]
    report = reports.paths(make_store([*rows, visits(9, 0, "z", "home")]), nodes=1)
    assert report.frame["path"].to_list() == [["/home", REST, "/home"], ["/home"]]
    (said,) = [warning for warning in report.warnings if warning.code == "rare_steps"]
    assert said.values["pages"] == 2


def test_a_goal_reached_by_an_event_ends_the_path(company: Store) -> None:
    report = reports.paths(company, goal="quote", depth=2)
    ends = {path[-1] for path in report.frame["path"].drop_nulls()}
    assert all(end.startswith("/quote/") and end.endswith("/result") for end in ends)
    every = reports.Filters(start=date(2025, 9, 2), compare="none")
    sessions = company.snapshot().scan("page_views").filter(goal="quote")
    reached = sessions.select(pl.col("session_id").n_unique()).collect().item()
    assert reports.paths(company, every, goal="quote").frame["sessions"].sum() == reached


def test_what_cannot_be_asked_is_refused(store: Store) -> None:
    with pytest.raises(QueryError, match="start and goal are given: expected one of them"):
        reports.paths(store, start="/home", goal="quote")
    with pytest.raises(QueryError, match="depth is 11: expected 1 to 10"):
        reports.flows(store, depth=11)
    with pytest.raises(QueryError, match="nodes is 0"):
        reports.flows(store, nodes=0)
    with pytest.raises(UnknownNameError, match="no level of paths is called 'pages'"):
        reports.paths(store, level="pages")
    with pytest.raises(UnknownNameError, match="no direction of next_pages is called 'back'"):
        reports.next_pages(store, direction="back")
    with pytest.raises(QueryError, match="limit is 0"):
        reports.next_pages(store, limit=0)


def test_what_nobody_reached_is_said(store: Store) -> None:
    for report in (
        reports.paths(store, goal="quote"),
        reports.flows(store, around="/none"),
        reports.next_pages(store, of="/none"),
    ):
        assert "not_reached" in {warning.code for warning in report.warnings}
        assert report.frame.is_empty()
    for path in store.snapshot().scan("page_views").select("path").collect()["path"].unique():
        assert "not_reached" not in {w.code for w in reports.paths(store, start=path).warnings}


# flows


@CAREFUL
@given(VISITS, QUESTIONS, st.sampled_from([1, 2, None]))
def test_flows_are_conserved_and_are_those_of_the_paths(
    filled: Filled,
    drawn: list[Drawn],
    question: Row,
    nodes: int | None,
) -> None:
    store, _ = filled(drawn)
    filters = reports.Filters(compare="none")
    frame = reports.flows(store, filters, nodes=nodes, **question).frame
    into: Counter[tuple[int, str]] = Counter()
    out: Counter[tuple[int, str]] = Counter()
    for row in frame.to_dicts():
        if row["to"] is not None:
            into[row["step"] + 1, row["to"]] += row["sessions"]
        if row["from"] is not None:
            out[row["step"], row["from"]] += row["sessions"]
    numbers = [step for step, _ in (*into, *out)]
    for node in into.keys() | out.keys():
        is_first = node[0] == min(numbers) and not into[node]
        is_last = node[0] == max(numbers) and not out[node]
        assert is_first or is_last or into[node] == out[node], node
    paths = reports.paths(store, filters, limit=None, nodes=None, **question).frame
    whole = paths["sessions"].sum()
    zero = 0 if "end" in question or "around" in question else 1
    at_zero = into if "end" in question else out
    assert sum(n for (step, _), n in at_zero.items() if step == zero) == whole
    if nodes is None and question["depth"] > 1 and "start" in question:
        pairs: Counter[tuple[str, str]] = Counter()
        for path, count in paths.select("path", "sessions").rows():
            pairs.update(dict.fromkeys(list(pairwise(path))[:1], count))
        first = frame.filter(pl.col("step") == 1, kind="next")
        assert {(a, b): n for a, b, n in first.select("from", "to", "sessions").rows()} == pairs
    if nodes is not None:
        named = frame.filter(pl.col("from").is_not_null() & (pl.col("from") != REST))
        most = named.group_by("step").agg(pl.col("from").n_unique())["from"].max() or 0
        assert most <= nodes + 1  # type: ignore[operator]  # one more where only one is rare


# next pages


@CAREFUL
@given(
    VISITS,
    st.sampled_from([None, "/home", "/kids", "/*"]),
    st.sampled_from(["next", "previous"]),
    st.sampled_from([1, None]),
)
def test_next_pages_equal_the_reference(
    filled: Filled,
    drawn: list[Drawn],
    of: str | None,
    direction: str,
    limit: int | None,
) -> None:
    store, rows = filled(drawn)
    last = max(row["date"] for row in rows)
    filters = reports.Filters(start=date.fromordinal(last.toordinal() - 3))
    report = reports.next_pages(store, filters, of=of, direction=direction, limit=limit)

    def pairs(sessions: list[Row]) -> Counter[tuple[str, str | None]]:
        counted: Counter[tuple[str, str | None]] = Counter()
        for row in sessions:
            pages = slow_repeats(row["pages"])
            if direction == "previous":
                pages = pages[::-1]
            for page, beside in pairwise([*pages, None]):
                if of in {None, "/*", page}:
                    counted["/*" if of == "/*" else str(page), beside] += 1
        return counted

    now, before = (pairs(sessions) for sessions in split(rows, report.query))
    rows_shown = report.frame.filter(~pl.col("is_other")).to_dicts()
    for row in rows_shown:
        key = (row["page"], row["beside"])
        whole = sum(n for (page, _), n in now.items() if page == row["page"])
        assert (row["views"], row["page_views"]) == (now[key], whole)
        assert row["is_end"] == (row["beside"] is None)
        assert row["share"] == (pytest.approx(now[key] / whole) if whole else None)
        if report.query.previous:
            assert row["previous_views"] == before[key]
    assert report.frame["views"].sum() == now.total()
    if limit is None:
        assert len(rows_shown) == len(now.keys() | (before if report.query.previous else {}))


def test_the_answer_does_not_depend_on_the_order_of_rows(
    tmp_path: Path, fill: Fill, rows: list[Row]
) -> None:
    frames = []
    for number, order in enumerate((rows, rows[::-1])):
        store = fill(open_store(tmp_path / f"store{number}", create=True), order)
        frames.append(
            [
                reports.paths(store).frame,
                reports.flows(store).frame,
                reports.next_pages(store).frame,
                reports.funnel(store, steps=["page=/home", "page=/kids"], by="segment").frame,
            ]
        )
    for one, other in zip(*frames, strict=True):
        assert one.equals(other)
