"""The plan of the fast path: a line split at its double quotes, and what each piece holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from weblog.formats.parts import Directive, Part
from weblog.formats.times import CLF


@dataclass(frozen=True, slots=True)
class Token:
    """Text between two spaces of an unquoted segment.

    Either a ``literal`` (nginx's lone ``-``), or one or two ``fields`` (None: dropped),
    divided by ``separator`` (Debian's ``%v:%p``).
    """

    literal: str | None
    fields: tuple[str | None, ...] = ()
    separator: str = ""


@dataclass(frozen=True, slots=True)
class Segment:
    """Text between two quotes of a split line.

    A quoted segment holds one field. An unquoted one holds tokens divided by single
    spaces, between the spaces ``before`` and ``after``; ``has_time`` says that a bracketed
    time stands behind the last token.
    """

    quoted: bool
    tokens: tuple[Token, ...]
    has_time: bool = False
    before: str = ""
    after: str = ""


def segments_of(parts: Sequence[Part]) -> tuple[Segment, ...] | None:
    """Return the segments of a layout, None where only patterns can read it."""
    if any(isinstance(part, Directive) and _is_special(part) for part in parts):
        return None
    if any(isinstance(part, str) and _PLACE in part for part in parts):
        return None
    pieces: list[list[Part]] = [[]]
    for part in parts:
        if isinstance(part, Directive):
            pieces[-1].append(part)
            continue
        first, *rest = part.split('"')
        if first:
            pieces[-1].append(first)
        pieces.extend([text] if text else [] for text in rest)
    if len(pieces) < 3 or len(pieces) % 2 == 0:
        return None
    plan = [_quoted(piece) if i % 2 else _unquoted(piece) for i, piece in enumerate(pieces)]
    segments = tuple(segment for segment in plan if segment)
    if len(segments) < len(plan) or sum(segment.has_time for segment in segments) != 1:
        return None
    return segments


def _is_special(part: Directive) -> bool:
    return part.pattern is not None or "+" in (part.field or "")


def _quoted(piece: list[Part]) -> Segment | None:
    if len(piece) != 1 or not isinstance(piece[0], Directive) or _is_typed(piece[0]):
        return None
    return Segment(quoted=True, tokens=(Token(None, (piece[0].field,)),))


def _is_typed(directive: Directive) -> bool:
    """Say whether a value is no text: the fast path reads such values from unquoted pieces only."""
    field = directive.field or ""
    return directive.kind is not None or field in ("status", "bytes") or field[:9] == "duration_"


_PLACE = "\0"
_TIME = f"[{_PLACE}]"


def _unquoted(piece: list[Part]) -> Segment | None:
    directives = [part for part in piece if isinstance(part, Directive)]
    text = "".join(part if isinstance(part, str) else _PLACE for part in piece)
    before, after = _spaces(text), _spaces(text[::-1]) if text.strip(" ") else ""
    words = text.strip(" ").split(" ") if text.strip(" ") else []
    has_time = bool(directives) and directives[-1].kind is CLF
    if has_time and words.pop() != _TIME:
        return None
    remaining = iter(directives)
    tokens = tuple(_token(word, remaining) for word in words)
    if any(token is None for token in tokens):
        return None
    if any(directive.kind for directive in directives[: len(directives) - has_time]):
        return None
    return Segment(False, tuple(t for t in tokens if t), has_time, before, after)


def _spaces(text: str) -> str:
    return " " * (len(text) - len(text.lstrip(" ")))


def _token(word: str, directives: Iterator[Directive]) -> Token | None:
    if _PLACE not in word:
        return Token(literal=word) if word else None
    fields = tuple(next(directives).field for _ in range(word.count(_PLACE)))
    if word == _PLACE:
        return Token(None, fields)
    if len(fields) == 2 and word.startswith(_PLACE) and word.endswith(_PLACE):
        separator = word[1:-1]
        return Token(None, fields, separator) if separator else None
    return None
