"""What holds for every address of the server, whatever it answers: no list to keep up by hand."""

from __future__ import annotations

import re
from typing import Any

import pytest
from logged_in import LogIn, log_in

from dashboard.access.gate import OF_LOGIN, needed
from dashboard.access.limits import ADDRESS, HERE
from dashboard.access.roles import NOBODY

FOREIGN = (
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://localhost:1"},
    {"Origin": "http://localhost.evil.example"},
)


def addresses(server: Any) -> list[tuple[str, str, str]]:
    """Every endpoint, each method that it answers, and an address that leads there."""
    return [
        (rule.endpoint, method, re.sub("<[^>]+>", "x", rule.rule))
        for rule in server.url_map.iter_rules()
        for method in sorted(rule.methods - {"OPTIONS", "HEAD"})
    ]


@pytest.mark.parametrize("headers", FOREIGN)
def test_nothing_that_changes_anything_is_done_for_another_site(
    server: Any, as_role: LogIn, headers: dict[str, str]
) -> None:
    admin, tried = as_role("admin"), 0
    for endpoint, method, address in addresses(server):
        if method != "GET":
            answer = admin.open(address, method=method, headers=headers, json={})
            assert answer.status_code == 403, (endpoint, method)
            tried += 1
    assert tried > 8
    assert admin.get("/account").status_code == 200  # and the session was not ended by any


@pytest.mark.parametrize("role", ["nobody", "viewer", "admin"])
def test_every_answer_says_what_it_is_and_stays_private(
    server: Any, as_role: LogIn, role: str
) -> None:
    client = as_role(role)
    for endpoint, method, address in addresses(server):
        if endpoint == "log_out":
            continue
        answer = client.open(address, method=method)
        headers = answer.headers
        assert headers["X-Content-Type-Options"] == "nosniff", endpoint
        assert headers["X-Frame-Options"] == "DENY", endpoint
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin", endpoint
        allowed = headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in allowed, endpoint
        assert "unsafe-eval" not in allowed, endpoint
        scripts = next((one for one in allowed.split("; ") if one.startswith("script-src")), "")
        assert "unsafe-inline" not in scripts, endpoint
        if needed(server, endpoint) != NOBODY or endpoint in OF_LOGIN:
            assert headers["Cache-Control"] == "no-store", endpoint
        if str(answer.mimetype).startswith("text/") and answer.status_code == 200:
            assert "charset" in headers["Content-Type"], endpoint
        for cookie in headers.getlist("Set-Cookie"):
            assert ("HttpOnly" in cookie) is cookie.startswith("weblog-"), cookie
            assert "SameSite" in cookie, cookie


def test_a_guesser_is_one_whatever_address_they_claim(server: Any) -> None:
    """No proxy is trusted: what a request says of where it comes from is a stranger's word."""
    statuses = []
    for number in range(HERE.failures + 3):
        client = server.test_client()
        for name in ("X_FORWARDED_FOR", "X_REAL_IP", "FORWARDED", "X_CLIENT_IP", "VIA"):
            client.environ_base[f"HTTP_{name}"] = f"10.1.2.{number}"
        statuses.append(log_in(client, "admin", "wrong wrong wrong").status_code)
    assert statuses == [401] * HERE.failures + [429] * 3


def test_guesses_beyond_the_limit_do_not_fill_the_disk(server: Any, door: Any) -> None:
    """Who is refused without a look at the password can ask a thousand times a second."""
    client = server.test_client()
    client.environ_base["REMOTE_ADDR"] = "10.9.8.7"
    before = len(list(door.audit.lines()))
    statuses = [log_in(client, "viewer", "wrong wrong").status_code for _ in range(40)]
    assert statuses.count(401) == HERE.failures < ADDRESS.failures
    recorded = [line["what"] for line in door.audit.lines()][before:]
    assert recorded == ["login_failed"] * HERE.failures + ["login_limited"]
