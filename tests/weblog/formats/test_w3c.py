"""W3C extended logs: columns as the last #Fields line says, in every chunk; real and odd files."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slow_fields import read_fields, rows_of

from weblog.errors import FormatError
from weblog.formats import detect, format_named
from weblog.parse import Chunk, parse_chunk

DATA = Path(__file__).parent / "data"
W3C = format_named("w3c")
TS = datetime(2025, 5, 17, 10, 5, 3, tzinfo=UTC)


def told(log: str, text: str = "w3c") -> list[dict[str, Any]]:
    """Return the rows of a log, without their line numbers."""
    found = rows_of(log.encode(), format_named(text))
    rows = [row for _, row in sorted(found.items()) if isinstance(row, dict)]
    return [{name: value for name, value in row.items() if name != "line"} for row in rows]


IIS = """\
#Software: Microsoft Internet Information Services 10.0
#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip \
cs(User-Agent) cs(Cookie) cs(Referer) cs-host sc-status sc-bytes time-taken
2025-05-17 10:05:03 10.0.0.5 GET /plan id=3 443 K1001 192.0.2.7 Moz/5.0+(X;++a+b) \
WLID=9f2c;+t=1 https://a.example/ shop.example 200 5120 25
"""
CLOUDFRONT = (
    "#Version: 1.0\n#Fields: date time x-edge-location sc-bytes c-ip cs-method cs(Host) "
    "cs-uri-stem sc-status cs(Referer) cs(User-Agent) cs-uri-query cs(Cookie) "
    "x-edge-result-type x-host-header cs-protocol time-taken x-forwarded-for\n"
    "2025-05-17\t10:05:03\tICN54-C1\t5120\t192.0.2.7\tGET\td1.cloudfront.net\t/a%25EC\t200\t"
    "https://a.example/?q=%25EC\tMoz/5.0%2520(X;%20Y%2522)\tq=%25BA\tWLID=9f2c\tHit\tshop.example\t"
    "https\t0.025\t203.0.113.9\n"
)
RTMP = (
    "#Version: 1.0\n#Fields: date time x-edge-location c-ip x-event sc-bytes x-cf-status "
    "x-cf-client-id cs-uri-stem cs-uri-query c-referrer x-page-url c-user-agent x-sname "
    "x-sname-query x-file-ext x-sid\n"
    + "".join(
        f"2025-05-17\t10:05:03\tICN54\t192.0.2.7\t{event}\t5120\tOK\tbfd8\trtmp://s.example/cfx/st\t"
        "key=value\thttp://player.example/p.swf\thttps://a.example/film\tLNX%2010,0,32,18\t"
        "film\tp=2\tflv\t1\n"
        for event in ("connect", "play", "pause", "stop", "disconnect")
    )
)
INCAPSULA = (
    "#Software: Incapsula LOGS API\n#Version: 1.1\n"
    "#Fields: date time cs-vid c-ip cs(User-Agent) cs-uri cs(Referrer) cs-method cs-uri-query "
    "sc-status s-xff\n"
    '"2025-05-17" "10:05:03" "" "192.0.2.7" "Moz/5.0 (X; Y)" "shop.example/plan" '
    '"https://a.example/" "GET" "id=3" "200" "203.0.113.9"\n'
)
SHOUTCAST = """\
#Software: SHOUTcast
#Fields: c-ip c-dns date time cs-uri-stem c-status cs(User-Agent) sc-bytes x-duration avgbandwidth
192.0.2.7 192.0.2.7 2025-05-17 10:05:03 /stream 200 WinampMPEG/2.7 5120 62 128
"""
DATED = """\
#Date: 2025-05-17 00:00:00
#Fields: time c-ip cs-method cs-uri-stem sc-status
10:05:03 192.0.2.7 GET / 200
"""
HIT: dict[str, Any] = {"ts": TS, "client": "192.0.2.7", "method": "GET", "status": 200}


@pytest.mark.parametrize(
    ("log", "row"),
    [
        pytest.param(
            IIS,
            HIT
            | {
                "target": "/plan",
                "query": "id=3",
                "user": "K1001",
                "user_agent": "Moz/5.0 (X; +a b)",
                "header:cookie": "WLID=9f2c; t=1",
                "referrer": "https://a.example/",
                "host": "shop.example",
                "bytes": 5120,
                "duration_ms": 25,
            },
            id="IIS: + for a blank, milliseconds",
        ),
        pytest.param(
            CLOUDFRONT,
            HIT
            | {
                "target": "/a%EC",
                "query": "q=%BA",
                "user_agent": 'Moz/5.0 (X; Y")',
                "header:cookie": "WLID=9f2c",
                "header:x-forwarded-for": "203.0.113.9",
                "referrer": "https://a.example/?q=%EC",
                "host": "shop.example",
                "bytes": 5120,
                "duration_ms": 25,
            },
            id="CloudFront: tabs, coded once or twice, seconds, the viewer's host",
        ),
        pytest.param(
            RTMP,
            HIT
            | {
                "target": "/film",
                "user_agent": "LNX 10,0,32,18",
                "referrer": "https://a.example/film",
                "bytes": 5120,
            },
            id="RTMP: to begin to play is a hit, other events are none",
        ),
        pytest.param(
            INCAPSULA,
            HIT
            | {
                "target": "http://shop.example/plan",
                "host": "shop.example",
                "query": "id=3",
                "user_agent": "Moz/5.0 (X; Y)",
                "referrer": "https://a.example/",
                "header:x-forwarded-for": "203.0.113.9",
            },
            id="Incapsula: in quotes, host in the URL",
        ),
        pytest.param(
            SHOUTCAST,
            {
                "ts": TS,
                "client": "192.0.2.7",
                "target": "/stream",
                "status": 200,
                "user_agent": "WinampMPEG/2.7",
                "bytes": 5120,
                "duration_ms": 62_000,
            },
            id="Shoutcast: other columns, seconds",
        ),
        pytest.param(DATED, HIT | {"target": "/"}, id="the date in a header line only"),
    ],
)
def test_what_a_line_tells(log: str, row: dict[str, Any]) -> None:
    assert told(log) == [row]
    lines = log.splitlines()
    header = [line for line in lines if line.startswith("#")]
    # So many lines are split at once, fewer one by one.
    assert told("\n".join([*header, *lines[len(header) :] * 100])) == [row] * 100


def test_what_rtmp_says_besides_is_skipped_by_name() -> None:
    parsed = parse_chunk(Chunk(RTMP.encode(), 0, 1), W3C)
    assert parsed.skipped == {"header line": 2, "stream event": 4}


def test_a_real_file_of_iis() -> None:
    data = (DATA / "lnav_iis_w3c.log").read_bytes()
    parsed = parse_chunk(Chunk(data, 0, 1), W3C)
    assert (parsed.lines, parsed.rows.height, parsed.rejects.height) == (254, 210, 0)
    assert parsed.skipped == {"header line": 44}
    assert detect(data.splitlines()[:256], "iis.log").name == "w3c"
    whole = rows_of(data, W3C)
    first = whole[5]
    assert first["user_agent"] == (
        "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)"
    )
    assert all(rows_of(data, W3C, size) == whole for size in (1, 150, 1000, 7000))


def test_columns_change_within_a_file() -> None:
    log = (
        "#Fields: date time cs-uri-stem sc-status\n2025-05-17 10:05:03 /a 200\n"
        "#Fields: sc-status cs-uri-stem time date\n404 /b 10:05:03 2025-05-17\n"
        "2025-05-17 10:05:03 /c 200\n"
    )
    found = rows_of(log.encode(), W3C)
    assert [found[2]["target"], found[4]["target"], found[5]] == ["/a", "/b", "bad_time"]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("2025-05-17 10:05:03 GET /", "cut_off"),
        ("2025-05-17 10:05:03 GET / 200 more", "not_the_format"),
        ("2025-05-17 10:05:03 GET / 2x0", "bad_number"),
        ("2025-02-31 10:05:03 GET / 200", "bad_time"),
        ("- - - - -", "bad_time"),
        ("\x00" * 500, None),
        ("   ", None),
        ("#Software: Microsoft", None),
        ("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03", "binary"),
        ("2025-05-17 10:05:03 GET /" + "a" * 70_000 + " 200", "too_long"),
    ],
)
def test_why_a_line_is_none(line: str, reason: str | None) -> None:
    good = "2025-05-17 10:05:03 GET / 200"
    log = f"#Fields: date time cs-method cs-uri-stem sc-status\n{good}\n{line}\n{good}\n"
    found = rows_of(log.encode(), W3C)
    assert found[3] == reason
    assert found[2]["target"] == found[4]["target"] == "/"


def test_lines_without_columns_known_are_rejects() -> None:
    found = rows_of(b"2025-05-17 10:05:03 GET / 200\n#Fields: c-ip date\n192.0.2.7 -\n", W3C)
    assert found == {1: "no_fields", 2: None, 3: "bad_time"}
    found = rows_of(b"#Fields: date time\n2025-05-17 10:05:03\n", W3C)
    assert found == {1: None, 2: "no_request"}


def test_columns_may_be_given_until_the_file_names_them() -> None:
    log = "2025-05-17 10:05:03 /a\n#Fields: cs-uri-stem time date\n/b 10:05:03 2025-05-17\n"
    rows = told(log, 'w3c:{"fields":"date time cs-uri-stem"}')
    assert [row["target"] for row in rows] == ["/a", "/b"]


def test_local_times_and_units() -> None:
    log = "#Fields: date time cs-uri-stem time-taken\n2025-05-17 19:05:03 /a 2\n"
    assert told(log, "w3c:@Asia/Seoul")[0]["ts"] == TS
    assert told(log, 'w3c:{"time_taken":"s"}')[0]["duration_ms"] == 2000


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('w3c:{"fields":"date c-ip cs-uri-stem"}', "no time"),
        ('w3c:{"fields":"date time"}', "no request"),
        ('w3c:{"fields":["date"]}', "is no text"),
        ('w3c:{"time_taken":"h"}', "Units: s, ms, us"),
        ('w3c:{"feilds":"date"}', "Did you mean 'fields'"),
    ],
)
def test_a_wrong_format_is_refused(text: str, message: str) -> None:
    with pytest.raises(FormatError, match=message):
        format_named(text)


@pytest.mark.parametrize(
    "text", ["w3c", "iis", "w3c:@Asia/Seoul", "iis_default", 'w3c:{"time_taken":"s"}']
)
def test_formats_are_rebuilt_from_their_text_and_pickled(text: str) -> None:
    made = format_named(text)
    assert format_named(made.text) == made
    assert pickle.loads(pickle.dumps(made)) == made  # noqa: S301


COLUMNS = ["cs-method", "cs-uri-stem", "cs-uri-query", "c-ip", "sc-status", "sc-bytes", "s-port"]
FIELDS = {
    "cs-method": "method",
    "cs-uri-stem": "target",
    "cs-uri-query": "query",
    "c-ip": "client",
    "sc-status": "status",
    "sc-bytes": "bytes",
}
VALUE = st.sampled_from(
    ["/a", "GET", "200", "0", "-", "x", '"', 'a"b', "é", "500", "1e3", "", "\\"]
)
ROWS = st.lists(st.lists(VALUE, min_size=8, max_size=10), max_size=6)
BLOCKS = st.lists(st.tuples(st.permutations(COLUMNS), st.booleans(), ROWS), max_size=5)


def read_slowly(lines: list[str]) -> dict[int, Any]:
    """Read a log of the columns above line by line."""
    names: list[str] = []
    found: dict[int, Any] = {}
    for number, line in enumerate(lines, 1):
        if line.startswith("#"):
            names = line.removeprefix("#Fields: ").split() if "Fields" in line else names
            found[number] = None
        elif not line.strip():
            found[number] = None
        elif not names:
            found[number] = "no_fields"
        elif len(values := split(line, len(names))) != len(names):
            found[number] = "other columns"
        else:
            row = dict(zip(names, values, strict=True))
            fields: dict[str, str | None] = {FIELDS[n]: row[n] for n in row if n in FIELDS}
            fields["time"] = f"{row['date']} {row['time']}"
            told = read_fields(fields)
            found[number] = told if isinstance(told, str) else told | {"line": number}
    return found


def split(line: str, count: int) -> list[str]:
    tabs = line.split("\t")
    return tabs if len(tabs) == count else line.split(" ")


@given(BLOCKS, st.integers(1, 300), st.sampled_from([1, 30]))
@settings(max_examples=40, deadline=None)
def test_a_slow_reader_agrees_whatever_the_chunks(
    blocks: list[tuple[list[str], bool, list[list[str]]]], size: int, times: int
) -> None:
    lines = []
    for columns, tabs, rows in blocks:
        names = ["date", "time", *columns]
        lines.append(f"#Fields: {' '.join(names)}")
        for values in rows:
            # A value that begins with a quote is quoted: that is the next test's.
            clean = [value.lstrip('"') for value in values]
            row = ["2025-05-17", "10:05:03", *clean[:-1]]
            lines += [("\t" if tabs else " ").join(row[: len(clean)])] * times
    expected = read_slowly(lines)
    data = ("\n".join(lines) + "\n").encode() if lines else b""
    for found in (rows_of(data, W3C), rows_of(data, W3C, size)):
        assert found.keys() == expected.keys()
        for number, one in expected.items():
            if one == "other columns":
                assert found[number] in ("cut_off", "not_the_format")
            else:
                assert found[number] == one
