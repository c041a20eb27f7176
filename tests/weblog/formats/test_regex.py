"""A user's own regular expression: groups are fields, lines match as a whole, none can hang."""

from __future__ import annotations

import json
import pickle
import re
import time
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slow_fields import read_fields, rows_of, said

from weblog.errors import FormatError
from weblog.formats import format_named

PATTERN = (
    r'(?P<client>\S+) \[(?P<time>[^\]]*)\] "(?P<method>[A-Z]+) (?P<target>[^" ]*)" '
    r"(?P<status>\d{1,4}|-)(?: (?P<bytes>\S+))?(?: WLID=(?P<cookie_WLID>\S+))?"
)
OWN = format_named(f"regex:{PATTERN}")
GOOD = '192.0.2.7 [2025-05-17T10:05:03Z] "GET /a" 200 5120 WLID=9f2c'
ROW = {
    "ts": datetime(2025, 5, 17, 10, 5, 3, tzinfo=UTC),
    "client": "192.0.2.7",
    "method": "GET",
    "target": "/a",
    "status": 200,
    "bytes": 5120,
    "cookie:WLID": "9f2c",
}


@pytest.mark.parametrize(
    ("line", "told"),
    [
        pytest.param(GOOD.encode(), ROW, id="all there"),
        pytest.param(
            GOOD.replace(" WLID=9f2c", "").encode(), ROW | {"cookie:WLID": None}, id="one is not"
        ),
        pytest.param(GOOD.encode() + b"\r", ROW, id="carriage return"),
        pytest.param(b"\xef\xbb\xbf" + GOOD.encode(), ROW, id="byte order mark"),
        pytest.param(GOOD.replace("/a", "/연금").encode(), ROW | {"target": "/연금"}, id="Korean"),
        pytest.param(GOOD.encode().replace(b"/a", b"/\xe9"), ROW | {"target": "/é"}, id="no UTF-8"),
        pytest.param(GOOD.encode() + b" more", "not_the_format", id="more behind"),
        pytest.param(b"x" + b"y" * 70_000, "too_long", id="too long"),
        pytest.param(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03", "binary", id="binary"),
        pytest.param(GOOD.replace("05-17", "02-31").encode(), "bad_time", id="no such day"),
        pytest.param(GOOD.replace("5120", "x").encode(), "bad_number", id="no number"),
        pytest.param(b" \t", None, id="blank"),
    ],
)
def test_what_a_line_tells(line: bytes, told: Any) -> None:
    expected = said(told | {"line": 1}) if isinstance(told, dict) else told
    assert rows_of(line + b"\n" + GOOD.encode(), OWN) == {1: expected, 2: ROW | {"line": 2}}


def test_groups_of_headers_and_times_in_a_format() -> None:
    pattern = r"(?P<date>\S+) (?P<clock>\S+) (?P<target>\S+) (?P<header_x_forwarded_for>.*)"
    spec = {"pattern": pattern, "time_format": "%d.%m.%Y %H:%M:%S", "zone": "Asia/Seoul"}
    found = rows_of(b"17.05.2025 19:05:03 /a 192.0.2.7", format_named("regex:" + json.dumps(spec)))
    told = {"line": 1, "ts": ROW["ts"], "target": "/a", "header:x-forwarded-for": "192.0.2.7"}
    assert found == {1: told}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("regex:", "it has no pattern"),
        (r"regex:(?P<time>\S+", "unclosed group"),
        (r"regex:(?P<time>\S+) (?P<tagret>\S+)", "Did you mean 'target'"),
        (r"regex:(?P<target>\S+)", "it has no time"),
        (r"regex:(?P<time>\S+)", "it has no request"),
        (r"regex:(?P<time>\S+)(?=x) (?P<target>\S+)", "look-around or a backreference"),
        (r"regex:(?P<time>\S+) (?P<target>(a)\2)", "look-around or a backreference"),
        (r"regex:(?P<time>\S+) (?P<target>.)(?P<header_a_b>.)(?P<header_A_b>.)", "the same field"),
        ('regex:{"patern":"x"}', "Did you mean 'pattern'"),
        ('regex:{"pattern":"(?P<time>.)(?P<target>.)","time_format":"%Q"}', "cannot be read"),
        ('regex:{"pattern":"(?P<time>.)(?P<target>.)","time_format":"%H:%M"}', "no date"),
        ('regex:{"pattern":"(?P<time>.)(?P<target>.)","zone":"Mars"}', "no time zone"),
    ],
)
def test_a_wrong_expression_is_refused(text: str, message: str) -> None:
    with pytest.raises(FormatError, match=message):
        format_named(text)


@pytest.mark.parametrize(
    "text", [f"regex:{PATTERN}", "regex:" + json.dumps({"pattern": PATTERN, "zone": "Asia/Seoul"})]
)
def test_formats_are_rebuilt_from_their_text_and_pickled(text: str) -> None:
    made = format_named(text)
    assert format_named(made.text) == made
    assert pickle.loads(pickle.dumps(made)) == made  # noqa: S301


def test_no_expression_hangs_on_a_line_made_for_it() -> None:
    hangs = format_named(r"regex:(?P<time>(a+)+)b (?P<target>\S+)")
    begin = time.process_time()
    assert rows_of(b"a" * 60_000, hangs) == {1: "not_the_format"}
    # Python's re needs longer than the universe is old for 60 of them.
    assert time.process_time() - begin < 5


def test_the_share_of_lines_that_match() -> None:
    assert OWN.fit([GOOD.encode(), b"x", b"\xff", GOOD.encode() + b" more"]) == 0.25


PIECES = st.sampled_from(
    [*'[]" ', "GET", "/a", "200", "5120", "2025-05-17T10:05:03Z", "::1", " WLID=x", "é", "-", GOOD]
)


@given(st.lists(st.lists(PIECES, max_size=9).map("".join), max_size=8), st.integers(1, 200))
@settings(max_examples=150, deadline=None)
def test_pythons_own_expressions_agree_whatever_the_chunks(lines: list[str], size: int) -> None:
    expected: dict[int, Any] = {}
    for number, line in enumerate(lines, 1):
        match = re.fullmatch(PATTERN, line)
        if match is None:
            expected[number] = "not_the_format" if line.strip() else None
            continue
        groups = {name.replace("_", ":"): text for name, text in match.groupdict().items()}
        told = read_fields(groups)
        expected[number] = told if isinstance(told, str) else told | {"line": number}
    data = "".join(f"{line}\n" for line in lines).encode()
    found = rows_of(data, OWN)
    assert rows_of(data, OWN, size) == found
    for number, told in expected.items():
        one = "not_the_format" if found[number] == "cut_off" else found[number]
        assert one == told
