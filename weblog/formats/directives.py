r"""What each LogFormat directive means: which field of a hit it fills.

The grammar of directives is apache-log-parser's table (``FORMAT_STRINGS``); a directive that
table lacks has a row in ``_MORE``. Meaning is ours: ``FIELDS`` maps the table's names to
the fields the parser knows. Patterns are ours too (:mod:`weblog.formats.patterns`): the table's
admit ``HTTP/1.x`` only and let a field run over its closing quote.

Importing that package compiles the 600 patterns of another one, half a second for nothing.
``USUAL`` therefore says the same of the directives in nearly every format (a test holds the
two together), and the table is asked only where a format has others.

Sources: https://httpd.apache.org/docs/2.4/mod/mod_log_config.html and, for those of Tomcat,
https://tomcat.apache.org/tomcat-11.0-doc/config/valve.html#Access_Log_Valve
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from itertools import chain, zip_longest
from typing import Final

from weblog.errors import FormatError
from weblog.formats.nginx import split_variables
from weblog.formats.parts import Directive, Part, merged, time_of
from weblog.formats.times import CLF, apache_time

# apache-log-parser's name of a directive -> field of a hit
FIELDS: Final = {
    "remote_ip": "client",
    "remote_host": "client",
    "remote_user": "user",
    "time_received": "time",
    "request_first_line": "request",
    "method": "method",
    "url_path": "target",
    "query_string": "query",
    "status": "status",
    "response_bytes": "bytes",
    "response_bytes_clf": "bytes",
    "bytes_tx": "bytes",
    "request_header_referer": "referrer",
    "request_header_user_agent": "user_agent",
    "request_header_host": "host",
    "server_name": "host",
    "server_name2": "host",
    "time_us": "duration_us",
    "time_s": "duration_s",
}

USUAL: Final = {
    "%h": "client",
    "%a": "client",
    "%l": None,
    "%u": "user",
    "%t": "time",
    "%r": "request",
    "%s": "status",
    "%>s": "status",
    "%b": "bytes",
    "%B": "bytes",
    "%O": "bytes",
    "%v": "host",
    "%p": None,
    "%D": "duration_us",
    "%T": "duration_s",
    "%{ms}T": "duration_ms",
    "%{us}T": "duration_us",
    "%{Referer}i": "referrer",
    "%{User-Agent}i": "user_agent",
    "%{User-agent}i": "user_agent",
    "%{Host}i": "host",
    "%{X-Forwarded-For}i": "header:x-forwarded-for",
    "%{Cookie}i": "header:cookie",
}
"""Directives of nearly every format and the field each fills (None: read and dropped)."""

# (grammar, field) of directives that the table lacks; a None field is read and dropped.
_MORE: Final = (
    (r"%\{c\}[ah]", "client"),
    (r"%\{client\}a", "client"),  # Jetty's
    (r"%\{remote\}a", "client"),
    (r"%\{\w+\}a", None),
    (r"%\{us\}T", "duration_us"),
    (r"%\{ms\}T", "duration_ms"),
    (r"%\{s\}T", "duration_s"),
    (r"%[<>]?[LSXF]", None),
    (r"%\^FB", None),
    (r"%\{[^}]+\}\^t[io]", None),
    (r"%\{[^}]+\}[rs]", None),  # Tomcat's attributes of request and session
)

_USUAL: Final = re.compile(f"({'|'.join(map(re.escape, USUAL))})")
_APACHE_LINE: Final = re.compile(
    r"""\s*LogFormat\s+(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')(?:\s+[^\s#]+)?\s*""",
    re.IGNORECASE,
)
_NGINX_LINE: Final = re.compile(
    r"""\s*log_format\s+\S+\s+(?:escape=\w+\s+)?((?:'[^']*'\s*|"(?:[^"\\]|\\.)*"\s*)+);?\s*(?:#.*)?"""
)
_KEYWORD: Final = re.compile(r"\s*(?:LogFormat|log_format)\s", re.IGNORECASE)
_CONDITION: Final = re.compile(r"%!?\d{3}(?:,\d{3})*(?=[{<>a-zA-Z])")
_TIME: Final = re.compile(r"%[<>]?\{([^}]+)\}t")
_NAMED: Final = re.compile(r"%[<>]?\{([^}]+)\}([Ccin])")


