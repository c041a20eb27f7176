"""Log formats: (format, line, fields) rows anyone can add to."""

from __future__ import annotations

import pickle
import subprocess
import sys

import pytest

from weblog.errors import FormatError
from weblog.formats import (
    KNOWN,
    compile_format,
    detect_format,
    directives,
    format_named,
)
from weblog.formats.named import servers
from weblog.parse import Chunk, parse_chunk

COMBINED = (
    '192.0.2.7 - - [17/May/2015:10:05:03 +0000] "GET /a?b=c HTTP/1.1" 200 512 "-" "Mozilla/5.0"'
)

CASES = [
    pytest.param(
        KNOWN["common"],
        '192.0.2.7 - K1 [17/May/2015:10:05:03 +0900] "GET / HTTP/1.0" 304 -',
        {"client": "192.0.2.7", "user": "K1", "status": 304, "bytes": None},
        id="common",
    ),
    pytest.param(
        KNOWN["combined"],
        COMBINED,
        {
            "request": "GET /a?b=c HTTP/1.1",
            "status": 200,
            "bytes": 512,
            "user_agent": "Mozilla/5.0",
        },
        id="combined",
    ),
    pytest.param(
        KNOWN["vhost_combined"],
        f"shop.example:443 {COMBINED}",
        {"host": "shop.example", "client": "192.0.2.7"},
        id="Debian's vhost_combined",
    ),
    pytest.param(
        '%h %l %u %t \\"%r\\" %>s %b \\"%{Referer}i\\" \\"%{User-Agent}i\\" \\"%{WLID}C\\"',
        COMBINED + ' "abc123"',
        {"cookie:WLID": "abc123", "user_agent": "Mozilla/5.0"},
        id="as quoted in httpd.conf, with a cookie",
    ),
    pytest.param(
        "$remote_addr - $remote_user [$time_local] "
        '"$request" $status $body_bytes_sent "$http_referer" "$http_user_agent" $request_time',
        COMBINED + " 0.125",
        {"client": "192.0.2.7", "user": "-", "duration_ms": 125},
        id="nginx variables with a duration",
    ),
    pytest.param(
        "%h %t %m %U %q %s %D",
        "192.0.2.7 [17/May/2015:10:05:03 +0000] GET /a ?b=c 200 2500",
        {"method": "GET", "target": "/a", "query": "?b=c", "duration_ms": 2},
        id="no quotes at all: patterns only",
    ),
    pytest.param(
        '%h %t "%r" %>s %400,501{Referer}i',
        '192.0.2.7 [17/May/2015:10:05:03 +0000] "GET / HTTP/1.1" 404 http://e.example/',
        {"status": 404, "referrer": "http://e.example/"},
        id="conditional directive",
    ),
    pytest.param(
        '$time_iso8601 $remote_addr "$request" $status',
        '2015-05-17T10:05:03+09:00 192.0.2.7 "GET / HTTP/1.1" 200',
        {"client": "192.0.2.7", "status": 200},
        id="ISO time",
    ),
    pytest.param(
        KNOWN["combined_cookie"],
        COMBINED + ' "a=1; WLID=xyz"',
        {"header:cookie": "a=1; WLID=xyz"},
        id="whole Cookie header",
    ),
    pytest.param(
        KNOWN["combined"],
        '2001:db8::1 - 홍길동 kim [17/May/2015:10:05:03 +0000] "GET / HTTP/1.1" 200 1 "-" "a"',
        {"client": "2001:db8::1", "user": "홍길동 kim"},
        id="user name with a space, IPv6",
    ),
    pytest.param(
        KNOWN["combined"],
        r'192.0.2.7 - - [17/May/2015:10:05:03 +0000] "GET /\"x\x41 HTTP/1.1" 200 1 "-" "say \\ no"',
        {"request": 'GET /"xA HTTP/1.1', "user_agent": "say \\ no"},
        id="Apache's escapes undone",
    ),
    pytest.param(
        KNOWN["combined"],
        '192.0.2.7 - - [17/May/2015:10:05:03 +0000] "GET / HTTP/1.1" 200 1 "-" "a "stray" quote"',
        {"user_agent": 'a "stray" quote'},
        id="stray quotes",
    ),
    pytest.param(
        KNOWN["combined"],
        '192.0.2.7 - - [17/May/2015:10:05:03 +0000] "-" 408 - "-" "-"',
        {"request": "-", "status": 408},
        id="408 without a request",
    ),
]


