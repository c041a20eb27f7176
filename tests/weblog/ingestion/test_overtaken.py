"""Two processes read one log at once: what one could not finish, the next run does, once."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from weblog.errors import ConcurrentIngestError
from weblog.ingestion import ingest
from weblog.site import Site
from weblog.store import open_store

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"


def line(number: int) -> str:
    client, second = number % 250, number % 60
    return (
        f"10.0.0.{client} - - [18/May/2015:10:00:{second:02d} +0000] "
        f'"GET /p{number} HTTP/1.1" 200 100 "-" "{FIREFOX}"\n'
    )


def test_a_batch_refused_by_a_later_table_is_in_the_first_one_once(tmp_path: Path) -> None:
    known = "".join(map(line, range(300)))
    broken = "garbage\n" * 3
    log, shorter = tmp_path / "a.log", tmp_path / "a-moment-before.log"
    log.write_text(known)
    store = open_store(tmp_path / "store", create=True)
    ingest(store, [log], Site())
    # The other process has read up to lines that are no hits: it commits rejects and ledger.
    shorter.write_text(known + broken)
    log.write_text(known + broken + "".join(map(line, range(300, 310))))
    others = [shorter]

    def another(_: str, __: int, ___: int | None) -> None:
        while others:
            assert not ingest(store, [others.pop()], Site()).errors

    errors = ingest(store, [log], Site(), progress=another).errors
    assert [type(error) for error in errors] == [ConcurrentIngestError]
    assert not ingest(store, [log], Site()).errors
    hits = store.scan("hits").select("log_source", "line").collect()
    assert hits.height == hits.unique().height == 310
    counted = store.scan("ledger").select(pl.col("lines", "hits", "rejects").sum()).collect()
    assert counted.row(0) == (313, 310, 3)
    assert store.scan("rejects").select("line").collect()["line"].sort().to_list() == [
        301,
        302,
        303,
    ]
