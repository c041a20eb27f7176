"""Tokens of programs, and proxies that log people in."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from dashboard import create_app
from dashboard.access.door import Door
from dashboard.access.proxy import Proxy, networks
from dashboard.access.roles import reader
from weblog.site import Site
from weblog.store import Store


def test_a_token_asks_the_api_and_nothing_else(server: Any, door: Door) -> None:
    assert door.accounts is not None
    client = server.test_client()
    token = door.accounts.make_token("marketer")
    headers = {"Authorization": f"Bearer {token}"}
    assert client.get("/api/recommendations/H1", headers=headers).status_code in {404, 503}
    assert client.get("/_dash-layout", headers=headers).status_code == 401
    assert client.get("/customer", headers=headers).status_code == 303
    weak = {"Authorization": f"Bearer {door.accounts.make_token('viewer')}"}
    assert client.get("/api/recommendations/H1", headers=weak).status_code == 403
    for wrong in ("Bearer", "Bearer x", f"Basic {token}", f"Bearer {token}x"):
        answer = client.get("/api/recommendations/H1", headers={"Authorization": wrong})
        assert answer.status_code == 401


PROXY = Proxy(
    networks(["127.0.0.1", "10.0.0.0/8"]),
    "X-Forwarded-User",
    "X-Forwarded-Groups",
    {"web-analysts": "analyst", "marketing": "marketer"},
)


@pytest.mark.parametrize(
    ("user", "groups", "peer", "role"),
    [
        ("minji", "marketing", "127.0.0.1", "marketer"),
        ("minji", "all, marketing,web-analysts", "10.1.2.3", "analyst"),
        ("minji", "marketing", "::ffff:10.1.2.3", "marketer"),
        ("Viewer", None, "127.0.0.1", "viewer"),  # there is an account of that name
        ("minji", None, "127.0.0.1", None),
        ("minji", "others", "127.0.0.1", None),
        ("", "marketing", "127.0.0.1", None),
        (None, "marketing", "127.0.0.1", None),
        ("admin, minji", "marketing", "127.0.0.1", None),  # added to a stranger's own header
        ("admin", "marketing", "192.0.2.7", None),
        ("admin", "marketing", "2001:db8::1", None),
    ],
)
def test_the_word_of_a_trusted_proxy_and_of_nobody_else(
    company: Any, user: str | None, groups: str | None, peer: str, role: str | None
) -> None:
    given = {"X-Forwarded-User": user, "X-Forwarded-Groups": groups, "X-Forwarded-For": "127.0.0.1"}
    headers = {name: value for name, value in given.items() if value is not None}
    with company.test_client() as client:
        answer = client.get("/", headers=headers, environ_base={"REMOTE_ADDR": peer})
        assert answer.status_code == (200 if role else 303)
        if role:
            assert (reader().role, reader().how) == (role, "proxy")


@pytest.fixture
def company(store: Store, site: Site, door: Door) -> Any:
    """A dashboard behind a proxy that logs people in."""
    return create_app(store, site, door=replace(door, proxy=PROXY)).server


@pytest.mark.parametrize(
    ("peer", "user", "why"),
    [
        ("192.0.2.7", "admin", "from an address that is no --trust-proxy"),
        ("127.0.0.1", "admin, minji", "not one name"),
        ("127.0.0.1", "minji", None),
        ("192.0.2.7", None, None),
    ],
)
def test_a_header_that_is_not_believed_is_recorded_once_a_minute(
    company: Any, door: Door, peer: str, user: str | None, why: str | None
) -> None:
    assert door.audit is not None
    before = len(list(door.audit.lines()))
    headers = {"X-Forwarded-User": user} if user else {}
    # Whom they say they send it for is their word, too.
    headers["X-Forwarded-For"] = "198.51.100.1"
    for _ in range(3):
        company.test_client().get("/login", headers=headers, environ_base={"REMOTE_ADDR": peer})
    lines = [each for each in list(door.audit.lines())[before:] if each["what"] != "refused"]
    expected = [("header_ignored", None, peer, why)] if why else []
    assert [(each["what"], each["who"], each["from"], each["detail"]) for each in lines] == expected


def test_while_no_header_is_believed_none_is_looked_at(server: Any, door: Door) -> None:
    assert door.audit is not None
    before = len(list(door.audit.lines()))
    answer = server.test_client().get("/", headers={"X-Forwarded-User": "admin"})
    assert (answer.status_code, len(list(door.audit.lines()))) == (303, before)


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("192.0.2.7", "", "192.0.2.7"),
        ("192.0.2.7", "203.0.113.9", "192.0.2.7"),
        ("127.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("127.0.0.1", "6.6.6.6, 203.0.113.9, 10.0.0.2", "203.0.113.9"),
        ("127.0.0.1", "6.6.6.6, <script>, 10.0.0.2", "10.0.0.2"),
        ("127.0.0.1", "", "127.0.0.1"),
    ],
)
def test_addresses_are_those_the_proxies_saw(
    server: Any, peer: str, forwarded: str, address: str
) -> None:
    from flask import request

    given = {"X-Forwarded-For": forwarded} if forwarded else {}
    with server.test_request_context("/", headers=given, environ_base={"REMOTE_ADDR": peer}):
        assert PROXY.address(request) == address


def test_a_locked_account_is_not_let_in_by_a_proxy(store: Store, site: Site, tmp_path: Any) -> None:
    from dashboard.access import Accounts
    from dashboard.access.sessions import Sessions

    accounts = Accounts.of(tmp_path / "access")
    accounts.add("kim", "viewer", None)
    door = Door(None, Sessions(accounts), PROXY)
    client = create_app(store, site, door=door).server.test_client()
    headers = {"X-Forwarded-User": "kim", "X-Forwarded-Groups": "marketing"}
    assert client.get("/", headers=headers).status_code == 200
    accounts.lock("kim")
    assert client.get("/", headers=headers).status_code == 403
