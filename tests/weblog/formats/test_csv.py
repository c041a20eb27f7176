"""CSV: columns by name, quotes as writers put them, and a slow reader that agrees."""

from __future__ import annotations

import csv
import io
import pickle
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slow_fields import read_fields, rows_of

from weblog.errors import FormatError
from weblog.formats import format_named
from weblog.formats.columns import split_line

CSV = format_named("csv")
TS = datetime(2025, 5, 17, 10, 5, 3, tzinfo=UTC)
HEADER = "timestamp,client_ip,url,status,user_agent"
LINE = '2025-05-17T10:05:03Z,192.0.2.7,/a,200,"Moz, ""X"""'
ROW = {
    "ts": TS,
    "client": "192.0.2.7",
    "target": "/a",
    "status": 200,
    "user_agent": 'Moz, "X"',
}


@pytest.mark.parametrize(
    ("line", "columns"),
    [
        ("a,b,c", ["a", "b", "c"]),
        (",,", ["", "", ""]),
        ("", [""]),
        ('"a,b",c', ["a,b", "c"]),
        ('"a""b",c', ['a"b', "c"]),
        (r'"a\"b",c', ['a"b', "c"]),
        ('"",""', ["", ""]),
        ('a"b,c"d', ['a"b', 'c"d']),
        ('"a,b', ['"a', "b"]),
        ('"a"b,c', ['"a"b', "c"]),
        ('x,"a,b"', ["x", "a,b"]),
    ],
)
def test_how_a_line_is_split(line: str, columns: list[str]) -> None:
    assert split_line(line, ",") == columns


def test_the_first_line_names_the_columns_and_may_come_again() -> None:
    log = f"{HEADER}\n{LINE}\n\n{HEADER}\n{LINE}\nstatus,time,path\n404,1747476303,/b\n"
    found = rows_of(log.encode(), CSV)
    assert [found[i] for i in (1, 3, 4, 6)] == [None] * 4
    assert found[2] == ROW | {"line": 2}
    assert found[5] == ROW | {"line": 5}
    assert found[7] == {"line": 7, "ts": TS, "target": "/b", "status": 404}
    assert all(rows_of(log.encode(), CSV, size) == found for size in (1, 60, 100))


def test_lines_before_the_columns_are_named_are_rejects() -> None:
    found = rows_of(f"{LINE}\n{HEADER}\n{LINE}\n".encode(), CSV)
    assert (found[1], found[2], found[3]["target"]) == ("no_fields", None, "/a")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("2025-05-17T10:05:03Z,192.0.2.7,/a", "cut_off"),
        (LINE + ",more", "not_the_format"),
        (LINE.replace("200", "2x0"), "bad_number"),
        (LINE.replace("05-17", "02-31"), "bad_time"),
        ('"' + "x" * 70_000, "too_long"),
        ("  ", None),
    ],
)
@pytest.mark.parametrize("times", [1, 100])
def test_why_a_line_is_none(line: str, reason: str | None, times: int) -> None:
    good = f"{LINE}\n" * times
    found = rows_of(f"{HEADER}\n{good}{line}\n{good}".encode(), CSV)
    assert found[times + 2] == reason
    rows = [number for number, row in found.items() if isinstance(row, dict)]
    assert rows == [*range(2, times + 2), *range(times + 3, 2 * times + 3)]


def test_a_stray_quote_swallows_no_line() -> None:
    stray = '2025-05-17T10:05:03Z,192.0.2.7,/a?q="x,200,"Moz'
    log = "\n".join([HEADER, *[LINE] * 80, stray, *[LINE] * 80])
    found = rows_of(log.encode(), CSV)
    assert found[82] == ROW | {"line": 82, "target": '/a?q="x', "user_agent": '"Moz'}
    assert sum(isinstance(row, dict) for row in found.values()) == 161


def test_columns_may_be_given() -> None:
    text = 'csv:{"columns":"ip when path x cookie:WLID","separator":"|","fields":{"client":"ip",'
    text += '"time":"when"},"time_format":"%d.%m.%Y %H:%M:%S","zone":"Asia/Seoul"}'
    found = rows_of(b"192.0.2.7|17.05.2025 19:05:03|/a|?|9f2c\n", format_named(text))
    row = {"line": 1, "ts": TS, "client": "192.0.2.7", "target": "/a", "cookie:WLID": "9f2c"}
    assert found == {1: row}


