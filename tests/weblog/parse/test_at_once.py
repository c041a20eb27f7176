"""Chunks matched at once say exactly what lines matched one by one say, whatever is in them."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weblog.formats import NAMED, LogFormat, format_named
from weblog.parse import Chunk
from weblog.parse.at_once import match_at_once
from weblog.parse.slow import match_lines

UNSPLIT = [
    name
    for name in NAMED
    if isinstance(made := format_named(name), LogFormat) and made.segments is None
]

PIECES = st.sampled_from(
    [
        b"192.0.2.7", b"-", b"K1 kim", b" ", b'"', b'" "', b"|", b"{a b} ", b"[17/May/2015]",
        b"200", b"99999", b"\\", b'\\"', b"\xff", "한".encode(), "３".encode(), b"\r", b",",
        b"\xef\xbb\xbf", b": ", b"\xc2\xa0", b"\xe2\x80\xa8", b"\x0b", b"",
    ]
)  # fmt: skip


def assert_same(data: bytes, log_format: LogFormat) -> None:
    chunk = Chunk(data, 0, 1)
    at_once, accepted = match_at_once(chunk, log_format)
    one_by_one = match_lines(chunk, range(chunk.lines), log_format).rows
    rows = [row for row in range(chunk.lines) if accepted[row]]
    assert at_once["row"].to_list() == rows
    same = one_by_one.filter(pl.col("row").is_in(rows)).select(at_once.columns)
    assert at_once.sort("row").equals(same.sort("row"))


@settings(max_examples=400)
@given(st.sampled_from(UNSPLIT), st.data())
def test_a_chunk_at_once_says_what_its_lines_say(name: str, data: st.DataObject) -> None:
    lines = []
    for sample in NAMED[name].samples * 2:
        line = sample.encode()
        for _ in range(data.draw(st.integers(0, 3))):
            start = data.draw(st.integers(0, len(line)))
            end = start + data.draw(st.integers(0, 6))
            line = line[:start] + data.draw(PIECES) + line[end:]
        lines.append(line)
    made = format_named(name)
    assert isinstance(made, LogFormat)
    assert_same(b"\n".join(lines) + b"\n", made)


@pytest.mark.parametrize("name", UNSPLIT)
def test_whole_samples_are_matched_at_once(name: str) -> None:
    made = format_named(name)
    assert isinstance(made, LogFormat)
    lines = [sample.encode() for sample in NAMED[name].samples]
    _, accepted = match_at_once(Chunk(b"\n".join(lines), 0, 1), made)
    assert accepted.all()
