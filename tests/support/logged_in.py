"""Readers of a dashboard who have logged in, one of each role."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from dashboard.access.roles import ROLES
from dashboard.pages import PAGES

PASSWORDS = {role: f"velvet harbour {role} lantern 8" for role in ROLES}
"""Password of the account that is named like its role."""

LogIn = Callable[[str], FlaskClient]


def token_of(page: TestResponse) -> str:
    found = re.search(r'name="token" value="([0-9a-f]+)"', page.text)
    assert found, page.text[:300]
    return found.group(1)


def log_in(client: FlaskClient, name: str, password: str, **more: Any) -> TestResponse:
    token = token_of(client.get("/login"))
    form = {"token": token, "name": name, "password": password, **more}
    return client.post("/login", data=form)


def ask(client: FlaskClient, path: str, asked: Any, language: str = "en") -> Any:
    """Call the callback of a component that asks by itself; return what it is told."""
    page = PAGES[path]
    (part,) = page.asking
    body = {
        "output": f"{page.id(part)}.data",
        "outputs": {"id": page.id(part), "property": "data"},
        "inputs": [{"id": page.id(part), "property": "asked", "value": asked}],
        "state": [{"id": "shell", "property": "language", "value": language}],
        "changedPropIds": [f"{page.id(part)}.asked"],
    }
    return client.post("/_dash-update-component", json=body)


def told(answer: Any, path: str) -> Any:
    """Return the data in the answer to :func:`ask`."""
    page = PAGES[path]
    return answer.json["response"][page.id(page.asking[0])]["data"]


def update(client: FlaskClient, search: str = "", path: str = "/") -> Any:
    """Call the callback of a page as the browser does when the address changes."""
    return client.post("/_dash-update-component", json=update_body(search, path))


def update_body(search: str, path: str) -> dict[str, Any]:
    """Return what the browser sends when the address of a page changes."""
    page = PAGES[path]
    outputs = [{"id": page.id(part), "property": "data"} for part in page.parts]
    return {
        "output": "..{}..".format("...".join(f"{one['id']}.data" for one in outputs)),
        "outputs": outputs,
        "inputs": [{"id": "address", "property": "search", "value": search}],
        "state": [{"id": "shell", "property": "language", "value": "en"}],
        "changedPropIds": ["address.search"],
    }


def call(client: FlaskClient, component: str, search: str = "") -> Any:
    """Call the callback that fills one component, as the browser does for a slow card."""
    body = {
        "output": f"{component}.data",
        "outputs": {"id": component, "property": "data"},
        "inputs": [{"id": "address", "property": "search", "value": search}],
        "state": [{"id": "shell", "property": "language", "value": "en"}],
        "changedPropIds": ["address.search"],
    }
    return client.post("/_dash-update-component", json=body)
