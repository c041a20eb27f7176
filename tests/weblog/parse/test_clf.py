"""Times read from bytes agree with a reader that goes by the book, wherever they stand."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weblog.parse.clf import LENGTH, read_times

_SHAPE = re.compile(rb"\[(\d\d)/([A-Z][a-z]{2})/(\d{4}):(\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)\]")
_MONTHS = b"Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


def slowly(text: bytes) -> int:
    """Seconds since 1970, -1 for what is no time; zones up to 23:59."""
    match = _SHAPE.fullmatch(text)
    if match is None or match[2] not in _MONTHS or int(match[8]) > 23 or int(match[9]) > 59:
        return -1
    day, year, hour, minute, second = (int(match[i]) for i in (1, 3, 4, 5, 6))
    try:
        local = datetime(year, _MONTHS.index(match[2]) + 1, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return -1
    zone = int(match[8]) * 3600 + int(match[9]) * 60
    return int(local.timestamp()) - (zone if match[7] == b"+" else -zone)


@st.composite
def _times(draw: st.DrawFn) -> bytes:
    numbers = [draw(st.integers(0, most)) for most in (32, 25, 61, 61)]
    month = draw(st.sampled_from([*_MONTHS, b"Foo", b"may"]))
    year = draw(st.sampled_from([1990, 1999, 2000, 2015, 2024, 2100, 2199]))
    zone = draw(st.sampled_from([b"+0000", b"+0900", b"-0330", b"+2360", b"-2400", b"+0545"]))
    text = b"[%02d/%s/%04d:%02d:%02d:%02d %s]" % (
        *(numbers[0], month, year, *numbers[1:]),
        zone,
    )
    if draw(st.integers(0, 4)) == 0:
        place = draw(st.integers(0, LENGTH - 1))
        text = (
            text[:place]
            + draw(st.sampled_from([b"x", b":", b"/", b" ", b"\0", b"9"]))
            + (text[place + 1 :])
        )
    return text


@given(st.lists(_times(), min_size=1, max_size=30), st.booleans())
def test_times_are_those_of_a_slow_reader(texts: list[bytes], with_gaps: bool) -> None:
    gap = b" padding " if with_gaps else b""
    data = np.frombuffer(b"".join(gap + text for text in texts), dtype=np.uint8)
    places = np.arange(len(texts)) * (LENGTH + len(gap)) + len(gap)
    expected = [slowly(text) for text in texts]
    assert read_times(data, places).tolist() == expected


@pytest.mark.parametrize("place", [-1, 1, 27, 1000])
def test_a_time_that_does_not_lie_within_the_data_is_none(place: int) -> None:
    data = np.frombuffer(b"[17/May/2015:10:05:03 +0000]", dtype=np.uint8)
    assert read_times(data, np.array([place])).tolist() == [-1]


def test_no_data_holds_no_time() -> None:
    empty = np.empty(0, dtype=np.uint8)
    assert read_times(empty, np.array([0, 5])).tolist() == [-1, -1]
    assert read_times(empty, np.empty(0, dtype=np.int64)).tolist() == []
