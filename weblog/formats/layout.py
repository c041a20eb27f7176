r"""Layouts: a line written down with the fields where they stand, each in braces.

For logs that no LogFormat describes. HAProxy's, for example, begins::

    {-|syslog}{client}:{-|port} [{time|clf_local}] {-} {-} ...

``{field}`` fills a field of a hit, ``{-}`` is read and dropped, ``{field|kind}`` says what a
value looks like: a kind of time (:data:`weblog.formats.times.KINDS`, or a strftime format) or one
of :data:`PIECES`. ``{request|absolute}`` and ``{target|absolute}`` hold whole addresses, which tell
the host too. A brace itself is written twice. ``duration_s+1`` and so on are added to
``duration_s``.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from weblog.errors import FormatError
from weblog.formats.log_format import LogFormat, compile_parts
from weblog.formats.nginx import ITEMS
from weblog.formats.parts import Directive, Part, merged, time_of
from weblog.formats.times import KINDS, TimeKind, split_zone, strftime

FIELDS: Final = (
    "client user request method target query status bytes referrer user_agent host "
    "duration_us duration_ms duration_s"
).split()
"""Fields that are texts or numbers; besides ``cookie:NAME`` and ``header:NAME``."""

_STAMP: Final = rb"(?:[A-Z][a-z]{2} [ \d]\d [\d:]{8}|\d{4}-[^ ]+)"
_SYSLOG: Final = (
    rb"(?:<\d{1,3}>)?(?:1 )?" + _STAMP + rb" [^ ]+ [^ \[:]+(?:\[\d+\])?(?::|(?: [^ ]+){3}) "
)
"""The head that syslog sets before a line, of RFC 3164 or RFC 5424."""

PIECES: Final = {
    "port": rb"\d{1,5}|-",
    "number": rb"[-+]?\d+(?:\.\d+)?|-",
    "word": rb"[^ ]+",
    "maybe": rb"[^ ]*",
    "list": ITEMS,
    "addresses": rb"[^ ,]+(?:, ?[^ ,]+)*?",
    "address": rb"[^ ]+?",
    "host": rb"[A-Za-z0-9_.\[\]:*~-]+?",
    "hex": rb"[0-9a-fA-F]+|-",
    "day_name": rb"[A-Z][a-z]{2,8}",
    "any": rb".*?",
    "rest": rb"(?: .*)?",
    "captured": rb"(?:\{[^}]*\} )*",
    "blanks": rb" +",
    "bars": rb"(?:\|.*)?",
    "squid": rb"[A-Z_]+:[A-Z_]+",
    "syslog": rb"(?:" + _SYSLOG + rb")?",
    "logged": _SYSLOG,
}
"""What a value may look like: words of their own for what blanks do not divide."""

_USUAL: Final = {"time": "clf", "date": "date", "clock": "clock", "zone": "zone"}
"""Parts of a time and their usual kind."""

_PLACE: Final = re.compile(r"\{\{|\}\}|\{([^{}|]+)(?:\|([^{}]+))?\}|[{}]")


@lru_cache(maxsize=64)
def compile_layout(text: str) -> LogFormat:
    """Compile what stands behind ``layout:``.

    Raises:
        FormatError: a field or a kind nobody knows, no time or no request.
    """
    written, zone = split_zone(text)
    parts: list[Part] = []
    reached = 0
    for found in _PLACE.finditer(written):
        parts += [written[reached : found.start()], _part(found, text)]
        reached = found.end()
    whole = merged([*parts, written[reached:]])
    return compile_parts(f"layout:{text}", whole, zone, names_hosts="|absolute}" in written)


def _part(found: re.Match[str], text: str) -> Part:
    """Return what a place in braces stands for."""
    name, kind = found[1], found[2]
    if name is None:
        if len(found[0]) == 1:
            raise FormatError(f"layout:{text}", f"a lone {found[0]} at {found.start()}")
        return found[0][0]
    if name in _USUAL:
        return time_of(found[0], _time(kind or _USUAL[name]))
    is_known = name == "-" or name.partition("+")[0] in FIELDS or name[:7] in ("cookie:", "header:")
    if not is_known or (kind and kind not in PIECES and kind != "absolute"):
        advice = f"Fields: {', '.join(FIELDS)}, time; kinds: {', '.join(PIECES)}."
        raise FormatError(f"layout:{text}", f"unknown field or kind in {found[0]!r}", advice)
    return Directive(found[0], None if name == "-" else name, pattern=PIECES.get(kind or ""))


def _time(kind: str) -> TimeKind:
    return KINDS[kind] if kind in KINDS else strftime(kind)
