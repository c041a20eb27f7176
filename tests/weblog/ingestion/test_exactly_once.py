"""Promise 1, exactly once, and promise 2, order does not matter, at the level of hits."""

from __future__ import annotations

import gzip
import shutil
import tempfile
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from new_store import new_store

from weblog.errors import ConcurrentIngestError, SourceError
from weblog.ingestion import IngestSummary, Settings, ingest
from weblog.ingestion.writing import Writer
from weblog.sources import chunks as chunks_module
from weblog.status import status
from weblog.store import Store, open_store

KEY = b"a key that is the same in every test"
SMALL = Settings(chunk_bytes=400, batch_lines=3)


def log_lines(count: int, name: str = "a") -> list[bytes]:
    """Return lines that differ, with a broken one among every seven."""
    return [
        b"no log line %d\n" % i
        if i % 7 == 3
        else b'192.0.2.%d - - [17/May/2015:10:%02d:%02d +0000] "GET /%s/%d HTTP/1.1" 200 5 "-" "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"\n'  # noqa: E501
        % (i % 200, i // 60 % 60, i % 60, name.encode(), i)
        for i in range(count)
    ]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return new_store(tmp_path / "store", KEY)


def everything(store: Store) -> tuple[pl.DataFrame, pl.DataFrame]:
    hits = store.head().scan("hits").collect().sort("log_source", "line")
    rejects = store.head().scan("rejects").drop("ingest_date", "path").collect()
    return hits, rejects.sort("log_source", "line")


def assert_whole(store: Store, lines: int) -> None:
    found = status(store)
    assert found.lines == lines
    assert found.adds_up
    assert sum(found.kinds.values()) == found.hits


def check(summary: IngestSummary) -> IngestSummary:
    assert summary.errors == ()
    return summary


@pytest.mark.parametrize(
    "copied",
    [
        pytest.param(lambda p: p, id="the same file"),
        pytest.param(lambda p: shutil.copy(p, p.with_name("access.log.1")), id="renamed"),
        pytest.param(
            lambda p: (
                p.with_name("old.gz").write_bytes(gzip.compress(p.read_bytes())),
                p.with_name("old.gz"),
            )[1],
            id="compressed under another name",
        ),
    ],
)
def test_a_log_ingested_again_adds_nothing(
    store: Store, tmp_path: Path, copied: Callable[[Path], Path]
) -> None:
    path = tmp_path / "access.log"
    path.write_bytes(b"".join(log_lines(40)))
    assert check(ingest(store, [path])).lines == 40
    before = everything(store)
    again = check(ingest(store, [copied(path)]))
    assert (again.lines, again.sources[0].already) == (0, 40)
    assert_whole(store, 40)
    assert all(now.equals(was) for now, was in zip(everything(store), before, strict=True))


def test_a_grown_log_adds_what_is_new(store: Store, tmp_path: Path) -> None:
    path, lines = tmp_path / "access.log", log_lines(400)
    for count in (1, 2, 30, 31, 400):  # also beyond the lines the identity looks at
        path.write_bytes(b"".join(lines[:count]))
        check(ingest(store, [path]))
        assert_whole(store, count)
    fresh = new_store(tmp_path / "fresh", KEY)
    check(ingest(fresh, [path]))
    assert everything(store)[0].equals(everything(fresh)[0])
    assert everything(store)[1].equals(everything(fresh)[1])


def test_a_log_that_was_rotated_and_compressed_after_it_grew(store: Store, tmp_path: Path) -> None:
    path, lines = tmp_path / "access.log", log_lines(60)
    path.write_bytes(b"".join(lines[:20]))
    check(ingest(store, [path]))
    rotated = tmp_path / "access.log.1.gz"
    rotated.write_bytes(gzip.compress(b"".join(lines)))
    path.write_bytes(b"".join(log_lines(10, "b")))
    check(ingest(store, [path, rotated]))
    assert_whole(store, 70)


def test_copytruncate_begins_a_new_source(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "access.log"
    path.write_bytes(b"".join(log_lines(20)))
    check(ingest(store, [path]))
    path.write_bytes(b"".join(log_lines(20, "b")))  # the same file, emptied and written anew
    check(ingest(store, [path]))
    assert_whole(store, 40)
    assert status(store).sources == 2


def test_a_shorter_copy_adds_nothing_and_says_so(store: Store, tmp_path: Path) -> None:
    path, lines = tmp_path / "access.log", log_lines(30)
    path.write_bytes(b"".join(lines))
    check(ingest(store, [path]))
    for data in (b"".join(lines[:10]), gzip.compress(b"".join(lines[:10]))):
        path.write_bytes(data)
        summary = check(ingest(store, [path]))
        assert "older or shorter copy" in summary.sources[0].notes[0]
    assert_whole(store, 30)


def test_a_log_that_was_rewritten_is_refused(store: Store, tmp_path: Path) -> None:
    path, lines = tmp_path / "access.log", log_lines(400)
    path.write_bytes(b"".join(lines))
    check(ingest(store, [path]))
    path.write_bytes(b"".join(lines[:300] + lines[301:] + log_lines(50, "b")))
    (error,) = ingest(store, [path]).errors
    assert isinstance(error, SourceError)
    assert "it was rewritten. Nothing was read" in str(error)
    assert_whole(store, 400)


def test_an_unfinished_line_is_read_when_it_has_an_end(store: Store, tmp_path: Path) -> None:
    path, lines = tmp_path / "access.log", log_lines(10)
    whole = b"".join(lines)
    path.write_bytes(whole[:-20])
    summary = check(ingest(store, [path]))
    assert summary.lines == 9
    assert "has no end yet and was left for the next run" in summary.sources[0].notes[0]
    path.write_bytes(whole)
    assert check(ingest(store, [path])).lines == 1
    assert_whole(store, 10)


def test_two_logs_that_begin_with_the_same_line(store: Store, tmp_path: Path) -> None:
    first = log_lines(1)
    (tmp_path / "web1").write_bytes(b"".join(first + log_lines(20, "b")))
    (tmp_path / "web2").write_bytes(b"".join(first + log_lines(20, "c")))
    check(ingest(store, [tmp_path / "web1", tmp_path / "web2"]))
    check(ingest(store, [tmp_path / "web2", tmp_path / "web1"]))
    assert_whole(store, 42)


def test_two_logs_that_begin_alike_and_come_at_once_stay_two(store: Store, tmp_path: Path) -> None:
    first = log_lines(1)
    web1, web2 = tmp_path / "web1", tmp_path / "web2"
    web1.write_bytes(b"".join(first + log_lines(30, "b")))
    web2.write_bytes(b"".join(first + log_lines(20, "c")))
    other: list[IngestSummary] = []

    def meanwhile(*_: object) -> None:  # web1 is read, nothing of it is written
        if not other:
            other.append(check(ingest(store, [web2])))

    (error,) = ingest(store, [web1], progress=meanwhile).errors
    assert isinstance(error, ConcurrentIngestError)
    for _ in range(2):
        check(ingest(store, [web1, web2]))
        assert_whole(store, 52)
    assert status(store).sources == 2


def test_a_log_that_is_refused_does_not_make_another_one_unknown(
    store: Store, tmp_path: Path
) -> None:
    lines, like_it = log_lines(20), tmp_path / "like_it"
    path = tmp_path / "access.log"
    path.write_bytes(b"".join(lines[:10]))
    check(ingest(store, [path]))
    path.write_bytes(b"".join(lines))
    like_it.write_bytes(b"".join(lines[:9] + log_lines(11, "b")))
    (error,) = ingest(store, [like_it, path]).errors
    assert "it was rewritten" in str(error)
    assert_whole(store, 20)
    check(ingest(store, [path, like_it]))  # by now their first lines tell them apart
    assert_whole(store, 40)


def test_each_file_of_one_log_is_told_what_it_gave(store: Store, tmp_path: Path) -> None:
    old, grown, lines = tmp_path / "old", tmp_path / "grown", log_lines(30)
    old.write_bytes(b"".join(lines[:20]))
    grown.write_bytes(b"".join(lines))
    summary = check(ingest(store, [old, grown]))
    assert [(each.lines, each.already) for each in summary.sources] == [(20, 0), (10, 20)]
    rejects = store.head().scan("rejects").sort("line").collect()
    paths = [Path(path).name for path in rejects["path"]]
    assert paths == ["old", "old", "old", "grown"]  # lines 4, 11, 18 and 25


def test_what_was_read_before_a_source_broke_off_is_told(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chunks_module, "LONGEST_READ", 1 << 20)
    path = tmp_path / "access.log"
    path.write_bytes(b"".join(log_lines(300)) + b"\0" * (2 << 20))
    summary = ingest(store, [path], settings=Settings(chunk_bytes=20_000))
    assert "is longer than 1 MiB" in str(summary.errors[0])
    assert summary.lines == 300
    assert_whole(store, 300)


@pytest.mark.parametrize("compress", [bytes, gzip.compress], ids=["plain", "gz"])
def test_a_first_line_of_megabytes_hides_no_other(
    store: Store, tmp_path: Path, compress: Callable[[bytes], bytes]
) -> None:
    # what copytruncate leaves of a log whose writer does not append: a hole, then lines
    path = tmp_path / "access.log"
    path.write_bytes(compress(b"\0" * (3 << 20) + b"".join(log_lines(20))))
    assert check(ingest(store, [path])).lines == 20
    assert_whole(store, 20)
    assert check(ingest(store, [path])).lines == 0


@pytest.mark.parametrize("dies_after", ["nothing", "hits", "rejects", "ledger"])
@pytest.mark.parametrize("batch", [1, 2])
def test_dying_between_any_two_commits_loses_and_repeats_nothing(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dies_after: str, batch: int
) -> None:
    path = tmp_path / "access.log"
    path.write_bytes(b"".join(log_lines(90)))
    append, commits = Store.append_marked, [0]
    number = {"nothing": 0, "hits": 1, "rejects": 2, "ledger": 3}[dies_after] + 3 * (batch - 1)

    def dying(self: Store, *arguments: object) -> None:
        if arguments[0] != "sources":
            if commits[0] == number:
                raise KeyboardInterrupt
            commits[0] += 1
        append(self, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(Store, "append_marked", dying)
    sizes = Settings(chunk_bytes=1500, batch_lines=10)
    with pytest.raises(KeyboardInterrupt):
        ingest(store, [path], settings=sizes)
    monkeypatch.undo()
    assert status(store).unfinished
    check(ingest(store, [path], settings=SMALL))
    assert_whole(store, 90)
    assert not status(store).unfinished
    fresh = new_store(tmp_path / "fresh", KEY)
    check(ingest(fresh, [path]))
    assert everything(store)[0].equals(everything(fresh)[0])
    assert everything(store)[1].equals(everything(fresh)[1])


def test_dying_before_the_first_line_of_a_new_source_is_committed(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "access.log"
    path.write_bytes(b"".join(log_lines(20)))

    def dies(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Writer, "_append", dies)
    with pytest.raises(KeyboardInterrupt):
        ingest(store, [path])
    monkeypatch.undo()
    check(ingest(store, [path]))
    assert_whole(store, 20)


def _ingest_in_a_process(folder: str, path: str) -> str:
    store = open_store(folder)
    summary = ingest(store, [path], settings=Settings(chunk_bytes=2000, batch_lines=10))
    return ",".join(type(error).__name__ for error in summary.errors)


def test_two_processes_at_once_count_nothing_twice(store: Store, tmp_path: Path) -> None:
    path, other = tmp_path / "access.log", tmp_path / "other.log"
    path.write_bytes(b"".join(log_lines(600)))
    other.write_bytes(b"".join(log_lines(600, "b")))
    with ProcessPoolExecutor(3, mp_context=get_context("spawn")) as pool:
        jobs = [
            pool.submit(_ingest_in_a_process, str(store.folder), str(each))
            for each in (path, path, other)
        ]
        errors = {job.result() for job in jobs}
    assert errors <= {"", ConcurrentIngestError.__name__}
    check(ingest(store, [path, other]))
    assert_whole(store, 1200)


@settings(max_examples=15)
@given(st.data())
def test_any_chunking_and_file_order_gives_the_same_hits(data: st.DataObject) -> None:
    lines = {name: log_lines(data.draw(st.integers(1, 25)), name) for name in "abc"}
    with tempfile.TemporaryDirectory() as folder:
        whole, pieces = new_store(Path(folder) / "1", KEY), new_store(Path(folder) / "2", KEY)
        paths = [Path(folder) / name for name in lines]
        for path in paths:
            path.write_bytes(b"".join(lines[path.name]))
        check(ingest(whole, paths))
        sizes = Settings(
            chunk_bytes=data.draw(st.integers(100, 3000)), batch_lines=data.draw(st.integers(1, 30))
        )
        for path in data.draw(st.permutations(paths)):
            cut = data.draw(st.integers(1, len(lines[path.name])))
            path.write_bytes(b"".join(lines[path.name][:cut]))
            check(ingest(pieces, [path], settings=sizes))
            path.write_bytes(b"".join(lines[path.name]))
            check(ingest(pieces, [path], settings=sizes))
        assert everything(pieces)[0].equals(everything(whole)[0])
        assert everything(pieces)[1].equals(everything(whole)[1])
