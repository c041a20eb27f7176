"""`weblog serve --sites --oidc`: several sites and the company's login, as real processes."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests
from click.testing import CliRunner, Result
from oidc_provider import Provider, running

from dashboard.access import Accounts
from dashboard.errors import SiteListError
from weblog.cli import weblog as command_line
from weblog.errors import UsageError
from weblog.store import Store, open_store

ROOT = Path(__file__).parents[3]


@dataclass
class Served:
    url: str
    folder: Path
    provider: Provider


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.fixture(scope="module")
def served(store: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder, port = tmp_path_factory.mktemp("served"), free_port()
    open_store(folder / "new", create=True)
    Accounts.of(folder / "access").add("kim@example.com", "analyst", None, sites=["new"])
    (folder / "shop.toml").write_text('[dashboard]\ngroups = { "marketing" = "marketer" }\n')
    (folder / "sites.toml").write_text(
        f'[[site]]\nkey = "shop"\nname = "Shop"\nstore = "{store.folder}"\nrules = "shop.toml"\n'
        '[[site]]\nkey = "new"\nstore = "new"\n'
    )
    url = f"http://127.0.0.1:{port}"
    with running() as provider:
        provider.redirect_uri = f"{url}/oidc/back"
        provider.user = {"email": "minji@example.com", "email_verified": True,
                         "groups": ["marketing"]}  # fmt: skip
        (folder / "oidc.toml").write_text(
            f'issuer = "{provider.issuer}"\nclient_id = "weblog"\npublic_url = "{url}"\n'
        )
        process = subprocess.Popen(
            [sys.executable, "-m", "weblog", "serve", "--sites", folder / "sites.toml",
             "--oidc", folder / "oidc.toml", "--port", str(port), "--workers", "2"],
            cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            env={**os.environ, "WEBLOG_OIDC_SECRET": provider.client_secret},
        )  # fmt: skip
        watchdog = threading.Timer(120, process.kill)
        watchdog.start()
        try:
            assert process.stdout is not None
            assert process.stdout.readline().startswith(f"Dashboard on {url}")
            yield Served(url, folder, provider)
        finally:
            watchdog.cancel()
            process.terminate()
            process.wait(timeout=60)


def test_who_the_company_logs_in_sees_the_sites_their_groups_open(served: Served) -> None:
    browser = requests.Session()
    page = browser.get(f"{served.url}/site/shop/content?period=7", timeout=60)
    assert page.url.startswith(f"{served.url}/login?next=/site/shop/content")
    # Away and back again: whichever process answers knows what another began.
    there = browser.get(
        f"{served.url}/oidc/login", params={"next": "/site/shop/content?period=7"}, timeout=60
    )
    assert (there.status_code, there.url) == (200, f"{served.url}/site/shop/content?period=7")
    for _ in range(4):
        assert browser.get(f"{served.url}/site/shop/_dash-layout", timeout=60).status_code == 200
        refused = browser.get(f"{served.url}/site/new/_dash-layout", timeout=60)
        assert refused.status_code == 403
    assert browser.get(served.url, timeout=60).url == f"{served.url}/site/shop/"


def test_an_accounts_sites_hold_for_who_the_company_logs_in(served: Served) -> None:
    served.provider.user = {"email": "kim@example.com", "email_verified": True,
                            "groups": ["marketing"]}  # fmt: skip
    browser = requests.Session()
    assert browser.get(f"{served.url}/oidc/login", timeout=60).url == f"{served.url}/site/new/"
    assert browser.get(f"{served.url}/site/shop/", timeout=60).status_code == 403
    done = weblog("audit", "--access", served.folder / "access", "--what", "refused",
                  "--of-site", "shop", "--output", "csv")  # fmt: skip
    assert "kim@example.com,analyst,oidc" in done.stdout


def weblog(*arguments: str | Path) -> Result:
    return CliRunner().invoke(command_line, [str(each) for each in arguments])


def test_accounts_are_limited_by_the_command_line(tmp_path: Path) -> None:
    access = ("--access", tmp_path / "access")
    assert weblog("accounts", "add", "minji", "--role", "viewer", "--no-password",
                  "--only", "bank", *access).exit_code == 0  # fmt: skip
    accounts = Accounts.of(tmp_path / "access")
    assert accounts.get("minji").sites == ("bank",)
    told = weblog("accounts", "sites", "minji", "--only", "shop", "--only", "bank", *access)
    assert told.stdout == "minji sees only shop bank now.\n"
    assert accounts.get("minji").sites == ("bank", "shop")
    assert weblog("accounts", "sites", "minji", *access).exit_code == 2  # for which?
    told = weblog("accounts", "sites", "minji", "--only", "*", *access)
    assert (told.stdout, accounts.get("minji").sites) == ("minji sees all sites now.\n", None)
    wrong = weblog("accounts", "sites", "minji", "--only", "A/B", *access)
    assert isinstance(wrong.exception, UsageError)
    assert "no key of a site" in str(wrong.exception)


@pytest.mark.parametrize("command", ["serve", "dashboard"])
def test_a_list_and_a_store_are_one_too_many(tmp_path: Path, command: str) -> None:
    done = weblog(command, "--sites", tmp_path / "sites.toml", "--store", tmp_path)
    assert isinstance(done.exception, UsageError)
    assert "leave out --store" in str(done.exception)
    done = weblog(command, "--sites", tmp_path / "none.toml", "--port", "0")
    assert isinstance(done.exception, SiteListError)
    assert "cannot be read" in str(done.exception)
