"""nginx's variables: which field of a hit each fills.

All variables of the core (https://nginx.org/en/docs/http/ngx_http_core_module.html#variables) and
of the log module (https://nginx.org/en/docs/http/ngx_http_log_module.html) that tell something
of a hit stand here; any other is read and dropped.
"""

from __future__ import annotations

import re
from typing import Final

from weblog.formats.parts import Directive, Part, time_of
from weblog.formats.times import CLF, ISO, KINDS, TimeKind, strftime

FIELDS: Final = {
    "remote_addr": "client",
    "proxy_protocol_addr": "client",
    "realip_remote_addr": "client",
    "remote_user": "user",
    "request": "request",
    "request_method": "method",
    "request_uri": "target",
    "uri": "target",
    "document_uri": "target",
    "args": "query",
    "query_string": "query",
    "status": "status",
    "body_bytes_sent": "bytes",
    "bytes_sent": "bytes",
    "http_referer": "referrer",
    "http_user_agent": "user_agent",
    "http_host": "host",
    "host": "host",
    "server_name": "host",
    "request_time": "duration_s",
}
"""nginx variables and the fields they fill."""

TIMES: Final[dict[str, TimeKind]] = {
    "time_local": CLF,
    "time_iso8601": ISO,
    "msec": KINDS["epoch"],
    "date_local": strftime("%A, %d-%b-%Y %H:%M:%S %Z"),
    "date_gmt": strftime("%A, %d-%b-%Y %H:%M:%S %Z"),
}
"""nginx variables that are times."""

ITEMS: Final = rb"[^ ,:][^ ,]*(?:(?:, | : )[^ ,:][^ ,]*)*"
"""Values divided by commas, and by colons where a request was handed on; none begins with either,
so that there is one way to divide a line into lists."""

_LISTS: Final = frozenset(
    f"upstream_{name}"
    for name in (
        "addr status response_time response_length connect_time header_time queue_time "
        "bytes_sent bytes_received cache_status"
    ).split()
)
_ARGUMENTS: Final = rb"\?[^ ]*?|-|"
_VARIABLE: Final = re.compile(r"\$(?:\{(\w+)\}|([a-zA-Z_]\w*))")


def split_variables(text: str) -> list[Part]:
    """Split a log_format into literal text and variables, in order."""
    # Where a request has no arguments, $is_args is empty and $args is "-".
    text = re.sub(r"\$is_args\$(?:args|query_string)\b", "${_arguments}", text)
    parts: list[Part] = []
    reached = 0
    for found in _VARIABLE.finditer(text):
        parts += [text[reached : found.start()], variable(found[1] or found[2])]
        reached = found.end()
    return [part for part in [*parts, text[reached:]] if part]


def variable(name: str) -> Directive:
    """Return what a variable stands for."""
    written = f"${name}"
    if name in TIMES:
        return time_of(written, TIMES[name])
    if name in FIELDS:
        return Directive(written, FIELDS[name])
    if name == "_arguments":
        return Directive("$is_args$args", "query", pattern=_ARGUMENTS)
    kind, _, rest = name.partition("_")
    if kind == "cookie":
        return Directive(written, f"cookie:{rest}")
    if kind == "http":
        return Directive(written, f"header:{rest.replace('_', '-')}")
    # $upstream_addr and others hold one value for each server that was asked
    return Directive(written, None, pattern=b"(?:" + ITEMS + b")?" if name in _LISTS else None)
