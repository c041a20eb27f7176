"""A server says that it is ready when all of its processes have read all of its sites."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from new_store import copy_store
from werkzeug.test import Client

from dashboard import foreseen, held
from dashboard.access.opening import Readers
from dashboard.held import Together
from dashboard.pages import PAGES
from dashboard.ready import Ready, add_ready
from dashboard.running import Running, run_one, run_several
from dashboard.site_list import ListedSite
from reports import portioned, whole
from weblog.cli import serve_gunicorn
from weblog.site import Site
from weblog.store import Store, open_store

LOGIN = Readers(login=False)


@pytest.fixture(autouse=True)
def _dear(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As if any store were large, and there were few pages to ask."""
    monkeypatch.setattr(held, "SESSIONS_A_SECOND", 0.01)
    monkeypatch.setattr(foreseen, "PAGES", {"/live": PAGES["/live"], "/quality": PAGES["/quality"]})
    yield
    whole._KEPT.clear()


@pytest.fixture
def own(store: Store, tmp_path: Path) -> Store:
    copy_store(store.folder, tmp_path / "S")
    return Store(tmp_path / "S")


def until_ready(client: Any) -> Any:
    """Ask until it is; the answers before it was are 503."""
    deadline = time.monotonic() + 120
    while (answer := client.get("/ready")).status_code != 200:
        assert (answer.status_code, answer.text) == (503, "reading\n")
        assert answer.headers["Retry-After"] == "5"
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return answer


def test_ready_once_the_first_state_is_read(
    own: Store, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on, order_of = Event(), portioned.order_of

    def reading(*given: Any) -> Any:
        go_on.wait(60)
        return order_of(*given)

    monkeypatch.setattr(portioned, "order_of", reading)
    running = run_one(own, site, LOGIN, loopback=True)
    try:
        client = Client(running.application)
        answer = client.get("/ready")
        assert (answer.status_code, answer.text) == (503, "reading\n")
        assert client.get("/").status_code == 200, "it answers before"
        assert client.get("/health").status_code == 200
        go_on.set()
        answer = until_ready(client)
        assert (answer.text, answer.mimetype) == ("ready\n", "text/plain")
        assert answer.headers["Cache-Control"] == "no-store"
        assert client.head("/ready").status_code == 200
        assert client.post("/ready").status_code == 405
    finally:
        go_on.set()
        running.end()


def test_ready_even_where_questions_fail(own: Store, site: Site) -> None:
    for file in (own.folder / "page_views").rglob("*.parquet"):
        file.write_bytes(b"no parquet")
    running = run_one(own, site, LOGIN, loopback=True)
    try:
        until_ready(Client(running.application))
    finally:
        running.end()


def test_ready_where_there_is_nothing_to_read(tmp_path: Path, site: Site) -> None:
    empty = open_store(tmp_path / "E", create=True)
    running = run_one(empty, site, LOGIN, loopback=True)
    until_ready(Client(running.application))
    running.end()


def test_several_sites_are_ready_when_all_of_them_are(
    own: Store, store: Store, tmp_path: Path
) -> None:
    copy_store(store.folder, tmp_path / "T")
    other = Store(tmp_path / "T")
    listed = [ListedSite("one", "One", own, Site()), ListedSite("two", "Two", other, Site())]
    running = run_several(listed, tmp_path, LOGIN, loopback=True)
    try:
        until_ready(Client(running.application))
        for each in (own, other):
            assert whole.of(each.snapshot()) is not None
    finally:
        running.end()


def test_a_server_ends_while_it_reads(own: Store, site: Site) -> None:
    running: Running = run_one(own, site, LOGIN, loopback=True)
    running.end()
    assert not running.beside.is_alive()
    assert whole.size_kept() == 0


def test_all_processes_are_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serve_gunicorn, "_SHARED", str(tmp_path))
    workers = [SimpleNamespace(age=age) for age in (1, 2, 3)]
    for worker in workers[:2]:
        serve_gunicorn.pre_fork(None, worker)
    first, second, third = (Ready(Together(tmp_path, 2, f"{worker.age}")) for worker in workers)
    server = Flask("test")
    add_ready(server, first)
    client: FlaskClient = server.test_client()
    assert client.get("/ready").status_code == 503
    first.tell()
    assert client.get("/ready").status_code == 503, "a request may reach the other"
    second.tell()
    assert client.get("/ready").status_code == 200
    serve_gunicorn.child_exit(None, workers[1])
    serve_gunicorn.pre_fork(None, workers[2])
    assert client.get("/ready").status_code == 503, "one was replaced"
    third.tell()
    assert client.get("/ready").status_code == 200
    serve_gunicorn.child_exit(None, workers[2])
    serve_gunicorn.child_exit(None, workers[2])
    assert client.get("/ready").status_code == 200
