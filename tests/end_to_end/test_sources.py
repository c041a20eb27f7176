"""`weblog sources`: what was read of each log, and what became of its lines."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl

from weblog.ledger import ledger
from weblog.store import open_store

Weblog = Callable[..., Any]

LINE = '192.0.2.{n} - - [{day}/May/2015:10:05:03 +0000] "GET /a HTTP/1.1" 200 5 "-" "Mozilla/5.0"\n'
COMBINED = '%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i"'


def test_every_log_is_a_row(weblog: Weblog, tmp_path: Path) -> None:
    store, early, late = tmp_path / "store", tmp_path / "early.log", tmp_path / "late.log"
    early_lines = LINE.format(n=1, day=17) + "torn\n" + "\n" + LINE.format(n=2, day=18)
    early.write_text(early_lines)
    late.write_text(LINE.format(n=3, day=20))
    weblog("ingest", late, early, "--store", store)
    weblog("ingest", early, "--store", store)  # nothing new: nothing changes
    found = weblog("sources", "--store", store, "--output", "json").json
    assert [Path(row["path"]).name for row in found] == ["early.log", "late.log"]
    assert found[0] | {"log_source": "", "path": "", "read_at": ""} == {
        "log_source": "",
        "path": "",
        "log_format": COMBINED,
        "lines": 4,
        "hits": 2,
        "rejects": 1,
        "skipped": 1,
        "erased": 0,
        "bytes": len(early_lines),
        "first": "2015-05-17T10:05:03+00:00",
        "last": "2015-05-18T10:05:03+00:00",
        "read_at": "",
    }
    shown = weblog("sources", "--store", store).text
    assert "combined" in shown
    assert "log_source" not in shown


def test_a_log_keeps_its_row_under_its_newest_name(weblog: Weblog, tmp_path: Path) -> None:
    store, log = tmp_path / "store", tmp_path / "access.log"
    log.write_text(LINE.format(n=1, day=17))
    weblog("ingest", log, "--store", store)
    rotated = tmp_path / "access.log.1.gz"
    rotated.write_bytes(
        gzip.compress((LINE.format(n=1, day=17) + LINE.format(n=2, day=17)).encode())
    )
    weblog("ingest", rotated, "--store", store)
    (row,) = ledger(open_store(store)).to_dicts()
    assert (Path(row["path"]).name, row["lines"], row["hits"]) == ("access.log.1.gz", 2, 2)


def test_sums_are_those_of_status(weblog: Weblog, tmp_path: Path) -> None:
    store = tmp_path / "store"
    for n in range(3):
        (tmp_path / f"{n}.log").write_text(LINE.format(n=n, day=17 + n) * (n + 1) + "torn\n" * n)
    weblog("ingest", *sorted(tmp_path.glob("*.log")), "--store", store)
    status = weblog("status", "--store", store, "--output", "json").json
    names = ("lines", "hits", "rejects", "skipped")
    found = ledger(open_store(store)).select(pl.col(names).sum()).row(0, named=True)
    assert found == {name: status[name] for name in names}
    assert status["sources"] == 3


def test_a_store_without_logs_says_so(weblog: Weblog, tmp_path: Path) -> None:
    open_store(tmp_path / "store", create=True)
    assert "No log was read yet." in weblog("sources", "--store", tmp_path / "store").text
