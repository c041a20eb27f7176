"""What a compiled layout is made of: literal text and directives, in the order of the line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from weblog.formats.times import TimeKind


@dataclass(frozen=True, slots=True)
class Directive:
    """One place of a format where a value stands.

    Attributes:
        text: as written, e.g. ``%{WLID}C``.
        field: what it fills: a field of a hit, ``cookie:NAME``, ``header:NAME``, or None where
            it is read and dropped. Parts of a time are ``time``, ``date``, ``clock``, ``zone``
            and ``fraction``.
        kind: how a time is written.
        pattern: what the value looks like, where that is not told by field and surroundings.
    """

    text: str
    field: str | None
    kind: TimeKind | None = None
    pattern: bytes | None = None


Part = str | Directive


def merged(parts: Sequence[Part]) -> list[Part]:
    """Return the parts with neighbouring texts put together and empty ones left out."""
    whole: list[Part] = []
    for part in parts:
        if isinstance(part, str) and whole and isinstance(whole[-1], str):
            whole[-1] += part
        elif part:
            whole.append(part)
    return whole


def time_of(text: str, kind: TimeKind) -> Directive:
    """Return a directive for a time or a part of one."""
    return Directive(text, kind.part, kind)