def test_azure_writes_html_and_what_was_done() -> None:
    line = (
        "1.0;2025-05-17T10:05:03.1234567Z;GetBlobProperties;Success;200;25;20;anonymous;;shop;blob;"
        '"https://shop.blob.core.windows.net/a?b=1&amp;c=2";"/shop/a";id;0;192.0.2.7:41342;v;1;0;1;'
        '5120;0;;;"0x8";Friday, 16-May-25 21:09:33 GMT;;"Moz;&quot;X";"https://a.example/";"1"'
    )
    row = rows_of(line.encode(), format_named("azure_storage"))[1]
    told = (row["method"], row["target"], row["user_agent"], row["bytes"], row["duration_ms"])
    url = "https://shop.blob.core.windows.net/a?b=1&c=2"
    assert told == ("HEAD", url, 'Moz;"X', 5120, 25)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("csv:gooogle_storage", "Did you mean 'google_storage'"),
        ('csv:{"columns":"time ip"}', "no request"),
        ('csv:{"columns":"path ip"}', "no time"),
        ('csv:{"columns":5}', "columns is no text"),
        ('csv:{"separator":"::"}', "not one sign"),
        ('csv:{"fields":{"clint":"ip"}}', "Did you mean 'client'"),
        ('csv:{"fields":{"client":5}}', "is no column"),
        ('csv:{"fields":"client"}', "no map of a field"),
    ],
)
def test_a_wrong_format_is_refused(text: str, message: str) -> None:
    with pytest.raises(FormatError, match=message):
        format_named(text)


@pytest.mark.parametrize(
    "text",
    ["csv", "google_storage", "azure_storage", "csv:@Asia/Seoul", 'csv:{"separator":"\\t"}'],
)
def test_formats_are_rebuilt_from_their_text_and_pickled(text: str) -> None:
    made = format_named(text)
    assert format_named(made.text) == made
    assert pickle.loads(pickle.dumps(made)) == made  # noqa: S301


NAMES = ["time", "client", "method", "target", "status", "bytes", "referrer"]
TEXT = st.text(st.characters(exclude_characters="\r\n", exclude_categories=["Cs"]), max_size=6)
VALUE = st.one_of(st.sampled_from(["200", "0", "-", "", "x", '"', ",", '"a"']), TEXT)
TIME = st.sampled_from(["2025-05-17T10:05:03Z", "1747476303", "x", ""])
QUOTING = [csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]


def written(values: list[str], quoting: Any) -> str:
    line = io.StringIO()
    csv.writer(line, quoting=quoting, lineterminator="").writerow(values)
    return line.getvalue()


@given(
    st.lists(
        st.tuples(TIME, st.lists(VALUE, min_size=6, max_size=6), st.sampled_from(QUOTING)),
        min_size=1,
        max_size=6,
    ),
    st.sampled_from([1, 70]),
    st.integers(1, 300),
)
@settings(max_examples=80, deadline=None)
def test_what_the_standard_library_writes_is_read_whatever_the_chunks(
    rows: list[tuple[str, list[str], Any]], times: int, size: int
) -> None:
    lines, expected = [",".join(NAMES)], {1: None}
    for time, values, quoting in rows * times:
        line = written([time, *values], quoting)
        # A quote escaped by a backslash is a quote to us, as log writers mean it.
        if "\\" in line:
            line, values = written([time, *["x"] * 6], quoting), ["x"] * 6  # noqa: PLW2901
        lines.append(line)
        fields = read_fields(dict(zip(NAMES, [time, *values], strict=True)))
        told = fields if isinstance(fields, str) else fields | {"line": len(lines)}
        expected[len(lines)] = told  # type: ignore[assignment]
    data = "\n".join(lines).encode()
    assert rows_of(data, CSV) == expected
    assert rows_of(data, CSV, size * times) == expected
