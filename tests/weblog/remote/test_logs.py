"""Logs in buckets and on the web: listed once, read once, whatever breaks on the way."""

from __future__ import annotations

import gzip
import io
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import obstore
import polars as pl
import pytest
from obstore.store import from_url

from weblog.errors import SourceError
from weblog.ingestion import ingest
from weblog.remote.address import is_remote, shown_address
from weblog.remote.bucket import Found
from weblog.remote.faults import fault_of
from weblog.remote.file import RemoteFile
from weblog.sources import Reader, expand, open_source
from weblog.store import Store, open_store

SECRET = "hush-hush-secret-key"
LINE = (
    '203.0.113.{} - - [01/Nov/2025:10:{:02}:{:02} +0000] "GET /p/{} HTTP/1.1" 200 5 "-" "Mozilla"\n'
)


def log(number: int, lines: int = 5) -> bytes:
    return "".join(
        LINE.format(number % 250, number // 60 % 60, number % 60, each) for each in range(lines)
    ).encode()


def put(bucket: str, key: str, data: bytes) -> None:
    obstore.put(from_url(bucket), key, data)


def hits(store: Store) -> int:
    return int(store.head().scan("hits").select(pl.len()).collect().item())


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(tmp_path / "store", create=True)


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("s3://logs/a.log", "s3://logs/a.log"),
        ("https://h/a.log?X-Amz-Signature=abc&X-Amz-Credential=d", "https://h/a.log"),
        ("https://me:pw@h:8443/a.log#x", "https://h:8443/a.log"),
        ("s3://key:secret@logs/a.log", "s3://logs/a.log"),
        ("abfs://box@account.dfs.core.windows.net/a", "abfs://box@account.dfs.core.windows.net/a"),
    ],
)
def test_no_secret_of_an_address_is_shown(given: str, shown: str) -> None:
    assert is_remote(given)
    assert shown_address(given) == shown


def test_a_folder_of_a_bucket_is_read_and_read_again_adds_nothing(
    bucket: str, store: Store
) -> None:
    for number in range(40):
        data = log(number)
        put(bucket, f"cf/2025/{number:03}.gz", gzip.compress(data) if number % 2 else data)
    put(bucket, "cf/readme.txt.md5", b"no log")
    put(bucket, "cf/2025/", b"")
    first = ingest(store, [f"{bucket}/cf/"])
    assert not first.errors
    assert [result.lines for result in first.sources] == [5] * 40
    assert any("readme.txt.md5" in note for note in first.notes)
    assert hits(store) == 200
    # one batch, one commit: not one for each object
    assert store.delta("hits").version() <= 2
    put(bucket, "cf/2025/040.log", log(40))
    put(bucket, "cf/2025/002.gz", log(2) + log(99))  # replaced by a longer version
    again = ingest(store, [f"{bucket}/cf/"])
    assert sum(result.lines for result in again.sources) == 10
    assert len(again.sources) == 2
    assert any("39 of 41 objects were read before" in note for note in again.notes)
    assert hits(store) == 210


def test_what_was_read_from_a_disk_adds_nothing_from_a_bucket(
    bucket: str, store: Store, tmp_path: Path
) -> None:
    (tmp_path / "a.log").write_bytes(log(1))
    ingest(store, [tmp_path / "a.log"])
    put(bucket, "b/renamed.gz", gzip.compress(log(1)))
    assert ingest(store, [f"{bucket}/b/renamed.gz"]).sources[0].lines == 0
    assert hits(store) == 5


def test_an_unfinished_last_line_is_asked_for_again(bucket: str, store: Store) -> None:
    put(bucket, "a.log", log(1)[:-1])
    assert ingest(store, [f"{bucket}/a.log"]).sources[0].unfinished
    assert ingest(store, [f"{bucket}/a.log"], final=True).sources[0].lines == 1
    assert hits(store) == 5


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("*.log", ["top.log"]),
        ("a/*", ["a/1.log", "a/2.log"]),
        ("a/[!1]*", ["a/2.log"]),
        ("**/*.log", ["a/1.log", "a/2.log", "a/b/3.log", "top.log"]),
        ("a/**", ["a/1.log", "a/2.log", "a/b/3.log"]),
        ("a", ["a/1.log", "a/2.log", "a/b/3.log"]),
        ("a/?.log", ["a/1.log", "a/2.log"]),
    ],
)
def test_patterns_of_objects(bucket: str, pattern: str, names: list[str]) -> None:
    for name in ("top.log", "a/1.log", "a/2.log", "a/b/3.log"):
        put(bucket, name, b"x")
    found = expand([f"{bucket}/{pattern}"])
    assert not found.errors
    assert sorted(found.files) == [f"{bucket}/{name}" for name in names]
    assert sorted(found.objects) == sorted(found.files)


