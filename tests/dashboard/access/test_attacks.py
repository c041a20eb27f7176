"""What strangers write in logs, forms and addresses: it is refused, or shown as text."""

from __future__ import annotations

import json
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import polars as pl
import pytest
from flask.testing import FlaskClient
from harmless import is_harmless
from hypothesis import given, settings
from hypothesis import strategies as st
from logged_in import PASSWORDS, LogIn, log_in, token_of, update

from dashboard import create_app
from dashboard.access import Accounts
from dashboard.access.door import Door
from dashboard.access.sessions import Sessions
from weblog.schema import PAGE_VIEWS, SESSIONS
from weblog.site import Site
from weblog.store import Store, open_store

NASTY = (
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'-alert(1)-'",
    "javascript:alert(1)",
    "=cmd|' /C calc'!A0",
    "+1+1",
    "@SUM(1+1)",
    "\t=1+1",
    "{{7*7}}",
    "${7*7}",
    "%(secret)s {0.__class__}",
    "a\0b",
    "\u202egnp.exe\u2066\u200f",
    "\ufeff\u2028\u2029",
    "../../../../etc/passwd",
    "' or 1=1 --",
    "x" * 10_240,
    "가" * 10_240,
    "\ud7ff\ue000\uffff",
)


@pytest.fixture(scope="module")
def strangers(tmp_path_factory: pytest.TempPathFactory, store: Store) -> Store:
    """A store whose paths, sources, campaigns, agents and segments were written by strangers."""
    snapshot = store.snapshot()
    sessions = snapshot.scan("sessions").collect()
    names = pl.Series("nasty", [NASTY[place % len(NASTY)] for place in range(sessions.height)])
    columns = ("segment", "channel", "source", "medium", "campaign", "device", "browser", "os",
               "entry_page", "exit_page")  # fmt: skip
    sessions = sessions.with_columns(names.alias(column) for column in columns)
    views = snapshot.scan("page_views").collect()
    names = pl.Series("nasty", [NASTY[place % len(NASTY)] for place in range(views.height)])
    views = views.with_columns(names.alias(column) for column in ("path", "category", "product"))
    made = open_store(tmp_path_factory.mktemp("strangers") / "store", create=True)
    for name, frame, table in (
        ("sessions", sessions, SESSIONS),
        ("page_views", views, PAGE_VIEWS),
    ):
        whole = frame.select(table.schema.keys())
        days = sorted(set(whole["date"]))
        made.replace_days(name, days, lambda whole=whole: (whole, {"made": 1}))
    return made


@pytest.fixture(scope="module")
def marketer(strangers: Store, four_accounts: Accounts) -> FlaskClient:
    site = Site(name="<script>alert('site')</script>")
    door = Door(open_role=None, sessions=Sessions(four_accounts))
    client: FlaskClient = create_app(strangers, site, door=door).server.test_client()
    assert log_in(client, "marketer", PASSWORDS["marketer"]).status_code == 303
    return client


def test_what_stands_in_logs_travels_as_data(marketer: FlaskClient) -> None:
    answer = update(marketer, "?period=all")
    assert answer.mimetype == "application/json"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    parts = answer.json["response"]
    states = {name: part["data"].get("state") for name, part in parts.items()}
    assert set(states.values()) <= {"ready", "empty"}
    assert states["overview-pages"] == states["overview-sources"] == "ready"
    shown = json.dumps(parts, ensure_ascii=False)
    for nasty in NASTY[:6]:
        assert json.dumps(nasty, ensure_ascii=False)[1:-1] in shown, nasty


def test_the_sites_name_is_text_on_every_page(marketer: FlaskClient) -> None:
    for address in ("/login?next=x", "/account", "/customer"):
        page = marketer.get(address)
        if page.status_code == 200:
            assert is_harmless(page.text), address
    document = marketer.get("/").text
    assert "<script>alert" not in document


