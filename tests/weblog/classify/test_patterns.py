from __future__ import annotations

import re

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weblog.classify.lists import read_list
from weblog.classify.patterns import FirstMatch, matches_any

PATTERNS = [r"^/a", r"(b)\1", r"c(?!d)", r"^/a.*z$", r"e{2}", r"(?i)F"]

words = st.lists(st.text("/abcdefFz", max_size=8), max_size=10)


@given(words, st.permutations(PATTERNS))
def test_the_first_pattern_that_matches_wins(texts: list[str], patterns: list[str]) -> None:
    slow = [
        next((n for n, pattern in enumerate(patterns) if re.search(pattern, text)), None)
        for text in texts
    ]
    assert FirstMatch(patterns).search_all(pl.Series(texts, dtype=pl.String)).to_list() == slow


@given(words, st.permutations([*PATTERNS, "A/b", r"E\/"]))
def test_the_first_pattern_that_matches_in_any_case_wins(
    texts: list[str], patterns: list[str]
) -> None:
    slow = [
        next((n for n, each in enumerate(patterns) if re.search(each, text, re.IGNORECASE)), None)
        for text in texts
    ]
    found = FirstMatch(patterns, ignore_case=True).search_all(pl.Series(texts, dtype=pl.String))
    assert found.to_list() == slow


@given(words, st.lists(st.sampled_from(PATTERNS), max_size=4))
def test_any_pattern(texts: list[str], patterns: list[str]) -> None:
    slow = [any(re.search(pattern, text) for pattern in patterns) for text in texts]
    assert matches_any(pl.Series(texts, dtype=pl.String), patterns).to_list() == slow


def test_null_stays_null() -> None:
    texts = pl.Series(["bb", None], dtype=pl.String)
    assert FirstMatch(PATTERNS).search_all(texts).to_list() == [1, None]
    assert matches_any(texts, PATTERNS).to_list() == [True, None]
    assert matches_any(texts, []).to_list() == [False, None]


@pytest.mark.parametrize("name", ["crawlerdetect-crawlers.txt", "crawlerdetect-exclusions.txt"])
def test_lists_are_expressions_without_comments(name: str) -> None:
    lines = read_list(name)
    assert len(lines) > 40
    assert [line for line in lines if line.startswith("#") or not re.compile(line).pattern] == []
