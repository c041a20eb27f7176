"""A store in a bucket keeps the promises of one in a folder: the same tests for both."""

from __future__ import annotations

import signal
import threading
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from in_process import program_here
from mortal import run_mortal
from new_store import new_store

import reports
import sessionize
from weblog.errors import ConcurrentIngestError, LockedError, StoreError
from weblog.ingestion import ingest
from weblog.remote.place import RemotePath
from weblog.remote.place import place as place_of
from weblog.site.rules import Site
from weblog.sql import query
from weblog.store import Store, leases, lock, open_store
from weblog.store.maintenance import put_in_order

LINE = (
    '203.0.113.{} - - [01/Nov/2025:10:{:02}:{:02} +0000] "GET /p/{} HTTP/1.1" 200 5 "-" "Mozilla"\n'
)
KEY = bytes(32)


def write_logs(folder: Path, count: int, lines: int = 30) -> list[Path]:
    folder.mkdir(exist_ok=True)
    files = []
    for number in range(count):
        rows = (LINE.format(number, each % 60, number, each % 7) for each in range(lines))
        files.append(folder / f"{number}.log")
        files[-1].write_text("".join(rows))
    return files


def rows(store: Store, name: str) -> pl.DataFrame:
    return store.snapshot().scan(name).collect()


@pytest.fixture
def where(place: Path) -> str:
    return str(place / "store")


def test_the_tables_are_those_of_a_folder(bucket: str, tmp_path: Path) -> None:
    logs = write_logs(tmp_path / "logs", 3)
    found = []
    for place in (str(tmp_path / "store"), f"{bucket}/store"):
        store = open_store(place, create=True, key=KEY)
        ingest(store, logs, publish=False)
        sessionize.update(store, Site())
        found.append(store)
    here, there = found
    for name in ("hits", "sessions", "visitors", "page_views"):
        columns = here.snapshot().scan(name).collect_schema().names()
        assert rows(here, name).height > 0
        assert rows(there, name).sort(columns[:4]).equals(rows(here, name).sort(columns[:4])), name
    sql = "SELECT count(*) AS n, count(DISTINCT visitor_id) AS v FROM hits"
    assert query(there.snapshot(), sql).rows() == query(here.snapshot(), sql).rows() == [(90, 3)]
    day = reports.Filters(start=date(2025, 11, 1), end=date(2025, 11, 1))
    assert reports.summary(there, day).frame.equals(reports.summary(here, day).frame)


def test_again_adds_nothing_and_a_grown_log_what_is_new(where: str, tmp_path: Path) -> None:
    logs = write_logs(tmp_path / "logs", 2)
    store = new_store(place_of(where))
    ingest(store, logs)
    assert sum(each.lines for each in ingest(open_store(where), logs).sources) == 0
    with logs[0].open("a") as log:
        log.write(LINE.format(9, 59, 59, 9))
    assert sum(each.lines for each in ingest(open_store(where), logs).sources) == 1
    assert rows(store, "hits").height == 61


