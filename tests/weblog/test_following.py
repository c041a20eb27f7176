"""What a follower notes about itself, and what is told from it: state, lag, what was read."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from weblog.errors import LockedError
from weblog.following import Diary, Following, following
from weblog.ingestion.watch import Watch
from weblog.store import Store, open_store


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.chdir(tmp_path)
    return open_store(tmp_path / "S", create=True)


def noted(store: Store, *given: str, now: float, failed: str = "") -> Diary:
    """A follower that has read all there is."""
    diary = Diary.begun(store, given)
    watch = Watch(given)
    looks = watch.look()
    for look in looks:
        watch.of(look).done(look, now, unfinished=3 if not failed else 0, failed=failed)
    diary.write(looks, watch.read, ["a problem"])
    return diary


def told(store: Store, now: float) -> Following:
    (found,) = following(store, now)
    return found


def test_lag_is_what_was_written_since_and_how_long_ago_the_end_was_reached(store: Store) -> None:
    log = Path("access.log")
    log.write_text("a line\nand")
    now = time.time()
    noted(store, "access.log", now=now)
    (entry,) = told(store, now + 60).logs
    assert (entry.bytes_behind, entry.seconds_behind, entry.unfinished) == (3, 0.0, 3)
    with log.open("a") as more:
        more.write(" more\n")
    found = told(store, now + 60)
    (entry,) = found.logs
    assert (entry.bytes_behind, entry.seconds_behind) == (9, 60.0)
    assert (found.bytes_behind, found.seconds_behind) == (9, 60.0)
    assert found.problems == ("a problem",)


def test_a_file_that_took_the_place_of_another_is_behind_as_a_whole(store: Store) -> None:
    Path("access.log").write_text("a line\n")
    now = time.time()
    noted(store, "access.log", now=now)
    Path("access.log").rename("kept")
    Path("access.log").write_text("another line\n")
    (entry,) = told(store, now + 5).logs
    assert entry.bytes_behind == len("another line\n")


def test_states(store: Store) -> None:
    Path("access.log").write_text("a line\n")
    diary = noted(store, "access.log", now=time.time())
    found = told(store, time.time())
    assert (found.state, found.process and found.process.pid) == ("alive", os.getpid())
    with pytest.raises(LockedError, match=f"process {os.getpid()}"):
        Diary.begun(store, ["./access.log"])
    diary.end()
    found = told(store, time.time())
    assert (found.state, found.process) == ("stopped", None)
    Diary.begun(store, ["access.log"]).end()


def test_looking_is_noted_by_the_time_of_the_file(store: Store) -> None:
    Path("access.log").write_text("a line\n")
    diary = noted(store, "access.log", now=time.time())
    (file,) = (store.folder / "following").glob("*.json")
    os.utime(file, (1_000_000_000, 1_000_000_000))
    before = told(store, time.time()).looked_at
    diary.looked()
    assert told(store, time.time()).looked_at > before


def test_only_compressed_files_need_not_be_read_again(store: Store) -> None:
    """The ledger is surer, and looking into a plain file costs next to nothing."""
    for name in ("access.log", "access.log.1", "access.log.2.gz"):
        Path(name).write_text(f"{name}\n")
    noted(store, "access.log", now=time.time()).end()
    read = Diary.begun(store, ["access.log"]).what_was_read()
    inode = Path("access.log.2.gz").stat().st_ino
    assert [number for _, number in read] == [inode]


def test_what_failed_is_tried_again(store: Store) -> None:
    Path("access.log.2.gz").write_text("no gzip\n")
    noted(store, "access.log.2.gz", now=time.time(), failed="damaged").end()
    assert Diary.begun(store, ["access.log.2.gz"]).what_was_read() == {}


@pytest.mark.parametrize("content", ["", "{", "[]", '{"given": [], "logs": [{}], "problems": []}'])
def test_damaged_notes_are_no_obstacle(store: Store, content: str) -> None:
    noted(store, "access.log", now=time.time()).end()
    (file,) = (store.folder / "following").glob("*.json")
    file.write_text(content)
    assert Diary.begun(store, ["access.log"]).what_was_read() == {}
    assert following(store) == []
