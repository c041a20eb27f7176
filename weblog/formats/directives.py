r"""What each LogFormat directive means: which field of a hit it fills, and what it looks like.

The grammar of directives is apache-log-parser's table (``FORMAT_STRINGS``); a directive that
table lacks has a row in ``_MORE``. Meaning is ours: ``FIELDS`` maps the table's names to
the fields the parser knows. Patterns are ours too: the table's admit ``HTTP/1.x`` only and
let a field run over its closing quote.

Importing that package compiles the 600 patterns of another one, half a second for nothing.
``USUAL`` therefore says the same of the directives in nearly every format (a test holds the
two together), and the table is asked only where a format has others.

Sources: https://httpd.apache.org/docs/2.4/mod/mod_log_config.html and
https://nginx.org/en/docs/http/ngx_http_log_module.html
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from itertools import chain, zip_longest
from typing import Final

from weblog.errors import FormatError

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
    "%{Referer}i": "referrer",
    "%{User-Agent}i": "user_agent",
    "%{Host}i": "host",
    "%{X-Forwarded-For}i": "header:x-forwarded-for",
    "%{Cookie}i": "header:cookie",
}
"""Directives of nearly every format and the field each fills (None: read and dropped)."""

# (grammar, field) of directives that the table lacks; a None field is read and dropped.
_MORE: Final = (
    (r"%\{c\}[ah]", "client"),
    (r"%\{us\}T", "duration_us"),
    (r"%\{ms\}T", "duration_ms"),
    (r"%\{s\}T", "duration_s"),
    (r"%[<>]?[LSX]", None),
    (r"%\^FB", None),
    (r"%\{[^}]+\}\^t[io]", None),
)

NGINX: Final = {
    "remote_addr": "%h",
    "realip_remote_addr": "%h",
    "remote_user": "%u",
    "time_local": "%t",
    "time_iso8601": "%{iso8601}t",
    "msec": "%{msec}t",
    "request": "%r",
    "request_method": "%m",
    "request_uri": "%U",
    "uri": "%U",
    "args": "%q",
    "query_string": "%q",
    "status": "%s",
    "body_bytes_sent": "%B",
    "bytes_sent": "%O",
    "http_referer": "%{Referer}i",
    "http_user_agent": "%{User-Agent}i",
    "http_host": "%{Host}i",
    "host": "%v",
    "server_name": "%v",
    "request_time": "%T",
    "http_x_forwarded_for": "%{X-Forwarded-For}i",
    "http_cookie": "%{Cookie}i",
    "server_port": "%p",
    "server_protocol": "%H",
}
"""nginx variables and the directive that means the same."""


@dataclass(frozen=True, slots=True)
class Directive:
    """One directive of a format.

    ``text`` is as written, e.g. ``%{WLID}C``. ``field`` names what it fills: a field of a
    hit, ``cookie:NAME``, ``header:NAME``, or None where it is read and dropped.
    """

    text: str
    field: str | None


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
_NAMED: Final = re.compile(r"%[<>]?\{([^}]+)\}([Cin])")


def tokens(log_format: str) -> list[str | Directive]:
    r"""Split a LogFormat into literal text and directives, in order.

    Accepts Apache's directives (also as quoted in a configuration file, with ``\"``) and
    nginx's ``$variables``, also a whole line of either's configuration.

    Raises:
        FormatError: a directive nobody knows, with its place.
    """
    text = _as_configured(log_format).replace('\\"', '"').replace("\\t", "\t").replace("\\\\", "\\")
    text = _CONDITION.sub("%", _apache_syntax(text))
    pieces = _USUAL.split(text)
    if not any("%" in literal for literal in pieces[::2]):
        known = [Directive(piece, USUAL[piece]) for piece in pieces[1::2]]
        return [part for part in chain.from_iterable(zip_longest(pieces[::2], known)) if part]
    return _all_tokens(text, log_format)


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


def _all_tokens(text: str, log_format: str) -> list[str | Directive]:
    """Split by the whole grammar."""
    parts: list[str | Directive] = []
    for piece in re.split(f"({_grammar()})", text):
        if not piece:
            continue
        if re.fullmatch(_grammar(), piece):
            if piece == "%%":
                parts.append("%")
            else:
                parts.append(Directive(piece, _field(piece)))
        else:
            parts.append(piece)
    parts = _merged(parts)
    for part in parts:
        if isinstance(part, str) and re.search("%[^%]", part.replace("%%", "")):
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
    return "|".join([*(grammar for grammar, _ in _MORE), *(grammar for grammar, _ in _table())])


def _merged(parts: list[str | Directive]) -> list[str | Directive]:
    merged: list[str | Directive] = []
    for part in parts:
        if isinstance(part, str) and merged and isinstance(merged[-1], str):
            merged[-1] += part
        else:
            merged.append(part)
    return merged


def _apache_syntax(text: str) -> str:
    """Write nginx variables as the directives that mean the same."""

    def directive(match: re.Match[str]) -> str:
        name = match[1] or match[2]
        if name in NGINX:
            return NGINX[name]
        if name.startswith("cookie_"):
            return "%{" + name.removeprefix("cookie_") + "}C"
        if name.startswith("http_"):
            return "%{" + name.removeprefix("http_").replace("_", "-").title() + "}i"
        return "%{" + name + "}e"

    text = text.replace("[$time_local]", "%t")  # %t brings its own brackets
    return re.sub(r"\$(?:\{(\w+)\}|([a-zA-Z_]\w*))", directive, text)


def _field(directive: str) -> str | None:
    for grammar, field in _MORE:
        if re.fullmatch(grammar, directive):
            return field
    named = _NAMED.fullmatch(directive)
    if named and named[2] in "Cn":
        return f"cookie:{named[1]}"
    if named and named[1].lower() not in ("referer", "user-agent", "host"):
        return f"header:{named[1].lower()}"
    if directive.endswith("}t"):
        return "time" if directive in ("%{iso8601}t", "%{msec}t") else None
    for grammar, name in _table():
        if re.fullmatch(grammar, directive):
            return FIELDS.get(name(directive))
    return None
