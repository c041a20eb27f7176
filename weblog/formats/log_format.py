"""A log format, compiled once: a bytes pattern for any line, and a split plan for most lines.

``combined`` is, with its fields under it::

    192.0.2.7 - K1001 [17/May/2015:10:05:03 +0000] "GET / HTTP/1.1" 200 512 "-" "Mozilla/5.0"
    client      user  time                          request          status   referrer
                                                                         bytes      user_agent
"""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from functools import lru_cache
from math import comb
from typing import Final

from weblog.errors import FormatError
from weblog.formats.directives import tokens
from weblog.formats.parts import Directive, Part
from weblog.formats.patterns import columns_pattern, pattern
from weblog.formats.segments import Segment, Token, segments_of
from weblog.formats.times import TimeKind, split_zone

__all__ = ["LogFormat", "Segment", "Token", "compile_format", "compile_parts"]


DURATIONS: Final = ("duration_us", "duration_ms", "duration_s")
"""Fields that tell how long a request took, the finest first. ``duration_s+1`` and so on are
added to ``duration_s``, where a log tells it in pieces."""


_MOST_PAIRS: Final = 60
_MOST_WAYS: Final = 2000


@dataclass(frozen=True, slots=True)
class LogFormat:
    """One compiled format, of one line after the other.

    Attributes:
        text: as written; :func:`weblog.formats.format_named` compiles it again.
        fields: what each group of the patterns fills (None: dropped); that of field number
            ``i`` is ``i + 1``.
        times: the fields that tell the time together, and how each is written.
        zone: the zone of times that say none; None is UTC.
        strict_pattern: matches a whole line of bytes.
        lenient_pattern: also admits stray quotes within a quoted field and spaces within a
            user name.
        segments: the plan of the fast path, None where only patterns work.
        columns: the fields that are kept, each once.
        columns_pattern: the strict pattern for polars, with a group for each of ``columns``.
        quotes: how many double quotes stand in its text.
        names_hosts: its requests are whole addresses, ``http://HOST/PATH``, and the host is
            that of the hit.
    """

    text: str
    fields: tuple[str | None, ...]
    times: tuple[tuple[str, TimeKind], ...]
    zone: str | None
    strict_pattern: bytes
    lenient_pattern: bytes
    segments: tuple[Segment, ...] | None
    columns: tuple[str, ...]
    columns_pattern: str
    quotes: int
    names_hosts: bool = False

    @property
    def strict(self) -> re.Pattern[bytes]:
        """The strict pattern, compiled when first needed."""
        return _compiled(self.strict_pattern)

    @property
    def lenient(self) -> re.Pattern[bytes]:
        """The lenient pattern, compiled when first needed: few files do."""
        return _compiled(self.lenient_pattern)

    @property
    def may_lack_zone(self) -> bool:
        """Whether its times can be local ones of a zone that nobody says."""
        kinds = [kind for _, kind in self.times if kind.written]
        with_zone = [kind for kind in kinds if not kind.may_lack_zone]
        return bool(kinds) and not with_zone

    @property
    def most_quotes(self) -> int:
        """The quotes in a line up to which the lenient pattern is tried.

        It tries all ways to divide them among its quoted values: hostile lines could make
        those so many that one of them takes minutes.
        """
        fields = self.quotes // 2
        pairs = fields
        while pairs < _MOST_PAIRS and comb(pairs + 1, fields) <= _MOST_WAYS:
            pairs += 1
        return 2 * pairs

    def fit(self, lines: Sequence[bytes]) -> float:
        """Return the share of ``lines`` that the strict pattern matches, 0 to 1."""
        matches = self.strict.fullmatch
        fitting = sum(1 for line in lines if matches(line))
        return fitting / len(lines) if lines else 0.0

    def __reduce__(self) -> tuple[object, ...]:
        from weblog.formats.known import format_named  # noqa: PLC0415  knows all families

        return format_named, (self.text,)


@lru_cache(maxsize=256)
def _compiled(pattern: bytes) -> re.Pattern[bytes]:
    return re.compile(pattern, re.DOTALL)


@lru_cache(maxsize=64)
def compile_format(text: str) -> LogFormat:
    """Compile a LogFormat of Apache or a log_format of nginx, and maybe ``@ZONE`` behind it.

    Raises:
        FormatError: unknown directive, no time or no request.
    """
    written, zone = split_zone(text.strip())
    return compile_parts(text, tokens(written), zone)


def compile_parts(
    text: str, parts: Sequence[Part], zone: str | None, *, names_hosts: bool = False
) -> LogFormat:
    """Compile a layout given as its parts.

    Raises:
        FormatError: no time or no request.
    """
    parts = _with_one_duration(_with_unique_times(parts))
    directives = [part for part in parts if isinstance(part, Directive)]
    fields = tuple(part.field for part in directives)
    times = tuple((part.field, part.kind) for part in directives if part.field and part.kind)
    if not _is_whole({kind.part for _, kind in times}):
        raise FormatError(text, "it has no time (%t), so nothing could be counted by day")
    if not {"request", "target"} & set(fields):
        raise FormatError(text, "it has no request (%r, or %m and %U)")
    return LogFormat(
        text,
        fields,
        times,
        zone,
        pattern(parts, strict=True),
        pattern(parts, strict=False),
        segments_of(parts),
        *columns_pattern(parts),
        sum(part.count('"') for part in parts if isinstance(part, str)),
        names_hosts,
    )


def _is_whole(told: set[str]) -> bool:
    return "time" in told or {"date", "clock"} <= told


def _with_unique_times(parts: Sequence[Part]) -> list[Part]:
    """Leave one whole time, or else parts of one with names of their own."""
    told = {part.kind.part for part in parts if isinstance(part, Directive) and part.kind}
    named: list[Part] = []
    seen: dict[str, int] = {}
    for part in parts:
        if isinstance(part, Directive) and part.kind:
            name, needless = part.kind.part, _needless(part.kind, told, seen)
            seen[name] = seen.get(name, 0) + 1
            field = None if needless else name if seen[name] == 1 else f"{name}{seen[name]}"
            named.append(replace(part, field=field))
        else:
            named.append(part)
    return named


def _needless(kind: TimeKind, told: Set[str], seen: dict[str, int]) -> bool:
    """Say whether a part of the time tells what a whole one tells, or told it before."""
    if kind.part == "time":
        return "time" in seen
    return "time" in told and kind.part in {"date", "clock"}


def _with_one_duration(parts: Sequence[Part]) -> list[Part]:
    """Leave the duration of the finest unit, where a format tells it in several."""
    units = {_unit(part) for part in parts}
    finest = next((unit for unit in DURATIONS if unit in units), None)
    return [
        replace(part, field=None)
        if isinstance(part, Directive) and _unit(part) not in (None, finest)
        else part
        for part in parts
    ]


def _unit(part: Part) -> str | None:
    field = part.field if isinstance(part, Directive) else None
    unit = (field or "").partition("+")[0]
    return unit if unit in DURATIONS else None
