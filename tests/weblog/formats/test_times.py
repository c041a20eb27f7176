"""Times, in every shape that logs write them: (kinds, texts, instant)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weblog.errors import FormatError
from weblog.formats import format_named
from weblog.formats.times import KINDS, TimeKind, apache_time, split_zone, strftime
from weblog.parse import Chunk, parse_chunk
from weblog.parse.times import instants

T = datetime(2015, 5, 17, 1, 5, 3, tzinfo=UTC)
MS, US = timedelta(milliseconds=123), timedelta(microseconds=123456)


def kind_of(name: str) -> TimeKind:
    return KINDS[name] if name in KINDS else strftime(name)


def read(kinds: list[str], texts: list[str], zone: str | None = None) -> datetime | None:
    columns = [(f"c{i}", kind_of(name)) for i, name in enumerate(kinds)]
    for (_, kind), text in zip(columns, texts, strict=True):
        assert re.fullmatch(kind.pattern, text.encode()), (kind, text)
    frame = pl.DataFrame({name: [text] for (name, _), text in zip(columns, texts, strict=True)})
    found: datetime | None = frame.select(ts=instants(columns, zone))["ts"][0]
    return found


@pytest.mark.parametrize(
    ("kinds", "texts", "expected"),
    [
        ("clf", "17/May/2015:10:05:03 +0900", T),
        ("clf", "17/May/2015:10:05:03.123 +0900", T + MS),
        ("clf_local", "17/May/2015:01:05:03.123", T + MS),
        ("iso", "2015-05-17T10:05:03+09:00", T),
        ("iso", "2015-05-17T10:05:03.123456+0900", T + US),
        ("iso", "2015-05-17T01:05:03Z", T),
        ("iso", "2015-05-17 10:05:03,123+09", T + MS),
        ("iso_any", "2015-05-17 01:05:03", T),
        ("iso_any", "2015-05-17T10:05:03 +09:00", T),
        ("epoch", "1431824703", T),
        ("epoch", "1431824703.123", T + MS),
        ("epoch_ms", "1431824703123", T + MS),
        ("epoch_us", "1431824703123456", T + US),
        ("epoch_ns", "1431824703123456000", T + US),
        ("%s", "1431824703", T),
        ("%c", "Sun May 17 01:05:03 2015", T),
        ("%d.%m.%Y %I:%M:%S %p", "17.05.2015 01:05:03 AM", T),
        ("%Y%m%d%H%M%S", "20150517010503", T),
        ("%m/%d/%y %R", "05/17/15 01:05", T.replace(second=0)),
        ("%Y %j %T", "2015 137 01:05:03", T),
        ("%A, %d-%b-%Y %H:%M:%S %Z", "Sunday, 17-May-2015 01:05:03 GMT", T),
        ("date clock", "2015-05-17 01:05:03", T),
        ("clock day zone usec_frac", "10:05:03 17/May/2015 +0900 123456", T + US),
        ("epoch msec_frac", "1431824703 123", T + MS),
    ],
)
def test_a_time_is_read(kinds: str, texts: str, expected: datetime) -> None:
    if kinds.replace("_", "").replace(" ", "").isalpha() and " " in kinds:
        assert read(kinds.split(), texts.split()) == expected
    else:
        assert read([kinds], [texts]) == expected


@pytest.mark.parametrize(
    ("text", "zone", "expected"),
    [
        ("2015-05-17 10:05:03", "Asia/Seoul", "2015-05-17T01:05:03+00:00"),
        ("2021-11-07 01:30:00", "America/New_York", "2021-11-07T05:30:00+00:00"),
        ("2021-03-14 02:30:00", "America/New_York", "2021-03-14T07:30:00+00:00"),
    ],
    ids=["a zone", "an hour that is twice: the first", "an hour that is not: winter's clock"],
)
def test_a_time_without_a_zone_is_of_the_formats(text: str, zone: str, expected: str) -> None:
    found = read(["iso_any"], [text], zone)
    assert found is not None
    assert found.astimezone(UTC).isoformat() == expected


def test_a_zone_is_said_behind_any_format() -> None:
    line = b'1.2.3.4 - - [2015-05-17 10:05:03] "GET / HTTP/1.1" 200 5 "-" "-"\n'
    texts = ("combined_iso@Asia/Seoul", '%h - %u [%{%Y-%m-%d %T}t] "%r" %s %b "-" "-"@Asia/Seoul')
    for text in texts:
        log_format = format_named(text)
        assert parse_chunk(Chunk(line, 0, 1), log_format).rows["ts"].to_list() == [T]
        assert format_named(log_format.text) == log_format


def test_what_is_no_zone_belongs_to_the_format() -> None:
    assert split_zone("%h %t@here") == ("%h %t@here", None)
    assert split_zone("%h %t@UTC") == ("%h %t", "UTC")


@pytest.mark.parametrize(
    ("argument", "kind"),
    [
        ("sec", KINDS["epoch"]),
        ("begin:msec", KINDS["epoch_ms"]),
        ("end:usec", KINDS["epoch_us"]),
        ("end:%Y-%m-%d %T", strftime("%Y-%m-%d %T")),
        ("yyyy-MM-dd HH:mm:ss.SSS", strftime("%Y-%m-%d %H:%M:%S")),
        ("dd/MMM/yyyy:HH:mm:ss ZZZ|GMT", strftime("%d/%b/%Y:%H:%M:%S %z")),
    ],
)
def test_what_apache_tomcat_and_jetty_call_a_time(argument: str, kind: TimeKind) -> None:
    found = apache_time(argument)
    assert (found.pattern, found.written, found.part) == (kind.pattern, kind.written, kind.part)


def test_a_time_that_cannot_be_read_is_refused() -> None:
    with pytest.raises(FormatError, match="a time of which %U cannot be read"):
        strftime("%Y-%U")


INSTANTS = st.datetimes(datetime(1990, 1, 1), datetime(2099, 12, 31))  # noqa: DTZ001
WAYS = ("%Y-%m-%d %H:%M:%S", "%d/%b/%Y:%T", "%e %B %y %H:%M:%S", "%m/%d/%Y %I:%M:%S %p", "%j %Y %T")


@given(INSTANTS, st.sampled_from(WAYS))
def test_what_strftime_writes_is_read_back(instant: datetime, way: str) -> None:
    whole = instant.replace(microsecond=0, tzinfo=UTC)
    if "%y" in way and instant.year > 2068:
        return  # two digits are of 1969 to 2068
    text = whole.strftime(way.replace("%e", "%d"))
    assert read([way], [text]) == whole
