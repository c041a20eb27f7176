"""Families of browser and operating system: ua-parser's expressions, on its native engine."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from operator import attrgetter
from typing import Protocol

import polars as pl
import ua_parser_rs
from ua_parser.loaders import load_lazy_builtins


class _Found(Protocol):
    @property
    def family(self) -> str: ...


_Extract = Callable[[str], _Found | None]


def browser_families(agents: pl.Series) -> pl.Series:
    """Return ua-parser's browser family of each distinct agent, null where it knows none."""
    return _families(agents, _browsers()).alias("browser")


def system_families(agents: pl.Series) -> pl.Series:
    """Return ua-parser's family of the operating system of each distinct agent, else null."""
    return _families(agents, _systems()).alias("os")


def _families(agents: pl.Series, extract: _Extract) -> pl.Series:
    found = [None if agent is None else extract(agent) for agent in agents.to_list()]
    names = [None if match is None else match.family for match in found]
    return pl.Series(agents.name, names, dtype=pl.String)


# ua-parser's own Resolver also compiles the 600 expressions for devices, reads versions, and
# wraps every answer in four objects: half a second at the start, a third of each search.


@lru_cache(maxsize=1)
def _browsers() -> _Extract:
    rows = ((*_rule(matcher), None, None, None, None) for matcher in load_lazy_builtins()[0])
    extract: _Extract = ua_parser_rs.UserAgentExtractor(rows).extract
    return extract


@lru_cache(maxsize=1)
def _systems() -> _Extract:
    rows = ((*_rule(matcher), None, None, None, None) for matcher in load_lazy_builtins()[1])
    extract: _Extract = ua_parser_rs.OSExtractor(rows).extract
    return extract


_rule = attrgetter("regex", "family")
