"""A real log in, the right counts out, however often and under whatever name."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

Weblog = Callable[..., Any]

DAYS = {"2015-05-17": 1632, "2015-05-18": 2893, "2015-05-19": 2896, "2015-05-20": 2578}


def test_ten_thousand_lines_are_all_accounted_for(
    weblog: Weblog, apache_log: Path, tmp_path: Path
) -> None:
    plain = tmp_path / "access.log"
    plain.write_bytes(gzip.decompress(apache_log.read_bytes()))
    weblog("ingest", plain, "--store", "S")
    first = weblog("status", "--store", "S", "--output", "json").json
    assert (first["lines"], first["hits"], first["rejects"], first["skipped"]) == (
        10_000,
        9_999,
        1,
        0,
    )
    assert (first["first_day"], first["last_day"]) == ("2015-05-17", "2015-05-20")
    # Of the pages, 52 were viewed by robots that only their behaviour gives away.
    assert (first["page_views"], first["robot_page_views"]) == (1_626, 52)
    assert first["page_views"] + first["robot_page_views"] == first["kinds"]["page"]
    assert first["sessions"] >= first["visitors"] > 0
    assert sum(first["kinds"].values()) == first["hits"]
    assert not first["unfinished"]

    by_day = weblog(
        "sql", "select date, count(*) as hits from hits group by date", "--store", "S",
        "--output", "json",
    )  # fmt: skip
    assert {row["date"]: row["hits"] for row in by_day.json} == DAYS

    (reject,) = weblog("rejects", "--store", "S", "--lines", "--output", "json").json
    assert (reject["line"], reject["reason"]) == (8899, "cut_off")
    line = plain.read_bytes().split(b"\n")[8898]
    assert reject["raw"].encode() == line
    assert weblog("rejects", "--store", "S", "--raw").out == line + b"\n"
    assert b"line 8899: cut_off" in weblog("rejects", "--store", "S", "--lines").out

    for again in (plain, apache_log):  # the same file, and gzipped under another name
        summary = weblog("ingest", again, "--store", "S", "--output", "json").json
        assert [source["lines"] for source in summary["sources"]] == [0]
        assert weblog("status", "--store", "S", "--output", "json").json == first


def test_standard_input_is_a_source_like_any_other(
    weblog: Weblog, apache_log: Path, tmp_path: Path
) -> None:
    data = gzip.decompress(apache_log.read_bytes())
    lines = data.splitlines(keepends=True)
    weblog("ingest", "-", "--store", "S", stdin=b"".join(lines[:6000]))
    weblog("ingest", "-", "--store", "S", stdin=gzip.compress(data))
    status = weblog("status", "--store", "S", "--output", "json").json
    assert (status["lines"], status["hits"], status["rejects"]) == (10_000, 9_999, 1)


def test_the_tables_for_people_and_the_formats_for_programs_say_the_same(
    weblog: Weblog, apache_log: Path, tmp_path: Path
) -> None:
    import io

    import polars as pl

    weblog("ingest", apache_log, "--store", "S", "--quiet")
    arguments = ("report", "site_status", "--store", "S")
    rows = weblog(*arguments, "--output", "json").json
    as_csv = pl.read_csv(weblog(*arguments, "--output", "csv").out)
    as_parquet = pl.read_parquet(io.BytesIO(weblog(*arguments, "--output", "parquet").out))
    assert as_csv["sessions"].to_list() == as_parquet["sessions"].to_list()
    assert [row["sessions"] for row in rows] == as_csv["sessions"].to_list()
    assert "site_status, 2015-" in weblog(*arguments).text
    status = weblog("status", "--store", "S", "--output", "json").json
    current = [row for row in rows if row["period"] == "current"]
    assert sum(row["sessions"] for row in current) == status["sessions"]
    assert sum(row["page_views"] for row in current) == status["page_views"]
