"""The compiled splitter says of any layout what its patterns say, and takes what is regular."""

from __future__ import annotations

import dataclasses
import subprocess
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from weblog.formats import LogFormat
from weblog.formats.log_format import compile_format
from weblog.parse import Chunk, Vocabulary, parse_chunk
from weblog.parse.fast import split_lines
from weblog.parse.library import _FUNCTIONS, INTERFACE, loaded
from weblog.parse.native import Program, program_of, split_chunk
from weblog.parse.words import as_text

TIME = "[17/May/2015:10:05:03 +0000]"


def program_for(log_format: LogFormat) -> Program:
    assert log_format.segments is not None
    program = program_of(log_format.segments)
    assert program is not None
    return program


def split(text: str, *lines: str) -> list[dict[str, object]]:
    """What the compiled splitter says of lines: the fields of those it accepted."""
    data = "".join(f"{line}\n" for line in lines).encode()
    rows, accepted = split_chunk(Chunk(data, 9, 1), program_for(compile_format(text)), Vocabulary())
    assert rows["row"].to_list() == np.flatnonzero(accepted).tolist()
    return as_text(rows).to_dicts()


def values(text: str, line: str, *names: str) -> tuple[object, ...] | None:
    """The named fields of a line, None where it is left to the patterns."""
    found = split(text, line)
    return tuple(found[0][name] for name in names) if found else None


@pytest.mark.parametrize(
    ("layout", "line", "expected"),
    [
        ("%v:%p %t", "shop.example:443", {"host": "shop.example"}),
        ("%v:%p %t", ":443", None),
        ("%v:%p %t", "shop.example:", None),
        ("%v:%p %t", "shop.example", None),
        ("%v:%p %t", "2001:db8::1:443", None),  # the last colon divides: as the patterns say
        ("%p:%v %t", "443:shop.example", {"host": "shop.example"}),
        ("%h/%u %t", "192.0.2.7/kim", {"client": "192.0.2.7", "user": "kim"}),
        ("%h--%u %t", "192.0.2.7--kim", {"client": "192.0.2.7", "user": "kim"}),
        ("%h--%u %t", "192.0.2.7---kim", None),
        ("%h감%u %t", "192.0.2.7감kim", {"client": "192.0.2.7", "user": "kim"}),
        ("%s|%b %t", "200|5", {"status": 200, "bytes": 5}),
        ("%h %l %t", "192.0.2.7 -", {"client": "192.0.2.7"}),
        ("%h %l %t", "192.0.2.7, 10.0.0.1 -", None),
        ("%h %l %t", "192.0.2.7,10.0.0.1 -", None),
        ("%h lit %t", "192.0.2.7 lit", {"client": "192.0.2.7"}),
        ("%h lit %t", "192.0.2.7 lis", None),
        ("%h %a %t", "192.0.2.7 192.0.2.8", {"client": "192.0.2.7"}),
        ("%h %a %t", "192.0.2.7 192.0.2.8,192.0.2.9", None),
        ("%s %>s %t", "301 200", {"status": 301}),
        ("%s %>s %t", "301 abc", None),
        ("%b %B %t", "7 -", {"bytes": 7}),
        ("%D %D %t", "2000 1000", {"duration_ms": 2}),
        ("%D %D %t", "2000 x", None),
        ("%D %T %t", "2000 x", {"duration_ms": 2}),  # seconds are dropped beside a finer unit
    ],
)
def test_words(layout: str, line: str, expected: dict[str, object] | None) -> None:
    text = f'{layout} "%r"'
    whole = f'{line} {TIME} "GET / HTTP/1.1"'
    found = split(text, whole)
    if expected is None:
        assert found == []
    else:
        rest = {"row": 0, "ts": datetime(2015, 5, 17, 10, 5, 3, tzinfo=UTC)}
        assert found == [{**rest, **expected, "request": "GET / HTTP/1.1"}]


@pytest.mark.parametrize("before", ["", " ", "  "])
@pytest.mark.parametrize("behind", ["", " ", "  "])
def test_blanks_are_as_many_as_the_layout_has(before: str, behind: str) -> None:
    text = f'%h %t{before}"%r"{behind}%s'
    for first in ("", " ", "  "):
        for second in ("", " ", "  "):
            found = split(text, f'192.0.2.7 {TIME}{first}"GET /"{second}200')
            assert len(found) == ((first, second) == (before, behind))


@pytest.mark.parametrize(
    ("text", "status"),
    [("200", 200), ("100", 100), ("999", 999), *((each, None) for each in
     ("099", "000", "20", "2000", "+20", "-", "2x0", "２００", ""))],
)  # fmt: skip
def test_status(text: str, status: int | None) -> None:
    found = values('%t "%r" %s', f'{TIME} "-" {text}', "status")
    assert found == (None if status is None else (status,))


@pytest.mark.parametrize(
    ("text", "expected"),
    [("0", 0), ("007", 7), ("-", None), ("9" * 18, 10**18 - 1)],
)
def test_bytes(text: str, expected: int | None) -> None:
    assert values('%t "%r" %b', f'{TIME} "-" {text}', "bytes") == (expected,)


