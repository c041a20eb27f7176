"""Hits are the same, row for row, whatever a log is kept in and in what chunks it is read."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import polars as pl
import pytest
from compressed import COMPRESSORS, ENCODERS, Make
from new_store import new_store

from weblog.ingestion import Settings, ingest

KEY = b"a key that is the same in every test"
AGENT = b"Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
ODD = {
    3: b"no log line",
    11: b'203.0.113.1 - - [17/May/2015:10:00:00 +0000] "GET /cut',
    17: b"",
    23: '203.0.113.9 - 김 [17/May/2015:10:00:09 +0000] "GET /연금 HTTP/1.1" 200 5 "-" "x"'.encode(),
    31: b'203.0.113.9 - - [17/May/2015:10:00:09 +0000] "GET /\\"q\\" HTTP/1.1" 200 5 "-" "x\\x22"',
}
CHUNKS = (700, 5_000, 12 << 20)
PLAIN: dict[str, Make] = {"plain": bytes}


def line(number: int) -> bytes:
    if number % 40 in ODD:
        return ODD[number % 40]
    client, minute, second = number % 200, number // 60, number % 60
    return (
        b'203.0.113.%d - - [17/May/2015:10:%02d:%02d +0000] "GET /%d?utm_source=a HTTP/1.1" 200 5'
        b' "-" "%s"' % (client, minute, second, number, AGENT)
    )


LOG = b"".join(line(number) + b"\n" for number in range(400))


def stored(folder: Path, path: Path, chunk_bytes: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    store = new_store(folder, KEY)
    summary = ingest(store, [path], settings=Settings(chunk_bytes=chunk_bytes, batch_lines=150))
    assert summary.errors == ()
    hits = store.head().scan("hits").collect().sort("line")
    rejects = store.head().scan("rejects").drop("ingest_date", "path").collect().sort("line")
    return hits, rejects


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> tuple[pl.DataFrame, pl.DataFrame]:
    folder = tmp_path_factory.mktemp("expected")
    (folder / "access.log").write_bytes(LOG)
    return stored(folder / "store", folder / "access.log", 3 << 20)


@pytest.mark.parametrize(
    ("name", "chunk_bytes"),
    [
        *product(["plain", "gzip", "gzip, two members", "zstd", "zip"], CHUNKS),
        *product(["bzip2", "xz", *ENCODERS], CHUNKS[1:2]),
    ],
)
def test_hits_and_rejects_are_equal(
    tmp_path: Path, expected: tuple[pl.DataFrame, pl.DataFrame], name: str, chunk_bytes: int
) -> None:
    path = tmp_path / "whatever.name"
    path.write_bytes((PLAIN | COMPRESSORS | ENCODERS)[name](LOG))
    hits, rejects = stored(tmp_path / "store", path, chunk_bytes)
    assert hits.equals(expected[0])
    assert rejects.equals(expected[1])
    assert (hits.height, rejects.height) == (370, 20)


def test_a_log_kept_in_every_way_is_one_source(tmp_path: Path) -> None:
    store = new_store(tmp_path / "store", KEY)
    ways = PLAIN | COMPRESSORS | ENCODERS
    for number, make in enumerate(ways.values()):
        (tmp_path / f"copy-{number}").write_bytes(make(LOG))
    summary = ingest(store, [tmp_path / f"copy-{number}" for number in range(len(ways))])
    assert summary.errors == ()
    assert [source.lines for source in summary.sources] == [400] + [0] * (len(ways) - 1)
    assert len({source.log_source for source in summary.sources}) == 1


@pytest.mark.parametrize("name", ["gzip", "bzip2", "xz", "zstd"])
@pytest.mark.parametrize("share", [0.4, 0.9])
def test_what_a_cut_file_lacked_is_added_from_the_whole_one(
    tmp_path: Path, expected: tuple[pl.DataFrame, pl.DataFrame], name: str, share: float
) -> None:
    path, store = tmp_path / "a.log", new_store(tmp_path / "store", KEY)
    small = Settings(chunk_bytes=700, batch_lines=150)
    for kept in (share, 1.0, share):
        whole = COMPRESSORS[name](LOG)
        path.write_bytes(whole[: int(len(whole) * kept)])
        summary = ingest(store, [path], settings=small)
        assert [error.exit_code for error in summary.errors] == ([4] if kept < 1 else [])
    hits = store.head().scan("hits").collect().sort("line")
    assert hits.equals(expected[0])


def test_a_folder_of_everything(tmp_path: Path) -> None:
    logs = tmp_path / "logs"
    logs.mkdir()
    lines = LOG.splitlines(keepends=True)
    makes = [bytes, COMPRESSORS["gzip"], COMPRESSORS["zstd"], COMPRESSORS["zip"]]
    for number, make in enumerate(makes):
        part = b"".join(lines[300 - 100 * number : 400 - 100 * number])
        (logs / f"access.log{f'.{number}' if number else ''}").write_bytes(make(part))
    (logs / "error.log").write_text("2015/05/17 10:00:00 [error] 1#1: it broke\n")
    store = new_store(tmp_path / "store", KEY)
    summary = ingest(store, [logs, tmp_path / "none-*.log", logs])
    read = [Path(source.path).name for source in summary.sources]
    assert read == ["access.log.2", "access.log.1", "access.log", "access.log"]
    assert summary.lines == 400
    assert [str(error).rpartition("/")[2] for error in summary.errors] == [
        "none-*.log: no file matches this pattern. Check the path."
    ]
    assert len(summary.notes) == 1
    assert "error.log (an error log, which holds no requests)" in summary.notes[0]
