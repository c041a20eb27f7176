"""A place in a bucket answers as one in a folder does, on every Python there is."""

from __future__ import annotations

import copy
import os
import threading
from pathlib import Path

import pytest

from weblog.errors import StoreError, UsageError
from weblog.record_book import RecordBook
from weblog.remote.place import RemotePath, is_in_bucket, location
from weblog.remote.place import place as place_of

HERE = place_of("s3://bucket/deep/store/")


@pytest.mark.parametrize(
    ("made", "text"),
    [
        (HERE, "s3://bucket/deep/store"),
        (HERE / "hits" / "a.parquet", "s3://bucket/deep/store/hits/a.parquet"),
        (HERE.joinpath("hits", "a.parquet"), "s3://bucket/deep/store/hits/a.parquet"),
        (HERE.parent.parent, "s3://bucket"),
        ((HERE / "a" / "b").relative_to(HERE), "a/b"),
        ((HERE / "a.json").with_suffix(".tmp"), "s3://bucket/deep/store/a.tmp"),
        ((HERE / "a.json").with_name("b"), "s3://bucket/deep/store/b"),
        (next(iter((HERE / "a").parents)), "s3://bucket/deep/store"),
        (HERE.resolve(), "s3://bucket/deep/store"),
        (HERE.absolute(), "s3://bucket/deep/store"),
        (HERE.expanduser(), "s3://bucket/deep/store"),
        (RemotePath(HERE), "s3://bucket/deep/store"),
        (RemotePath(HERE, "a"), "s3://bucket/deep/store/a"),
        (copy.deepcopy(HERE), "s3://bucket/deep/store"),
        (copy.copy(HERE / "a"), "s3://bucket/deep/store/a"),
        (
            place_of("abfs://box@account.dfs.core.windows.net/a"),
            "abfs://box@account.dfs.core.windows.net/a",
        ),
    ],
)
def test_names(made: Path, text: str) -> None:
    assert isinstance(made, RemotePath)
    assert str(made) == os.fspath(made) == made.as_posix() == f"{made}" == text
    assert is_in_bucket(made)
    assert location(made) == text


def test_names_are_compared_and_sorted_as_paths_are() -> None:
    assert place_of("s3://bucket/deep/store") == HERE
    assert hash(place_of("s3://bucket/deep/store")) == hash(HERE)
    assert sorted([HERE / "b", HERE / "a"]) == [HERE / "a", HERE / "b"]
    assert (HERE / "a").is_relative_to(HERE)
    assert ((HERE / "a.b.json").stem, (HERE / "a.b.json").suffix) == ("a.b", ".json")
    assert location(Path("/a")) == Path("/a")


def test_the_web_is_no_place() -> None:
    with pytest.raises(UsageError, match="not on the web"):
        place_of("https://host/store")


@pytest.fixture
def where(place: Path) -> Path:
    return place / "store"


def test_small_files(where: Path) -> None:
    (where / "deep").mkdir(parents=True, exist_ok=True)
    assert (where / "a.txt").write_text("é", encoding="utf-8") >= 1
    assert (where / "deep" / "b.json").write_bytes(b"{}") == 2
    assert (where / "a.txt").read_text(encoding="utf-8") == "é"
    assert (where / "a.txt").stat().st_size == 2
    assert (where / "a.txt").stat().st_mtime > 1.6e9
    with (where / "deep" / "b.json").open("rb") as file:
        assert file.read() == b"{}"
    assert sorted(str(each.relative_to(where)) for each in where.iterdir()) == ["a.txt", "deep"]
    assert [each.name for each in where.glob("*.txt")] == ["a.txt"]
    assert [each.name for each in where.rglob("*.json")] == ["b.json"]
    assert (where.exists(), where.is_dir(), where.is_file()) == (True, True, False)
    assert ((where / "a.txt").is_file(), (where / "a.txt").is_dir()) == (True, False)
    assert not (where / "none").exists()
    with pytest.raises(FileNotFoundError):
        (where / "none").read_bytes()
    (where / "a.txt").replace(where / "c.txt")
    assert not (where / "a.txt").exists()
    (where / "c.txt").unlink()
    (where / "c.txt").unlink(missing_ok=True)
    assert not (where / "c.txt").exists()


def test_what_only_a_bucket_has(bucket: str) -> None:
    name = RemotePath(f"{bucket}/store/one")
    tag = name.put(b"1", mode="create")
    assert tag
    assert name.put(b"2", mode="create") is None
    assert name.tagged() == (b"1", tag)
    assert name.put(b"3", mode={"e_tag": tag})
    assert name.put(b"4", mode={"e_tag": tag}) is None
    assert name.read_bytes() == b"3"
    with pytest.raises(StoreError, match="cannot be opened with mode 'ab'"):
        name.open("ab")


def test_of_records_written_at_once_none_is_lost(where: Path) -> None:
    where.mkdir(parents=True, exist_ok=True)

    def add(number: int) -> None:
        book = RecordBook(where / "notes.json")
        book.change(lambda there: [*there, {"id": str(number)}])

    threads = [threading.Thread(target=add, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = RecordBook(where / "notes.json").read()
    assert sorted(each["id"] for each in found) == [str(number) for number in range(6)]
