r"""GoAccess's way to write a format: ``goaccess:LOG-FORMAT||DATE-FORMAT||TIME-FORMAT``.

Such as ``goaccess:%h %^[%d:%t %^] "%r" %s %b "%R" "%u"||%d/%b/%Y||%H:%M:%S``, which is what it
calls COMBINED. Left out, date and time are those of the common format. What its manual says of
each specifier (https://goaccess.io/man#custom-log) is what they mean here; the zone in
``[%d:%t %^]`` is read, not skipped.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from weblog.errors import FormatError
from weblog.formats.log_format import LogFormat, compile_parts
from weblog.formats.parts import Directive, Part, merged, time_of
from weblog.formats.times import KINDS, TimeKind, split_zone, strftime

FIELDS: Final = {
    "h": "client",
    "e": "user",
    "v": "host",
    "r": "request",
    "m": "method",
    "U": "target",
    "q": "query",
    "s": "status",
    "b": "bytes",
    "R": "referrer",
    "u": "user_agent",
    "D": "duration_us",
    "L": "duration_ms",
    "T": "duration_s",
    "H": None,
    "C": None,
    "K": None,
    "k": None,
    "M": None,
}
"""What its specifiers fill; ``%d``, ``%t`` and ``%x`` are times, ``%^`` is read and dropped."""

_EPOCHS: Final = {"%s": "epoch", "%*": "epoch_ms", "%f": "epoch_us"}
_SPECIFIER: Final = re.compile(r"%([%a-zA-Z^~])|~h\{([^}]*)\}")
_COMMON: Final = "[%d:%t %^]"


@lru_cache(maxsize=64)
def compile_goaccess(text: str) -> LogFormat:
    """Compile what stands behind ``goaccess:``.

    Raises:
        FormatError: a specifier or a time that is not understood, no time or no request.
    """
    written, zone = split_zone(text)
    log_format, _, times = written.partition("||")
    date, _, clock = times.partition("||")
    date, clock = date or "%d/%b/%Y", clock or "%H:%M:%S"
    kinds = {"d": _time(date), "t": _time(clock), "x": _whole(date, clock)}
    log_format = log_format.replace("\\t", "\t")
    parts: list[Part] = []
    for i, piece in enumerate(log_format.split(_COMMON if date == "%d/%b/%Y" else "\0")):
        parts += ["[", time_of(_COMMON, KINDS["clf_any"]), "]"] if i else []
        parts += _parts(piece, kinds, text)
    parts.append(Directive("", None, pattern=rb"(?: .*)?"))  # it lets go what stands behind
    return compile_parts(f"goaccess:{text}", merged(parts), zone)


def _time(written: str) -> TimeKind:
    return KINDS[_EPOCHS[written]] if written in _EPOCHS else strftime(written)


def _whole(date: str, clock: str) -> TimeKind:
    """Return how ``%x`` is written: as the date format alone, else both in a row."""
    kind = _time(date)
    return kind if kind.part == "time" else strftime(date + clock)


def _parts(text: str, kinds: dict[str, TimeKind], whole: str) -> list[Part]:
    parts: list[Part] = []
    reached = 0
    for found in _SPECIFIER.finditer(text):
        parts += [text[reached : found.start()], _part(found, text[found.end() :], kinds, whole)]
        reached = found.end()
    return [part for part in [*parts, text[reached:]] if part]


def _part(found: re.Match[str], behind: str, kinds: dict[str, TimeKind], whole: str) -> Part:
    code = found[1]
    if code == "%":
        return "%"
    if code in ("d", "t", "x"):
        return time_of(found[0], kinds[code])
    if code == "~":
        return Directive(found[0], None, pattern=rb" *")
    if code == "^":
        stop = behind[:1].encode()
        return Directive(found[0], None, pattern=_up_to(stop))
    if code is None:  # ~h{, } is the client in a list of proxies
        signs = re.escape(found[2].replace('"', "")).encode() or b","
        return Directive(found[0], "client", pattern=rb"[^ ,]+?(?:[" + signs + rb"]+[^ ,]+)*?")
    if code not in FIELDS:
        problem = f"GoAccess has no %{code}"
        raise FormatError(f"goaccess:{whole}", problem, "See https://goaccess.io/man#custom-log")
    return Directive(found[0], FIELDS[code])


def _up_to(stop: bytes) -> bytes:
    return rb"[^" + re.escape(stop) + rb"]*" if stop and stop != b"%" else rb".*?"
