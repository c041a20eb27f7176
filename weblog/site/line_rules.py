"""``[[skip]]`` and ``[[keep]]``: which lines are stored, by what stands in them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BeforeValidator, field_validator, model_validator

from weblog.site.checked import CheckedPattern, Method, Network, Regex
from weblog.site.section import Section

RESERVED: Final = ("blank line", "header line")
"""Names under which the parsers count what they skip themselves (weblog.parse.parsed)."""


def _is_host_pattern(text: str) -> str:
    if not re.fullmatch(r"[^\s/?#@,:]+", text):
        raise ValueError(
            "expected a host name alone such as www.example.com, without https://, port and "
            "path, with * for anything"
        )
    return text.lower()


HostPattern = Annotated[str, AfterValidator(_is_host_pattern)]


def _as_statuses(value: object) -> object:
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or not re.fullmatch(r"[1-5](?:\d\d|[xX]{2})", value):
        raise ValueError('expected an HTTP status from 100 to 599, or a class such as "5xx"')
    return value.lower()


Statuses = Annotated[str, BeforeValidator(_as_statuses)]


def as_day(value: object) -> object:
    """Return the day a setting says, as a date or as text; pydantic would take seconds, too."""
    problem = "expected a day such as 2025-09-30"
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise ValueError(problem) from None
    if value is not None and (isinstance(value, datetime) or not isinstance(value, date)):
        raise ValueError(problem)
    return value


Day = Annotated[date | None, BeforeValidator(as_day)]


class LineRule(Section):
    """Lines in which all of these hold; of each list, one entry must."""

    name: str
    hosts: tuple[HostPattern, ...] = ()
    paths: tuple[CheckedPattern, ...] = ()
    agents: tuple[Regex, ...] = ()
    referrers: tuple[Regex, ...] = ()
    statuses: tuple[Statuses, ...] = ()
    methods: tuple[Method, ...] = ()
    networks: tuple[Network, ...] = ()
    before: Day = None
    after: Day = None

    @field_validator("name")
    @classmethod
    def _told_apart(cls, name: str) -> str:
        if not name.strip():
            raise ValueError("expected a name: skipped lines are counted under it")
        if name in RESERVED:
            raise ValueError("expected another name: lines are counted under this one anyway")
        return name

    @model_validator(mode="after")
    def _says_something(self) -> LineRule:
        if not any(getattr(self, name) for name in CONDITIONS):
            raise ValueError(f"expected a condition: {', '.join(CONDITIONS)}")
        if self.before and self.after and (self.before - self.after).days < 2:
            raise ValueError(
                "expected days between after and before: all conditions of a rule must hold, and "
                "no day is both; write two rules"
            )
        return self


CONDITIONS: Final = tuple(name for name in LineRule.model_fields if name != "name")
"""The settings of a rule that ask something of a line."""


def named_twice(rules: Iterable[LineRule | Any]) -> str | None:
    """Say which names several rules bear, if any: counts could not be told apart."""
    names = [rule.name for rule in rules]
    twice = sorted({name for name in names if names.count(name) > 1})
    shown = ", ".join(repr(name) for name in twice)
    return f"expected each name once; used twice: {shown}" if twice else None
