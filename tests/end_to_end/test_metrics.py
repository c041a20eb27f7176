"""`weblog ingest --follow --metrics`: a real follower, asked over HTTP as Prometheus does."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from mail_servers import until
from prometheus_client.parser import text_string_to_metric_families

from weblog.errors import AddressError
from weblog.following import following
from weblog.ingestion.follow import Follower
from weblog.monitoring import STUCK_S, health, monitored, parsed
from weblog.site import Site
from weblog.store import open_store

ROOT = Path(__file__).parents[2]
LINE = (
    '192.0.2.1 - - [03/Nov/2025:10:00:{:02d} +0000] "GET /{} HTTP/1.1" 200 5 "-" '
    '"Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/126.0.0.0 Safari/537.36"\n'
)


def lines(first: int, last: int) -> str:
    return "".join(LINE.format(number, number) for number in range(first, last + 1))


def get(url: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(url, timeout=30) as answer:  # noqa: S310  loopback
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def samples(url: str) -> dict[str, float]:
    families = text_string_to_metric_families(get(url)[1])
    return {each.name: each.value for family in families for each in family.samples}


@contextmanager
def follower(folder: Path, *more: str) -> Iterator[str]:
    """Follow access.log in a process of its own; yield where its metrics are."""
    command = [sys.executable, "-m", "weblog", "ingest", "--follow", "access.log", *more]
    process = subprocess.Popen(
        [*command, "--store", "S", "--every", "0.2", "--metrics", "127.0.0.1:0"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stderr is not None
        try:
            told = next(each for each in process.stderr if each.startswith("Metrics at "))
            yield told.removeprefix("Metrics at ").strip()
        finally:
            process.terminate()
            process.communicate()


def test_a_follower_tells_what_it_did_and_how_far_behind_it_is(tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    log.write_text(lines(1, 5) + "no log line at all\n\n")
    with follower(tmp_path) as url:
        until(lambda: samples(url).get("weblog_follow_looked_timestamp_seconds"))
        with log.open("a") as more:
            more.write(lines(6, 9) + "half a line")
        until(lambda: samples(url)["weblog_follow_hits_total"] == 9)
        until(lambda: samples(url)["weblog_follow_behind_bytes"] == len("half a line"))
        told = samples(url)
        assert told["weblog_follow_lines_total"] == 11
        assert told["weblog_follow_rejects_total"] == told["weblog_follow_skipped_total"] == 1
        assert told["weblog_follow_rounds_total"] >= 2
        assert told["weblog_follow_logs"] == 1
        assert told["weblog_follow_problems"] == 0
        assert 0 <= time.time() - told["weblog_follow_looked_timestamp_seconds"] < STUCK_S
        assert told["process_resident_memory_bytes"] > 1e6
        status, said = get(url.replace("/metrics", "/health"))
        assert (status, json.loads(said)["status"]) == (200, "ok")
        assert get(url.replace("/metrics", "/"))[0] == 404
        log.unlink()
        until(lambda: samples(url)["weblog_follow_problems"] == 1)
        # No reason to start it again: it waits for the log.
        assert get(url.replace("/metrics", "/health"))[0] == 200


@pytest.fixture
def still(tmp_path: Path) -> Follower:
    """A follower that has looked once, and does so no more."""
    (tmp_path / "access.log").write_text(lines(1, 3))
    store = open_store(tmp_path / "S", create=True)
    made = Follower(store, (str(tmp_path / "access.log"),), Site(), lambda: None)
    made.run(_Once())  # type: ignore[arg-type]
    return made


class _Once:
    """Tells a follower to stop after its first round."""

    def __init__(self) -> None:
        self.over = False

    def is_set(self) -> bool:
        return self.over

    def wait(self, _: float) -> None:
        self.over = True


def test_who_has_not_looked_for_long_is_not_well(still: Follower) -> None:
    (told,) = following(still.store)
    looked = told.looked_at.timestamp()
    assert health(still, looked - 5, looked + STUCK_S - 1)[0]
    is_well, said = health(still, looked - 5, looked + STUCK_S + 1)
    assert (is_well, said["status"]) == (False, "stuck")
    # What a process before it told does not count.
    assert health(still, looked + 10, looked + 20) == (True, {"status": "starting"})
    assert health(still, looked + 10, looked + 11 + STUCK_S) == (False, {"status": "stuck"})


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("9105", ("127.0.0.1", 9105)),
        (":9105", ("127.0.0.1", 9105)),
        ("192.0.2.1:9105", ("192.0.2.1", 9105)),
        ("[::1]:0", ("::1", 0)),
    ],
)
def test_addresses(text: str, address: tuple[str, int]) -> None:
    assert parsed(text) == address


@pytest.mark.parametrize("text", ["", "here", "1.2.3.4:", "1.2.3.4:65536", "1.2.3.4:٣"])
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(AddressError, match=r"HOST:PORT such as 127\.0\.0\.1:9105"):
        parsed(text)


def test_a_port_in_use_is_refused(still: Follower) -> None:
    with monitored(still, "0") as url:
        port: Any = url.split(":")[2].split("/")[0]
        with (
            pytest.raises(AddressError, match=f"port {port}: cannot listen .*--metrics"),
            monitored(still, port),
        ):
            pass


def test_only_for_those_who_follow(weblog: Callable[..., Any]) -> None:
    assert "--metrics is for --follow" in weblog("ingest", "x.log", "--metrics", "0", code=2).err
