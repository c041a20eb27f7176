"""Logging in and out, and one's own account: three addresses, all of them plain forms."""

from __future__ import annotations

import re
import secrets
from typing import Final

from flask import Flask, Request, Response, g, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from dashboard.access.door import Door
from dashboard.access.errors import PasswordError
from dashboard.access.forms import POLICY, account_page, login_page, policy
from dashboard.access.roles import NOBODY, Reader, least, reader
from dashboard.access.seldom import Seldom
from dashboard.access.sessions import Sessions
from dashboard.access.words import access_word, waiting_time
from dashboard.language import COOKIE, chosen_language
from reports.figures.numbers import LANGUAGES

FORM: Final = "form"
"""The cookie a login's form is tied to while there is no session."""

LIMITED: Final = Seldom()
"""Addresses that are refused for now, as far as this is recorded."""

_LONGEST: Final = 4000
_OWN_PATH: Final = re.compile(r"/(?![/\\])[^\x00-\x20\x7f\\]*")


def add_login(server: Flask, door: Door, site_name: str) -> None:
    """Answer ``/login``, ``/logout`` and ``/account``."""
    sessions = door.sessions
    if sessions is None:
        return

    @server.get("/login", endpoint="login")
    @least(NOBODY)
    def ask() -> AnyResponse:
        back = _back(request.args.get("next", "/"))
        if g.get("reader") is not None:
            return redirect(back, 303)
        return _form(door, site_name, back)

    @server.post("/login", endpoint="log_in")
    @least(NOBODY)
    def log_in() -> AnyResponse:
        back = _back(request.form.get("next", "/"))
        language = _language(request)
        name, password = request.form.get("name", ""), request.form.get("password", "")
        held = request.cookies.get(door.cookie(request, FORM), "")
        if not door.is_ours(request.form.get("token", ""), held):
            told = access_word("stale", language)
            return _form(door, site_name, back, name=name, told=told, status=400)
        address = door.proxy.address(request)
        wait, found = _tried(door, sessions, name, password, address)
        if wait:
            told = access_word("wait", language, time=waiting_time(wait, language))
            response = _form(door, site_name, back, name=name, told=told, status=429)
            response.headers["Retry-After"] = str(int(wait))
            return response
        if found is None:
            told = access_word("wrong", language)
            return _form(door, site_name, back, name=name, told=told, status=401)
        before = request.cookies.get(door.cookie(request), "")
        if before:
            sessions.end(before)
        return _begun(door, sessions, found, redirect(back, 303))

    _add_account(server, door, sessions, site_name)
    if door.company is not None:
        _add_company(server, door, site_name)


def _add_company(server: Flask, door: Door, site_name: str) -> None:
    from dashboard.access.oidc.login import add_company_login  # noqa: PLC0415  only where asked for

    def refuse(told: str, status: int) -> AnyResponse:
        said = access_word(told, _language(request))
        return _form(door, site_name, "/", told=said, status=status)

    add_company_login(server, door, checked=_back, refuse=refuse)


def _add_account(server: Flask, door: Door, sessions: Sessions, site_name: str) -> None:
    @server.post("/logout", endpoint="log_out")
    @least("viewer")
    def log_out() -> AnyResponse:
        who = reader()
        if not door.is_ours(request.form.get("token", ""), who.session):
            return redirect("/account", 303)
        sessions.end(who.session)
        away = door.company.leave(who.session) if door.company else None
        if door.audit:
            door.audit.record("logout", reader=who)
        response = redirect(away or "/login", 303)
        response.delete_cookie(
            door.cookie(request), secure=door.is_secure(request), httponly=True, samesite="Lax"
        )
        return response

    @server.get("/account", endpoint="account")
    @least("viewer")
    def account() -> AnyResponse:
        return _account(door, site_name, reader())

    @server.post("/account", endpoint="change_password")
    @least("viewer")
    def change() -> AnyResponse:
        who, language = reader(), _language(request)

        def refused(key: str, status: int) -> AnyResponse:
            told = access_word(key, language)
            return _account(door, site_name, who, told=told, status=status)

        if who.how != "password" or not door.is_ours(request.form.get("token", ""), who.session):
            return refused("stale", 400)
        old, new = request.form.get("old_password", ""), request.form.get("new_password", "")
        if new != request.form.get("new_again", ""):
            return refused("not_same", 400)
        wait, found = _tried(door, sessions, who.name, old, who.address)
        if wait:
            told = access_word("wait", language, time=waiting_time(wait, language))
            return _account(door, site_name, who, told=told, status=429)
        if found is None:
            return refused("wrong", 401)
        try:
            sessions.accounts.set_password(who.name, new, site_name)
        except PasswordError:
            return refused("too_easy", 400)
        if door.audit:
            door.audit.record("password", reader=who)
        secret = sessions.begin(who.name)
        anew = Reader(who.name, who.role, who.how, who.address, secret)
        told = access_word("changed", language)
        response = _account(door, site_name, anew, told=told, good=True)
        return _with_cookie(door, response, secret)


