"""Formats at the command line: found and said, listed, told in full, detected with evidence."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from weblog.formats import NAMED

Weblog = Callable[..., Any]

SAMPLES = Path(__file__).parents[1] / "weblog" / "formats" / "samples"


def test_ingest_says_what_it_found_and_reads_it(weblog: Weblog) -> None:
    log = SAMPLES / "aws_alb.log"
    run = weblog("ingest", log, "--store", "S", "--format", "auto")
    assert "read as aws_alb (26 of the first 26 lines)" in run.text
    assert "26 lines = 26 hits + 0 rejects + 0 skipped" in run.text
    sql = "select host, path, query from hits where query is not null order by line limit 1"
    (row,) = weblog("sql", sql, "--store", "S", "--output", "json").json
    assert row == {"host": "shop.example", "path": "/plan", "query": "id=3"}


def test_ingest_says_that_a_log_is_ambiguous(weblog: Weblog) -> None:
    run = weblog("ingest", SAMPLES / "combined_ms.log", "--store", "S")
    assert "ambiguous: with --format, say which of combined_duration, combined_ms" in run.text
    assert "ambiguous" not in weblog("ingest", SAMPLES / "combined.log", "--store", "S").text


def test_check_says_what_it_found(weblog: Weblog) -> None:
    assert "haproxy (26 of the first 26 lines)" in weblog("check", SAMPLES / "haproxy.log").text


def test_formats_lists_all(weblog: Weblog) -> None:
    rows = weblog("formats", "--output", "json").json
    assert [row["name"] for row in rows] == list(NAMED)


def test_formats_tells_one_in_full_by_any_of_its_names(weblog: Weblog) -> None:
    out = weblog("formats", "awsALB").text
    row = NAMED["aws_alb"]
    assert out.startswith(f"aws_alb: {row.title}\n")
    for part in (row.writers, row.source, row.text, row.samples[0], "duration", "alb, awsalb"):
        assert part in out


def test_formats_shows_the_evidence(weblog: Weblog) -> None:
    run = weblog("formats", "--detect", SAMPLES / "icecast2.log", "--output", "json")
    rows = {row["name"]: row for row in run.json}
    assert {name: row["is"] for name, row in rows.items()} == {
        "combined_duration": "the format",
        "combined_ms": "as likely",
        "icecast2": "as likely",
    }
    assert rows["icecast2"]["lines"] == 26


def test_a_name_nobody_knows_is_answered_with_the_nearest(weblog: Weblog) -> None:
    run = weblog("formats", "haprox", code=2)
    assert "no log format is called 'haprox'. Did you mean 'haproxy'?" in run.err
