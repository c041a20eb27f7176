"""Site search: a log of our own, counted by hand and by loops; what is found in real queries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from new_store import new_store

import reports
import sample_logs
import sessionize
import weblog
from reports.searches import terms_of
from weblog.errors import QueryError
from weblog.retention import retire
from weblog.site.checked import pattern_regex
from weblog.site.retention import Retention
from weblog.site.rules import Goal, Site
from weblog.site.site_search import SEARCH_PATHS, SiteSearch
from weblog.store import Store

AGENT = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/126.0.0.0 Safari/537.36"
)
GOAL = Site(goals=(Goal(goal="bought", paths=("/done",)),))
WORDS = {"보험": quote("보험"), "loan": "loan", "연금 저축": quote("연금 저축".encode("cp949"))}


def log_of(visits: list[list[str]]) -> str:
    """A visitor each, all on one day, some seconds between two requests."""
    lines = []
    for number, targets in enumerate(visits):
        for place, target in enumerate(targets):
            clock = f"{number // 60 + 9:02}:{number % 60:02}:{place * 5:02}"
            lines.append(
                f"192.0.{number // 250}.{number % 250 + 1} - - [05/Nov/2025:{clock} +0000] "
                f'"GET {target} HTTP/1.1" 200 512 "-" "{AGENT} n{number}"\n'
            )
    return "".join(lines)


@pytest.fixture
def stored(tmp_path: Path) -> Callable[[list[list[str]]], Store]:
    """Make a new store of visits, given by what they ask for."""
    made = 0

    def store_of(visits: list[list[str]]) -> Store:
        nonlocal made
        made += 1
        folder = tmp_path / f"{made}"
        folder.mkdir()
        (folder / "access.log").write_text(log_of(visits))
        store = new_store(folder / "store")
        summary = weblog.ingest(store, [folder / "access.log"], GOAL, publish=False)
        assert summary.errors == ()
        sessionize.update(store, GOAL)
        return store

    return store_of


def rows_of(report: reports.Report, *columns: str) -> list[tuple[Any, ...]]:
    return report.frame.select(columns).rows()


# words in queries


@pytest.mark.parametrize(
    ("query", "term"),
    [
        ("q=%EB%B3%B4%ED%97%98", "보험"),
        ("q=%BA%B8%C7%E8", "보험"),  # CP949
        ("Query=Loan+Rate", "loan rate"),
        ("x=1&searchword=a&q=b", "b"),  # the first parameter in the rules' order
        ("q=&keyword=c", "c"),
        ("q=%20%20", None),
        ("q=a%0A%20%20b", "a b"),
        ("q=%E1%84%87%E1%85%A9", "보"),  # as a Mac writes it, in parts
        ("page=2", None),
        ("q", None),
        ("q=%FF%FE", None),
        ("q=(email)", "(email)"),
        ("q=a&q=b", "a"),
    ],
)
def test_words_of_a_query(query: str, term: str | None) -> None:
    found = terms_of(pl.Series([query, None]), SiteSearch())
    if query == "q=%FF%FE":
        assert "�" in found["term"][0]
    else:
        assert found.rows() == ([(query, term)] if term else [])


@pytest.mark.parametrize(
    ("path", "is_search"),
    [
        ("/search", True), ("/ko/search", True), ("/search/", True), ("/search.do", True),
        ("/search/result.jsp", True), ("/totalSearch.do", True), ("/shop/searchResult.do", True),
        ("/검색", True), ("/research", False), ("/research/", False), ("/", False),
        ("/searching-for-home", False), ("/products/search-light", False),
    ],
)  # fmt: skip
def test_paths_that_are_a_search_without_a_rule(path: str, is_search: bool) -> None:
    regexes = [pattern_regex(pattern) for pattern in SEARCH_PATHS]
    assert pl.Series([path]).str.contains("|".join(regexes))[0] == is_search


# the report


def test_searches_are_counted_with_what_came_after(
    stored: Callable[[list[list[str]]], Store],
) -> None:
    store = stored(
        [
            ["/", "/search?q=loan", "/loans", "/done"],
            ["/search?q=Loan", "/search?q=loan&page=2", "/loans"],  # one search of two pages
            ["/search?q=loan"],  # left
            ["/search?q=loan", "/search?q=rate", "/loans"],  # refined
            ["/search?q=loan", "/", "/search?q=loan", "/about"],  # two searches
            ["/search", "/loans"],  # no words, no search
            ["/about?q=loan"],  # no search page
        ]
    )
    report = reports.search_terms(store, least_visitors=1, site=GOAL)
    assert rows_of(
        report, "term", "searches", "visitors", "sessions", "exits", "refined", "converted"
    ) == [("loan", 6, 5, 5, 1, 1, 1), ("rate", 1, 1, 1, 0, 0, 0)]
    assert rows_of(report, "next_page", "next_page_searches") == [("/loans", 2), ("/loans", 1)]
    assert report.frame["share"].to_list() == pytest.approx([6 / 7, 1 / 7])
    assert report.frame["exit_rate"].to_list() == pytest.approx([1 / 6, 0])


def test_what_few_people_search_for_is_not_told(stored: Callable[[list[list[str]]], Store]) -> None:
    visits = [["/search?q=loan"] for _ in range(5)]
    visits += [["/search?q=kim+minsu", "/kim"], ["/search?q=kim+minsu"], ["/search?q=rare"]]
    visits[-1] += ["/", "/search?q=rare"] * 3  # often, but by one visitor
    report = reports.search_terms(stored(visits))
    assert rows_of(report, "term", "is_other", "terms", "searches", "visitors") == [
        ("loan", False, 1, 5, 5),
        (None, True, 2, 6, 3),
    ]
    assert report.frame["next_page"].to_list() == [None, None]
    assert "kim" not in str(report.to_dict())
    assert "kim" not in str(report.figure_dict())
    site = Site(site_search=SiteSearch(least_visitors=2))
    assert reports.search_terms(stored(visits), site=site).frame["term"].to_list() == [
        "loan", "kim minsu", None
    ]  # fmt: skip


SEARCHED = st.lists(
    st.lists(st.sampled_from([*(f"/search?q={code}" for code in WORDS.values()), "/a", "/done"]),
             min_size=1, max_size=6),
    min_size=1, max_size=12,
)  # fmt: skip


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(SEARCHED, st.integers(1, 3))
def test_search_terms_equal_the_reference(
    stored: Callable[[list[list[str]]], Store], drawn: list[list[str]], least: int
) -> None:
    term_of = {f"/search?q={code}": term for term, code in WORDS.items()}
    expected: dict[str, Counter[str]] = {term: Counter() for term in WORDS}
    for targets in drawn:
        seen = set()
        for place, target in enumerate(targets):
            term = term_of.get(target)
            later = targets[place + 1] if place + 1 < len(targets) else None
            if term is None or later == target:  # the last of repeats tells what came after
                continue
            counts = expected[term]
            counts["searches"] += 1
            counts["exits"] += later is None
            counts["refined"] += later in term_of
            seen.add(term)
        for term in seen:
            expected[term]["visitors"] += 1
            expected[term]["converted"] += "/done" in targets
    report = reports.search_terms(stored(drawn), least_visitors=least, site=GOAL)
    named = [term for term, counts in expected.items() if counts["visitors"] >= least]
    found = {row["term"]: row for row in report.frame.to_dicts()}
    assert found.keys() - {None} == set(named)
    for term in named:
        for name in ("searches", "exits", "refined", "visitors", "converted"):
            assert found[term][name] == expected[term][name], (term, name)
    whole = sum(counts["searches"] for counts in expected.values())
    assert report.frame["searches"].sum() == whole


def test_the_sample_company_is_searched_as_often_as_its_log_says(company: Store) -> None:
    site = weblog.load_site(sample_logs.data_folder() / "site.toml")
    days = company.snapshot().rows_by_day("sessions")
    every = reports.Filters(start=min(days), end=max(days), compare="none")
    frame = reports.search_terms(company, every, site=site, limit=None, least_visitors=1).frame
    hits = (
        company.snapshot().scan("hits").filter(path="/search", kind="page")
        .join(company.snapshot().scan("page_views"), on=["log_source", "line"], how="semi")
        .collect()
    )  # fmt: skip
    assert frame.height == hits["query"].n_unique()
    # Some are reloads or the same words once more: one search of several views.
    assert 0.9 * hits.height < frame["searches"].sum() <= hits.height
    assert "연금저축" in frame["term"].to_list()


def test_words_that_are_no_longer_stored_are_said(
    stored: Callable[[list[list[str]]], Store],
) -> None:
    store = stored([["/search?q=loan", "/a"], ["/search?q=loan"]])
    retire(store, Retention(hits=1), today=date(2025, 12, 1))
    report = reports.search_terms(store)
    (said,) = [warning for warning in report.warnings if warning.code == "searches_gone"]
    assert said.values == {"gone": 2, "all": 2}


def test_a_site_without_search_and_wrong_arguments_are_said(store: Store) -> None:
    report = reports.search_terms(store)
    assert "no_searches" in {warning.code for warning in report.warnings}
    with pytest.raises(QueryError, match="least_visitors is 0: expected at least 1"):
        reports.search_terms(store, least_visitors=0)
