r"""What a value may look like where it stands: parts of a layout to a pattern for a whole line.

A value ends where the text behind it begins, so a pattern admits what cannot be that text:
no blank between blanks, no quote between quotes, no ``|`` between bars. ``lenient`` patterns also
admit stray quotes within a quoted value and blanks within a user name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from weblog.formats.parts import Directive, Part

_FIXED: Final = {
    "status": rb"\d{3}|-",
    "bytes": rb"\d{1,18}|-",
    "duration_us": rb"-?\d{1,18}|-",
    "duration_ms": rb"-?\d{1,18}|-",
    "duration_s": rb"-?\d{1,15}(?:\.\d{1,9})?|-",
}
_STRICT_QUOTED: Final = rb'[^"\\]*(?:\\.[^"\\]*)*'
_WORD: Final = rb"[^ ]+"
_ADDRESSES: Final = rb"[^ ,]+(?:, ?[^ ,]+)*"
_CLOSING: Final = {"[": "]", "(": ")", "{": "}", "<": ">", "'": "'"}
_BARS: Final = "|\t;,"


def pattern(parts: Sequence[Part], *, strict: bool) -> bytes:
    """Return the pattern of a whole line; directive number ``i`` is group ``i + 1``."""
    pieces = _pieces(parts, strict=strict)
    return b"".join(piece if is_text else b"(" + piece + b")" for is_text, piece in pieces)


def columns_pattern(parts: Sequence[Part]) -> tuple[tuple[str, ...], str]:
    """Return the fields that are kept, and a pattern in which they alone are groups, in order.

    It is the strict one, as Rust's regular expressions write it
    (https://docs.rs/regex/latest/regex/#syntax): their digits are those of all scripts.
    """
    names: list[str] = []
    whole = ""
    for part, (is_text, piece) in zip(parts, _pieces(parts, strict=True), strict=True):
        text = piece.decode().replace(r"\d", "[0-9]").replace(r"\ ", " ")
        field = part.field if isinstance(part, Directive) else None
        is_kept = field is not None and field not in names
        if is_kept and field is not None:
            names.append(field)
        whole += text if is_text else f"({text})" if is_kept else f"(?:{text})"
    return tuple(names), f"(?s)^{whole}$"


def _pieces(parts: Sequence[Part], *, strict: bool) -> Iterator[tuple[bool, bytes]]:
    """Yield the pattern of each part, and whether it is literal text."""
    for i, part in enumerate(parts):
        if isinstance(part, str):
            yield True, re.escape(part.encode())
            continue
        before = parts[i - 1] if i else ""
        after = parts[i + 1] if i + 1 < len(parts) else ""
        yield False, _value(part, before, after, strict=strict)


def _value(part: Directive, before: Part, after: Part, *, strict: bool) -> bytes:
    if part.pattern is not None:
        return part.pattern
    if part.kind is not None:
        return part.kind.pattern
    if fixed := _FIXED.get((part.field or "").partition("+")[0]):
        return fixed
    return _text(part, before, after, strict=strict)


def _text(part: Directive, before: Part, after: Part, *, strict: bool) -> bytes:
    """Return the pattern of a value that is any text, by what stands around it."""
    start = before[-1:] if isinstance(before, str) else ""
    end = after[:1] if isinstance(after, str) else ""
    if start == end == '"':
        return _STRICT_QUOTED if strict else rb".*?"
    if part.field == "target" and isinstance(after, Directive) and after.field == "query":
        return rb"[^ ?]+?"
    if part.field == "query":
        return rb"(?:\?[^ ]*?)?" if isinstance(before, Directive) else rb"[^ ]*?"
    stop = end if end and _CLOSING.get(start) == end else _bar(start, end, before)
    if stop:
        return rb"[^" + re.escape(stop.encode()) + rb"]*?"
    return _unquoted(part, before, end, strict=strict)


def _bar(start: str, end: str, before: Part) -> str:
    """Return the sign that divides values here, if it is none of blanks."""
    if end and end in _BARS:
        # ", " after a value of a line of blanks ends it no less, but "a b, c" is no one value
        return end if start in _BARS or not before else ""
    return start if start and start in _BARS and not end else ""


def _unquoted(part: Directive, before: Part, end: str, *, strict: bool) -> bytes:
    # A user name may have blanks; "- " begins none, but shows a line with one more field.
    if part.field == "user" and not strict:
        return rb"(?:-|(?!- ).+?)"
    if part.field is None and isinstance(before, str) and before and " " not in before:
        # What is dropped holds no more of the sign before it: in ":::::" there is one way then.
        return rb"[^ " + re.escape(before[-1].encode()) + rb"]+"
    is_list = part.field in ("client", "header:x-forwarded-for")
    if end in ("", " "):  # nothing shorter can be meant, and trying none is faster
        return _ADDRESSES if is_list else _WORD
    return rb"[^ ,]+?(?:, ?[^ ,]+)*?" if is_list else rb"[^ ]+?"
