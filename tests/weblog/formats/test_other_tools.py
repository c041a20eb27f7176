"""Formats as GoAccess, AWStats, GoatCounter and Matomo's importer name and write them."""

from __future__ import annotations

from typing import Any

import pytest

from weblog.errors import FormatError
from weblog.formats import NAMED, format_named
from weblog.formats.known import row_named
from weblog.parse import Chunk, parse_chunk

GOACCESS = "COMBINED VCOMBINED COMMON VCOMMON SQUID AWSELB AWSALB AWSS3 TRAEFIKCLF".split()
MATOMO = (
    "common common_vhost common_complete ncsa_extended s3 icecast2 elb alb ovh haproxy gandi_simple"
).split()
GOATCOUNTER = "combined combined-vhost common common-vhost bunny bunny-extended".split()


@pytest.mark.parametrize("name", [*GOACCESS, *MATOMO, *GOATCOUNTER])
def test_names_of_other_tools_are_names_here(name: str) -> None:
    assert row_named(name) is not None
    assert format_named(name).fields


# a format as another tool writes it -> ours whose sample it must read, and what it does not tell
WRITTEN = [
    ('goaccess:%h %^[%d:%t %^] "%r" %s %b "%R" "%u"||%d/%b/%Y||%H:%M:%S', "combined", {"user"}),
    ('goaccess:%h %^ %e [%d:%t %^] "%r" %s %b "%R" "%u"', "combined", set()),
    ('goaccess:%v:%^ %h %^[%d:%t %^] "%r" %s %b "%R" "%u"', "vhost_combined", {"user"}),
    ('goaccess:%h %^[%d:%t %^] "%r" %s %b', "common", {"user"}),
    ('goaccess:%v:%^ %h %^[%d:%t %^] "%r" %s %b', "vhost_port_common", {"user"}),
    ('goaccess:%h %^ %v %^[%d:%t %^] "%r" %s %b "%R" "%u"', "virtualmin", set()),
    ('goaccess:%h - %e [%d:%t %^] "%r" %s %b "%R" "%u" %D', "combined_duration", set()),
    ('goaccess:%h - %e [%d:%t %^] "%r" %s %b "%R" "%u" %T', "combined_seconds", set()),
    ("goaccess:%x %~%L %h %^/%s %b %m %U %e %^||%s||%s", "squid", {"host"}),
    ('goaccess:%h - %e [%d:%t %^] "%r" %s %b "%R" "%u" %^ "%^" "%^" %Lms', "traefik", set()),
    ("awstats:1", "combined", set()),
    ("awstats:4", "common", set()),
    (
        (
            "awstats:%virtualname %host %other %logname %time1 %methodurl %code %bytesd "
            "%refererquot %uaquot"
        ),
        "combined_host",
        set(),
    ),
    (
        (
            'goatcounter:$remote_addr $ignore [$datetime] "$method $path $http" $status $size '
            '"$referrer" "$user_agent"'
        ),
        "combined",
        {"user", "request"},
    ),
    (
        (
            "goatcounter:$ignore|$status|$datetime|$size|$ignore|$remote_addr|$referrer|$url|$ignore|"
            "$user_agent|$ignore|$ignore||unix_milli"
        ),
        "bunny",
        {"host"},
    ),
]


@pytest.mark.parametrize(
    ("text", "name", "untold"),
    WRITTEN,
    ids=lambda each: str(sorted(each) if isinstance(each, set) else each)[:40],
)
def test_a_format_written_their_way_reads_what_ours_reads(
    text: str, name: str, untold: set[str]
) -> None:
    line = f"{NAMED[name].samples[0]}\n".encode()
    ours = rows(line, name)
    theirs = rows(line, text)
    assert set(ours) - set(theirs) == untold
    shared = set(ours) & set(theirs)
    assert {field: theirs[field] for field in shared} == {field: ours[field] for field in shared}


def rows(line: bytes, text: str) -> dict[str, Any]:
    parsed = parse_chunk(Chunk(line, 0, 1), format_named(text))
    assert parsed.rejects.height == 0
    return dict(parsed.rows.to_dicts()[0])


@pytest.mark.parametrize(
    ("text", "line", "expected"),
    [
        (
            "awstats:%time2 %host %method %url %query %code %ua||\\t",
            "2015-05-17 10:05:03\t1.2.3.4\tGET\t/a\tb=c\t200\tMozilla/5.0 (X11; Linux)",
            {"target": "/a", "query": "b=c", "user_agent": "Mozilla/5.0 (X11; Linux)"},
        ),
        (
            "awstats:%host %lognamequot %time6 %methodurl status=%code %uabracket",
            '1.2.3.4 "kim" 17/05/2015, 10:05:03 "GET / HTTP/1.1" status=200 [Mozilla 5 (X)]',
            {"user": "kim", "status": 200, "user_agent": "Mozilla 5 (X)"},
        ),
        (
            'goaccess:~h{, } %^[%d:%t %^] "%r" %s',
            '203.0.113.9, 10.0.0.1 - - [17/May/2015:10:05:03 +0900] "GET / HTTP/1.1" 200',
            {"client": "203.0.113.9, 10.0.0.1"},
        ),
        (
            'goaccess:"%x","%h","%m","%U","%s","%D","%u"||%f||%f',
            '"1431857103123456","1.2.3.4","GET","/a","200","1500","Moz, illa"',
            {"client": "1.2.3.4", "duration_ms": 2, "user_agent": "Moz, illa"},
        ),
        (
            "goatcounter:$date $time $remote_addr $method $path $status||2006-01-02||15:04:05",
            "2015-05-17 10:05:03 1.2.3.4 GET /a 200",
            {"target": "/a", "status": 200},
        ),
    ],
)
def test_their_formats_read_their_fields(text: str, line: str, expected: dict[str, Any]) -> None:
    row = rows(f"{line}\n".encode(), text)
    assert {field: row[field] for field in expected} == expected


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('goaccess:%h %Q [%d:%t %^] "%r"', "GoAccess has no %Q"),
        ('goaccess:%h "%r"', "no time"),
        ("awstats:2", "no such format of AWStats"),
        ('goatcounter:$remote_addr [$datetime] "$method $pfad"', "GoatCounter has no $pfad"),
        ("layout:{client} [{time}] {requets}", "unknown field or kind in '{requets}'"),
        ("layout:{client|wrod} [{time}] {request}", "unknown field or kind in '{client|wrod}'"),
        ("layout:{client [{time}] {request}", "a lone {"),
    ],
)
def test_what_is_wrong_is_said(text: str, says: str) -> None:
    with pytest.raises(FormatError, match="log format") as caught:
        format_named(text)
    assert says in str(caught.value)