@pytest.mark.parametrize("nasty", NASTY)
def test_a_filter_in_the_address_is_a_value_and_nothing_else(
    marketer: FlaskClient, nasty: str
) -> None:
    names = ("segment", "page", "source", "customer", "visitor", nasty[:50])
    answer = update(marketer, "?" + urlencode(dict.fromkeys(names, nasty)))
    assert answer.json["response"]["overview-page"]["data"]["state"] in {"ready", "no_match"}
    names = ("period", "from", "to", "compare", "measure", "view")
    answer = update(marketer, "?" + urlencode(dict.fromkeys(names, nasty)))
    assert answer.json["response"]["overview-page"]["data"]["state"] == "ready"


@pytest.mark.parametrize("nasty", NASTY)
def test_what_is_typed_into_forms_is_text(marketer: FlaskClient, nasty: str) -> None:
    for query in ({"id": nasty}, {"id": "H1", "day": nasty}, {"id": nasty, "lang": nasty}):
        page = marketer.get("/customer?" + urlencode(query))
        assert page.status_code in {400, 404, 414}
        assert is_harmless(page.text), page.text[:500]
        assert "Traceback" not in page.text
    api = marketer.get("/api/recommendations/x?" + urlencode({"at": nasty, nasty[:20]: "1"}))
    assert (api.status_code, api.mimetype) == (400, "application/json")


@pytest.mark.parametrize("nasty", NASTY)
def test_what_is_typed_into_the_login_is_text(server: Any, nasty: str) -> None:
    client = server.test_client()
    token = token_of(client.get("/login?" + urlencode({"next": nasty, "lang": nasty})))
    form = {"token": token, "name": nasty, "password": nasty, "next": nasty}
    page = client.post("/login", data=form)
    assert page.status_code == 401
    assert is_harmless(page.text)
    assert nasty[:100].strip("\0") in unescape(page.text) or "\0" in nasty
    for field in ("token", "name", "password", "next"):
        again = client.post("/login", data={**form, field: nasty * 3})
        assert again.status_code in {400, 401, 413, 429}


TEXT = st.text(max_size=200) | st.sampled_from(NASTY)


@given(st.dictionaries(TEXT, TEXT, max_size=4), TEXT)
@settings(max_examples=15, deadline=None)
def test_whatever_is_asked_is_answered_without_a_fault(
    marketer: FlaskClient, query: dict[str, str], path: str
) -> None:
    asked = urlencode(query, errors="replace")
    page = marketer.get(f"/customer?{asked}&" + urlencode({"id": path}, errors="replace"))
    assert page.status_code < 500
    assert is_harmless(page.text)
    assert update(marketer, f"?{asked}").status_code == 200
    assert marketer.get(f"/login?{asked}").status_code in {200, 303}


@given(st.binary(max_size=300) | st.text(max_size=100).map(str.encode))
@settings(max_examples=15, deadline=None)
def test_whatever_is_sent_to_a_callback_is_no_fault_that_tells(
    marketer: FlaskClient, body: bytes
) -> None:
    answer = marketer.post("/_dash-update-component", data=body, content_type="application/json")
    assert answer.status_code >= 400
    assert "Traceback" not in answer.text
    assert "site-packages" not in answer.text


def test_a_request_too_large_is_refused(as_role: LogIn) -> None:
    answer = as_role("viewer").post("/_dash-update-component", json={"output": "x" * 2_000_000})
    assert answer.status_code == 413


def test_the_commands_show_what_was_typed_as_text(door: Door, server: Any, store: Store) -> None:
    from click.testing import CliRunner

    from weblog.cli import weblog

    assert door.audit is not None
    log_in(server.test_client(), "\x1b[31m\u202eviewer", "x")
    path = str(Path(door.audit.folder.path))
    shown = CliRunner().invoke(
        weblog, ["audit", "--store", str(store.folder), "--access", path, "--what", "login_failed"]
    )
    assert shown.exit_code == 0, shown.output
    assert "\x1b" not in shown.output
    assert "\u202e" not in shown.output