def _tried(
    door: Door, sessions: Sessions, name: str, password: str, address: str
) -> tuple[float, str | None]:
    """Try a password: seconds to wait before it may be, or the account's name if it is right."""
    limits, audit = door.limits, door.audit
    assert limits is not None  # noqa: S101  there are sessions
    wait, counted = limits.begin(name, address)
    known = sessions.accounts.find(name)
    # People type passwords where the name belongs: only names of accounts are written down.
    who = known.name if known else None
    if wait:
        # Refused tries cost nothing, so there may be thousands a second: they must not fill a disk.
        if audit and LIMITED.is_due((audit.folder.path, address)):
            audit.record("login_limited", who=who, address=address)
        return wait, None
    account = sessions.accounts.check(name, password)
    if account is None:
        if audit:
            audit.record("login_failed", who=who, address=address)
        return 0.0, None
    limits.succeeded(name, address, counted)
    return 0.0, account.name


def _begun(door: Door, sessions: Sessions, name: str, response: AnyResponse) -> AnyResponse:
    secret = sessions.begin(name)
    account = sessions.accounts.get(name)
    if door.audit:
        who = Reader(name, account.role, "password", door.proxy.address(request))
        door.audit.record("login", reader=who)
    response.delete_cookie(door.cookie(request, FORM), secure=door.is_secure(request))
    return _with_cookie(door, response, secret)


def _with_cookie(
    door: Door, response: AnyResponse, secret: str, kind: str = "session"
) -> AnyResponse:
    # Lax, not Strict: a link to the dashboard in a mail should not ask for a login again.
    response.set_cookie(
        door.cookie(request, kind),
        secret,
        secure=door.is_secure(request),
        httponly=True,
        samesite="Lax" if kind == "session" else "Strict",
        path="/",
    )
    return response


def _form(
    door: Door, site_name: str, back: str, *, name: str = "", told: str = "", status: int = 200
) -> AnyResponse:
    language = _language(request)
    held = request.cookies.get(door.cookie(request, FORM), "") or secrets.token_urlsafe(16)
    text = login_page(
        language,
        site_name,
        token=door.form_token(held),
        back=back,
        name=name[:200],
        told=told,
        company=door.company is not None,
        passwords=door.has_passwords,
    )
    response = _with_cookie(door, _html(text, status), held, FORM)
    if request.args.get("lang") in LANGUAGES:
        response.set_cookie(COOKIE, language, max_age=31_536_000, samesite="Lax")
    return response


def _account(
    door: Door,
    site_name: str,
    who: Reader,
    *,
    told: str = "",
    status: int = 200,
    good: bool = False,
) -> AnyResponse:
    token = door.form_token(who.session)
    language = _language(request)
    response = _html(
        account_page(language, site_name, who, token=token, told=told, good=good), status
    )
    if who.how == "oidc" and door.company:
        # The logout leads on to the provider's, and browsers hold forms to this list even so.
        response.headers["Content-Security-Policy"] = policy(door.company.elsewhere)
    return response


def _html(text: str, status: int) -> AnyResponse:
    response = Response(text, status, mimetype="text/html")
    response.headers["Content-Security-Policy"] = POLICY
    return response


def _language(asked: Request) -> str:
    said = asked.args.get("lang", "")
    return said if said in LANGUAGES else chosen_language(asked)


def _back(said: str) -> str:
    """Return where to go after a login: an address of ours, or the first page."""
    if len(said) > _LONGEST or not _OWN_PATH.fullmatch(said):
        return "/"
    path = said.partition("?")[0].partition("#")[0]
    return "/" if path in {"/login", "/logout"} or path.startswith("/oidc/") else said
