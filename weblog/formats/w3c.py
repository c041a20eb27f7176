"""W3C extended log files: a ``#Fields`` line names the columns of the lines that follow.

It may come again with other columns (IIS writes one at every start), so what a line means
depends on the last one before it. ``w3c:`` alone reads what the lines say;
``w3c:{"zone": "Asia/Seoul"}`` says that times are local (IIS can be set so; else they are UTC),
``{"fields": "date time ..."}`` names the columns until a ``#Fields`` line does, for files cut
out of larger ones, and ``{"time_taken": "s"}`` the unit of ``time-taken``.

Sources: https://www.w3.org/TR/WD-logfile.html,
https://learn.microsoft.com/windows/win32/http/w3c-logging,
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logs-reference.html
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, Final

from weblog.errors import FormatError
from weblog.formats.columns import split_line
from weblog.formats.mapping import TimeRule, read_spec, time_rule, written_spec
from weblog.formats.times import split_zone

PREFIX: Final = "w3c"
_KEYS: Final = ("fields", "time_taken", "zone")
_UNITS: Final = ("s", "ms", "us")

_DIRECTIVE: Final = re.compile(
    rb"\s*#\s*(?:Version|Fields|Software|Date|Start-Date|End-Date|Remark|GMT-Offset|Host)\b",
    re.IGNORECASE,
)
_FIELDS: Final = re.compile(rb"\s*#\s*Fields:(.*)", re.IGNORECASE | re.DOTALL)
_DATE: Final = re.compile(rb"\s*#\s*(?:Date|Start-Date):\s*(\d{4}-\d\d-\d\d)", re.IGNORECASE)
_CLOCK: Final = re.compile(r"\d\d:\d\d:\d\d(?:\.\d+)?")
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")
_STATUS: Final = re.compile(r"\d{1,3}|-")
_HEADER: Final = re.compile(r"cs\(([\w-]+)\)", re.IGNORECASE)
BOM: Final = b"\xef\xbb\xbf"

COLUMNS: Final = {
    # column of the file, in small letters -> field of a hit
    "date": "date",
    "time": "clock",
    "c-ip": "client",
    "cs-username": "user",
    "x-username": "user",
    "cs-method": "method",
    "cs-uri-stem": "target",
    "cs-uri": "uri",
    "cs-uri-query": "query",
    "sc-status": "status",
    "c-status": "status",
    "sc-bytes": "bytes",
    "time-taken": "time_taken",
    "x-duration": "duration_s",
    "cs(user-agent)": "user_agent",
    "c-user-agent": "user_agent",
    "cs(referer)": "referrer",
    "cs(referrer)": "referrer",
    "c-referrer": "referrer",
    "cs-referred": "referrer",
    "x-host-header": "viewer_host",
    "cs-host": "host",
    "cs(host)": "host",
    "x-forwarded-for": "header:x-forwarded-for",
    "s-xff": "header:x-forwarded-for",
    "x-edge-location": "edge",
    "x-event": "event",
    "x-cf-status": "event_status",
    "x-sname": "stream",
    "x-page-url": "page",
}
"""Columns of IIS, CloudFront (web, RTMP), Incapsula, Icecast and Shoutcast; no ``s-*``."""


@dataclass(frozen=True, slots=True)
class Header:
    """What header lines have said so far: the columns, and the date where lines tell none."""

    columns: tuple[str, ...] = ()
    date: str | None = None

    def told(self, line: bytes) -> Header:
        """Return what is known after one more header line."""
        if found := _FIELDS.match(line):
            names = found[1].decode("utf-8", "replace").lower().split()
            return replace(self, columns=tuple(names))
        if found := _DATE.match(line):
            return replace(self, date=found[1].decode())
        return self

    def written(self) -> bytes:
        """Write it as header lines."""
        lines = [f"#Fields: {' '.join(self.columns)}"] if self.columns else []
        lines += [f"#Date: {self.date}"] if self.date else []
        return "\n".join(lines).encode()

    @classmethod
    def read(cls, lines: bytes, start: Header) -> Header:
        """Read what :meth:`written` wrote, or ``start`` if nothing was."""
        header = start
        for line in lines.split(b"\n"):
            header = header.told(line)
        return header


@dataclass(frozen=True, slots=True)
class W3CFormat:
    """What is known of a W3C file besides its header lines.

    ``time_taken`` is the unit of that column, None where the other columns tell it.
    """

    text: str
    start: Header
    times: TimeRule
    time_taken: str | None = None
    fields: tuple[str | None, ...] = field(default=(), compare=False)

    def fit(self, lines: Sequence[bytes]) -> float:
        """Return the share of ``lines`` that are header lines, or have the columns they name."""
        header = self.start
        fitting = 0
        for line in lines:
            line = line.removeprefix(BOM)  # noqa: PLW2901
            if _DIRECTIVE.match(line):
                header = header.told(line)
                fitting += 1
            elif line.startswith(b"#"):
                fitting += bool(header.columns)
            else:
                fitting += _has_columns(line, header)
        # Header lines alone are a file of no hits yet: it is one all the same.
        return fitting / len(lines) if lines and header.columns else 0.0


def _has_columns(line: bytes, header: Header) -> bool:
    text = line.decode("utf-8", "replace")
    for separator in ("\t", " "):
        values = split_line(text, separator)
        if header.columns and len(values) == len(header.columns):
            told = dict(zip(header.columns, values, strict=True))
            return all(
                pattern.fullmatch(told[name])
                for name, pattern in (("date", _DAY), ("time", _CLOCK), ("sc-status", _STATUS))
                if name in told
            )
    return False


@lru_cache(maxsize=64)
def compile_w3c(text: str) -> W3CFormat:
    """Compile what stands behind ``w3c:``.

    Raises:
        FormatError: no such zone or unit, or columns without time or request.
    """
    whole = f"{PREFIX}:{text}"
    spec = _spec(text)
    names = spec.get("fields", "")
    if not isinstance(names, str):
        raise FormatError(whole, "fields is no text such as 'date time c-ip cs-uri-stem'")
    start = Header().told(f"#Fields: {names}".encode()) if names else Header()
    problem = lacks(start.columns) if names else None
    if problem is not None:
        raise FormatError(whole, f"its fields have no {problem}")
    unit = spec.get("time_taken")
    if unit is not None and unit not in _UNITS:
        raise FormatError(whole, f"time_taken is {unit!r}", f"Units: {', '.join(_UNITS)}.")
    return W3CFormat(
        written_spec(PREFIX, spec),
        start,
        time_rule(spec, whole),
        unit,
        tuple(COLUMNS.get(name) for name in start.columns) or _USUAL,
    )


def _spec(text: str) -> dict[str, Any]:
    name, zone = split_zone(f"{PREFIX}:{text}")
    if zone is None:
        return read_spec(PREFIX, text, _KEYS)
    return {**_spec(name.removeprefix(f"{PREFIX}:")), "zone": zone}


def lacks(columns: Sequence[str]) -> str | None:
    """Return what columns lack to be a hit: ``time`` or ``request``; None if nothing."""
    if "time" not in columns:
        return "time"
    requests = {"cs-uri-stem", "cs-uri", "x-sname"}
    return None if requests & set(columns) else "request"


_USUAL: Final = (
    "date",
    "clock",
    "client",
    "user",
    "method",
    "target",
    "query",
    "status",
    "bytes",
    "duration_ms",
    "user_agent",
    "referrer",
    "host",
)