@pytest.mark.parametrize("text", ["+5", "-5", "", "1e3", "1.5", "9" * 19, "--", "x"])
def test_no_bytes(text: str) -> None:
    assert values('%t "%r" %b', f'{TIME} "-" {text}', "bytes") is None


@settings(max_examples=500)
@given(st.from_regex(r"[0-9]{1,15}(\.[0-9]{1,9})?", fullmatch=True))
def test_durations_are_what_floats_say(text: str) -> None:
    found = values('%t "%r" %T', f'{TIME} "-" {text}', "duration_ms")
    if len(text.replace(".", "")) > 15:
        assert found is None  # digits that a float may not hold
    else:
        told = pl.Series([float(text) * 1000.0]).round().cast(pl.Int32, strict=False)
        assert found == (told.item(),)


@pytest.mark.parametrize("directive", ["%D", "%{ms}T"])
def test_durations_without_a_point(directive: str) -> None:
    text = f'%t "%r" {directive}'
    assert values(text, f'{TIME} "-" 1.5', "duration_ms") is None
    assert values(text, f'{TIME} "-" -', "duration_ms") == (None,)
    assert values(text, f'{TIME} "-" -5', "duration_ms") is None
    assert values(text, f'{TIME} "-" 4000', "duration_ms") == (4 if directive == "%D" else 4000,)


def times(*texts: str) -> list[datetime | None]:
    """The instant of each time, None where it is left to the patterns."""
    found = split('%t "%r"', *(f'[{text}] "-"' for text in texts))
    by_row = {row["row"]: row["ts"] for row in found}
    return [by_row.get(i) for i in range(len(texts))]  # type: ignore[misc]


@pytest.mark.parametrize("year", [1991, 2000, 2015, 2016, 2100, 2199])
def test_every_day_of_a_year_and_none_besides(year: int) -> None:
    months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
    texts: list[str] = []
    expected: list[datetime | None] = []
    for number, month in enumerate(months, 1):
        for day in range(100):
            texts.append(f"{day:02}/{month}/{year}:23:59:58 +0000")
            try:
                expected.append(datetime(year, number, day, 23, 59, 58, tzinfo=UTC))
            except ValueError:
                expected.append(None)
    assert times(*texts) == expected


def test_every_zone_that_clocks_could_have() -> None:
    texts, expected = [], []
    for sign in (1, -1):
        for hours in range(26):
            for minutes in range(0, 61, 15):
                texts.append(f"01/Mar/2016:00:30:00 {'+-'[sign < 0]}{hours:02}{minutes:02}")
                offset = sign * timedelta(hours=hours, minutes=minutes)
                is_zone = hours < 24 and minutes < 60
                zone = timezone(offset) if is_zone else UTC
                instant = datetime(2016, 3, 1, 0, 30, tzinfo=zone)
                expected.append(instant.astimezone(UTC) if is_zone else None)
    assert times(*texts) == expected


def test_every_second_of_a_minute_and_minute_of_an_hour_and_hour_of_a_day() -> None:
    clocks = [(h, 0, 0) for h in range(100)] + [(0, m, 0) for m in range(100)]
    clocks += [(0, 0, s) for s in range(100)]
    texts = [f"29/Feb/2016:{h:02}:{m:02}:{s:02} +0100" for h, m, s in clocks]
    start = datetime(2016, 2, 28, 23, tzinfo=UTC)
    expected = [
        start + timedelta(hours=h, minutes=m, seconds=s) if h < 24 and m < 60 and s < 60 else None
        for h, m, s in clocks
    ]
    assert times(*texts) == expected


@given(st.integers(0, 27), st.sampled_from("aZ\t/:[]"))
def test_a_time_with_one_wrong_sign_is_left_to_the_patterns(place: int, sign: str) -> None:
    assume(TIME[place] != sign)
    bad = TIME[:place] + sign + TIME[place + 1 :]
    # Behind a good one of the same day and zone: what is known of that says nothing of this.
    found = split('%t "%r"', f'{TIME} "-"', f'{bad} "-"', f'{TIME} "-"')
    assert [row["row"] for row in found] == [0, 2]


def test_instants_that_no_server_writes_are_left_to_the_patterns() -> None:
    found = times(
        "01/Jan/1990:00:00:00 +0000",
        "01/Jan/1990:00:00:00 +0001",
        "31/Dec/2199:23:59:59 +0000",
        "31/Dec/2199:23:59:59 -0001",
    )
    assert [instant is not None for instant in found] == [True, False, True, False]


def test_fields_beyond_its_room_are_read_without_it() -> None:
    many = " ".join(f"%{{F{i}}}i" for i in range(70))
    log_format = compile_format(f'%t "%r" {many}')
    assert log_format.segments is not None
    assert program_of(log_format.segments) is None
    line = f'{TIME} "GET /" ' + " ".join(f"v{i}" for i in range(70))
    rows = parse_chunk(Chunk(f"{line}\n".encode(), 0, 1), log_format, vocabulary=Vocabulary()).rows
    assert [rows[f"header:f{i}"].item() for i in range(70)] == [f"v{i}" for i in range(70)]


