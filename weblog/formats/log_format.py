"""A log format, compiled once: a bytes pattern for any line, and a split plan for most lines.

``combined`` is, with its fields under it::

    192.0.2.7 - K1001 [17/May/2015:10:05:03 +0000] "GET / HTTP/1.1" 200 512 "-" "Mozilla/5.0"
    client      user  time                          request          status   referrer
                                                                         bytes      user_agent
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from weblog.errors import FormatError
from weblog.formats.directives import Directive, tokens

_DAY = rb"\d{2}/[A-Z][a-z]{2}/\d{4}:\d{2}:\d{2}:\d{2}(?:\.\d{1,6})? [+-]\d{4}"
_ISO = rb"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,6})?(?:Z|[+-]\d{2}:?\d{2})"

_PATTERNS = {
    "status": rb"\d{3}|-",
    "bytes": rb"\d{1,18}|-",
    "duration_us": rb"-?\d{1,18}|-",
    "duration_ms": rb"-?\d{1,18}|-",
    "duration_s": rb"-?\d{1,15}(?:\.\d{1,9})?|-",
}
_STRICT_QUOTED = rb'(?:[^"\\]|\\.)*'


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


@dataclass(frozen=True, slots=True)
class LogFormat:
    """One compiled format. ``text`` is the LogFormat as written.

    ``strict`` and ``lenient`` match a whole line of bytes; the group of field number ``i`` is
    ``i + 1``. ``lenient`` also admits stray quotes within a quoted field and spaces within
    a user name. ``segments`` is the plan of the fast path, None where only patterns work.
    """

    text: str
    fields: tuple[str | None, ...]
    strict: re.Pattern[bytes]
    lenient: re.Pattern[bytes]
    segments: tuple[Segment, ...] | None

    def fit(self, lines: Sequence[bytes]) -> float:
        """Return the share of ``lines`` that the strict pattern matches, 0 to 1."""
        fitting = sum(1 for line in lines if self.strict.fullmatch(line))
        return fitting / len(lines) if lines else 0.0

    def __reduce__(self) -> tuple[object, ...]:
        return compile_format, (self.text,)


@lru_cache(maxsize=64)
def compile_format(text: str) -> LogFormat:
    """Compile a LogFormat.

    Raises:
        FormatError: unknown directive, no time, no request, or nothing that names a client.
    """
    parts = tokens(text.strip())
    fields = tuple(part.field for part in parts if isinstance(part, Directive))
    if "time" not in fields:
        raise FormatError(text, "it has no time (%t), so nothing could be counted by day")
    if not {"request", "target"} & set(fields):
        raise FormatError(text, "it has no request (%r, or %m and %U)")
    return LogFormat(
        text,
        fields,
        re.compile(_pattern(parts, strict=True), re.DOTALL),
        re.compile(_pattern(parts, strict=False), re.DOTALL),
        _segments(parts),
    )


def _pattern(parts: list[str | Directive], *, strict: bool) -> bytes:
    pattern = b""
    for i, part in enumerate(parts):
        if isinstance(part, str):
            pattern += re.escape(part.encode())
            continue
        before = parts[i - 1] if i else ""
        after = parts[i + 1] if i + 1 < len(parts) else ""
        quoted = _ends(before, '"') and _starts(after, '"')
        pattern += b"(" + _value(part, quoted=quoted, strict=strict) + b")"
    return pattern


def _value(directive: Directive, *, quoted: bool, strict: bool) -> bytes:
    field = directive.field
    if field == "time":
        if directive.text == "%{iso8601}t":
            return _ISO
        return rb"\d{10}(?:\.\d{1,6})?" if directive.text == "%{msec}t" else rb"\[" + _DAY + rb"\]"
    if field in _PATTERNS:
        return _PATTERNS[field]
    if quoted:
        return _STRICT_QUOTED if strict else rb".*?"
    if field == "query":
        return rb"[^ ]*?"
    # A user name may have blanks; "- " begins none, but shows a line with one more field.
    return rb"[^ ]+?" if strict or field != "user" else rb"(?:-|(?!- ).+?)"


def _starts(part: str | Directive, mark: str) -> bool:
    return isinstance(part, str) and part.startswith(mark)


def _ends(part: str | Directive, mark: str) -> bool:
    return isinstance(part, str) and part.endswith(mark)


def _segments(parts: list[str | Directive]) -> tuple[Segment, ...] | None:
    """Return the plan of the fast path: the line, split at every double quote."""
    pieces: list[list[str | Directive]] = [[]]
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


def _quoted(piece: list[str | Directive]) -> Segment | None:
    if len(piece) != 1 or not isinstance(piece[0], Directive) or piece[0].field == "time":
        return None
    return Segment(quoted=True, tokens=(Token(None, (piece[0].field,)),))


_PLACE = "\0"


def _unquoted(piece: list[str | Directive]) -> Segment | None:
    directives = [part for part in piece if isinstance(part, Directive)]
    text = "".join(part if isinstance(part, str) else _PLACE for part in piece)
    before, after = _spaces(text), _spaces(text[::-1]) if text.strip(" ") else ""
    words = text.strip(" ").split(" ") if text.strip(" ") else []
    has_time = bool(directives) and directives[-1].text == "%t"
    if has_time and words.pop() != _PLACE:
        return None
    remaining = iter(directives)
    tokens = tuple(_token(word, remaining) for word in words)
    if any(token is None or "time" in token.fields for token in tokens):
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
