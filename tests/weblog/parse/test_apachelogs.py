"""A second oracle: what apachelogs (jwodder/apachelogs) reads, we read, and the same of it.

Where we read something else on purpose stands in ``DEVIATIONS``, each with its reason and a line
that shows it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from apachelogs import InvalidEntryError, LogEntry, LogParser
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from weblog.formats import KNOWN, format_named
from weblog.parse import Chunk, parse_chunk
from weblog.parse.charsets import decoded_field

FORMATS = (
    "combined", "common", "vhost_combined", "vhost_common", "combined_host", "combined_duration",
    "combined_forwarded", "combined_cookie",
)  # fmt: skip
MANY = 9
"""Escapes in a line: apachelogs reads each in two ways, and tries all of them in vain."""

PARSERS = {name: LogParser(KNOWN[name], encoding="bytes") for name in FORMATS}
COLUMNS = {
    "%h": "client", "%u": "user", "%r": "request", "%>s": "status", "%b": "bytes", "%v": "host",
    "%{Referer}i": "referrer", "%{User-Agent}i": "user_agent", "%D": "duration_ms",
    "%{X-Forwarded-For}i": "header:x-forwarded-for", "%{Cookie}i": "header:cookie",
}  # fmt: skip


def theirs(name: str, line: bytes) -> LogEntry | None:
    try:
        return PARSERS[name].parse(line.decode("latin-1"))
    except (InvalidEntryError, ValueError, OverflowError):  # a time that is none
        return None


def their_fields(entry: LogEntry) -> dict[str, object]:
    """The entry's fields as our columns: text decoded, durations in milliseconds."""
    fields: dict[str, object] = {"ts": entry.request_time}
    for directive, column in COLUMNS.items():
        if directive in entry.directives:
            value = entry.directives[directive]
            if column == "duration_ms":
                value = round(value / 1000)
            text = decoded_field(value) if isinstance(value, bytes) else value
            fields[column] = None if text == "-" else text
    return fields


def our_fields(name: str, line: bytes) -> dict[str, object] | None:
    # Not at the start of a log, where a byte order mark would be let go.
    rows = parse_chunk(Chunk(line + b"\n", 100, 2), format_named(name)).rows.to_dicts()
    if not rows:
        return None
    return {k: None if v == "-" else v for k, v in rows[0].items() if k not in ("line", "offset")}


# where we differ on purpose


@dataclass(frozen=True)
class Deviation:
    """Something we read differently: an example, when it is so, why, and the example's format."""

    line: bytes
    applies: Callable[[dict[str, object], bytes], bool]
    why: str
    name: str = "combined"


def made(
    before: bytes = b"h - -", day: bytes = b"17/May/2015", zone: bytes = b" +0000",
    rest: bytes = b'GET /" 200 5',
) -> bytes:  # fmt: skip
    return before + b" [" + day + b":10:05:03" + zone + b'] "' + rest + b' "-" "-"'


def words(line: bytes) -> list[bytes]:
    return line.split(b"[")[0].split(b" ")


def number(fields: dict[str, object], name: str) -> int:
    value = fields[name]
    return value if isinstance(value, int) else 200


def year(time: object) -> int:
    assert isinstance(time, datetime)
    return time.astimezone(UTC).year


DEVIATIONS = {
    "unknown escapes": Deviation(
        made(rest=rb'GET /a\q" 200 5'),
        lambda _, line: unknown_escape(line),
        "Apache writes no such escape; a server that does not escape at all means the backslash",
    ),
    "no host": Deviation(
        made(b" - -"),
        lambda entry, _: entry["client"] == "" or entry.get("host") == "",
        "Apache writes - for it; a blank in front is a torn line",
    ),
    "a host with a blank": Deviation(
        b"a b:443 " + made(),
        lambda entry, _: " " in str(entry.get("host")),
        "no name has one: it is a torn line",
        "vhost_combined",
    ),
    "a year of other than four digits": Deviation(
        made(day=b"17/May/02015"),
        lambda _, line: re.search(rb"/[0-9]{4}:\d\d:\d\d:\d\d", line) is None,
        "Apache writes four",
    ),
    "an empty identity or user": Deviation(
        made(b"h  -"),
        lambda _, line: b"" in words(line)[:-1],
        'Apache writes - or ""; two blanks in a row are a torn line',
    ),
    "an empty user name": Deviation(
        made(b'h - ""'),
        lambda entry, _: entry["user"] == "",
        'kept as Apache writes it, "": an empty text would be neither a user nor none',
    ),
    "a user that begins like none": Deviation(
        made(b"h - - kim"),
        lambda entry, _: str(entry["user"]).startswith("- "),
        "it shows a line with one more field, of another format",
    ),
    "a comma that divides no list of clients": Deviation(
        made(b", - -"),
        lambda entry, _: "," in str(entry.get("client")),
        "a comma stands between the addresses of proxies; with nothing beside it the line is torn",
    ),
    "a status below 100": Deviation(
        made(rest=b'GET /" 000 5'),
        lambda entry, _: number(entry, "status") < 100,
        "000 stands for no answer",
    ),
    "sizes below nothing": Deviation(
        made(rest=b'GET /" 200 -5'),
        lambda entry, _: not 0 <= number(entry, "bytes") < 10**18,
        "no server sent fewer bytes than none, nor an exabyte",
    ),
    "a zone with no blank before it, or several": Deviation(
        made(zone=b"  +0000"),
        lambda _, line: re.search(rb":\d\d [+-]\d{4}\]", line) is None,
        "Apache writes one",
    ),
    "a time of no web server": Deviation(
        made(day=b"17/May/1970"),
        lambda entry, _: not 1990 <= year(entry["ts"]) <= 2199,
        "before the web or far ahead: see weblog.parse.times",
    ),
}


