"""The dashboard over the sample company, with its rules in a folder of the test."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from logged_in import PASSWORDS, log_in
from sample_store import company_store

import sample_logs
import weblog
from dashboard import Files, create_app
from dashboard.access import Accounts, Audit
from dashboard.access.door import Door
from dashboard.access.sessions import Sessions
from dashboard.app import Application
from weblog.site import Site
from weblog.store import Store

DATA = sample_logs.data_folder()


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """The company's store; tests that make lists of it take other days."""
    return company_store(tmp_path_factory.mktemp("desk") / "store")


@pytest.fixture(scope="session")
def site() -> Site:
    return weblog.load_site(DATA / "site.toml")


@pytest.fixture(scope="session")
def accounts(tmp_path_factory: pytest.TempPathFactory) -> Accounts:
    made = Accounts.of(tmp_path_factory.mktemp("accounts") / "access")
    for role, password in PASSWORDS.items():
        made.add(role, role, password)
    return made


@pytest.fixture(scope="module")
def rules_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("rules") / "rules.toml"


@pytest.fixture(autouse=True)
def fresh_rules(rules_file: Path) -> None:
    shutil.copyfile(DATA / "rules.toml", rules_file)
    shutil.rmtree(rules_file.with_name("rules.toml.versions"), ignore_errors=True)


@pytest.fixture(scope="module")
def app(store: Store, site: Site, accounts: Accounts, rules_file: Path) -> Iterator[Application]:
    door = Door(open_role=None, sessions=Sessions(accounts), audit=Audit(accounts.folder))
    files = Files(str(DATA / "site.toml"), str(rules_file))
    made = create_app(store, site, door=door, files=files)
    yield made
    made.desk.aside.end()


Ask = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def client_of(app: Application, accounts: Accounts) -> Callable[[str], FlaskClient]:
    """Return a reader who has logged in with a role."""
    known: dict[str, FlaskClient] = {}

    def logged_in(role: str) -> FlaskClient:
        if role not in known:
            accounts.folder.connection().execute("delete from attempts")
            client = app.server.test_client()
            assert log_in(client, role, PASSWORDS[role]).status_code == 303
            known[role] = client
        return known[role]

    return logged_in


@pytest.fixture(scope="module")
def ask(client_of: Callable[[str], FlaskClient]) -> Ask:
    """Call an action of a page as the browser does, and return its answer."""

    def asked(
        name: str, given: object = None, *, page: str = "rules_page", role: str = "marketer",
        language: str = "en",
    ) -> dict[str, Any]:  # fmt: skip
        component = f"{page}-desk"
        body = {
            "output": f"{component}.{name}",
            "outputs": {"id": component, "property": name},
            "inputs": [{"id": component, "property": f"ask_{name}", "value": given}],
            "state": [{"id": "shell", "property": "language", "value": language}],
            "changedPropIds": [f"{component}.ask_{name}"],
        }
        answer = client_of(role).post("/_dash-update-component", json=body)
        if answer.status_code != 200:
            return {"status": answer.status_code}
        found: dict[str, Any] = answer.json["response"][component][name]
        return found

    return asked
