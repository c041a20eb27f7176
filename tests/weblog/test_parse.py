"""Parsing: nothing vanishes, the fast path says what the patterns say, reasons are right."""

from __future__ import annotations

import dataclasses

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weblog.formats import LogFormat, format_named
from weblog.parse import Chunk, Parsed, Reason, parse_chunk
from weblog.parse.lines import LONGEST

COMBINED = format_named("combined")
START = b'192.0.2.7 - - [17/May/2015:10:05:03 +0000] "GET / HTTP/1.1" 200 5 "-" "'
GOOD = START + b'Mozilla/5.0"'


def parse(data: bytes, log_format: LogFormat = COMBINED) -> Parsed:
    return parse_chunk(Chunk(data, 0, 1), log_format)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        pytest.param(
            START + b"Googlebot/2.1; +http://w", Reason.CUT_OFF, id="cut off inside the agent"
        ),
        pytest.param(GOOD + b"x" * LONGEST, Reason.TOO_LONG, id="too long"),
        pytest.param(
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03", Reason.BINARY, id="TLS handshake"
        ),
        pytest.param(GOOD.replace(b"17/May", b"31/Feb"), Reason.BAD_TIME, id="no such day"),
        pytest.param(b"Error line 1", Reason.NOT_THE_FORMAT, id="something else"),
        pytest.param(
            GOOD.replace(b" 200 ", b" 2x0 "), Reason.NOT_THE_FORMAT, id="status no number"
        ),
    ],
)
def test_every_reason_to_reject_a_line(line: bytes, reason: Reason) -> None:
    parsed = parse(GOOD + b"\n" + line + b"\n" + GOOD + b"\n")
    assert parsed.rows["line"].to_list() == [1, 3]
    (reject,) = parsed.rejects.to_dicts()
    assert (reject["line"], reject["reason"]) == (2, reason)
    assert reject["offset"] == len(GOOD) + 1
    assert reject["length"] == len(line)
    assert reject["raw"] == line[: 64 * 1024]


def test_reasons_are_all_exercised() -> None:
    assert {
        case.values[1] for case in test_every_reason_to_reject_a_line.pytestmark[0].args[1]
    } == set(Reason) - {Reason.BAD_NUMBER, Reason.NO_REQUEST, Reason.NO_FIELDS}
    # those are of other families: tests/weblog/formats


def test_blank_lines_are_skipped_and_counted_and_carriage_returns_are_line_ends() -> None:
    parsed = parse(GOOD + b"\r\n\r\n\n" + GOOD + b"\r\n")
    assert (parsed.lines, parsed.rows.height, parsed.skipped) == (4, 2, {"blank line": 2})
    assert parsed.rows["line"].to_list() == [1, 4]
    assert parsed.rows["user_agent"].to_list() == ["Mozilla/5.0"] * 2


def test_a_byte_order_mark_is_no_part_of_the_first_line() -> None:
    assert parse(b"\xef\xbb\xbf" + GOOD + b"\n").rows["client"].to_list() == ["192.0.2.7"]


def test_bytes_that_are_no_utf8_are_read_as_latin_1() -> None:
    line = GOOD.replace(b"Mozilla", b"caf\xe9")
    assert parse(line + b"\n").rows["user_agent"].to_list() == ["café/5.0"]


def test_time_is_utc_whatever_zone_the_server_logs_in() -> None:
    rows = parse(GOOD.replace(b"+0000", b"+0900") + b"\n").rows
    assert rows["ts"].dt.to_string("iso").to_list()[0].startswith("2015-05-17 01:05:03")


PIECES = st.sampled_from(
    [
        b"192.0.2.7", b"-", b"K1 kim", b" ", b'"', b'" "', b"[17/May/2015:10:05:03 +0000]",
        b"[31/Feb/2015:10:05:03 +0000]", b'"GET /a HTTP/1.1"', b"200", b"99999", b"5", b"\\",
        b'\\"', b"\\x41", b"\xff", "한".encode(), b"\r", b"\x00", b"'", b"#", b"Mozilla/5.0 (X11)",
    ]
)  # fmt: skip
BROKEN = st.lists(PIECES, max_size=12).map(b" ".join)
MUTATED = st.tuples(st.integers(0, len(GOOD)), st.integers(0, 5), PIECES).map(
    lambda cut: GOOD[: cut[0]] + cut[2] + GOOD[cut[0] + cut[1] :]
)
LINES = st.lists(st.one_of(st.just(GOOD), BROKEN, MUTATED, st.just(b"")), min_size=1, max_size=30)


@settings(max_examples=300)
@given(LINES)
def test_the_fast_path_says_exactly_what_the_patterns_say(lines: list[bytes]) -> None:
    data = b"\n".join(lines) + b"\n"
    fast = parse(data)
    slow = parse(data, dataclasses.replace(COMBINED, segments=None))
    columns = sorted(slow.rows.columns)
    assert fast.rows.select(columns).sort("line").equals(slow.rows.select(columns).sort("line"))
    assert fast.rejects.equals(slow.rejects)


@settings(max_examples=100)
@given(LINES, st.data())
def test_nothing_vanishes_in_any_chunking(lines: list[bytes], data: st.DataObject) -> None:
    text = b"\n".join(lines) + b"\n"
    whole = parse(text)
    assert (
        whole.lines
        == whole.rows.height + whole.rejects.height + sum(whole.skipped.values())
        == text.count(b"\n")
    )
    ends = [place + 1 for place, byte in enumerate(text) if byte == 10]
    cuts = sorted(data.draw(st.sets(st.sampled_from(ends), max_size=5)) | {len(text)})
    parts, start, line = [], 0, 1
    for cut in cuts:
        part = parse_chunk(Chunk(text[start:cut], start, line), COMBINED)
        parts.append(part)
        start, line = cut, line + part.lines
    rows = pl.concat([part.rows for part in parts], how="diagonal")
    assert rows.sort("line").equals(whole.rows.select(rows.columns).sort("line"))
    assert pl.concat([part.rejects for part in parts]).equals(whole.rejects)
