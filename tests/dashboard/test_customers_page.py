"""The page that finds a customer: who may, what is recorded, and what it says of nobody."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from logged_in import PASSWORDS, ask, log_in, told

from dashboard import create_app
from dashboard.access import Accounts, Audit
from dashboard.access.door import Door
from dashboard.access.sessions import Sessions
from weblog.schema import CUSTOMERS
from weblog.site import Site
from weblog.store import Store, open_store

HOSTILE = "<img src=x onerror=alert(1)>\u202e"
PAGE = "/customers"


@pytest.fixture(scope="module")
def register(tmp_path_factory: pytest.TempPathFactory) -> Store:
    made = open_store(tmp_path_factory.mktemp("register") / "store", create=True)
    rows = [
        {"customer_id": "H10048271", "name": "김민수", "phone": "010-1234-5678"},
        {"customer_id": "H10048272", "name": HOSTILE, "phone": None},
    ]
    common = {"valid_from": date(2025, 1, 1), "grade": "VIP"}
    frame = pl.DataFrame([row | common for row in rows], schema=CUSTOMERS.schema)
    made.append_once("customers", frame, "people", 1, None)
    made.publish()
    return made


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Door:
    accounts = Accounts.of(tmp_path_factory.mktemp("accounts") / "access")
    for role in ("viewer", "marketer", "analyst"):
        accounts.add(role, role, PASSWORDS[role])
    return Door(open_role=None, sessions=Sessions(accounts), audit=Audit(accounts.folder))


@pytest.fixture
def as_role(register: Store, door: Door) -> Any:
    server = create_app(register, Site(name="Test"), door=door).server

    def client(role: str) -> Any:
        one = server.test_client()
        assert log_in(one, role, PASSWORDS[role]).status_code == 303
        return one

    return client


def lines(door: Door) -> list[dict[str, Any]]:
    assert door.audit is not None
    return [line for line in door.audit.lines() if line["what"] != "login"]


def test_a_search_is_masked_and_recorded_by_what_the_reader_may_see(
    as_role: Any, door: Door
) -> None:
    before = len(lines(door))
    seen = told(ask(as_role("marketer"), PAGE, {"text": "김민수"}), PAGE)
    assert seen["rows"] == [["H10048271", "김**", "***-****-5678", "VIP"]]
    assert seen["told"] == "1 found"
    seen = told(ask(as_role("analyst"), PAGE, {"text": "H1004827"}, "ko"), PAGE)
    assert [row[1] for row in seen["rows"]] == [
        "김민수",
        HOSTILE,
    ]  # text, for React to show as such
    assert seen["told"] == "2명 찾음"
    recorded = lines(door)[before:]
    assert [(line["what"], line["who"], line["detail"]) for line in recorded] == [
        ("search", "marketer", "1 found, 1 shown"),
        ("search", "analyst", "2 found, 2 shown"),
    ]
    assert door.audit is not None
    assert recorded[0]["customer"] == door.audit.hashed("H10048271")  # whoever it was they found
    assert "김민수" not in str(recorded)


def test_a_viewer_finds_nobody_and_the_page_is_not_theirs(as_role: Any, door: Door) -> None:
    viewer = as_role("viewer")
    assert ask(viewer, PAGE, {"text": "H10048271"}).status_code == 403
    assert viewer.get(PAGE).status_code == 404
    shell = viewer.get("/_dash-layout").json["props"]["children"][1]["props"]
    assert {page["path"] for page in shell["pages"]}.isdisjoint({"/customers", "/live"})
    assert lines(door)[-1]["what"] == "refused"


def test_what_cannot_be_recorded_is_not_shown(
    as_role: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    import dashboard.access.audit as audit_module

    client = as_role("marketer")

    def full(*_: Any) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(audit_module.os, "write", full)
    answer = ask(client, PAGE, {"text": "H10048271"})
    assert told(answer, PAGE)["state"] == "error"
    assert "H10048271" not in answer.text


def test_nobody_found_says_what_to_do(as_role: Any, tmp_path: Path) -> None:
    client = as_role("marketer")
    seen = told(ask(client, PAGE, {"text": "H99<b>"}), PAGE)
    assert (seen["state"], seen["told"]) == ("none", "No customer fits “H99<b>”")
    assert "last four digits" in seen["help"]
    empty = create_app(open_store(tmp_path / "s", create=True), Site()).server.test_client()
    seen = told(ask(empty, PAGE, {"text": "H99"}), PAGE)
    assert seen["code"] == "weblog customers load FILE"


@pytest.mark.parametrize("asked", [{"text": "김"}, {"text": 7}, {}, "H1", ["H1"], {"text": None}])
def test_what_is_no_text_looks_for_nobody(as_role: Any, door: Door, asked: Any) -> None:
    before = len(lines(door))
    seen = told(ask(as_role("marketer"), PAGE, asked), PAGE)
    assert (seen["state"], seen["logged"]) == ("short", True)
    assert "last four digits" in seen["hint"]
    assert len(lines(door)) == before


def test_the_card_leads_back_to_the_search(as_role: Any) -> None:
    assert 'href="/customers"' in as_role("marketer").get("/customer?id=nobody&lang=en").text
