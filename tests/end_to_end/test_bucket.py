"""A store in a bucket answers as the one on the disk it is a copy of: reports, pages, commands."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple

import pytest
from every_report import assert_same_answer
from first_page import STATE, first_page
from in_process import run_here
from new_store import copy_store
from places import SECRET
from sample_store import company_store

import sample_logs
from reports.registry import REPORTS
from weblog.remote.place import RemotePath
from weblog.store import Store

PATIENCE = 120.0
SITE = sample_logs.data_folder() / "site.toml"


class Both(NamedTuple):
    """The sample company's store on the disk, and in a bucket."""

    here: Store
    there: Store


@pytest.fixture(scope="module")
def both(module_bucket: str, tmp_path_factory: pytest.TempPathFactory) -> Both:
    here = company_store(tmp_path_factory.mktemp("company") / "S")
    there = RemotePath(f"{module_bucket}/company")
    copy_store(here.folder, there)
    return Both(here, Store(there))


@pytest.mark.parametrize("name", REPORTS)
def test_every_report_gives_the_same_figures(both: Both, name: str) -> None:
    assert_same_answer(name, both.here, both.there)


@contextmanager
def dashboard(store: Store) -> Iterator[str]:
    """Serve the store by a process of its own; yield where."""
    words = ("dashboard", "--store", str(store.folder), "--site", str(SITE), "--no-open")
    process = subprocess.Popen(
        [sys.executable, "-m", "weblog", *words, "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert process.stdout is not None
    found = re.search(r"http://\S+:\d+", process.stdout.readline())
    try:
        assert found, process.communicate()
        yield found[0]
    finally:
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=PATIENCE)
        assert "Traceback" not in errors, errors


def test_the_first_page_is_the_same(both: Both) -> None:
    shown = []
    for store in both:
        with dashboard(store) as address:
            shown.append(first_page(address))
    here, there = shown
    assert here[STATE]["data"]["state"] not in {"error", "empty"}
    assert len(json.dumps(here)) > 1_000
    assert there == here


def test_no_command_tells_the_secret(
    both: Both, module_bucket: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Neither with right credentials, nor expired ones, nor where nobody answers."""
    store, secret = str(both.there.folder), f"{SECRET}-tail"
    right = {"AWS_SECRET_ACCESS_KEY": secret, "AWS_SESSION_TOKEN": f"token-{secret}"}
    nowhere = {**right, "AWS_ENDPOINT_URL": f"http://me:{secret}@127.0.0.1:9"}
    refused = {**right, "AWS_ENDPOINT_URL": ""}
    said = []
    with refusing() as address:
        refused["AWS_ENDPOINT_URL"] = address
        for environment, is_right in ((right, True), (refused, False), (nowhere, False)):
            for words in (
                ("status", "--store", store),
                ("--log-format", "json", "report", "summary", "--store", store),
            ):
                done = run_here(*words, env=dict(environment))
                assert (done.returncode == 0) is is_right, done
                said += [done.stdout, done.stderr]
            done = run_here("ingest", f"{module_bucket}/none.log", "--store", tmp_path / "S",
                            env=dict(environment))  # fmt: skip
            assert done.returncode != 0
            said += [done.stdout, done.stderr]
    said += capfd.readouterr()
    assert "Expired credentials are answered so" in "".join(said)
    assert "cannot be reached" in "".join(said)
    kept = [each.read_bytes() for place in both for each in place.folder.rglob("*")
            if each.is_file()]  # fmt: skip
    kept += [each.read_bytes() for each in tmp_path.rglob("*") if each.is_file()]
    for text in [*said, *(data.decode("latin-1") for data in kept)]:
        assert SECRET not in text


@contextmanager
def refusing() -> Iterator[str]:
    """Serve a bucket that answers all with what S3 says to an expired token, repeating it."""

    class Refusing(BaseHTTPRequestHandler):
        def refuse(self) -> None:
            token = self.headers.get("x-amz-security-token", "")
            body = (
                "<Error><Code>ExpiredToken</Code><Message>The provided token has expired."
                f"</Message><Token-0>{token}</Token-0></Error>"
            ).encode()
            self.send_response(400)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        do_GET = do_HEAD = do_PUT = refuse  # noqa: N815

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Refusing)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
