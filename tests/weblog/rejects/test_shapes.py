"""What rejected lines look like, and what is said of them."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weblog.formats import KNOWN
from weblog.parse import Reason
from weblog.rejects.advice import advice, quoted
from weblog.rejects.shapes import SHAPES, shape_of, shapes

COMBINED = KNOWN["combined"]
LINE = '192.0.2.7 - - [17/May/2015:10:00:01 +0000] "GET / HTTP/1.1" 200 5 "-" "M/5.0"'


def rejects(*rows: tuple[str, bytes], source: str = "s") -> pl.DataFrame:
    return pl.DataFrame(
        {
            "log_source": [source] * len(rows),
            "path": ["a.log"] * len(rows),
            "line": pl.Series(range(1, len(rows) + 1), dtype=pl.Int64),
            "reason": [str(reason) for reason, _ in rows],
            "raw": [raw for _, raw in rows],
            "log_format": [COMBINED] * len(rows),
        }
    )


@pytest.mark.parametrize(
    ("line", "other", "shape"),
    [
        ('10.0.0.1 "GET /a?b=1" 200', '8.8.8.8 "POST /" 404', 'IP ".." 9'),
        ('10.0.0.1 "GET /cut', '10.0.0.2 "', 'IP "..'),
        ("2001:db8::1 x", "::1 y", "IP a"),
        ("www.example.com:80 x", "shop-1.test:443 y", "a:9 a"),
        ("17/May/2015:10:05:03", "1/Jun/1999:1:2:3", "9/a/9:9:9:9"),
        ("at /var/log/a.b", "at /x", "a /.."),
        ("id d0e1f2a3", "id 9f8e", "a x"),
        ("한국어 7", "français 12", "a 9"),
        ("\x16\x03\x01", "\x00", "?"),
    ],
)
def test_lines_that_differ_in_values_have_one_shape(line: str, other: str, shape: str) -> None:
    frame = pl.DataFrame({"text": [line, other]})
    assert frame.select(shape_of(pl.col("text"))).to_series().to_list() == [shape] * 2


def test_shapes_are_counted_with_their_first_line_and_advice() -> None:
    vhost = [f"www{i}.example.com:443 {LINE}".encode() for i in range(30)]
    cut = [LINE[: -1 - i].encode() for i in range(3)]
    rows = [(Reason.NOT_THE_FORMAT, each) for each in vhost]
    rows[10:10] = [(Reason.CUT_OFF, each) for each in cut]
    found = shapes(rejects(*rows).lazy())
    assert found.schema == SHAPES
    assert found["lines"].to_list() == [30, 3]
    assert found["raw"].to_list() == [vhost[0], cut[0]]
    assert found["line"].to_list() == [1, 11]
    looks, was_cut = found["advice"]
    assert looks == "looks like vhost_combined: `weblog rejects replay --format vhost_combined`"
    assert was_cut.startswith("cut off: the log was copied while it was being written")
    assert shapes(rejects(*rows).lazy(), limit=1)["lines"].to_list() == [30]
    assert shapes(rejects().lazy()).height == 0


@pytest.mark.parametrize(
    ("line", "reason", "said"),
    [
        (b"\x16\x03\x01\x02\x00\x01", Reason.BINARY, "TLS on a plain port"),
        (b"\x00" * 9, Reason.BINARY, "zero bytes: the machine stopped"),
        (b"\x01\x02\x7f", Reason.BINARY, "binary"),
        (LINE.replace("17/May", "31/Feb").encode(), Reason.BAD_TIME, "its time is none"),
        (b"x" * 100, Reason.TOO_LONG, "only its first 64 KiB are kept"),
        (b"2015/05/17 10:05:03 [error] 12#0: *4 open()", Reason.NOT_THE_FORMAT, "nginx's error"),
        (b"[Sat May 17 10:05:03.12 2015] [core:error]", Reason.NOT_THE_FORMAT, "Apache's error"),
        (b"Dear diary,", Reason.NOT_THE_FORMAT, ""),
    ],
)
def test_what_is_said_of_a_line(line: bytes, reason: str, said: str) -> None:
    told = advice([line], reason, COMBINED)
    assert said in told if said else told == ""


def test_every_reason_can_be_asked_about() -> None:
    for reason in Reason:
        assert isinstance(advice([b"x"], reason.value, COMBINED), str)


def test_the_format_tried_is_not_advised_again() -> None:
    assert "looks like" not in advice([LINE.encode()], Reason.NOT_THE_FORMAT, COMBINED)
    assert "looks like combined" in advice([LINE.encode()], Reason.NOT_THE_FORMAT, KNOWN["common"])


def test_a_format_written_out_is_quoted_for_the_shell() -> None:
    assert quoted("vhost_combined") == "vhost_combined"
    assert quoted("%h '%r'") == "'%h '\\''%r'\\'''"


@given(st.lists(st.binary(max_size=80).filter(lambda raw: b"\n" not in raw), max_size=20))
def test_every_reject_is_in_one_shape(lines: list[bytes]) -> None:
    rows = [(Reason.NOT_THE_FORMAT, each) for each in lines]
    found = shapes(rejects(*rows).lazy())
    assert int(found["lines"].sum()) == len(lines)
    assert set(found["raw"]) <= set(lines)
