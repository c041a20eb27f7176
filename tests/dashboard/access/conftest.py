"""A dashboard with an account for each role, and readers who have logged in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from clock import Clock
from flask.testing import FlaskClient
from logged_in import PASSWORDS, LogIn, log_in

from dashboard import create_app
from dashboard.access import Accounts, Audit
from dashboard.access.door import Door
from dashboard.access.sessions import Sessions
from weblog.site import Site
from weblog.store import Store


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "access"


@pytest.fixture(scope="session")
def four_accounts(tmp_path_factory: pytest.TempPathFactory) -> Accounts:
    """An account for each role; tests that change accounts make their own."""
    accounts = Accounts.of(tmp_path_factory.mktemp("accounts") / "access")
    for role, password in PASSWORDS.items():
        accounts.add(role, role, password)
    return accounts


@pytest.fixture
def door(four_accounts: Accounts) -> Door:
    four_accounts.folder.connection().execute("delete from attempts")
    return Door(open_role=None, sessions=Sessions(four_accounts), audit=Audit(four_accounts.folder))


@pytest.fixture
def server(store: Store, site: Site, door: Door) -> Any:
    return create_app(store, site, door=door).server


@pytest.fixture
def as_role(server: Any, door: Door) -> LogIn:
    """Return a client whose reader has logged in with a role; "nobody" has not."""

    def logged_in(role: str) -> FlaskClient:
        client: FlaskClient = server.test_client()
        if role != "nobody":
            assert log_in(client, role, PASSWORDS[role]).status_code == 303
        return client

    return logged_in
