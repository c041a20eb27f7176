"""What a file's first lines say of its columns holds in later chunks, batches and runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from weblog.ingestion import Settings, ingest
from weblog.status import status
from weblog.store import open_store

SMALL = Settings(chunk_bytes=60, batch_lines=3)
W3C = "#Fields: date time cs-method cs-uri-stem sc-status\n"
CSV = "time,method,url,status\n"


def w3c_line(i: int) -> str:
    return f"2025-05-17 10:05:{i:02} GET /page/{i} 200\n"


def csv_line(i: int) -> str:
    return f"2025-05-17T10:05:{i:02}Z,GET,/page/{i},200\n"


@pytest.mark.parametrize(("header", "line"), [(W3C, w3c_line), (CSV, csv_line)])
def test_a_grown_file_is_read_on_by_the_columns_it_named_at_its_start(
    header: str, line: object, tmp_path: Path
) -> None:
    assert callable(line)
    store = open_store(tmp_path / "store", create=True, key=b"a key")
    log = tmp_path / "a.log"
    log.write_text(header + "".join(map(line, range(10))), "utf-8")
    assert ingest(store, [str(log)], settings=SMALL).errors == ()
    with log.open("a", encoding="utf-8") as more:
        more.write("".join(map(line, range(10, 20))))
    assert ingest(store, [str(log)], settings=SMALL).errors == ()
    found = status(store)
    assert (found.lines, found.hits, found.rejects, found.adds_up) == (21, 20, 0, True)
    paths = store.head().scan("hits").sort("line").collect()["path"].to_list()
    assert paths == [f"/page/{i}" for i in range(20)]
