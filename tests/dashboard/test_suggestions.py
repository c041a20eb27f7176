"""Suggestions over HTTP: a real server process, and what it refuses."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from sample_store import company_store

import sample_logs
import weblog
from dashboard import create_app
from dashboard.suggestions import Index
from reports.recommendations import Recommendations, load_recommendations
from weblog.company_tables import CUSTOMERS
from weblog.site import Site
from weblog.store import Store, open_store

RULES = sample_logs.data_folder() / "site.toml"
CUSTOMER = "H10048271"
ADDRESS = f"/api/recommendations/{CUSTOMER}"


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return company_store(tmp_path_factory.mktemp("company") / "store")


@pytest.fixture(scope="module")
def server(company: Store) -> Iterator[str]:
    """A server process; its address."""
    command = [sys.executable, "-m", "weblog", "dashboard", "--store", str(company.folder)]
    process = subprocess.Popen(
        [*command, "--site", str(RULES), "--port", "0", "--no-open"],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        stdout=subprocess.PIPE,
        text=True,
    )
    watchdog = threading.Timer(240, process.kill)
    watchdog.start()
    try:
        assert process.stdout is not None
        url = urlsplit(process.stdout.readline().split()[2])
        address = f"{url.hostname}:{url.port}"
        deadline = time.monotonic() + 120
        while ask(address, ADDRESS)[0] == 503 and time.monotonic() < deadline:
            time.sleep(0.2)
        yield address
    finally:
        watchdog.cancel()
        process.terminate()
        process.wait()


def ask(address: str, path: str, **headers: str) -> tuple[int, dict[str, Any], dict[str, str]]:
    connection = http.client.HTTPConnection(address, timeout=60)
    connection.request("GET", path, headers=headers)
    response = connection.getresponse()
    body = response.read()
    is_json = response.headers.get_content_type() == "application/json"
    return response.status, json.loads(body) if is_json else {}, dict(response.headers)


def test_a_customer_gets_suggestions_reasons_texts_and_their_worth(server: str) -> None:
    status, body, headers = ask(server, f"{ADDRESS}?lang=ko&at=2025-12-01T19:30")
    assert status == 200
    assert headers["Content-Type"] == "application/json"
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert (body["customer"], body["as_of"]) == (CUSTOMER, "2025-12-01")
    assert body["at"] == "2025-12-01T19:30:00+09:00"
    assert body["greeting"] == "오랜만에 다시 찾아 주셔서 반갑습니다."
    products = body["suggestions"]["product"]
    assert [row["rank"] for row in products] == [1, 2, 3, 4, 5]
    assert products[0]["title"] == "평생 연금저축"
    assert all(row["why"] for kind in ("product", "content") for row in body["suggestions"][kind])
    assert body["quality"]["content"]["beats_popular"]
    assert not body["quality"]["product"]["beats_popular"]


def test_it_tells_nothing_of_who_the_customer_is(server: str) -> None:
    _, body, _ = ask(server, f"{ADDRESS}?lang=en&at=2025-12-01T19:30")
    assert body.keys() == {
        "customer", "as_of", "at", "language", "greeting", "texts", "suggestions", "quality",
    }  # fmt: skip
    row = body["suggestions"]["product"][0]
    assert row.keys() == {"rank", "item", "title", "score", "why", "reason"}
    text = json.dumps(body)
    for word in ("1983", "medical worker", "BASIC", "dormant", "churned"):
        assert word not in text


def test_the_command_line_says_the_same(server: str, company: Store) -> None:
    at = "2025-12-01T09:00"
    _, body, _ = ask(server, f"{ADDRESS}?lang=en&at={at}")
    command = [sys.executable, "-m", "weblog", "recommend", CUSTOMER, "--at", at]
    done = subprocess.run(
        [*command, "--store", str(company.folder), "--site", str(RULES), "--output", "json"],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    assert json.loads(done.stdout) == body


@pytest.mark.parametrize(
    ("path", "status", "code", "says"),
    [
        ("/api/recommendations/H1", 404, "unknown_customer", "no customer 'H1' is known before"),
        (f"/api/recommendations/{quote('a/b 가')}", 404, "unknown_customer", "'a/b 가'"),
        (f"{ADDRESS}?lang=fr", 400, "bad_parameter", "lang is 'fr': expected en or ko"),
        (f"{ADDRESS}?at=noon", 400, "bad_parameter", "at is 'noon': expected a moment"),
        (f"{ADDRESS}?at=0001-01-01", 400, "bad_parameter", "expected a moment"),
        (f"{ADDRESS}?at=9999-12-31T23:00", 400, "bad_parameter", "expected a moment"),
        (f"{ADDRESS}?language=ko", 400, "bad_parameter", "Known: lang, at"),
    ],
)
def test_what_cannot_be_answered_is_said(
    server: str, path: str, status: int, code: str, says: str
) -> None:
    found, body, _ = ask(server, path)
    assert (found, body["error"]["code"]) == (status, code)
    assert says in body["error"]["message"]


def test_other_sites_and_other_names_are_refused(server: str) -> None:
    assert ask(server, ADDRESS, Host="evil.example")[0] == 403
    assert ask(server, ADDRESS, Origin="https://evil.example")[0] == 403
    assert ask(server, ADDRESS, **{"Sec-Fetch-Site": "cross-site"})[0] == 403


def test_the_offset_of_a_moment_counts(server: str) -> None:
    _, body, _ = ask(server, f"{ADDRESS}?at=2025-12-01T00:00%2B00:00")
    assert body["at"] == "2025-12-01T09:00:00+09:00"


# the index


@pytest.fixture
def own(company: Store, tmp_path: Path) -> Store:
    """A store of the company's register and last weeks, which a test may change."""
    store = open_store(tmp_path / "store", create=True)
    for name in ("customers", "purchases"):
        store.replace_all(name, company.snapshot().scan(name).collect())
    for name in ("sessions", "page_views"):
        rows = company.snapshot().scan(name).filter(pl.col("date") >= date(2025, 11, 1)).collect()
        store.replace_days(name, sorted(set(rows["date"])), lambda r=rows: (r, {"made": 1}))
    return store


