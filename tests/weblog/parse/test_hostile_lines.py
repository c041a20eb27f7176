"""Lines by strangers: the parser says what a slow, obvious one says, of every line and byte."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import polars as pl
import pytest
import slow_lines
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from weblog.formats import LogFormat, format_named
from weblog.parse import Chunk, Parsed, Vocabulary, parse, parse_chunk
from weblog.parse import lines as lines_module
from weblog.parse.library import is_compiled
from weblog.parse.words import as_text

NASTY = st.sampled_from(
    [
        b'"', b'""', b'" "', b"\\", b"\\\\", b'\\"', b"\\x", b"\\xE", b"\\x41", b"\\xEA\\xB0\\x90",
        b"\\n", b"\\q", b"\x00", b"\x01", b"\t", b"\r", b"\x0b", b"\x1b[31m", b"\x7f", b"\xff",
        b"\xc0\x80", b"\xe0\xa0", b"\xf0\x9f\x98", b"\xed\xa0\x80", b"\xb0\xa1", b"\xa4\xa1",
        "감귤".encode(), "감귤".encode("cp949"), "é".encode("latin-1"), "\u2028".encode(),
        "\u0085".encode(), b"\xef\xbb\xbf", b" ", b"  ", b"-", b" - ", b"[", b"]", b"'", b"#", b",",
        b'" 200 5 "', b"HTTP/1.1", b"%", b"%00", b"%EA%B0%90", b"x" * 300, b"/", b"?a=b&c=d",
    ]
)  # fmt: skip
TEXT = st.lists(
    st.one_of(NASTY, st.binary(max_size=6), st.sampled_from([b"GET /a", b"Mozilla/5.0", b"kim"])),
    max_size=6,
).map(b"".join)
ONE_LINE = TEXT.map(lambda text: text.replace(b"\n", b""))
ENORMOUS = st.integers(60_000, 70_000).map(lambda length: b"y" * length)


def often(usual: bytes, *others: st.SearchStrategy[bytes]) -> st.SearchStrategy[bytes]:
    return st.one_of(st.just(usual), st.just(usual), *others)


CLIENTS = often(
    b"192.0.2.7",
    st.sampled_from(
        b"-|2001:db8::1|a.example|1.2.3.4, 5.6.7.8|1.2.3.4,5.6.7.8|a,|,a|a,,b|a, b,c".split(b"|")
    ),
    ONE_LINE,
)
TIMES = often(
    b"17/May/2015:10:05:03 +0000",
    st.sampled_from(
        b"""\
17/May/2015:10:05:03 +0900
17/May/2015:10:05:03 -0330
17/May/2015:10:05:03 +0060
17/May/2015:10:05:03 +2400
17/May/2015:10:05:03 +9999
17/May/2015:10:05:03.123456 +0000
17/May/2015:10:05:03,5 +0000
17/May/2015:10:05:03
17/May/2015:24:00:00 +0000
17/May/0000:10:05:03 +0000
17/Mai/2015:10:05:03 +0000
17/may/2015:10:05:03 +0000
 7/May/2015:10:05:03 +0000
