"""Reasons of robots: one line that tells all, and can be taken apart; and the robots in them."""

from __future__ import annotations

import re

import polars as pl
import pytest
from crawleruseragents import CRAWLER_USER_AGENTS_DATA
from hypothesis import given
from hypothesis import strategies as st

from reports.figures.words import SORT_WORDS
from weblog.classify.bots import LISTS, levels_of, listed_reasons, network_reasons
from weblog.classify.reasons import LONGEST, found_in, parts_of, written
from weblog.classify.robots import PURPOSES, SORTS, robots_of

WORDS = st.from_regex(r"[a-z][a-z -]{0,20}[a-z]", fullmatch=True)


def one(reason: str) -> dict[str, object]:
    return parts_of(pl.Series([reason])).row(0, named=True)


@given(
    source=WORDS,
    version=st.none() | st.from_regex(r"\d[\w.+-]{0,9}", fullmatch=True),
    rule=st.text(alphabet=st.characters(exclude_categories=["C", "Z"]), min_size=1),
    text=st.none() | st.text(),
)
def test_what_is_written_can_be_taken_apart(
    source: str, version: str | None, rule: str, text: str | None
) -> None:
    line = written(source, version, rule, text)
    found = one(line)
    assert (found["list"], found["version"], found["rule"]) == (source, version, rule)
    assert "\n" not in line
    assert found["text"] is None or len(str(found["text"])) <= LONGEST


@pytest.mark.parametrize(
    ("agent", "pattern", "expected"),
    [
        ("Mozilla/5.0 (compatible; MJ12bot/v1.4.8)", "bot", "MJ12bot"),
        ("Googlebot/2.1", r"Googlebot\/", "Googlebot/"),
        ("python-requests/2.32", "^python", "python-requests"),
        ("a (+http://x.example/)", r"https?://[\w.-]*", "http://x.example"),
        ("nothing here", "robot", None),
    ],
)
def test_the_text_found_is_whole_words(agent: str, pattern: str, expected: str | None) -> None:
    assert found_in(agent, re.compile(pattern)) == expected


def test_an_agent_with_quotes_and_line_ends_cannot_break_the_line() -> None:
    agent = 'weird"\nlogin failed: root\u2028 <script>alert("x")</script> http://evil"x'
    reason = listed_reasons(pl.Series([agent]), LISTS).item()
    assert reason.isprintable()
    assert reason.count('"') == 2


def test_networks_are_told_by_the_first_that_fits() -> None:
    clients = pl.Series(["192.0.2.9", "198.51.100.1", "203.0.113.1", None, "nonsense"])
    found = network_reasons(clients, ["192.0.2.0/24", "192.0.0.0/8", "198.51.100.0/24"])
    assert found.to_list() == [
        "site.toml: networks 192.0.2.0/24",
        "site.toml: networks 198.51.100.0/24",
        None,
        None,
        None,
    ]


def test_a_reason_of_an_older_version_counts_from_loose() -> None:
    reasons = pl.Series(["known robot: GPTBot", "site rule", None])
    assert levels_of(reasons).to_list() == ["loose", "loose", None]


AI = [
    ("GPTBot/1.2", "GPTBot", "training"),
    ("OAI-SearchBot/1.0", "OAI-SearchBot", "search"),
    ("ChatGPT-User/1.0", "ChatGPT-User", "user"),
    ("ClaudeBot/1.0", "ClaudeBot", "training"),
    ("Claude-User/1.0", "Claude-User", "user"),
    ("Claude-SearchBot/1.0", "Claude-SearchBot", "search"),
    ("CCBot/2.0", "CCBot", "training"),
    ("PerplexityBot/1.0", "PerplexityBot", "search"),
    ("Perplexity-User/1.0", "Perplexity-User", "user"),
    ("Bytespider", "Bytespider", "unstated"),
    ("Amazonbot/0.1", "Amazonbot", "training"),
    ("meta-externalagent/1.1", "meta-externalagent", "training"),
    ("meta-externalfetcher/1.1", "meta-externalfetcher", "user"),
    ("YouBot", "YouBot", "search"),
    ("cohere-ai", "cohere-ai", "unstated"),
    ("MistralAI-User/1.0", "MistralAI-User", "user"),
]


@pytest.mark.parametrize(("agent", "robot", "purpose"), AI)
def test_ai_crawlers(agent: str, robot: str, purpose: str) -> None:
    reason = listed_reasons(pl.Series([f"Mozilla/5.0 (compatible; {agent})"]), LISTS)
    found = robots_of(reason).row(0, named=True)
    assert (found["robot"], found["sort"], found["purpose"]) == (robot, "AI", purpose)


@pytest.mark.parametrize(
    ("agent", "robot", "sort"),
    [
        ("Mozilla/5.0 (compatible; Googlebot/2.1)", "Googlebot", "search engine"),
        (
            "Mozilla/5.0 (compatible; Yeti/1.1; +https://naver.me/spd)",
            "Naver Yeti",
            "search engine",
        ),
        ("Mozilla/5.0 (compatible; Daum/4.1)", "Daum", "search engine"),
        ("Mozilla/5.0 (compatible; AhrefsBot/7.0)", "AhrefsBot", "SEO"),
        ("Mozilla/5.0+(compatible; UptimeRobot/2.0)", "UptimeRobot", "monitoring"),
        ("facebookexternalhit/1.1", "facebookexternalhit", "link preview"),
        ("curl/8.5.0", "curl", "tool"),
        ("python-requests/2.32.3", "python-requests", "tool"),
        ("Mozilla/5.0 zgrab/0.x", "zgrab", "scanner"),
        ("HeadlessChrome/126.0", "Headless browser", "browser automation"),
        ("My own thing (me@example.org)", "me@example.org", "unnamed"),
    ],
)
def test_other_robots(agent: str, robot: str, sort: str) -> None:
    found = robots_of(listed_reasons(pl.Series([agent]), LISTS)).row(0, named=True)
    assert (found["robot"], found["sort"], found["purpose"]) == (robot, sort, None)


def test_every_robot_of_the_lists_has_a_sort_people_have_a_word_for() -> None:
    agents = {each for entry in CRAWLER_USER_AGENTS_DATA for each in entry.get("instances", [])}
    reasons = listed_reasons(pl.Series(sorted(agents)), LISTS).drop_nulls().unique()
    found = robots_of(reasons)
    assert set(found["sort"]) <= set(SORTS)
    assert set(SORTS) == set(SORT_WORDS)
    assert set(found["purpose"].drop_nulls()) <= set(PURPOSES)
    assert found.filter((pl.col("sort") == "AI") != pl.col("purpose").is_not_null()).is_empty()
    assert found["robot"].null_count() == 0
