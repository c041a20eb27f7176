"""Metrics and health: for this machine and for admins, and true."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from logged_in import LogIn
from prometheus_client.parser import text_string_to_metric_families

from dashboard import create_app
from weblog.site import Site
from weblog.store import Store, open_store

Numbers = dict[tuple[str, tuple[tuple[str, str], ...]], float]


def numbers(text: str) -> Numbers:
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


@pytest.fixture
def client(store: Store, site: Site) -> Any:
    return create_app(store, site).server.test_client()


def test_requests_are_counted_by_rule_and_status(client: Any) -> None:
    key = (("address", "/<path:path>"), ("site", ""), ("status", "404"))
    before = numbers(client.get("/_metrics").text)
    for name in ("nowhere", "else", "elsewhere"):
        assert client.get(f"/{name}").status_code == 404
    after = numbers(client.get("/_metrics").text)
    name = "weblog_dashboard_requests_total"
    assert after[name, key] - before.get((name, key), 0.0) == 3
    counted = ("weblog_dashboard_request_seconds_count", key[:2])
    assert after[counted] - before.get(counted, 0.0) == 3


def test_errors_are_counted_as_they_are_logged(client: Any) -> None:
    name = ("weblog_dashboard_errors_total", ())
    before = numbers(client.get("/_metrics").text)[name]
    logging.getLogger("dashboard").error("a card failed")
    logging.getLogger("dashboard").warning("no error")
    assert numbers(client.get("/_metrics").text)[name] - before == 1


def test_the_age_of_the_store_is_told(client: Any) -> None:
    found = numbers(client.get("/_metrics").text)
    assert found["weblog_store_readable", (("site", ""),)] == 1
    assert found["weblog_store_age_seconds", (("site", ""),)] > 0


def test_others_than_this_machine_and_admins_are_refused(server: Any, as_role: LogIn) -> None:
    elsewhere = {"REMOTE_ADDR": "192.0.2.7"}
    for role in ("nobody", "viewer", "analyst"):
        client = as_role(role)
        assert client.get("/_metrics", environ_overrides=elsewhere).status_code == 403
        assert client.get("/_metrics", headers={"X-Forwarded-For": "::1"}).status_code == 403
        assert client.get("/_metrics").status_code == 200
        assert client.get("/health", environ_overrides=elsewhere).json == {"status": "ok"}


def test_a_store_that_cannot_be_read_is_not_healthy(site: Site, tmp_path: Any) -> None:
    empty = open_store(tmp_path / "S", create=True)
    client = create_app(empty, site).server.test_client()
    assert client.get("/health").json == {"status": "ok"}
    (empty.folder / "published.json").write_text("{")
    answer = client.get("/health")
    assert (answer.status_code, answer.json) == (503, {"status": "the store cannot be read"})
    assert numbers(client.get("/_metrics").text)["weblog_store_readable", (("site", ""),)] == 0
