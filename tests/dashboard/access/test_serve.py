"""`weblog serve`: several processes behind one socket, as they are run in earnest."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.parse
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from logged_in import PASSWORDS

from dashboard.access import Accounts
from dashboard.access.limits import HERE
from weblog.store import Store

ROOT = Path(__file__).parents[3]


@dataclass
class Served:
    process: subprocess.Popen[str]
    host: str

    def workers(self) -> set[int]:
        listed = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return {int(pid) for pid in listed.split()}

    def ready(self, count: int = 2, *, without: frozenset[int] = frozenset()) -> set[int]:
        """Wait until so many workers are there."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            found = self.workers()
            if len(found) == count and not found & without:
                return found
            time.sleep(0.05)
        raise AssertionError(self.workers())


@dataclass
class Visitor:
    """One browser: its cookies, and a connection of its own for each request."""

    host: str
    cookies: dict[str, str] = field(default_factory=dict)

    def ask(self, path: str, form: dict[str, str] | None = None, **headers: str) -> tuple[int, str]:
        connection = http.client.HTTPConnection(self.host, timeout=60)
        given = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        given |= {name.replace("_", "-"): value for name, value in headers.items()}
        if form is None:
            connection.request("GET", path, headers=given)
        else:
            given["Content-Type"] = "application/x-www-form-urlencoded"
            connection.request("POST", path, urllib.parse.urlencode(form), given)
        answer = connection.getresponse()
        text = answer.read().decode()
        for header in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = header.partition(";")[0].partition("=")
            self.cookies[name] = value
        connection.close()
        return answer.status, text

    def log_in(self, name: str, password: str) -> int:
        token = re.search(r'name="token" value="([0-9a-f]+)"', self.ask("/login")[1])
        assert token
        form = {"token": token.group(1), "name": name, "password": password}
        return self.ask("/login", form)[0]


@pytest.fixture(scope="module")
def accounts(tmp_path_factory: pytest.TempPathFactory) -> Accounts:
    made = Accounts.of(tmp_path_factory.mktemp("serve") / "access")
    for name in ("viewer", "analyst"):
        made.add(name, name, PASSWORDS[name])
    return made


@pytest.fixture
def served(store: Store, accounts: Accounts) -> Iterator[Served]:
    accounts.folder.connection().execute("delete from attempts")
    command = [sys.executable, "-m", "weblog", "serve", "--store", str(store.folder), "--port", "0"]
    process = subprocess.Popen(
        [*command, "--access", str(accounts.folder.path), "--workers", "2"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    watchdog = threading.Timer(120, process.kill)
    watchdog.start()
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith("Dashboard on http://127.0.0.1:"), line
        running = Served(process, urllib.parse.urlsplit(line.split()[2]).netloc)
        running.ready()
        yield running
    finally:
        watchdog.cancel()
        process.kill()
        process.communicate()


def spent(pid: int) -> float:
    """Seconds of processor time a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_two_processes_share_the_work_and_the_logins(served: Served) -> None:
    visitor = Visitor(served.host)
    assert visitor.log_in("viewer", PASSWORDS["viewer"]) == 303
    # Both have started once each has answered; only then is their work compared.
    with ThreadPoolExecutor(8) as pool:
        assert {status for status, _ in pool.map(visitor.ask, ["/_dash-layout"] * 40)} == {200}
    workers = served.workers()
    before = {pid: spent(pid) for pid in workers}
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(visitor.ask, ["/_dash-dependencies"] * 1200))
    assert {status for status, _ in answers} == {200}
    work = sorted(spent(pid) - before[pid] for pid in workers)
    assert work[0] > 0.15 * sum(work), work


def until_ready(served: Served) -> None:
    """Ask anonymously, as a load balancer does, until all processes have read what they show."""
    deadline = time.monotonic() + 60
    while (answer := Visitor(served.host).ask("/ready")) != (200, "ready\n"):
        assert answer == (503, "reading\n")
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_process_that_dies_is_replaced_and_nobody_is_logged_out(served: Served) -> None:
    visitor = Visitor(served.host)
    assert visitor.log_in("analyst", PASSWORDS["analyst"]) == 303
    until_ready(served)
    before = served.workers()
    killed = min(before)
    os.kill(killed, signal.SIGKILL)
    after = served.ready(without=frozenset({killed}))
    assert len(after & before) == 1
    until_ready(served)
    for _ in range(20):
        assert visitor.ask("/_dash-layout")[0] == 200


def test_it_stops_when_told_after_the_last_answer(served: Served) -> None:
    visitors = [Visitor(served.host) for _ in range(6)]
    for visitor in visitors:
        visitor.ask("/login")
    with ThreadPoolExecutor(6) as pool:
        # A password takes a while to be looked at, and two are looked at together.
        asked = [pool.submit(visitor.log_in, "viewer", PASSWORDS["viewer"]) for visitor in visitors]
        time.sleep(0.15)
        served.process.send_signal(signal.SIGTERM)
        statuses = [each.result() for each in asked if not _refused(each)]
    assert set(statuses) <= {303, 429}
    assert statuses.count(303) >= 1
    assert served.process.wait(timeout=45) == 0
    assert served.process.stderr is not None
    errors = served.process.stderr.read()
    assert "Traceback" not in errors, errors


def _refused(each: object) -> bool:
    """Whether the connection was refused: a request that was never taken.

    One that waited to be accepted when the server closed is reset by the system. Of one that was
    taken and not answered http.client raises RemoteDisconnected, which is a kind of reset, too.
    """
    error = each.exception()  # type: ignore[attr-defined]
    never_taken = (type(None), ConnectionRefusedError, ConnectionResetError)
    assert type(error) in never_taken, repr(error)
    return error is not None


def test_processes_count_guesses_together(served: Served) -> None:
    visitor = Visitor(served.host)
    with ThreadPoolExecutor(4) as pool:
        guesses = [
            pool.submit(Visitor(served.host).log_in, "viewer", "wrong wrong wrong")
            for _ in range(4 * HERE.failures)
        ]
        statuses = [each.result() for each in guesses]
    assert statuses.count(401) == HERE.failures
    assert statuses.count(429) == 3 * HERE.failures
    assert visitor.log_in("viewer", PASSWORDS["viewer"]) == 429
    assert visitor.log_in("analyst", PASSWORDS["analyst"]) == 303


@pytest.mark.parametrize(
    "headers",
    [
        {"X_Forwarded_User": "analyst"},
        {"X-Forwarded-User": "analyst"},
        {"X-Forwarded-Proto": "https"},
        {"SCRIPT-NAME": "/login"},
        {"SCRIPT_NAME": "/assets"},
        {"PATH_INFO": "/_health"},
    ],
)
def test_headers_of_strangers_are_no_more_than_text(
    served: Served, headers: dict[str, str]
) -> None:
    connection = http.client.HTTPConnection(served.host, timeout=60)
    connection.request("GET", "/_dash-layout", headers=headers)
    answer = connection.getresponse()
    assert answer.status in {401, 400}
    assert "Strict-Transport-Security" not in answer.headers
    if answer.status == 401:
        assert json.loads(answer.read())["error"]["code"] == "login"
