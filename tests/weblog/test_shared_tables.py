"""Readers share opened tables, and never read another state than the one they ask for."""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest
from new_store import new_store

from weblog.errors import StoreError
from weblog.schema import SESSIONS
from weblog.store import Store, open_store
from weblog.store.snapshot import commit_file

DAY = date(2025, 11, 1)


def sessions(*names: str) -> pl.DataFrame:
    start = datetime(2025, 11, 1, tzinfo=UTC)
    rows = [{"session_id": name, "date": DAY, "start": start} for name in names]
    return pl.concat([SESSIONS.empty(), pl.DataFrame(rows)], how="diagonal_relaxed")


def written(folder: Path, *names: str) -> Store:
    store = new_store(folder)
    store.append_once("sessions", sessions(*names), "mark", 1, None)
    return store


def ids(store: Store) -> list[str]:
    return sorted(store.scan("sessions").collect()["session_id"])


def test_a_state_is_opened_once_for_all_its_readers(tmp_path: Path) -> None:
    store = written(tmp_path / "store", "a")
    opened = store.snapshot().delta("sessions")
    assert open_store(store.folder).snapshot().delta("sessions") is opened
    store.append_once("sessions", sessions("b"), "mark", 2, 1)
    assert ids(store) == ["a", "b"]
    assert store.snapshot().delta("sessions") is not opened
    assert opened.version() == 1


def test_writers_have_tables_of_their_own(tmp_path: Path) -> None:
    store = written(tmp_path / "store", "a")
    shared = store.snapshot().delta("sessions")
    assert store.head().delta("sessions") is not shared
    assert store.delta("sessions") is not shared


def test_a_store_made_anew_in_the_same_folder_is_another_one(tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        assert ids(written(tmp_path / "store", name)) == [name]
        shutil.rmtree(tmp_path / "store")


def test_a_state_whose_commit_is_gone_is_told(tmp_path: Path) -> None:
    store = written(tmp_path / "store", "a")
    seen = store.snapshot()
    assert ids(store) == ["a"]
    commit_file(store.folder, "sessions", 1).unlink()
    again = type(seen)(seen.folder, seen.versions, seen.opens)
    with pytest.raises(StoreError, match="table sessions"):
        again.delta("sessions")
