"""Is this agent a robot, and who says so?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import polars as pl
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


LISTS = ("own", "crawler-user-agents", "ua-parser", "crawlerdetect", "signs", "strict signs")
"""What can make an agent a robot's, in the order asked."""

STRICTNESS = {"loose": LISTS[:3], "default": LISTS[:5], "strict": LISTS}
"""The lists asked at each strictness: robots known by name; Crawler-Detect's telling words and
signs that no browser wrote it, too; all that is not a browser's whole and possible agent."""


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


@lru_cache(maxsize=8)
def _lists(asked: tuple[str, ...]) -> _Lists:
    named = [*_own(), *_crawler_user_agents(), *_ua_parser()]
    signs = [*_signs("signs", "own-signs.txt"), *_signs("strict signs", "own-strict.txt")]
    return _Lists(
        named=_Reasons([(regex, reason) for name, regex, reason in named if name in asked]),
        bare=_Reasons(_crawlerdetect() if "crawlerdetect" in asked else [], ignore_case=True),
        signs=_Reasons([(regex, reason) for name, regex, reason in signs if name in asked]),
        exclusions=_any(read_list("crawlerdetect-exclusions.txt")),
        phones=_any(read_list("phones-called-bot.txt")),
    )


_Rows = Iterator[tuple[str, str, str]]
"""List, expression, reason."""


def _own() -> _Rows:
    for line in read_list("own-bots.txt"):
        name, pattern = line.split("\t", 1)
        yield "own", pattern, name if name == "library" else f"known robot: {name}"


def _crawler_user_agents() -> _Rows:
    from crawleruseragents import CRAWLER_USER_AGENTS_DATA  # noqa: PLC0415  reads 600 kB

    for entry in CRAWLER_USER_AGENTS_DATA:
        pattern = str(entry["pattern"])
        yield "crawler-user-agents", pattern, f"crawler-user-agents: {_plain(pattern)}"


def _ua_parser() -> _Rows:
    # ua-parser's last, catch-all spider expression is meant for agents that no phone's
    # expression took before; on its own it takes Amazon's Silk browser for a robot.
    for device in load_lazy_builtins()[2][:100]:
        if isinstance(device, DeviceMatcher) and device.family == "Spider":
            yield "ua-parser", f"(?i:{device.regex})", "ua-parser: Spider"


def _crawlerdetect() -> list[tuple[str, str]]:
    regexes = read_list("crawlerdetect-crawlers.txt")
    return [(regex, f"crawlerdetect: {_plain(regex)}") for regex in regexes]


def _signs(name: str, file: str) -> _Rows:
    for line in read_list(file):
        sign, pattern = line.split("\t", 1)
        yield name, pattern, f"sign: {sign}"


def bot_reasons(agents: pl.Series, rules: Bots) -> pl.Series:
    """Say of distinct user agents why each is a robot; null for people.

    In order: no agent at all; the site's ``people`` (never a robot); the site's
    ``agents``; the lists of the site's ``strictness``.
    """
    agent = pl.col("agent")
    judged = agents.alias("agent").to_frame()
    judged = judged.with_columns(
        matches_any(agents, rules.people).alias("person"),
        matches_any(agents, rules.agents).alias("site"),
        listed_reasons(agents, STRICTNESS[rules.strictness]).alias("listed"),
    )
    reason = (
        pl.when(agent.is_null() | agent.str.strip_chars().is_in(["", "-"]))
        .then(pl.lit(EMPTY))
        .when("person")
        .then(None)
        .when("site")
        .then(pl.lit("site rule"))
        .otherwise("listed")
    )
    return judged.select(reason.alias("bot_reason")).to_series()


def listed_reasons(agents: pl.Series, asked: tuple[str, ...]) -> pl.Series:
    """Say which of the lists ``asked`` (of :data:`LISTS`) knows each agent, and by what.

    This project's list, crawler-user-agents and ua-parser's spiders come first, then
    Crawler-Detect, then signs that no browser wrote it. Names of phones that read
    like robots are taken out first.
    """
    lists = _lists(asked)
    agent = pl.col("agent")
    texts = (
        agents.alias("agent")
        .to_frame()
        .select(
            agent.str.replace_all(lists.phones, ";").alias("named"),
            agent.str.replace_all(lists.exclusions, "").str.strip_chars().alias("bare"),
        )
    )
    named = lists.named.of(texts["named"])
    bare = lists.bare.of(_where_null(named, texts["bare"]))
    signs = lists.signs.of(_where_null(bare, _where_null(named, agents.alias("signs"))))
    found = pl.DataFrame([named, bare, signs]).select(pl.coalesce("named", "bare", "signs"))
    return found.to_series().alias("listed")


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
