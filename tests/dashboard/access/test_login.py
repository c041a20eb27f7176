"""Logging in and out, and guessing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from logged_in import PASSWORDS, LogIn, log_in, token_of

from dashboard import create_app
from dashboard.access.door import Door
from weblog.site import Site
from weblog.store import Store


def test_a_login_leads_back_and_sets_a_cookie_no_script_can_read(server: Any) -> None:
    client = server.test_client()
    asked = client.get("/?period=7&segment=VIP")
    assert asked.headers["Location"] == "/login?next=/%3Fperiod%3D7%26segment%3DVIP"
    answer = log_in(client, "viewer", PASSWORDS["viewer"], next="/?period=7&segment=VIP")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/?period=7&segment=VIP")
    cookie = next(one for one in answer.headers.getlist("Set-Cookie") if "session" in one)
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    assert "Secure" not in cookie
    assert client.get("/?period=7").status_code == 200


def test_over_tls_cookies_are_bound_to_it(store: Store, site: Site, door: Door) -> None:
    client = create_app(store, site, door=replace(door, https=True)).server.test_client()
    page = client.get("/login", base_url="https://stats.example")
    form = {"token": token_of(page), "name": "viewer", "password": PASSWORDS["viewer"]}
    answer = client.post("/login", data=form, base_url="https://stats.example")
    assert answer.status_code == 303
    for cookie in answer.headers.getlist("Set-Cookie"):
        assert cookie.startswith("__Host-weblog-")
        assert "Secure" in cookie
        assert "Domain" not in cookie
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
    plain = {"Origin": "http://stats.example"}
    refused = client.post("/login", data=form, base_url="https://stats.example", headers=plain)
    assert refused.status_code == 403


@pytest.mark.parametrize(
    "back",
    [
        "https://evil.example/", "//evil.example", "/\\evil.example", "\\/evil.example",
        "javascript:alert(1)",
        "/login", "/logout?x", "/a\r\nSet-Cookie: x=1", "/\0", "", "evil", "/" + "a" * 5000, "/a b",
    ],
)  # fmt: skip
def test_a_login_leads_to_no_other_site(server: Any, back: str) -> None:
    answer = log_in(server.test_client(), "viewer", PASSWORDS["viewer"], next=back)
    assert answer.headers["Location"] == "/"


def test_a_session_is_a_new_one_at_each_login_and_none_that_was_planted(
    server: Any, door: Door
) -> None:
    client = server.test_client()
    assert log_in(client, "viewer", PASSWORDS["viewer"]).status_code == 303
    with server.test_request_context("/"):
        from flask import request

        name = door.cookie(request)
    first = client.get_cookie(name).value
    client.set_cookie(name, "planted-by-somebody")
    assert client.get("/").status_code == 303
    assert log_in(client, "viewer", PASSWORDS["viewer"]).status_code == 303
    second = client.get_cookie(name).value
    assert second not in {first, "planted-by-somebody"}
    for tampered in (second[:-1], second + "A", second.swapcase(), "", "viewer", f"{second}\0"):
        client.set_cookie(name, tampered)
        assert client.get("/_dash-layout").status_code == 401


def test_a_logout_ends_the_session_on_the_server(server: Any, door: Door) -> None:
    client = server.test_client()
    log_in(client, "viewer", PASSWORDS["viewer"])
    with server.test_request_context("/"):
        from flask import request

        name = door.cookie(request)
    kept = client.get_cookie(name).value
    assert client.post("/logout", data={"token": "wrong"}).headers["Location"] == "/account"
    assert client.get("/").status_code == 200
    token = token_of(client.get("/account"))
    assert client.post("/logout", data={"token": token}).headers["Location"] == "/login"
    client.set_cookie(name, kept)
    assert client.get("/_dash-layout").status_code == 401


def test_forms_of_others_are_refused(server: Any) -> None:
    mine, theirs = server.test_client(), server.test_client()
    foreign = token_of(theirs.get("/login"))
    mine.get("/login")
    form = {"name": "viewer", "password": PASSWORDS["viewer"]}
    for token in ("", "0" * 64, foreign, "\ud800".encode("utf-8", "surrogatepass")):
        assert mine.post("/login", data={**form, "token": token}).status_code == 400
    own = {**form, "token": token_of(mine.get("/login"))}
    for headers in (
        {"Origin": "http://evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Origin": "null"},
    ):
        assert mine.post("/login", data=own, headers=headers).status_code == 403
    assert server.test_client().post("/login", data=own).status_code == 400
    assert mine.post("/login", data=own).status_code == 303


def test_nothing_private_is_kept_by_the_browser(as_role: LogIn) -> None:
    client = as_role("marketer")
    for address in (
        "/",
        "/_dash-layout",
        "/customer",
        "/account",
        "/api/recommendations/H1",
        "/nowhere",
    ):
        assert client.get(address).headers["Cache-Control"] == "no-store", address
        assert client.get(address).headers["X-Frame-Options"] == "DENY"
    policy = client.get("/account").headers["Content-Security-Policy"]
    assert "script-src" not in policy
    assert "unsafe" not in policy


def test_one_changes_the_own_password(server: Any, store: Store, site: Site, tmp_path: Any) -> None:
    from dashboard.access import Accounts, Audit
    from dashboard.access.sessions import Sessions

    accounts = Accounts.of(tmp_path / "access")
    accounts.add("kim", "viewer", PASSWORDS["viewer"])
    door = Door(None, Sessions(accounts), audit=Audit(accounts.folder))
    server = create_app(store, site, door=door).server
    here, there = server.test_client(), server.test_client()
    for client in (here, there):
        assert log_in(client, "kim", PASSWORDS["viewer"]).status_code == 303
    token = token_of(here.get("/account"))
    new = "seven quiet glaciers 42"
    form = {
        "token": token,
        "old_password": PASSWORDS["viewer"],
        "new_password": new,
        "new_again": new,
    }
    assert here.post("/account", data={**form, "token": ""}).status_code == 400
    assert here.post("/account", data={**form, "new_again": "x"}).status_code == 400
    assert here.post("/account", data={**form, "old_password": "x"}).status_code == 401
    easy = {"new_password": "password1234", "new_again": "password1234"}
    assert here.post("/account", data={**form, **easy}).status_code == 400
    done = here.post("/account", data=form)
    assert (done.status_code, "is changed" in done.text) == (200, True)
    assert here.get("/").status_code == 200
    assert there.get("/_dash-layout").status_code == 401
    assert log_in(there, "kim", PASSWORDS["viewer"]).status_code == 401
    assert log_in(there, "kim", new).status_code == 303


# guessing


def test_guessing_is_stopped_and_told_how_long(server: Any) -> None:
    client = server.test_client()
    token = token_of(client.get("/login"))
    form = {"token": token, "name": "viewer", "password": "wrong wrong wrong"}
    statuses = [client.post("/login", data=form).status_code for _ in range(8)]
    assert statuses == [401] * 5 + [429] * 3
    right = {**form, "password": PASSWORDS["viewer"]}
    refused = client.post("/login", data=right)
    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 900
    assert "Try again in 15 minutes" in refused.text
    korean = client.post("/login?lang=ko", data=right)
    assert "15분 뒤에" in korean.text


def test_who_guesses_learns_of_no_name(server: Any) -> None:
    client = server.test_client()
    token = token_of(client.get("/login"))
    told = []
    for name in ("viewer", "nobody-here"):
        pages = [
            client.post("/login", data={"token": token, "name": name, "password": "wrong " * 3})
            for _ in range(6)
        ]
        told.append([(page.status_code, page.text.replace(name, "NAME")) for page in pages])
    assert told[0] == told[1]


def test_a_wrong_password_and_a_name_nobody_has_take_as_long(server: Any, door: Door) -> None:
    import time
    from statistics import median

    assert door.accounts is not None
    spent: dict[str, list[float]] = {"viewer": [], "nobody-here": []}
    for _ in range(7):
        for name, times in spent.items():
            start = time.process_time()
            assert door.accounts.check(name, "wrong wrong wrong") is None
            times.append(time.process_time() - start)
    known, unknown = (median(times) for times in spent.values())
    assert 0.6 < known / unknown < 1.7
