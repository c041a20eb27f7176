"""Every address and every callback has a least role, and is held to it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from logged_in import PASSWORDS, LogIn, call, log_in, update

from dashboard import create_app
from dashboard.access.door import Door
from dashboard.access.gate import needed
from dashboard.access.roles import NOBODY, ROLES, least, reader
from dashboard.pages import PAGES
from dashboard.pages.page import MORE
from weblog.site import Site
from weblog.store import Store

EVERYBODY = ("nobody", *ROLES)

ASKED = {
    "/": "/",
    "/<path:path>": "/nowhere",
    "/_dash-layout": "/_dash-layout",
    "/_dash-dependencies": "/_dash-dependencies",
    "/_dash-update-component": "/_dash-update-component",
    "/_reload-hash": "/_reload-hash",
    "static": "/static/x.js",
    "/_dash-component-suites/<string:package_name>/<path:fingerprinted_path>": (
        "/_dash-component-suites/dash/deps/react@18.js"
    ),
    "_dash_assets.static": "/assets/weblog.css",
    "components": "/assets/components.js",
    "/_favicon.ico": "/_favicon.ico",
    "/_health": "/_health",
    "metrics": "/_metrics",
    "ready": "/health",
    "target_file": "/targets/file",
    "target_audit": "/targets/audit/no-such-run.json",
    "download": "/download/content_page/no-such-card.csv",
    "suggest": "/api/recommendations/H1",
    "card": "/customer?id=H1",
    "views": "/api/views",
    "save_view": "/api/views",
    "change_view": "/api/views/none",
    "delete_view": "/api/views/none",
    "add_annotation": "/api/annotations",
    "remove_annotation": "/api/annotations/none",
    "login": "/login",
    "log_in": "/login",
    "log_out": "/logout",
    "account": "/account",
    "change_password": "/account",
}
"""Endpoint to an address that leads there."""


def test_every_address_declares_a_role(server: Any) -> None:
    endpoints = {rule.endpoint for rule in server.url_map.iter_rules()}
    assert {name for name in endpoints if needed(server, name) is None} == set()
    assert endpoints == ASKED.keys(), "a new address: add it here, and so to the tests below"
    assert {needed(server, name) for name in endpoints} <= {NOBODY, *ROLES}


def test_every_callback_declares_a_role(store: Store, site: Site, door: Door) -> None:
    app = create_app(store, site, door=door)
    app.server.test_client().get("/_dash-dependencies")
    app.server.test_client().get("/")
    callbacks = {name: one["callback"] for name, one in app.callback_map.items()}
    # One for the navigation; of each page one for all its cards, its rarer filters, its slow
    # cards, those that ask by themselves, and its actions.
    each = [2 + len(page.slow) + len(page.asking) + len(page.actions) for page in PAGES.values()]
    assert len(callbacks) == 1 + sum(each)
    assert {name for name, one in callbacks.items() if not hasattr(one, "least_role")} == set()


def test_an_address_that_declares_none_is_refused_to_everybody(server: Any, as_role: LogIn) -> None:
    server.add_url_rule("/forgotten", "forgotten", lambda: "secret")
    for role in EVERYBODY:
        answer = as_role(role).get("/forgotten")
        assert (answer.status_code, "secret" in answer.text) == (403, False), role


@pytest.mark.parametrize("role", EVERYBODY)
def test_each_role_sees_what_it_may_and_nothing_else(
    server: Any, as_role: LogIn, role: str
) -> None:
    client = as_role(role)
    for endpoint, address in ASKED.items():
        asked = needed(server, endpoint)
        rule = next(one for one in server.url_map.iter_rules() if one.endpoint == endpoint)
        methods = set(rule.methods or ()) - {"OPTIONS", "HEAD"}
        method = "GET" if "GET" in methods else min(methods)
        answer = client.open(address, method=method)
        may = asked == NOBODY or (role != "nobody" and ROLES.index(role) >= ROLES.index(str(asked)))
        if may:
            assert answer.status_code != 403, (endpoint, answer.status_code)
        elif role == "nobody":
            assert answer.status_code in {303, 401}, (endpoint, answer.status_code)
            assert answer.headers.get("Location", "/login").startswith("/login")
        else:
            assert answer.status_code == 403, (endpoint, answer.status_code)


def test_callbacks_called_directly_ask_for_a_login(as_role: LogIn) -> None:
    answer = update(as_role("nobody"))
    assert (answer.status_code, answer.json["error"]["code"]) == (401, "login")
    assert update(as_role("viewer")).status_code == 200


@pytest.mark.parametrize("role", ROLES)
def test_a_callback_above_the_role_is_refused_when_called_directly(
    store: Store, site: Site, door: Door, role: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page is declared for analysts here; its callback is then theirs, too."""

    import dashboard.app as app_module
    import dashboard.frame as frame_module

    pages = {"/": replace(PAGES["/"], role="analyst")}
    for module in (app_module, frame_module):
        monkeypatch.setattr(module, "PAGES", pages)
    server = create_app(store, site, door=door).server
    client = server.test_client()
    assert log_in(client, role, PASSWORDS[role]).status_code == 303
    may = role in {"analyst", "admin"}
    assert update(client).status_code == (200 if may else 403)
    assert client.get("/").status_code == 200  # the frame, with the page only where it is theirs
    parts = client.get("/_dash-layout").json["props"]["children"]
    shell = next(one for one in parts if one["props"]["id"] == "shell")
    assert [page["path"] for page in shell["props"]["pages"]] == (["/"] if may else [])


