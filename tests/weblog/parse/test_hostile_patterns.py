"""No line makes a format's patterns try ways without end, whatever is repeated in it."""

from __future__ import annotations

import time

import pytest

from weblog.formats import NAMED, LogFormat, format_named
from weblog.parse import Chunk
from weblog.parse.slow import match_lines

BY_PATTERN = [name for name in NAMED if isinstance(format_named(name), LogFormat)]
PIECES = [
    b'" "', b'" 200 5 "', b' [17/May/2015:10:05:03 +0900] "', b"|", b" ", b"a, ", b" : ", b"[",
    b"] [", b"- ", b"{a} ", b":", b"\\", b'\\"', b"/", b": ", b"=", b"\t",
]  # fmt: skip
SECONDS = 0.3
"""A line of 12,000 bytes takes a hundredth of it; trying all pairs of places ten times it."""


@pytest.mark.parametrize("name", BY_PATTERN)
def test_a_line_takes_no_time_whatever_is_repeated_in_it(name: str) -> None:
    made = format_named(name)
    assert isinstance(made, LogFormat)
    whole = NAMED[name].samples[0].encode()
    quotes = b' ""' * (made.quotes // 2)
    for piece in PIECES:
        for count in (12, 12_000 // len(piece)):
            lines = [
                whole[: len(whole) * part // 4] + piece * count + end
                for part in range(5)
                for end in (b"\x00", quotes, b" " + whole[len(whole) // 2 :])
            ]
            for line in lines:
                chunk = Chunk(line + b"\n", 0, 1)
                begin = time.process_time()
                match_lines(chunk, [0], made)
                assert time.process_time() - begin < SECONDS, line[:200]
