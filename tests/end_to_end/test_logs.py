"""Events for programs: a line each on standard error, and no secret in any of them."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from weblog import logs
from weblog.ingestion import Settings
from weblog.ingestion.follow import Follower
from weblog.site import Site
from weblog.store import open_store

Weblog = Callable[..., Any]

LINE = '192.0.2.1 - - [17/May/2015:10:00:00 +0000] "GET /?password={} HTTP/1.1" 200 5 "-" "-"\n'
SECRETS = {
    "WEBLOG_SMTP_PASSWORD": "hunter2-smtp",
    "WEBLOG_OIDC_SECRET": "hunter2-oidc",
    "PGPASSWORD": "hunter2-pg",
}
IN_URL = "hunter2-dsn"
IN_LINE = "hunter2-line"


def events(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_a_run_is_told_in_lines_of_json(weblog: Weblog, tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text(LINE.format("x") * 3 + "torn\n")
    run = weblog("--log-format", "json", "ingest", "a.log", "--format", "combined", "-q")
    began, read, ended = events(run.err)
    assert (began["event"], read["event"], ended["event"]) == ("began", "log_read", "ended")
    assert {each["run"] for each in (began, read, ended)} == {began["run"]}
    assert {each["command"] for each in (began, read, ended)} == {"ingest"}
    assert all(datetime.fromisoformat(each["time"]).tzinfo for each in (began, read, ended))
    assert (read["log"], read["lines"], read["hits"], read["rejects"]) == ("a.log", 4, 3, 1)
    assert (ended["level"], ended["exit_code"]) == ("info", 0)


def test_an_error_is_an_event_with_its_code(weblog: Weblog) -> None:
    run = weblog("--log-format", "json", "--log-level", "warning", "status", code=6)
    (failed,) = events(run.err)
    assert (failed["level"], failed["kind"], failed["exit_code"]) == ("error", "StoreError", 6)
    assert "no such folder" in failed["message"]


def test_text_is_told_only_where_it_is_asked_for(weblog: Weblog, tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text(LINE.format("x") * 3)
    assert weblog("ingest", "a.log", "-q").err == ""
    run = weblog("--verbose", "ingest", "a.log", "-q")
    assert "INFO weblog: log_read log=a.log lines=0" in run.err


RUNS = (
    ("ingest", "a.log", "--store", "S"),
    ("rejects", "--store", "S", "--lines"),
    ("status", "--store", "S", "--output", "json"),
    ("sql", "select * from hits", "--store", "S", "--output", "json"),
    ("customers", "load", f"postgresql://u:{IN_URL}@127.0.0.1:9/x", "--table", "t", "--store", "S"),
    ("ingest", f"https://u:{IN_URL}@example.com/a.log", "--store", "S"),
    ("mart", "export", f"postgresql://u:{IN_URL}@127.0.0.1:9/x", "--store", "S"),
    ("status", f"postgresql://u:{IN_URL}@127.0.0.1:9/x"),
    ("doctor", "--store", "S"),
)


@pytest.mark.parametrize("shape", ["json", "text"])
def test_no_secret_is_in_what_a_run_says(
    shape: str, weblog: Weblog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.log").write_text(LINE.format(IN_LINE) * 3)
    environment = {**SECRETS, "WEBLOG_LOG_FORMAT": shape, "WEBLOG_LOG_LEVEL": "info"}
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    for arguments in RUNS:
        done = weblog(*arguments, code=None)
        said = done.text + done.err
        assert said
        assert "hunter2" not in said, (arguments, said)


def test_rounds_of_a_follower_are_events(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "a.log").write_text(LINE.format("x") * 3 + "torn\n")
    store = open_store(tmp_path / "S", create=True)
    stop = Event()
    follower = Follower(store, (str(tmp_path / "a.log"),), Site(), stop.set,
                        settings=Settings(log_format="combined"))  # fmt: skip
    with caplog.at_level(logging.INFO, logger="weblog"):
        follower.run(stop)
    told = [vars(each)["weblog_fields"] | {"event": each.message} for each in caplog.records]
    read = next(each for each in told if each["event"] == "log_read")
    assert (read["lines"], read["hits"], read["rejects"]) == (4, 3, 1)
    (ended,) = [each for each in told if each["event"] == "round"]
    assert (ended["rounds"], ended["lines"], ended["hits"], ended["skipped"]) == (1, 4, 3, 0)
    assert IN_LINE not in caplog.text


def test_what_failed_is_told_without_what_was_asked_for(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WEBLOG_LOG_FORMAT", "json")
    before = logging.getLogger().handlers[:]
    logs.set_up()
    try:
        SECRETS["customer-4711"]
    except KeyError:
        logs.broke(logging.getLogger("dashboard"), "card", "devices", "3b3f0e")
    finally:
        logging.getLogger().handlers[:] = before
    (told,) = events(capsys.readouterr().err)
    assert (told["event"], told["card"], told["ref"]) == ("card_failed", "devices", "3b3f0e")
    assert (told["level"], told["kind"]) == ("error", "KeyError")
    assert "test_logs.py" in told["at"][0]
    assert "4711" not in str(told)
