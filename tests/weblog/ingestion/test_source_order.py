"""The name of a log source sorts by when its log begins, however and whenever it is met."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from new_store import new_store

from weblog.ingestion import Settings, ingest
from weblog.site import Site
from weblog.store import Store, open_store

FORMAT = '%h %t "%r" %s'


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return new_store(tmp_path / "store")


def line(time: str, name: str = "") -> bytes:
    return f'192.0.2.7 {time} "GET /{name} HTTP/1.1" 200\n'.encode()


def at(second: int, name: str = "") -> bytes:
    return line(f"[17/May/2015:10:00:{second:02} +0900]", name)


def met(store: Store, path: Path, *states: Sequence[bytes], log_format: str = FORMAT) -> str:
    """Ingest a log in each of its states; return the one name its source has."""
    for state in states:
        path.write_bytes(b"".join(state))
        assert ingest(store, [path], Site(log_format=log_format)).errors == ()
    hits = store.scan("hits").collect()
    (name,) = hits["log_source"].unique()
    assert set(store.scan("sources").collect()["log_source"]) == {name}
    return str(name)


@pytest.mark.parametrize(
    ("log_format", "time"),
    [
        (FORMAT, "[17/May/2015:10:00:05 +0900]"),
        (FORMAT, "[16/May/2015:20:00:05 -0500]"),
        (FORMAT.replace("%t", "$time_iso8601"), "2015-05-17T10:00:05+09:00"),
        (FORMAT.replace("%t", "$msec"), "1431824405.000"),
    ],
)
def test_it_begins_with_the_time_of_the_first_line_in_utc(
    store: Store, tmp_path: Path, log_format: str, time: str
) -> None:
    name = met(store, tmp_path / "log", [line(time)], log_format=log_format)
    assert name.startswith("20150517T010005.000-")


def test_milliseconds_count_where_the_log_has_them(store: Store, tmp_path: Path) -> None:
    name = met(store, tmp_path / "log", [line("[17/May/2015:10:00:05.678 +0900]")])
    assert name.startswith("20150517T010005.678-")


def test_lines_that_are_none_are_passed_over(store: Store, tmp_path: Path) -> None:
    broken = [b"\n", b"end of a line that was cut\n", line("[31/Feb/2015:10:00:00 +0900]")]
    name = met(store, tmp_path / "log", [*broken, at(7), at(3)])
    assert name.startswith("20150517T010007.000-")


LOG = [b"cut off\n", *(at(second, str(second)) for second in range(60))]


@pytest.mark.parametrize(
    "states",
    [
        pytest.param([LOG], id="at once"),
        pytest.param([LOG, LOG], id="twice"),
        pytest.param([LOG[:2], LOG[:9], LOG], id="as it grows"),
        pytest.param([[gzip.compress(b"".join(LOG))]], id="compressed"),
        pytest.param([LOG[:5], [gzip.compress(b"".join(LOG))]], id="grown, then compressed"),
    ],
)
def test_it_is_the_same_however_the_log_is_met(
    store: Store, tmp_path: Path, states: list[list[bytes]]
) -> None:
    fresh = open_store(tmp_path / "fresh", create=True)
    assert met(store, tmp_path / "log", *states) == met(fresh, tmp_path / "whole", LOG)


@pytest.mark.parametrize("compress", [bytes, gzip.compress], ids=["plain", "gz"])
def test_where_no_line_has_a_time_it_sorts_first(
    store: Store, tmp_path: Path, compress: Callable[[bytes], bytes]
) -> None:
    path = tmp_path / "log"
    path.write_bytes(compress(line("[31/Feb/2015:10:00:00 +0900]")))
    settings = Settings(force=True)  # a log without one good line would be refused
    assert ingest(store, [path], Site(log_format=FORMAT), settings=settings).errors == ()
    (name,) = store.scan("sources").collect()["log_source"]
    assert name.startswith("00000000T000000.000-")


def test_two_logs_that_begin_alike_are_named_apart(store: Store, tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / name).write_bytes(at(1) + at(2, name))
    assert ingest(store, [tmp_path / "a", tmp_path / "b"], Site(log_format=FORMAT)).errors == ()
    names = store.scan("sources").collect()["log_source"].unique()
    assert names.str.starts_with("20150517T010001.000-").to_list() == [True, True]