def test_sixty_four_fields_are_not_too_many() -> None:
    many = " ".join(f"%{{F{i}}}i" for i in range(63))
    line = f'{TIME} "GET /" ' + " ".join(f"v{i}" for i in range(63))
    row = split(f'%t "%r" {many}', line)[0]
    assert [row[f"header:f{i}"] for i in range(63)] == [f"v{i}" for i in range(63)]
    assert row["request"] == "GET /"


def test_a_library_of_other_sources_is_not_called(tmp_path: Path) -> None:
    every = [f"void {name}(void) {{}}\n" for name in _FUNCTIONS if name != "weblog_interface"]
    older = f"long weblog_interface(void) {{ return {INTERFACE - 1}; }}"
    same = f"long weblog_interface(void) {{ return {INTERFACE}; }}"
    for i, functions in enumerate([[*every, older], every, [*every[1:], same], []]):
        source, built = tmp_path / "other.c", tmp_path / f"other{i}.so"
        source.write_text("".join(functions), "utf-8")
        subprocess.run(["cc", "-shared", "-fPIC", "-o", built, source], check=True)
        with pytest.raises(OSError, match="built of other sources"):
            loaded(built)
    with pytest.raises(OSError, match="missing"):
        loaded(tmp_path / "missing.so")
    (tmp_path / "text.so").write_text("for another machine", "utf-8")
    with pytest.raises(OSError, match="text"):
        loaded(tmp_path / "text.so")


PIECES = ["%h", "%l", "%u", "%s", "%>s", "%b", "%O", "%D", "%T", "%v:%p", "%v/%m", "%{X}i", "-",
          "%k;%b", "%{X-Forwarded-For}i", "%a", "%f--%{A}i", "lit"]  # fmt: skip
WORDS = ["192.0.2.7", "-", "kim", "200", "404", "0", "1500", "0.25", "shop.example:443", "a:b:c",
         "a/b", "x;5", "x;-", "a,b", "p--q", "p---q", "lit", "", "a b", "é", '"']  # fmt: skip
QUOTED = ["GET /a?b=c HTTP/1.1", "-", "", "Mozilla/5.0 (가)", "1.2.3.4, 5.6.7.8", '\\"', "\t", '"']


@st.composite
def layouts(draw: st.DrawFn) -> tuple[str, list[str]]:
    """A layout, and lines whose words mostly are what stands in their place."""
    first = draw(st.lists(st.sampled_from(PIECES), max_size=3))
    last = draw(st.lists(st.sampled_from(PIECES), max_size=3))
    text = " ".join([*first, "%t", '"%r"', *last, '"%{User-Agent}i"'])
    usual = {"%v:%p": "h:80", "%v/%m": "h/GET", "-": "-", "%k;%b": "3;5", "%f--%{A}i": "f--a"}
    usual |= {"lit": "lit", **dict.fromkeys(["%s", "%>s", "%b", "%O", "%D", "%T"], "200")}

    def word(piece: str) -> str:
        fitting = usual.get(piece, "kim")
        return fitting if draw(st.integers(0, 9)) else draw(st.sampled_from(WORDS))

    lines = []
    for _ in range(draw(st.integers(0, 12))):
        words = [word(piece) for piece in first], [word(piece) for piece in last]
        request, agent = draw(st.sampled_from(QUOTED)), draw(st.sampled_from(QUOTED))
        lines.append(" ".join([*words[0], TIME, f'"{request}"', *words[1], f'"{agent}"']))
    return text, lines


def in_order(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.select(sorted(rows.columns)).sort("line")


@settings(max_examples=300)
@given(layouts())
def test_any_layout_is_read_as_its_patterns_read_it(drawn: tuple[str, list[str]]) -> None:
    text, lines = drawn
    log_format = compile_format(text)
    chunk = Chunk("".join(f"{line}\n" for line in lines).encode(), 0, 1)
    found = parse_chunk(chunk, log_format, vocabulary=Vocabulary())
    program_for(log_format)  # else nothing was compared
    expected = parse_chunk(chunk, dataclasses.replace(log_format, segments=None))
    assert in_order(as_text(found.rows)).equals(in_order(expected.rows))
    assert found.rejects.equals(expected.rejects)


@settings(max_examples=100)
@given(st.lists(st.tuples(st.sampled_from(QUOTED), st.sampled_from(WORDS)), max_size=40))
def test_the_same_rows_as_without_the_library(said: list[tuple[str, str]]) -> None:
    log_format = compile_format('%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i" %T')
    assert log_format.segments is not None
    lines = [f'{b} - - {TIME} "{a}" 200 5 "{a}" "{a}" 0.5\n' for a, b in said]
    chunk = Chunk("".join(lines).encode(), 0, 1)
    rows, accepted = split_chunk(chunk, program_for(log_format), Vocabulary())
    expected, expected_accepted = split_lines(chunk, log_format.segments)
    assert accepted.tolist() == expected_accepted.tolist()
    assert as_text(rows).select(expected.columns).equals(expected)