@pytest.mark.parametrize("nth", [1, 2])
def test_killed_and_run_again_nothing_is_lost_or_counted_twice(
    where: str, tmp_path: Path, nth: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    logs = write_logs(tmp_path / "logs", 3)
    done = run_mortal("ingest", *logs, "--store", where, number=nth, folder=tmp_path)
    assert done.returncode == -signal.SIGKILL, done.stderr
    monkeypatch.setattr(leases, "LEASE", 0.0)  # what the dead one held in a bucket has run out
    store = open_store(where)
    ingest(store, logs)
    assert rows(store, "hits").height == 90
    assert rows(store, "ledger")["lines"].sum() == 90
    assert store.head().adds_up()


def test_two_writers_at_once_count_each_line_once(where: str, tmp_path: Path) -> None:
    logs = write_logs(tmp_path / "logs", 8)
    store = new_store(place_of(where))
    halves = [logs[:5], logs[3:]]  # two logs are read by both
    errors: list[str] = []

    def work(half: list[Path]) -> None:
        errors.extend(type(each).__name__ for each in ingest(open_store(where), half).errors)

    threads = [threading.Thread(target=work, args=(half,)) for half in halves]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(errors) <= {ConcurrentIngestError.__name__}
    ingest(store, logs)
    assert rows(store, "hits").height == 240
    assert rows(store, "ledger")["lines"].sum() == 240


def test_of_many_commits_at_once_none_is_lost(where: str) -> None:
    store = new_store(place_of(where))

    def add(number: int) -> None:
        opened = open_store(where)
        frame = pl.DataFrame({"address": [f"s3://b/{number}"], "size": [1], "etag": ["t"]})
        schema = opened.scan("objects").collect_schema()
        whole = frame.with_columns(read_at=None).cast(dict(schema)).select(schema.names())
        opened.append_marked("objects", whole, {f"mark-{number}": 1}, {f"mark-{number}": None})

    threads = [threading.Thread(target=add, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.head().scan("objects").collect().height == 6
    assert store.delta("objects").version() == 6


def test_readers_see_what_was_published(where: str, tmp_path: Path) -> None:
    logs = write_logs(tmp_path / "logs", 2)
    store = new_store(place_of(where))
    ingest(store, logs[:1])
    seen = store.snapshot()
    store.pin()
    ingest(store, logs[1:], publish=False)
    assert seen.scan("hits").collect().height == 30
    assert open_store(where).snapshot().scan("hits").collect().height == 30
    store.publish()
    assert open_store(where).snapshot().scan("hits").collect().height == 60


def test_order_is_made_while_alone(where: str, tmp_path: Path) -> None:
    store = new_store(place_of(where))
    for log in write_logs(tmp_path / "logs", 3):
        ingest(store, [log])
    with store.lock("ingest"), pytest.raises(LockedError), store.lock("x", exclusive=True, wait=0):
        pass
    before = rows(store, "hits").sort("log_source", "line")
    work = {each.table: each for each in put_in_order(store, now=4e9, keep=0)}
    assert (work["hits"].files_before, work["hits"].files_after) == (3, 1)
    assert work["hits"].removed == 3
    assert rows(store, "hits").sort("log_source", "line").equals(before)


def test_the_lock_of_a_bucket_is_held_against_other_machines(
    bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = RemotePath(bucket) / "locks"

    def lease(name: str, *, exclusive: bool) -> leases.Lease:
        return leases.Lease(folder, name, lock.Holder.me(name, exclusive=exclusive))

    def give_up() -> None:
        raise TimeoutError

    one, two = lease("one", exclusive=False), lease("two", exclusive=False)
    one.take(give_up)
    two.take(give_up)
    alone = lease("alone", exclusive=True)
    with pytest.raises(TimeoutError):
        alone.take(give_up)
    one.release()
    two.release()
    alone.take(give_up)
    with pytest.raises(TimeoutError):
        one.take(give_up)
    with pytest.raises(TimeoutError):
        lease("other", exclusive=True).take(give_up)
    assert [each.name for each in leases.living(folder)] == ["alone.json"]
    monkeypatch.setattr(leases, "LEASE", -1.0)  # it died, and gave no sign of life for long
    heir = lease("heir", exclusive=True)
    assert heir._make_door()


def test_who_is_erased_is_in_no_object_any_more(bucket: str, tmp_path: Path) -> None:
    store = new_store(RemotePath(f"{bucket}/store"))
    ingest(store, write_logs(tmp_path / "logs", 2), publish=False)
    sessionize.update(store, Site())
    visitor = str(rows(store, "visitors")["visitor_id"].sort()[0])
    command = ["erase", "--visitor", visitor, "--yes", "--block"]
    place = ["--store", f"{bucket}/store", "--receipt", str(tmp_path / "receipts")]
    done = program_here(*command, *place, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "nothing found" in done.stdout
    assert rows(store, "hits").height == 30
    left = [each for each in store.folder.rglob("*") if visitor.encode() in each.read_bytes()]
    assert not left
    assert not (tmp_path / "s3:").exists()


@pytest.mark.parametrize(
    ("place", "problem"),
    [
        ("{}/nothing", "the folder is no store|no such folder"),
        ("s3://no-such-bucket/store", "no such bucket"),
    ],
)
def test_what_is_no_store_is_told(bucket: str, place: str, problem: str) -> None:
    with pytest.raises(StoreError, match=problem) as caught:
        open_store(place.format(bucket))
    assert "hush" not in str(caught.value)
