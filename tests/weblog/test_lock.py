"""The store's lock: who may work beside whom, who is told, and what a dead process leaves."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from weblog.errors import LockedError
from weblog.store import Store, open_store

HOLD = """
import sys, time
from weblog.store import Store
from pathlib import Path
with Store(Path(sys.argv[1])).lock(sys.argv[2], exclusive=sys.argv[3] == "exclusive"):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(tmp_path / "S", create=True)


@contextmanager
def another_process(store: Store, purpose: str, *, exclusive: bool) -> Iterator[subprocess.Popen]:
    """A process that holds the lock."""
    how = "exclusive" if exclusive else "shared"
    command = [sys.executable, "-c", HOLD, str(store.folder), purpose, how]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        yield process
        process.kill()


def test_writers_work_beside_each_other(store: Store) -> None:
    with another_process(store, "ingest", exclusive=False), store.lock("ingest", wait=0):
        assert [each.purpose for each in store.holders()] == ["ingest", "ingest"]


@pytest.mark.parametrize(("theirs", "ours"), [(True, False), (False, True), (True, True)])
def test_who_wants_to_be_alone_is_alone(store: Store, theirs: bool, ours: bool) -> None:
    with (
        another_process(store, "compact", exclusive=theirs) as process,
        pytest.raises(LockedError) as refused,
        store.lock("erase", exclusive=ours, wait=0.1),
    ):
        pytest.fail("both hold it")
    assert f"erase must wait for: compact (process {process.pid} on " in str(refused.value)


def test_the_lock_of_a_killed_process_is_free_at_once(store: Store) -> None:
    with another_process(store, "compact", exclusive=True) as process:
        process.send_signal(signal.SIGKILL)
        process.wait()
        with store.lock("ingest", wait=0) as holder:
            assert store.holders() == [holder]  # what the dead one left is cleared away


def test_a_holder_says_who_it_is(store: Store) -> None:
    with another_process(store, "retention", exclusive=True) as process:
        (holder,) = store.holders()
    assert (holder.pid, holder.purpose, holder.exclusive) == (process.pid, "retention", True)
    assert holder.command.startswith("-c")
    assert not store.holders()


def test_waiting_ends_when_the_other_lets_go_and_is_told_once(store: Store) -> None:
    told: list[list[str]] = []
    with another_process(store, "compact", exclusive=True) as process:
        threading.Timer(0.3, process.kill).start()
        began = time.monotonic()
        with store.lock("ingest", waiting=lambda them: told.append([h.purpose for h in them])):
            assert time.monotonic() - began > 0.2
    assert told == [["compact"]]


def test_one_who_waits_to_be_alone_is_not_kept_waiting_by_newcomers(store: Store) -> None:
    waits = threading.Event()
    got: list[str] = []

    def compact() -> None:
        # Another process's lock, in a thread: a fresh interpreter would be too slow to time.
        command = HOLD.replace("time.sleep(60)", "")
        arguments = [sys.executable, "-c", command, str(store.folder), "compact", "exclusive"]
        waits.set()
        done = subprocess.run(arguments, capture_output=True, check=True)
        got.append(done.stdout.decode())

    with another_process(store, "ingest", exclusive=False) as process:
        thread = threading.Thread(target=compact)
        thread.start()
        waits.wait()
        until = time.monotonic() + 20
        while time.monotonic() < until:  # newcomers get in until the waiting one is at the door
            try:
                with store.lock("ingest", wait=0):
                    time.sleep(0.01)
            except LockedError:
                break
        else:
            pytest.fail("the one who waits never came to the door")
        process.kill()
        thread.join(timeout=30)
    assert got == ["held\n"]


def test_a_process_may_take_what_it_holds_again(store: Store) -> None:
    with store.lock("retention", exclusive=True), store.lock("update"):
        assert [each.purpose for each in store.holders()] == ["retention"]
    assert not store.holders()
    with store.lock("ingest"), store.lock("update"):
        pass


def test_a_shared_lock_does_not_become_an_exclusive_one(store: Store) -> None:
    with store.lock("ingest"), pytest.raises(LockedError), store.lock("compact", exclusive=True):
        pytest.fail("others may hold it too")


@pytest.mark.parametrize("content", ["", "{", json.dumps({"pid": 1})])
def test_a_damaged_file_of_a_holder_is_no_obstacle(store: Store, content: str) -> None:
    (store.folder / "locks").mkdir()
    (store.folder / "locks" / "1-00.json").write_text(content)
    with store.lock("compact", exclusive=True, wait=0) as holder:
        assert store.holders() == [holder]


def test_without_flock_the_files_of_the_holders_are_the_lock(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("weblog.store.lock.HAS_FLOCK", False)
    with another_process(store, "compact", exclusive=True) as process:
        with pytest.raises(LockedError), store.lock("ingest", wait=0):
            pytest.fail("both hold it")
        process.kill()
        process.wait()
        with store.lock("ingest", wait=0) as holder:
            assert store.holders() == [holder]


def test_the_lock_is_let_go_of_when_the_block_fails(store: Store) -> None:
    def work() -> None:
        with store.lock("compact", exclusive=True):
            raise ValueError("the work failed")

    with pytest.raises(ValueError, match="the work failed"):
        work()
    with store.lock("ingest", wait=0):
        pass
