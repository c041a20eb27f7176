"""Who looked at whom is written down, or not shown."""

from __future__ import annotations

import json
import re
from typing import Any

from logged_in import LogIn, log_in, update

from dashboard.access.door import Door


def test_it_is_recorded_who_looked_at_whom(as_role: LogIn, door: Door) -> None:
    assert door.audit is not None
    before = len(list(door.audit.lines()))
    client = as_role("marketer")
    client.get("/customer?id=H10048271")
    update(client, "?customer=H10048271")
    as_role("viewer").get("/customer?id=H10048271")
    log_in(as_role("nobody"), "somebody-typed-a-password", "here")
    lines = list(door.audit.lines())[before:]
    told = "login card customer_filter login refused login_failed"
    assert [line["what"] for line in lines] == told.split()
    seen = [line for line in lines if line["customer"]]
    assert {line["customer"] for line in seen} == {door.audit.hashed("H10048271")}
    assert {(line["who"], line["role"], line["how"]) for line in seen} == {
        ("marketer", "marketer", "password")
    }
    text = json.dumps(lines)
    assert "H10048271" not in text
    assert "somebody-typed" not in text
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+\+00:00", lines[0]["at"])


def test_what_cannot_be_recorded_is_not_shown(as_role: LogIn, door: Door, monkeypatch: Any) -> None:
    client = as_role("analyst")
    import dashboard.access.audit as audit_module

    def full(*_: Any) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(audit_module.os, "write", full)
    assert client.get("/customer?id=H1").status_code == 500