def index_of(store: Store, today: date = date(2025, 12, 1)) -> Index:
    site = weblog.load_site(RULES)
    zone = ZoneInfo(site.time_zone)
    settings = load_recommendations(None, site)
    return Index(store, site, settings, lambda _: datetime(today.year, today.month, today.day, 12, tzinfo=zone))  # noqa: E501  # fmt: skip


def test_new_lists_replace_old_ones_when_something_is_published(own: Store) -> None:
    index = index_of(own)
    assert index.refresh()
    before = index.answers
    assert not index.refresh()
    assert index.answers is before
    added = {"customer_id": "NEW", "valid_from": date(2025, 11, 2), "joined": date(2025, 11, 2)}
    own.upsert("customers", pl.DataFrame([added], CUSTOMERS.schema))
    assert index.refresh()
    assert before is not None
    assert index.answers is not None
    assert "NEW" not in before.customers
    assert "NEW" in index.answers.customers


def test_items_picked_for_another_day_are_put_in_when_it_comes(own: Store) -> None:
    index = index_of(own)
    index.refresh()
    first = index.answers
    assert first is not None
    later = index_of(own, date(2025, 12, 1) + timedelta(days=60))
    index.now = later.now
    assert index.refresh()
    assert index.answers is not None
    assert index.answers.lists is first.lists, "words anew, not ranked anew"
    assert index.answers.picked == ()


def test_while_there_is_nothing_it_says_so(tmp_path: Path) -> None:
    store = open_store(tmp_path / "empty", create=True)
    app = create_app(store, Site(folder=str(tmp_path)))
    client = app.server.test_client()
    try:
        answer = client.get(ADDRESS, base_url="http://localhost")
        deadline = time.monotonic() + 30
        while not app.suggestions.is_empty and time.monotonic() < deadline:
            time.sleep(0.05)
        later = client.get(ADDRESS, base_url="http://localhost")
    finally:
        app.suggestions.stop()
    assert answer.status_code == later.status_code == 503
    assert later.get_json()["error"]["code"] == "no_data"
    assert Recommendations().texts == ()
