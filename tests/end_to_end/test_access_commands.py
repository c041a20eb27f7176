"""`weblog accounts` and `weblog audit`, as an operator types them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from weblog.cli import weblog as command_line
from weblog.errors import WeblogError
from weblog.store import open_store

PASSWORD = "velvet harbour lantern 8"


@pytest.fixture
def store(tmp_path: Path) -> Path:
    open_store(tmp_path / "store", create=True)
    return tmp_path / "store"


def run(
    store: Path, *words: str, typed: str = "", fails: type[WeblogError] | None = None
) -> Result:
    done = CliRunner().invoke(command_line, [*words, "--store", str(store)], input=typed)
    if fails is None:
        assert done.exit_code == 0, (done.output, done.exception)
    else:
        assert isinstance(done.exception, fails), (done.output, done.exception)
    return done


def listed(store: Path) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(
        run(store, "accounts", "list", "--output", "json").stdout
    )
    return found


def test_accounts_are_made_changed_and_removed(store: Path) -> None:
    run(store, "accounts", "add", "Minji", "--role", "viewer", typed=f"{PASSWORD}\n")
    run(store, "accounts", "add", "proxy", "--role", "marketer", "--no-password")
    assert [(one["name"], one["role"], one["has_password"]) for one in listed(store)] == [
        ("minji", "viewer", True),
        ("proxy", "marketer", False),
    ]
    run(store, "accounts", "role", "minji", "--role", "analyst")
    run(store, "accounts", "lock", "minji")
    changed = listed(store)[0]
    assert (changed["role"], changed["locked"]) == ("analyst", True)
    run(store, "accounts", "unlock", "minji")
    run(store, "accounts", "passwd", "minji", typed="another velvet harbour 9\r\n")
    token = run(store, "accounts", "token", "proxy").stdout.strip()
    assert len(token) == 43
    run(store, "accounts", "remove", "minji")
    assert [one["name"] for one in listed(store)] == ["proxy"]
    told = json.loads(run(store, "audit", "--output", "json").stdout)
    assert [line["what"] for line in told] == [
        "account_added", "account_added", "account_role", "account_locked", "account_unlocked",
        "account_password", "account_token", "account_removed",
    ]  # fmt: skip
    assert all(line["who"].endswith("(command line)") for line in told)
    assert PASSWORD not in json.dumps(told)
    assert token not in json.dumps(told)


def test_what_cannot_be_done_is_said(store: Path) -> None:
    from dashboard.access.errors import AccessError, PasswordError

    add = ("accounts", "add", "minji", "--role", "viewer")
    run(store, *add, typed="password1234\n", fails=PasswordError)
    run(store, *add, typed="", fails=PasswordError)
    assert listed(store) == []
    run(store, *add, typed=f"{PASSWORD}\n")
    run(store, *add, typed=f"{PASSWORD}\n", fails=AccessError)
    run(store, "accounts", "lock", "minij", fails=AccessError)
    run(store, "accounts", "add", "a b", "--role", "viewer", fails=AccessError)
    run(store, "audit", "--what", "cards", fails=WeblogError)
    as_argument = CliRunner().invoke(command_line, [*add, "--password", PASSWORD])
    assert as_argument.exit_code != 0


def test_a_line_that_was_cut_off_is_told(store: Path) -> None:
    run(store, "accounts", "add", "minji", "--role", "viewer", "--no-password")
    with (store / "access" / "audit.jsonl").open("a") as file:
        file.write('{"at": "2025-11-0')
    told = json.loads(run(store, "audit", "--output", "json").stdout)
    assert [line["what"] for line in told] == ["account_added", "unreadable"]
    run(store, "accounts", "lock", "minji")
    told = json.loads(run(store, "audit", "--output", "json").stdout)
    assert told[-1]["what"] == "account_locked"
    assert "minji" in run(store, "audit").stdout
    run(store, "audit", "--customer", "H1", "--since", "2025-01-01", "--output", "csv")
