"""Is this agent a robot, and who says so?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version
from typing import Any, NamedTuple

import polars as pl
from ua_parser.lazy import DeviceMatcher
from ua_parser.loaders import load_lazy_builtins

from weblog import __version__
from weblog.classify.lists import list_version, read_list
from weblog.classify.networks import in_networks
from weblog.classify.patterns import FirstMatch, matches_any
from weblog.classify.reasons import SITE, found_in, parts_of, written
from weblog.site.rules import Bots

LISTS = (
    *("weblog bots", "crawler-user-agents", "ua-parser"),
    *("crawlerdetect", "weblog signs", "weblog strict signs"),
)
"""What can make an agent a robot's, in the order asked."""

STRICTNESS = {"loose": LISTS[:3], "default": LISTS[:5], "strict": LISTS}
"""The lists asked at each strictness: robots known by name; Crawler-Detect's telling words and
signs that no browser wrote it, too; all that is not a browser's whole and possible agent."""

EMPTY = written("weblog bots", __version__, "empty user agent")
"""The reason given for an agent that is missing, empty or ``-``: browsers always send one."""


class Rule(NamedTuple):
    """One entry of a list: the list and its version, its expression, and its name.

    That is the expression made readable where there is no other.
    """

    source: str
    version: str | None
    pattern: str
    named: str | None = None

    @property
    def name(self) -> str:
        """What the entry is called."""
        return self.named or plain(self.pattern)


class _Rules:
    """An ordered set of rules: the first that finds something in an agent gives the reason."""

    def __init__(self, rules: Sequence[Rule], *, ignore_case: bool = False) -> None:
        self._rules = rules
        self._search = FirstMatch([rule.pattern for rule in rules], ignore_case=ignore_case)
        self._flags = re.IGNORECASE if ignore_case else 0

    def of(self, texts: pl.Series) -> pl.Series:
        """Return the reason of each text that is a robot's, null elsewhere."""
        places = self._search.search_all(texts)
        said = [
            None if place is None else self._reason(place, text)
            for place, text in zip(places.to_list(), texts.to_list(), strict=True)
        ]
        return pl.Series(texts.name, said, dtype=pl.String)

    def _reason(self, place: int, text: str) -> str:
        rule = self._rules[place]
        pattern = _compiled(rule.pattern, self._flags)
        found = found_in(text, pattern) if pattern else None
        return written(rule.source, rule.version, rule.name, found)


@lru_cache(maxsize=4096)
def _compiled(pattern: str, flags: int) -> re.Pattern[str] | None:
    """Compile for Python; None for what Rust's engine alone knows, such as a script of letters."""
    try:
        return re.compile(pattern, flags)
    except re.error:
        return None


@dataclass(frozen=True, slots=True)
class _Lists:
    """Sets of rules.

    ``named`` and ``signs`` look at the agent as it is, ``bare`` at what is left of
    it after the words of ordinary browsers are removed, as Crawler-Detect wants it.
    """

    named: _Rules
    bare: _Rules
    signs: _Rules
    exclusions: str
    phones: str


@lru_cache(maxsize=8)
def _lists(asked: tuple[str, ...]) -> _Lists:
    def chosen(*rules: Iterator[Rule]) -> list[Rule]:
        return [rule for each in rules for rule in each if rule.source in asked]

    return _Lists(
        named=_Rules(chosen(_own(), _crawler_user_agents(), _ua_parser())),
        bare=_Rules(chosen(_crawlerdetect()), ignore_case=True),
        signs=_Rules(
            chosen(
                _signs("weblog signs", "own-signs.txt"),
                _signs("weblog strict signs", "own-strict.txt"),
            )
        ),
        exclusions=_any(read_list("crawlerdetect-exclusions.txt")),
        phones=_any(read_list("phones-called-bot.txt")),
    )


def _own() -> Iterator[Rule]:
    for line in read_list("own-bots.txt"):
        name, pattern = line.split("\t", 1)
        yield Rule("weblog bots", __version__, pattern, name)


def crawler_user_agents() -> list[dict[str, Any]]:
    """Return the entries of crawler-user-agents."""
    from crawleruseragents import CRAWLER_USER_AGENTS_DATA  # noqa: PLC0415  reads 600 kB

    return list(CRAWLER_USER_AGENTS_DATA)


