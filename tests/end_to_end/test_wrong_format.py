"""A format that does not fit most of a new log stops it before anything is stored."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from weblog.errors import FormatError
from weblog.formats import format_named
from weblog.ingestion.beginning import judge, judged
from weblog.ingestion.reading import fitting_format
from weblog.parse import Chunk

Weblog = Callable[..., Any]

LINES = [
    f"192.0.2.{i % 200} - - [17/May/2015:10:{i // 60:02}:{i % 60:02} +0000] "
    f'"GET /{i} HTTP/1.1" 200 5 "-" "Mozilla/5.0"\n'
    for i in range(1500)
]
VHOST = [f"www.example.com:443 {line}" for line in LINES]


def counts(weblog: Weblog) -> tuple[int, int, int]:
    status = weblog("status", "--store", "S", "--output", "json").json
    return status["lines"], status["hits"], status["rejects"]


def write(folder: Path, name: str, lines: list[str]) -> str:
    (folder / name).write_text("".join(lines))
    return name


def test_it_says_how_many_which_and_what_they_look_like(weblog: Weblog, tmp_path: Path) -> None:
    wrong = write(tmp_path, "wrong.log", [*LINES[:400], "\n", *VHOST[400:]])
    right = write(tmp_path, "right.log", LINES[::-1])
    run = weblog("ingest", wrong, right, "--store", "S", "--format", "combined", code=5)
    assert (
        "weblog: log format 'combined': wrong.log: 600 of its first 1,000 lines do not fit. "
        "They look like vhost_combined (--format vhost_combined). --force reads it all the same, "
        "and keeps these lines as rejects.\n  line 402: 'www.example.com:443 192.0.2.0 - -"
    ) in run.err
    assert run.err.count("\n  line 4") == 3
    assert counts(weblog) == (1500, 1500, 0)  # the other file was read
    assert "600 of its first 1,000" in weblog("check", wrong, "--format", "combined", code=5).err
    weblog("check", wrong, "--format", "combined", "--force")
    run = weblog("ingest", wrong, "--store", "S", "--format", "combined", "--force")
    assert "1,501 lines = 400 hits + 1,100 rejects + 1 skipped" in run.text
    assert counts(weblog) == (3001, 1900, 1100)


def test_the_same_log_under_two_names_is_refused_twice(weblog: Weblog, tmp_path: Path) -> None:
    wrong = [*LINES[:2], *["no log line\n"] * 3]
    files = write(tmp_path, "wrong.log", wrong), write(tmp_path, "copy.log", wrong)
    run = weblog("ingest", *files, "--store", "S", code=5)
    assert run.err.count("3 of its first 5 lines do not fit") == 2


@pytest.mark.parametrize(
    ("good", "bad", "is_refused"),
    [
        (500, 500, False),
        (499, 501, True),
        (500, 900, False),  # the thousand and first is not looked at
        (499, 900, True),
        (1, 1, False),
        (1, 2, True),
        (0, 1, True),
    ],
)
@pytest.mark.parametrize("size", [100, 1 << 20])
def test_half_of_the_first_thousand_lines_of_text_is_enough(
    good: int, bad: int, is_refused: bool, size: int
) -> None:
    whole = "".join(["\n\n", *LINES[:good], "\n", *["no log line\n"] * bad]).encode()
    parts = [whole[start : start + size] for start in range(0, len(whole), size)]
    chunks = [Chunk(part, 0, 1) for part in parts]
    combined = format_named("combined")
    if is_refused:
        told = f"of its first {min(good + bad, 1000):,} lines do not"
        with pytest.raises(FormatError, match=told):
            judged(iter(chunks), combined, "a.log")
    else:
        assert list(judged(iter(chunks), combined, "a.log")) == chunks


def test_a_log_that_was_read_before_goes_on(weblog: Weblog, tmp_path: Path) -> None:
    log = write(tmp_path, "a.log", LINES[:10])
    weblog("ingest", log, "--store", "S")
    write(tmp_path, "a.log", [*LINES[:10], *["no log line\n"] * 990])
    weblog("ingest", log, "--store", "S")
    assert counts(weblog) == (1000, 10, 990)


def test_a_log_detection_is_barely_sure_of_is_refused_too() -> None:
    lines = "".join([*LINES[:60], *["no log line\n"] * 240]).encode()
    found, _ = fitting_format(None, lines, "a.log")
    with pytest.raises(FormatError, match="240 of its first 300"):
        judge([Chunk(lines, 0, 1)], found, "a.log")