def test_a_large_object_is_read_on_from_where_it_was_left(bucket: str) -> None:
    data = b"".join(b"%09d\n" % number for number in range(400_000))
    put(bucket, "large.log", data)
    source = open_source(f"{bucket}/large.log")
    assert source.can_seek()
    assert Reader(source).skip(3_000_000) == 3_000_000
    assert source.stream.read1(10) == b"000300000\n"
    source.close()
    whole = open_source(f"{bucket}/large.log")
    assert b"".join(chunk.data for chunk in Reader(whole).chunks(0, 1)) == data


def test_a_broken_connection_is_taken_up_where_it_broke() -> None:
    data = bytes(range(256)) * 1000
    asked: list[int] = []

    def breaking(found: Found, start: int) -> Iterator[bytes]:
        asked.append(start)
        yield data[start : start + 70_000]
        raise OSError(0, "the connection broke")

    found = Found("s3://b/a", len(data), "tag")
    assert io.BufferedReader(RemoteFile(found, breaking, pause=0)).read() == data
    assert asked == [0, 70_000, 140_000, 210_000]


def test_a_connection_that_stays_broken_is_an_error() -> None:
    def dead(found: Found, start: int) -> Iterator[bytes]:
        raise OSError(0, "the connection broke")
        yield b""

    with pytest.raises(OSError, match="the connection broke"):
        RemoteFile(Found("s3://b/a", 9, "tag"), dead, pause=0).read(5)


def test_an_object_replaced_while_it_is_read_is_told(bucket: str) -> None:
    put(bucket, "a.log", log(1))
    (found,) = expand([f"{bucket}/a.log"]).objects.values()
    put(bucket, "a.log", log(2))
    with pytest.raises(SourceError, match="was replaced while it was read"):
        open_source(f"{bucket}/a.log", found=found)


@pytest.mark.parametrize(
    ("key", "setting", "problem"),
    [
        ("s3://no-such-bucket/a/", {}, r"no such bucket \(s3://no-such-bucket\)"),
        ("{}/nothing/", {}, "no object there"),
        ("{}/*.gz", {}, "no object matches"),
        ("{}/a/", {"AWS_ENDPOINT_URL": "http://127.0.0.1:1"}, "cannot be reached at 127.0.0.1:1"),
        ("{}/a/", {"AWS_ALLOW_HTTP": "false"}, "the endpoint is http, not https"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_secret(  # noqa: PLR0917
    bucket: str,
    store: Store,
    monkeypatch: pytest.MonkeyPatch,
    key: str,
    setting: dict[str, str],
    problem: str,
) -> None:
    for name, value in setting.items():
        monkeypatch.setenv(name, value)
    (error,) = ingest(store, [key.format(bucket)]).errors
    assert isinstance(error, SourceError)
    with pytest.raises(SourceError, match=problem):
        raise error
    assert SECRET not in str(error)
    assert "AKIDEXAMPLE" not in str(error)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("403 Forbidden: <Code>AccessDenied</Code>", "no permission"),
        (
            "403: <Code>InvalidAccessKeyId</Code><AWSAccessKeyId>AKID",
            "refused (InvalidAccessKeyId)",
        ),
        ("403: <Code>SignatureDoesNotMatch</Code>", "refused (SignatureDoesNotMatch)"),
        ("error sending request for url (http://169.254.169.254/latest)", "no credentials"),
        ("dns error: failed to lookup address", "cannot be reached"),
        ("status code: 500: <Code>InternalError</Code>", "cannot be read (InternalError)"),
    ],
)
def test_faults_of_object_stores(text: str, problem: str) -> None:
    fault = fault_of(RuntimeError(text), "s3://logs/a")
    assert problem in fault.problem
    assert "AKID" not in fault.problem + fault.advice
    assert fault.advice


def test_a_page_of_the_web_is_read_and_its_signature_never_stored(
    tmp_path: Path, store: Store
) -> None:
    (tmp_path / "www").mkdir()
    (tmp_path / "www" / "a.log.gz").write_bytes(gzip.compress(log(1)))
    (tmp_path / "www" / "b.log").write_bytes(log(2))
    handler = partial(SimpleHTTPRequestHandler, directory=str(tmp_path / "www"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            web = f"http://127.0.0.1:{server.server_port}"
            given = [f"{web}/a.log.gz?X-Amz-Signature=abc", f"{web}/b.log", f"{web}/none?token=abc"]
            done = ingest(store, given)
            (tmp_path / "www" / "b.log").write_bytes(log(2) + log(3))
            grown = ingest(store, [f"{web}/b.log"])
        finally:
            server.shutdown()
            thread.join()
    assert [str(error) for error in done.errors] == [
        f"{web}/none: no such page. Check the address."
    ]
    assert grown.sources[0].lines == 5
    assert hits(store) == 15
    assert "abc" not in str(store.head().scan("sources").collect()["path"].to_list())