def tokens(log_format: str) -> list[Part]:
    r"""Split a LogFormat into literal text and directives, in order.

    Accepts Apache's directives (also as quoted in a configuration file, with ``\"``) and
    nginx's ``$variables``, also a whole line of either's configuration.

    Raises:
        FormatError: a directive nobody knows, with its place.
    """
    text = _as_configured(log_format).replace('\\"', '"').replace("\\t", "\t").replace("\\\\", "\\")
    parts: list[Part] = []
    for part in split_variables(_CONDITION.sub("%", text)):
        parts += [part] if isinstance(part, Directive) else _directives(part, log_format)
    return _bracketed(parts)


def _directives(text: str, log_format: str) -> list[Part]:
    """Split by the usual directives, and by the whole grammar only where these are not all."""
    pieces = _USUAL.split(text)
    if any("%" in literal for literal in pieces[::2]):
        return _all_tokens(text, log_format)
    known = [_usual(piece) for piece in pieces[1::2]]
    return [part for part in chain.from_iterable(zip_longest(pieces[::2], known)) if part]


def _usual(text: str) -> Directive:
    return time_of(text, CLF) if text == "%t" else Directive(text, USUAL[text])


def _bracketed(parts: list[Part]) -> list[Part]:
    """Write out the brackets that ``%t`` brings along."""
    whole: list[Part] = []
    for part in parts:
        of_apache = isinstance(part, Directive) and part.kind is CLF and part.text.endswith("t")
        whole += ["[", part, "]"] if of_apache else [part]
    return merged(whole)


def _as_configured(text: str) -> str:
    """Return the format alone of a whole line of Apache's or nginx's configuration."""
    if apache := _APACHE_LINE.fullmatch(text):
        return apache[1] or apache[2] or ""
    if nginx := _NGINX_LINE.fullmatch(text):
        strings = re.findall(r"""'([^']*)'|"((?:[^"\\]|\\.)*)\"""", nginx[1])
        return "".join(single or double for single, double in strings)
    if _KEYWORD.match(text):
        problem = "a configuration line that is not understood"
        raise FormatError(text, problem, "Give what stands in quotes in it.")
    return text


def _all_tokens(text: str, log_format: str) -> list[Part]:
    """Split by the whole grammar."""
    parts: list[Part] = []
    reached = 0
    for found in re.finditer(_grammar(), text):
        parts += [text[reached : found.start()], "%" if found[0] == "%%" else _meant(found[0])]
        reached = found.end()
    parts.append(text[reached:])
    parts = merged(parts)
    known = text.replace("%%", "")
    for part in parts:
        if isinstance(part, str) and re.search("%[^%]", part) and part in known:
            advice = "See https://httpd.apache.org/docs/2.4/mod/mod_log_config.html"
            raise FormatError(log_format, f"unknown directive at {part!r}", advice)
    return parts


@cache
def _table() -> tuple[tuple[str, Callable[[str], str]], ...]:
    """Return apache-log-parser's directives: grammar, and what gives its name to a match."""
    from apache_log_parser import FORMAT_STRINGS  # noqa: PLC0415  see the top of this module

    return tuple((str(grammar), name) for grammar, _, name, *_ in FORMAT_STRINGS)


@cache
def _grammar() -> str:
    tomcats = r"%\{[^}]+\}c"
    return "|".join([*(each for each, _ in _MORE), tomcats, *(each for each, _ in _table())])


def _meant(text: str) -> Directive:
    """Return a directive with what it fills."""
    if time := _TIME.fullmatch(text):
        return time_of(text, apache_time(time[1]))
    for grammar, field in _MORE:
        if re.fullmatch(grammar, text):
            return Directive(text, field)
    named = _NAMED.fullmatch(text)
    if named and named[2] in "Ccn":
        return Directive(text, f"cookie:{named[1]}")
    if named and named[1].lower() not in ("referer", "user-agent", "host"):
        return Directive(text, f"header:{named[1].lower()}")
    names = (name(text) for grammar, name in _table() if re.fullmatch(grammar, text))
    field = FIELDS.get(next(names, ""))
    return time_of(text, CLF) if field == "time" else Directive(text, field)
