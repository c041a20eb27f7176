"""No secret is in what a command says that needs it, fails with it, or is told it too openly."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from mail_servers import free_port, smtp_server

from sessionize import update
from weblog.ingestion import ingest
from weblog.site import Site
from weblog.store import open_store

Weblog = Callable[..., Any]

SECRETS = {
    "WEBLOG_SMTP_PASSWORD": "hunter2-smtp",
    "WEBLOG_OIDC_SECRET": "hunter2-oidc",
    "WEBLOG_HOOK_URL": "http://127.0.0.1:9/hunter2-hook?token=hunter2-token",
    "WEBLOG_HOOK_SECRET": "hunter2-sign",
    "AWS_ACCESS_KEY_ID": "hunter2-id",
    "AWS_SECRET_ACCESS_KEY": "hunter2-key",
    "AWS_SESSION_TOKEN": "hunter2-session",
    "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
    "AWS_ALLOW_HTTP": "true",
    "AWS_REGION": "x",
    "WEBLOG_LOG_FORMAT": "json",
    "WEBLOG_LOG_LEVEL": "info",
}

LINE = '192.0.2.1 - - [17/May/2015:10:00:00 +0000] "GET / HTTP/1.1" 200 5 "-" "Mozilla/5.0"\n'
SITE = """
hosts = ["www.example.com"]
[smtp]
host = "localhost"
port = {port}
user = "somebody"
sender = "w@example.com"
ca_file = "{ca_file}"
[[scheduled]]
scheduled = "daily"
days = 7
to = ["a@example.com"]
[[scheduled.reports]]
report = "site_status"
[[webhooks]]
webhook = "operations"
url_env = "WEBLOG_HOOK_URL"
secret_env = "WEBLOG_HOOK_SECRET"
tries = 1
[[alerts]]
alert = "no data"
measure = "hours_since_data"
above = 6
webhooks = ["operations"]
mail = ["a@example.com"]
"""


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of three lines."""
    folder = tmp_path_factory.mktemp("secrets")
    (folder / "a.log").write_text(LINE * 3)
    made = open_store(folder / "S", create=True)
    assert not ingest(made, [folder / "a.log"], publish=False).errors
    update(made, Site())
    return made.folder


@pytest.fixture
def said(
    stored: Path, weblog: Weblog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., str]:
    """Run a command that knows all secrets; return what it said, none of them in it."""
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "a.log").write_text(LINE * 3)

    def run(*arguments: str, code: int) -> str:
        done = weblog(*arguments, code=code)
        text: str = done.out.decode() + done.err
        assert "hunter2" not in text, text
        return text

    shutil.copytree(stored, tmp_path / "S")
    return run


def test_the_password_of_a_server_that_does_not_take_it(
    said: Callable[..., str], tmp_path: Path
) -> None:
    with smtp_server(tmp_path / "mail", tls="starttls", login=True) as post:
        (tmp_path / "site.toml").write_text(SITE.format(port=post.port, ca_file=post.ca_file))
        refused = "does not accept user 'somebody'"
        assert refused in said("send", "daily", "--day", "2015-05-17", "--store", "S", code=15)
        hooked = said("alerts", "test", "no data", "--store", "S", code=15)
        assert "operations" in hooked
        assert refused in hooked


@pytest.mark.parametrize(
    ("arguments", "told", "code"),
    [
        (("ingest", "s3://me:hunter2@bucket/a.log", "--store", "S"), "s3://bucket/a.log", 4),
        (("status", "--store", "https://me:hunter2@host/S"), "https://host/S: a store lies", 2),
        (("status", "--store", "s3://me:hunter2@bucket/S"), "s3://", 6),
    ],
)
def test_credentials_of_buckets(
    arguments: tuple[str, ...], told: str, code: int, said: Callable[..., str]
) -> None:
    assert told in said(*arguments, code=code)


def test_a_secret_where_it_does_not_belong(said: Callable[..., str], tmp_path: Path) -> None:
    (tmp_path / "site.toml").write_text(
        '[smtp]\npassword = "hunter2-written"\n[[webhooks]]\nsecret = "hunter2-written"\n'
    )
    told = said("check", "a.log", code=3)
    assert "no password is written here" in told
    assert "webhooks[1].secret" in told
    (tmp_path / "site.toml").unlink()
    (tmp_path / "oidc.toml").write_text('client_secret = "hunter2-written"\n')
    told = said("dashboard", "--store", "S", "--oidc", "oidc.toml", "--no-open", code=15)
    assert "client_secret does not belong into this file" in told


def test_the_login_of_a_company_that_does_not_answer(
    said: Callable[..., str], tmp_path: Path
) -> None:
    said("status", "--store", "S", code=0)
    port, issuer = free_port(), free_port()
    (tmp_path / "oidc.toml").write_text(
        f'issuer = "http://127.0.0.1:{issuer}"\nclient_id = "weblog"\n'
        f'public_url = "http://127.0.0.1:{port}"\n'
    )
    command = ("dashboard", "--store", "S", "--oidc", "oidc.toml", "--no-open", "--login")
    process = subprocess.Popen(
        [sys.executable, "-m", "weblog", *command, "--port", str(port), "--role", "viewer"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        assert process.stdout is not None
        began = iter(process.stdout.readline, "")
        text = next((line for line in began if "Dashboard on" in line), "")
        request = urllib.request.Request(f"http://127.0.0.1:{port}/oidc/login")
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310  ours
                page = answer.read().decode()
        except urllib.error.HTTPError as error:
            page = error.read().decode()
    finally:
        process.send_signal(signal.SIGTERM)
        text += process.communicate(timeout=60)[0]
    assert f"127.0.0.1:{issuer}" in text
    assert "hunter2" not in text + page