def _crawler_user_agents() -> Iterator[Rule]:
    name = "crawler-user-agents"
    release = version(name)
    for entry in crawler_user_agents():
        pattern = str(entry["pattern"])
        yield Rule(name, release, pattern)


def _ua_parser() -> Iterator[Rule]:
    # ua-parser's last, catch-all spider expression is meant for agents that no phone's
    # expression took before; on its own it takes Amazon's Silk browser for a robot.
    for device in load_lazy_builtins()[2][:100]:
        if isinstance(device, DeviceMatcher) and device.family == "Spider":
            yield Rule("ua-parser", version("ua-parser-builtins"), f"(?i:{device.regex})", "Spider")


def _crawlerdetect() -> Iterator[Rule]:
    file = "crawlerdetect-crawlers.txt"
    release = list_version(file)
    for regex in read_list(file):
        yield Rule("crawlerdetect", release, regex)


def _signs(name: str, file: str) -> Iterator[Rule]:
    for line in read_list(file):
        sign, pattern = line.split("\t", 1)
        yield Rule(name, __version__, pattern, sign)


def bot_verdicts(agents: pl.Series, rules: Bots) -> pl.DataFrame:
    """Say of distinct user agents whether each is a robot, and why.

    In order: no agent at all; the site's ``people`` (never a robot); the site's
    ``agents``; the lists.

    Returns:
        One row per input row: ``is_bot``, a robot at the site's ``strictness``;
        ``bot_reason``, why it is one at any strictness (:mod:`weblog.classify.reasons`).
    """
    agent = pl.col("agent")
    judged = agents.alias("agent").to_frame()
    judged = judged.with_columns(
        matches_any(agents, rules.people).alias("person"),
        _site_rules(rules.agents).of(agents).alias("site"),
        listed_reasons(agents, LISTS).alias("listed"),
    )
    reason = (
        pl.when(agent.is_null() | agent.str.strip_chars().is_in(["", "-"]))
        .then(pl.lit(EMPTY))
        .when("person")
        .then(None)
        .otherwise(pl.coalesce("site", "listed"))
    )
    reasons = judged.select(reason.alias("bot_reason")).to_series()
    asked = (SITE, *STRICTNESS[rules.strictness])
    return pl.DataFrame(
        [parts_of(reasons)["list"].is_in(asked).fill_null(value=False).alias("is_bot"), reasons]
    )


def network_reasons(clients: pl.Series, networks: Sequence[str]) -> pl.Series:
    """Say of each client which of the site's networks of robots it lies in, null for none."""
    reason = pl.Series([None], dtype=pl.String).new_from_index(0, len(clients))
    for network in reversed(networks if in_networks(clients, networks).any() else ()):
        inside = in_networks(clients, [network])
        said = pl.lit(written(SITE, None, f"networks {network}"))
        reason = pl.select(pl.when(inside).then(said).otherwise(reason)).to_series()
    return reason.alias(clients.name)


@lru_cache(maxsize=64)
def _site_rules(patterns: tuple[str, ...]) -> _Rules:
    return _Rules([Rule(SITE, None, pattern, f"agents {pattern}") for pattern in patterns])


def levels_of(reasons: pl.Series) -> pl.Series:
    """Return the least strictness at which each reason makes a robot, null for no reason.

    A reason no list gives any more (it was stored by an older version) counts as ``loose``.
    """
    first = {name: level for level in reversed(STRICTNESS) for name in STRICTNESS[level]}
    level = parts_of(reasons).select(pl.col("list").replace_strict(first, default="loose"))
    return pl.select(
        pl.when(reasons.is_not_null()).then(level.to_series()).alias("level")
    ).to_series()


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


def plain(pattern: str) -> str:
    r"""Return an expression as a name people can read: ``Googlebot\/`` is Googlebot."""
    name = re.sub(r"\[([A-Za-z])[A-Za-z]\]", r"\1", pattern)
    name = re.sub(r"\(\^\| \)|\(\[\^-\]\|\$\)|\\[bsdw]|[\\^$]", "", name)
    return name.strip(" /")