@pytest.mark.parametrize(("log_format", "line", "expected"), CASES)
def test_a_line_gives_its_fields(log_format: str, line: str, expected: dict[str, object]) -> None:
    parsed = parse_chunk(Chunk(line.encode() + b"\n", 0, 1), format_named(log_format))
    assert parsed.rejects.height == 0
    row = parsed.rows.to_dicts()[0]
    assert {name: row[name] for name in expected} == expected
    assert row["ts"] is not None


@pytest.mark.parametrize(
    ("log_format", "says"),
    [
        ("%h %Z %t", "unknown directive at ' %Z '"),
        ('%h "%r"', "no time"),
        ("%h %t %s", "no request"),
        ("combinde", "no such name. Known: combined"),
    ],
)
def test_a_wrong_format_says_what_is_wrong(log_format: str, says: str) -> None:
    with pytest.raises(FormatError, match="log format") as caught:
        format_named(log_format)
    assert says in str(caught.value)
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)  # noqa: S301


@pytest.mark.parametrize("name", [row.name for row in servers.ROWS])
def test_every_usual_format_takes_the_fast_path(name: str) -> None:
    assert compile_format(KNOWN[name]).segments is not None


@pytest.mark.parametrize(
    ("line", "name"),
    [
        (COMBINED, "combined"),
        (COMBINED.rsplit(' "', 2)[0], "common"),
        (f"shop.example:80 {COMBINED}", "vhost_combined"),
        (f"{COMBINED} 1234", "combined_duration"),
        (f'{COMBINED} "203.0.113.9, 10.0.0.1"', "combined_forwarded"),
    ],
)
def test_the_format_is_detected(line: str, name: str) -> None:
    assert detect_format([line.encode()] * 3, "a.log").text == KNOWN[name]


def test_a_file_that_is_no_log_is_refused_by_name_and_first_line() -> None:
    with pytest.raises(FormatError, match=r"notes\.txt: no known format fits.*Dear diary"):
        detect_format([b"Dear diary", b"today"], "notes.txt")


def test_fit_is_the_share_of_lines() -> None:
    lines = [COMBINED.encode(), b"no"]
    assert format_named("combined").fit(lines) == 0.5
    assert format_named("combined").fit([]) == 0.0


@pytest.mark.parametrize(
    ("configured", "text"),
    [
        (r'LogFormat "%h %l %u %t \"%r\" %>s %b" common', '%h %l %u %t "%r" %>s %b'),
        (r'LogFormat "%h %t \"%r\""', '%h %t "%r"'),
        (r"logformat '%h %t \"%r\"' short", '%h %t "%r"'),
        (r'log_format a "$remote_addr [$time_local] \"$request\""; # b', '%h %t "%r"'),
        (
            "log_format main escape=json '$remote_addr [$time_local] '\n  '\"$request\"';",
            '$remote_addr [$time_local] "$request"',
        ),
    ],
)
def test_a_whole_line_of_the_servers_configuration_is_a_format(configured: str, text: str) -> None:
    assert compile_format(configured).lenient == compile_format(text).lenient


def test_a_configuration_line_that_is_not_understood_is_refused() -> None:
    with pytest.raises(FormatError, match="Give what stands in quotes"):
        compile_format('LogFormat %h %t "%r"')


def test_a_user_name_may_have_blanks_but_no_other_field() -> None:
    common = compile_format(KNOWN["common"])
    rest = b'[17/May/2015:10:05:03 +0000] "GET / HTTP/1.1" 200 5'
    lines = [b"192.0.2.7 - Kim Min " + rest, b"www.shop.example 192.0.2.7 - - " + rest]
    parsed = parse_chunk(Chunk(b"\n".join(lines) + b"\n", 0, 1), common)
    assert parsed.rows["user"].to_list() == ["Kim Min"]
    assert parsed.rejects["reason"].to_list() == ["not_the_format"]


def test_the_usual_directives_mean_what_the_whole_grammar_says() -> None:
    known = [row.text for row in servers.ROWS]
    for text in (*directives.USUAL, " ".join(directives.USUAL), *known):
        assert directives._directives(text, text) == directives._all_tokens(text, text)


def test_a_usual_format_does_not_load_what_it_does_not_need() -> None:
    code = (
        "import sys, weblog.ingestion; from weblog.formats import format_named\n"
        "format_named('combined_cookie')\n"
        "assert not {'apache_log_parser', 'user_agents', 'pyarrow'} & set(sys.modules)\n"
        "format_named('%h %t %r %{pid}P')\n"
        "assert 'apache_log_parser' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