31/Feb/2015:10:05:03 +0000
00/Jan/2015:00:00:00 +0000
29/Feb/2016:1:05:03 +0000
31/Dec/2016:23:59:60 +0000
01/Jan/1990:00:00:00 +0000
31/Dec/1989:23:59:59 +0000
31/Dec/2199:23:59:59 +0000
01/Jan/9999:00:00:00 -2359""".split(b"\n")
    ),
    ONE_LINE,
)
NUMBERS = st.sampled_from(
    "200|0|-|000|099|100|999|1000|2x0|+5|-5|-0| 5|5 ||007|1e3|1.5|2147483648000|２００|"
    "999999999999999999|9999999999999999999".encode().split(b"|")
)
USERS = often(b"-", st.sampled_from([b"K1", b"kim min", b"- kim", b"-kim", b'""', b""]), ONE_LINE)
QUOTED = often(b"GET /a?b=c HTTP/1.1", ONE_LINE, st.sampled_from([b"-", b""]))


@st.composite
def lines(draw: st.DrawFn, name: str) -> bytes:
    """A line of the format whose fields are odd, or which is cut, or into which something got."""
    host = {"vhost_combined": b"shop.example:443 "}.get(name, b"shop.example ")
    colons = st.sampled_from([b"2001:db8::1:443 ", b"[::1]:80 ", b":80 ", b"shop: ", b":: "])
    line = draw(often(host, colons, ONE_LINE)) if "host" in name else b""
    line += draw(CLIENTS) + b" - " + draw(USERS) + b" [" + draw(TIMES) + b'] "' + draw(QUOTED)
    line += b'" ' + draw(often(b"200", NUMBERS)) + b" " + draw(often(b"512", NUMBERS))
    if "common" not in name:
        line += b' "' + draw(QUOTED) + b'" "' + draw(QUOTED) + b'"'
    if name == "combined_duration":
        line += b" " + draw(often(b"1500", NUMBERS))
    elif name in ("combined_forwarded", "combined_cookie"):
        line += b' "' + draw(QUOTED) + b'"'
    harm = draw(st.sampled_from(["none", "none", "cut", "behead", "insert", "remove", "enormous"]))
    if harm == "enormous" and draw(st.integers(0, 9)):
        harm = "none"
    at = draw(st.integers(0, len(line)))
    then = draw(st.integers(at, min(at + 8, len(line))))
    return {
        "none": line,
        "cut": line[:at],
        "behead": line[at:],
        "insert": line[:at] + (draw(NASTY) if harm == "insert" else b"") + line[at:],
        "remove": line[:at] + line[then:],
        "enormous": line[:at] + (draw(ENORMOUS) if harm == "enormous" else b"") + line[at:],
    }[harm]


@st.composite
def logs(draw: st.DrawFn, name: str) -> bytes:
    """Several lines, with any line ends, with or without one at the end."""
    one = st.one_of(lines(name), lines(name), lines(name), ONE_LINE, st.just(b""))
    pieces = draw(
        st.lists(st.tuples(one, st.sampled_from([b"\n", b"\r\n", b"\r\r\n"])), max_size=8)
    )
    data = draw(st.sampled_from([b"", b"", b"\xef\xbb\xbf"])) + b"".join(a + b for a, b in pieces)
    return data + draw(st.one_of(st.just(b""), one))


def shown(parsed: Sequence[Parsed]) -> list[dict[str, object]]:
    """The rows of some chunks by line, a ``-`` as null."""
    rows = [row for each in parsed for row in each.rows.to_dicts()]
    rows = [{k: None if v == "-" else v for k, v in row.items()} for row in rows]
    return sorted(rows, key=lambda row: int(row["line"]))


@pytest.fixture(params=["patterns", "split", "compiled"])
def path(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """How lines are read: by patterns alone, or first by one of the two fast paths."""
    if request.param == "split":
        monkeypatch.setattr(parse, "is_compiled", lambda: False)
        monkeypatch.setattr(lines_module, "is_compiled", lambda: False)
    elif request.param == "compiled":
        assert is_compiled()  # CI's environment has it: nothing here is tested by chance
    return str(request.param)


@pytest.mark.parametrize("name", slow_lines.LAYOUTS)
@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(st.data())
def test_a_slow_obvious_parser_reads_the_same(path: str, name: str, data: st.DataObject) -> None:
    log_format = format_named(name)
    assert isinstance(log_format, LogFormat)
    assert log_format.segments is not None  # else there is one path only
    if path == "patterns":
        log_format = dataclasses.replace(log_format, segments=None)
    text = data.draw(logs(name))
    offset = data.draw(st.sampled_from([0, 0, 977]))
    expected = slow_lines.read(text, slow_lines.LAYOUTS[name], offset, first_line=offset + 1)
    chunk = Chunk(text, offset, offset + 1)
    parsed = parse_chunk(chunk, log_format)
    if path == "compiled":  # with texts numbered from chunk to chunk, as ingestion does it
        vocabulary = Vocabulary()
        for _ in range(2):
            numbered = parse_chunk(chunk, log_format, vocabulary=vocabulary)
            assert as_text(numbered.rows).equals(parsed.rows)
            assert numbered.rejects.equals(parsed.rejects)
    columns = {"duration_us": "duration_ms"}
    wanted = [{columns.get(k, k): v for k, v in row.items()} for row in expected.rows]
    assert shown([parsed]) == wanted
    assert parsed.rejects.to_dicts() == expected.rejects
    assert parsed.lines == len(expected.spans)
    assert sum(parsed.skipped.values()) == expected.blank
    # Every byte belongs to one line, and every line that was not skipped is a row or a reject.
    assert sum(length for _, length in expected.spans) == len(text)
    places = [*parsed.rows["offset"], *parsed.rejects["offset"]]
    assert len(set(places)) == len(places) == parsed.lines - expected.blank
    assert set(places) <= {start for start, _ in expected.spans}


@settings(max_examples=100, deadline=None)
@given(logs("combined"), st.data())
def test_chunks_of_any_size_read_the_same(text: bytes, data: st.DataObject) -> None:
    log_format = format_named("combined")
    ends = [place + 1 for place, byte in enumerate(text) if byte == 10]
    cuts = sorted(data.draw(st.sets(st.sampled_from(ends), max_size=5)) if ends else [])
    parts: list[Parsed] = []
    start, line = 0, 1
    for cut in [*cuts, len(text)]:
        parts.append(parse_chunk(Chunk(text[start:cut], start, line), log_format))
        start, line = cut, line + parts[-1].lines
    whole = parse_chunk(Chunk(text, 0, 1), log_format)
    assert shown(parts) == shown([whole])
    assert pl.concat([part.rejects for part in parts]).equals(whole.rejects)
    assert sum(part.lines for part in parts) == whole.lines


@example(b'1.2.3.4 - - [17/May/2015:10:05:03 +0000] "' + b'" 200 5 "x" "' * 4_000)
@example(b"a " * 30_000 + b'[17/May/2015:10:05:03 +0000] "')
@example(b"a - " + b"[" * 60_000)
@example(b"," * 60_000)
@example(b"a," * 30_000)
@example(b"\\" * 60_000)
@example(b'1.2.3.4 - - [17/May/2015:10:05:03 +0000] "' + b"\\" * 60_001 + b'" 200 5 "-" "-"')
@settings(max_examples=1, deadline=5_000)
@given(st.just(b""))
def test_no_line_takes_long(line: bytes) -> None:
    for name in slow_lines.LAYOUTS:
        parsed = parse_chunk(Chunk(line + b"\n", 0, 1), format_named(name))
        assert parsed.lines == 1
