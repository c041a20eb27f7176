"""Is this agent a robot, and who says so?"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import polars as pl
from crawleruseragents import CRAWLER_USER_AGENTS_DATA
from ua_parser.lazy import DeviceMatcher
from ua_parser.loaders import load_lazy_builtins

from weblog.classify.lists import read_list
from weblog.classify.patterns import FirstMatch, matches_any
from weblog.site.rules import Bots

EMPTY = "empty user agent"
"""The reason given for an agent that is missing, empty or ``-``: browsers always send one."""


class _Reasons:
    """An ordered set of patterns, each with what it says about an agent."""

    def __init__(self, rows: Sequence[tuple[str, str]], *, ignore_case: bool = False) -> None:
        self._patterns = FirstMatch([pattern for pattern, _ in rows], ignore_case=ignore_case)
        self._reasons = pl.Series([reason for _, reason in rows], dtype=pl.String)

    def of(self, texts: pl.Series) -> pl.Series:
        return self._reasons.gather(self._patterns.search_all(texts)).alias(texts.name)


@dataclass(frozen=True, slots=True)
class _Lists:
    """Sets of patterns with the reason each pattern gives.

    ``named`` and ``signs`` look at the agent as it is, ``bare`` at what is left of
    it after the words of ordinary browsers are removed, as Crawler-Detect wants it.
    """

    named: _Reasons
    bare: _Reasons
    signs: _Reasons
    exclusions: str
    phones: str


@lru_cache(maxsize=1)
def _lists() -> _Lists:
    own = [line.split("\t", 1) for line in read_list("own-bots.txt")]
    crawlers = [str(entry["pattern"]) for entry in CRAWLER_USER_AGENTS_DATA]
    # ua-parser's last, catch-all spider expression is meant for agents that no phone's
    # expression took before; on its own it takes Amazon's Silk browser for a robot.
    spiders = [
        device
        for device in load_lazy_builtins()[2][:100]
        if isinstance(device, DeviceMatcher) and device.family == "Spider"
    ]
    named = [
        *(
            (pattern, name if name == "library" else f"known robot: {name}")
            for name, pattern in own
        ),
        *((pattern, f"crawler-user-agents: {_plain(pattern)}") for pattern in crawlers),
        *((f"(?i:{device.regex})", "ua-parser: Spider") for device in spiders),
    ]
    detect = read_list("crawlerdetect-crawlers.txt")
    signs = [line.split("\t", 1) for line in read_list("own-signs.txt")]
    return _Lists(
        named=_Reasons(named),
        bare=_Reasons(
            [(regex, f"crawlerdetect: {_plain(regex)}") for regex in detect], ignore_case=True
        ),
        signs=_Reasons([(pattern, f"sign: {sign}") for sign, pattern in signs]),
        exclusions=_any(read_list("crawlerdetect-exclusions.txt")),
        phones=_any(read_list("phones-called-bot.txt")),
    )


def bot_reasons(agents: pl.Series, rules: Bots) -> pl.Series:
    """Say of distinct user agents why each is a robot; null for people.

    In order: no agent at all; the site's ``people`` (never a robot); the site's
    ``agents``; this project's list, crawler-user-agents, ua-parser's spiders;
    Crawler-Detect; signs that no browser wrote it. Names of phones that read like
    robots are taken out first.
    """
    lists = _lists()
    agent = pl.col("agent")
    frame = agents.alias("agent").to_frame()
    texts = frame.select(
        agent.str.replace_all(lists.phones, ";").alias("named"),
        agent.str.replace_all(lists.exclusions, "").str.strip_chars().alias("bare"),
    )
    named = lists.named.of(texts["named"])
    bare = lists.bare.of(_where_null(named, texts["bare"]))
    signs = lists.signs.of(_where_null(bare, _where_null(named, agents.alias("signs"))))
    judged = frame.with_columns(
        named,
        bare,
        signs,
        matches_any(agents, rules.people).alias("person"),
        matches_any(agents, rules.agents).alias("site"),
    )
    reason = (
        pl.when(agent.is_null() | agent.str.strip_chars().is_in(["", "-"]))
        .then(pl.lit(EMPTY))
        .when("person")
        .then(None)
        .when("site")
        .then(pl.lit("site rule"))
        .otherwise(pl.coalesce("named", "bare", "signs"))
    )
    return judged.select(reason.alias("bot_reason")).to_series()


def _where_null(found: pl.Series, texts: pl.Series) -> pl.Series:
    """Return ``texts`` where nothing was found yet, null elsewhere."""
    return pl.select(pl.when(found.is_null()).then(texts)).to_series().alias(texts.name)


def _any(patterns: Sequence[str]) -> str:
    return "(?i)" + "|".join(f"(?:{pattern})" for pattern in patterns)


def _plain(pattern: str) -> str:
    r"""Return an expression as a name people can read: ``Googlebot\/`` is Googlebot."""
    name = re.sub(r"\[([A-Za-z])[A-Za-z]\]", r"\1", pattern)
    name = re.sub(r"\(\^\| \)|\(\[\^-\]\|\$\)|\\[bsdw]|[\\^$]", "", name)
    return name.strip(" /")