def test_a_callback_nobody_wrote_is_no_way_in(as_role: LogIn) -> None:
    client = as_role("viewer")
    for output in ("x.data", "", "..", "page.children", "../etc/passwd", "\0", "a" * 10_000):
        body = {"output": output, "outputs": [], "inputs": [], "changedPropIds": []}
        answer = client.post("/_dash-update-component", json=body)
        assert answer.status_code >= 400
        assert "Traceback" not in answer.text


def test_a_viewer_cannot_narrow_to_a_person_by_the_address(as_role: LogIn) -> None:
    client = as_role("viewer")
    for search in (
        "?customer=H1",
        "?visitor=v1",
        "?sex=F",
        "?age_band=30-39",
        "?visitor=v1&segment=VIP",
    ):
        parts = update(client, search).json["response"]
        assert parts["overview-page"]["data"]["state"] == "withheld", search
        assert list(parts) == ["overview-page"]
    assert update(as_role("marketer"), "?visitor=v1").json["response"]["overview-tiles"]


@pytest.mark.parametrize("path", PAGES)
def test_no_callback_of_any_page_narrows_to_a_person_for_a_viewer(
    as_role: LogIn, path: str
) -> None:
    """Each callback is an address of its own: what the page withholds, they all withhold."""
    client, page = as_role("viewer"), PAGES[path]
    for search in ("?customer=H1", "?visitor=v1", "?age_band=30-39"):
        if page.role != "viewer":
            called = [update(client, search, path)]
            called += [call(client, page.id(part), search) for part in (MORE, *page.slow)]
            assert {answer.status_code for answer in called} == {403}
            continue
        parts = update(client, search, path).json["response"]
        assert {name: part["data"]["state"] for name, part in parts.items()} == {
            page.id("page"): "withheld"
        }, search
        for part in page.slow:
            found = call(client, page.id(part), search).json["response"]
            assert found[page.id(part)]["data"]["state"] == "withheld", (part, search)


def test_the_card_is_masked_for_a_marketer_only(as_role: LogIn, door: Door) -> None:
    """What is in the card is tested in test_card; here, whose eyes it is made for."""
    with as_role("marketer") as client:
        client.get("/customer")
        assert reader().card_role == "marketer"
    for role in ("analyst", "admin"):
        with as_role(role) as client:
            client.get("/customer")
            assert reader().card_role == "analyst"


def test_declaring_an_unknown_role_fails_at_once() -> None:
    from weblog.errors import UnknownNameError

    with pytest.raises(UnknownNameError):
        least("root")
