"""Stored days are those of one time zone: rules that say another one are refused."""

from __future__ import annotations

import pickle
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import sessionize
import weblog
from weblog.errors import TimeZoneError
from weblog.site import Site
from weblog.store import Store, open_store

SEOUL, UTC = Site(time_zone="Asia/Seoul"), Site(time_zone="UTC")
LINE = '192.0.2.7 - - [03/Nov/2025:14:55:00 +0000] "GET {} HTTP/1.1" 200 5 "-" "Mozilla/5.0"\n'


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "log"
    path.write_text(LINE.format("/a"))
    return path


def refused(caught: pytest.ExceptionInfo[TimeZoneError]) -> None:
    error = pickle.loads(pickle.dumps(caught.value))  # noqa: S301
    assert (error.stored, error.asked) == ("Asia/Seoul", "UTC")
    for words in ("Asia/Seoul", "UTC", 'time_zone = "Asia/Seoul"', "a new store"):
        assert words in str(error)


def test_logs_are_not_read_into_days_of_another_zone(store: Store, log: Path) -> None:
    weblog.ingest(store, [log], SEOUL)
    log.write_text(LINE.format("/a") + LINE.format("/b"))
    before = store.head().versions
    with pytest.raises(TimeZoneError) as caught:
        weblog.ingest(store, [log], UTC)
    refused(caught)
    assert store.head().versions == before
    assert weblog.ingest(store, [log], SEOUL).hits == 1


def test_sessions_are_not_made_of_days_of_another_zone(store: Store, log: Path) -> None:
    weblog.ingest(store, [log], SEOUL)
    sessionize.update(store, SEOUL)
    before = store.head().versions
    with pytest.raises(TimeZoneError) as caught:
        sessionize.update(store, UTC)
    refused(caught)
    assert store.head().versions == before


def test_the_zone_stays_when_the_store_is_opened_again(store: Store, log: Path) -> None:
    weblog.ingest(store, [log], SEOUL)
    again = open_store(store.folder, create=True)
    with pytest.raises(TimeZoneError):
        sessionize.load_tables(again, UTC)
    sessionize.update(again, SEOUL)


def test_a_store_without_hits_has_no_zone_yet(store: Store, log: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.write_text("")
    weblog.ingest(store, [empty, tmp_path / "missing"], UTC)
    sessionize.update(store, UTC)
    weblog.ingest(store, [log], SEOUL)
    assert store.day_rows("hits") == {date(2025, 11, 3): 1}
    with pytest.raises(TimeZoneError):
        weblog.ingest(store, [log], UTC)


def test_a_store_older_than_this_rule_takes_the_first_zone_it_meets(
    store: Store, make_hits: Any
) -> None:
    store.append_once("hits", make_hits([{}]), "test", 1, None)
    sessionize.update(store, SEOUL)
    with pytest.raises(TimeZoneError) as caught:
        sessionize.update(store, UTC)
    refused(caught)


def test_of_two_first_writers_one_sets_the_zone(store: Store) -> None:
    store.keep_time_zone("Asia/Seoul")
    store.keep_time_zone("Asia/Seoul")
    with pytest.raises(TimeZoneError) as caught:
        store.keep_time_zone("UTC")
    refused(caught)
    assert store.time_zone == "Asia/Seoul"