def unknown_escape(line: bytes) -> bool:
    at = line.find(b"\\")
    while 0 <= at < len(line) - 1:
        if line[at + 1] == ord("x"):
            if not all(byte in b"0123456789abcdefABCDEF" for byte in line[at + 2 : at + 4]):
                return True
        elif line[at + 1] not in b'"\\nrtvbf':
            return True
        at = line.find(b"\\", at + 2)
    return False


@pytest.mark.parametrize("case", DEVIATIONS)
def test_each_deviation_is_one(case: str) -> None:
    deviation = DEVIATIONS[case]
    entry = theirs(deviation.name, deviation.line)
    assert entry is not None
    assert deviation.applies(their_fields(entry), deviation.line)
    assert our_fields(deviation.name, deviation.line) != their_fields(entry)


# the comparison


def escaped(raw: bytes) -> bytes:
    """Write bytes as Apache does (``ap_escape_logitem`` in server/util.c)."""
    plain = {8: b"\\b", 9: b"\\t", 10: b"\\n", 11: b"\\v", 13: b"\\r", 34: b'\\"', 92: b"\\\\"}
    return b"".join(
        plain.get(byte) or (bytes([byte]) if 32 <= byte < 127 else b"\\x%02x" % byte)
        for byte in raw
    )


ANYTHING = st.one_of(
    st.binary(max_size=3),
    st.text(max_size=2).map(str.encode),
    st.sampled_from([b"", b"-", b"a b"]),
    st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=12).map(str.encode),
).map(escaped)
WORD = ANYTHING.map(lambda text: text.replace(b" ", b"") or b"-")
BITS = st.sampled_from([b'"', b" ", b"-", b"\\", b"]", b"[", b"0", b"\\x4", b'" "', b":", b","])


@st.composite
def lines(draw: st.DrawFn, name: str) -> bytes:
    """A line as Apache writes it, and sometimes with a little harm done to it."""
    number = st.integers(0, 10**9).map(lambda n: str(n).encode())
    drawn = {
        "%v": draw(WORD), "%p": draw(number), "%h": draw(WORD), "%l": draw(WORD),
        "%u": draw(ANYTHING), "%r": draw(ANYTHING), "%b": draw(number), "%D": draw(number),
        "%t": b"[" + draw(TIMES) + b"]", "%>s": str(draw(st.integers(100, 599))).encode(),
    }  # fmt: skip
    line = KNOWN[name].encode()
    for header in ("%{Referer}i", "%{User-Agent}i", "%{X-Forwarded-For}i", "%{Cookie}i"):
        drawn[header] = draw(ANYTHING)
    parts = []
    for word in line.split(b"%"):
        directive = next((d for d in drawn if (b"%" + word).startswith(d.encode())), "")
        if directive:
            parts.append(drawn[directive] + word[len(directive) - 1 :])
    line = b"".join(parts)
    if draw(st.booleans()):
        at = draw(st.integers(0, len(line)))
        line = line[:at] + draw(BITS) + line[at + draw(st.integers(0, 3)) :]
    return line


FIRST, LAST = datetime(1980, 1, 1), datetime(2210, 1, 1)  # noqa: DTZ001  local times
TIMES = st.datetimes(FIRST, LAST).map(
    lambda time: time.strftime("%d/%b/%Y:%H:%M:%S +0900").encode()
)


@pytest.mark.parametrize("name", FORMATS)
@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_what_apachelogs_reads_we_read_the_same(name: str, data: st.DataObject) -> None:
    line = data.draw(lines(name))
    assume(line.count(b"\\x") <= MANY)
    entry = theirs(name, line)
    assume(entry is not None)
    assert entry is not None
    fields = their_fields(entry)
    assume(not any(deviation.applies(fields, line) for deviation in DEVIATIONS.values()))
    assert our_fields(name, line) == fields
