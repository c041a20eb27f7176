"""Which robot a reason speaks of, and what that robot does."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

import polars as pl

from weblog.classify.bots import LISTS, crawler_user_agents, plain
from weblog.classify.lists import read_list
from weblog.classify.reasons import SITE, parts_of

UNNAMED: Final = "unnamed"
"""The sort of robots of which no list says more than that they are some."""

_TAGS: Final = {
    "ai-crawler": "AI",
    "search-engine": "search engine",
    "seo": "SEO",
    "social-preview": "link preview",
    "feed-reader": "feed reader",
    "http-library": "tool",
    "browser-automation": "browser automation",
}
"""Sorts by what crawler-user-agents calls them, where the words differ."""

_BY_RULE: Final = {"library": "tool", "scanner": "scanner"}
"""Sorts by the name of a rule of this project's list that stands for many robots."""

_BY_LIST: Final = {SITE: "the site's own rule", "behaviour": "behaviour"}

SORTS: Final = (
    *("AI", "search engine", "SEO", "monitoring", "link preview", "advertising", "feed reader"),
    *("archiver", "academic", "tool", "browser automation", "scanner", "no agent"),
    *(*_BY_LIST.values(), UNNAMED),
)
PURPOSES: Final = ("training", "search", "user", "unstated")


def robots_of(reasons: pl.Series) -> pl.DataFrame:
    """Tell what is known of the robots that reasons speak of.

    Args:
        reasons: ``bot_reason`` of hits, or ``reason`` of table robots; distinct ones.

    Returns:
        One row per input row: ``robot`` (its name, as it calls itself where it does),
        ``sort`` (one of :data:`SORTS`), ``purpose`` (of AI crawlers: one of
        :data:`PURPOSES`), ``rule`` (list and rule, without version and text).
    """
    parts = parts_of(reasons)
    names = [_name(*row) for row in parts.select("list", "rule", "text").rows()]
    known = [
        _sort(name, *row)
        for name, row in zip(names, parts.select("list", "rule").rows(), strict=True)
    ]
    return pl.DataFrame(
        {
            "robot": names,
            "sort": [sort for sort, _ in known],
            "purpose": [purpose for _, purpose in known],
            "rule": parts.select(pl.format("{}: {}", "list", "rule")).to_series(),
        },
        schema=dict.fromkeys(("robot", "sort", "purpose", "rule"), pl.String()),
    )


def _name(source: str | None, rule: str | None, text: str | None) -> str | None:
    """Return what a robot is called: by itself, where the rule found that; else by the rule."""
    if source == "behaviour" or text is None:
        return rule
    if source in ("weblog signs", "weblog strict signs"):
        return text if rule == "contact address" else rule
    # Two words are a name this project gave: a robot is one word.
    if source == "weblog bots" and rule is not None and " " in rule:
        return rule
    return re.sub(r"/v?[\d.]*$", "", text).strip(" /;,:()+") or rule


def _sort(name: str | None, source: str | None, rule: str | None) -> tuple[str, str | None]:
    """Return the sort, and the purpose of an AI crawler."""
    if source in _BY_LIST:
        return _BY_LIST[source], None
    for sort, purpose, pattern in _own():
        if name is not None and pattern.fullmatch(name):
            return sort, purpose
    if source == LISTS[0] and rule in _BY_RULE:
        return _BY_RULE[rule], None
    if source == "crawler-user-agents" and rule in _tags():
        sort = _tags()[rule]
        return sort, "unstated" if sort == "AI" else None
    return UNNAMED, None


@cache
def _own() -> list[tuple[str, str | None, re.Pattern[str]]]:
    rows = (line.split("\t", 2) for line in read_list("own-robot-sorts.txt"))
    return [
        (sort, None if purpose == "-" else purpose, re.compile(pattern, re.IGNORECASE))
        for sort, purpose, pattern in rows
    ]


@cache
def _tags() -> dict[str, str]:
    """Return the sort of each rule of crawler-user-agents: AI if a tag says so."""
    sorts: dict[str, str] = {}
    for entry in crawler_user_agents():
        tags = [str(tag) for tag in entry.get("tags", ())]
        tag = "ai-crawler" if "ai-crawler" in tags else next(iter(tags), UNNAMED)
        sorts.setdefault(plain(str(entry["pattern"])), _TAGS.get(tag, tag))
    return sorts
