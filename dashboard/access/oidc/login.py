"""The two addresses of the company's login: away to the provider, and back."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from flask import Flask, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from dashboard.access.door import Door
from dashboard.access.oidc.addresses import origin
from dashboard.access.oidc.errors import OidcError
from dashboard.access.oidc.guests import Guests
from dashboard.access.oidc.handshakes import Handshakes
from dashboard.access.oidc.identity import Identity
from dashboard.access.oidc.provider import Provider
from dashboard.access.roles import NOBODY, least

LOG = logging.getLogger("dashboard")

BEGUN: Final = "oidc"
"""The cookie a login is tied to while the reader is at the provider's."""

TOLD: Final = {
    "unreachable": ("company_unreachable", 503),
    "cancelled": ("company_cancelled", 403),
    "stale": ("company_stale", 400),
    "nobody": ("company_nobody", 403),
}
"""Code of an error to what the reader is told, and the status; others are not believed."""

_LONGEST: Final = 4000


@dataclass(frozen=True, slots=True)
class CompanyLogin:
    """The company's login.

    Attributes:
        provider: who knows the readers.
        handshakes: logins that were begun.
        guests: those it let in.
    """

    provider: Provider
    handshakes: Handshakes
    guests: Guests

    @property
    def elsewhere(self) -> str:
        """Where the provider logs readers out: scheme and host; empty if it does not."""
        address = self.provider.farewell("")
        return origin(address) if address else ""

    def leave(self, secret: str) -> str | None:
        """End a guest's session; return where they are logged out of the provider, too."""
        guest = self.guests.find(secret)
        if guest is None:
            return None
        self.guests.end(secret)
        return self.provider.farewell(guest.token)


Refuse = Callable[[str, int], AnyResponse]
"""Shows the login again: the word to tell, and the status."""


def add_company_login(
    server: Flask, door: Door, *, checked: Callable[[str], str], refuse: Refuse
) -> None:
    """Answer ``/oidc/login`` and ``/oidc/back``.

    Args:
        server: of the dashboard.
        door: how readers are known.
        checked: makes of where to go after it an address of ours.
        refuse: shows the login again, with what did not work.
    """
    company = door.company
    if company is None:
        return

    def failed(error: OidcError) -> AnyResponse:
        LOG.warning("%s", error)
        if door.audit:
            address = door.proxy.address(request)
            door.audit.record("login_failed", address=address, detail=f"oidc: {error.code}")
        return refuse(*TOLD.get(error.code, ("company_failed", 403)))

    @server.get("/oidc/login", endpoint="oidc_login")
    @least(NOBODY)
    def away() -> AnyResponse:
        back = checked(request.args.get("next", "/"))
        browser = request.cookies.get(door.cookie(request, BEGUN), "") or secrets.token_urlsafe(32)
        try:
            address = company.provider.address(company.handshakes.begin(browser, back))
        except OidcError as error:
            return failed(error)
        response = redirect(address, 303)
        # Lax: it must be sent along when the provider leads back here.
        response.set_cookie(
            door.cookie(request, BEGUN),
            browser,
            secure=door.is_secure(request),
            httponly=True,
            samesite="Lax",
            path="/",
        )
        return response

    @server.get("/oidc/back", endpoint="oidc_back")
    @least(NOBODY)
    def back() -> AnyResponse:
        try:
            found, wanted = _answered(company, request.cookies.get(door.cookie(request, BEGUN), ""))
            return _let_in(door, company, found, redirect(checked(wanted), 303))
        except OidcError as error:
            return failed(error)


def _answered(company: CompanyLogin, browser: str) -> tuple[Identity, str]:
    """Return whom the provider let in, and where they wanted to go.

    Raises:
        OidcError: nobody.
    """
    given = {name: request.args.getlist(name) for name in ("state", "code", "error", "iss")}
    if any(len(values) > 1 or len("".join(values)) > _LONGEST for values in given.values()):
        raise OidcError("stale", "the answer says a thing twice, or too long")
    state, code, refused, issuer = ("".join(values) for values in given.values())
    begun = company.handshakes.end(state, browser)
    if issuer and issuer != company.provider.settings.issuer:  # RFC 9207: the answer of another
        raise OidcError("token", "the answer is of another issuer")
    if refused or not code:
        raise OidcError("cancelled", f"the provider refused ({refused[:100] or 'no code'})")
    return company.provider.identity(code, begun), begun.back


def _let_in(
    door: Door, company: CompanyLogin, found: Identity, response: AnyResponse
) -> AnyResponse:
    address = door.proxy.address(request)
    role = door.proxy.role_of(found.groups)
    who = door.named(found.name, role, "oidc", address)
    if who is None:
        raise OidcError("nobody", "no account and no group gives them a role, or it is locked")
    before = request.cookies.get(door.cookie(request), "")
    if before:
        company.guests.end(before)
        company.guests.sessions.end(before)
    secret = company.guests.begin(found)
    if door.audit:
        door.audit.record("login", reader=who)
    response.delete_cookie(door.cookie(request, BEGUN), secure=door.is_secure(request))
    response.set_cookie(
        door.cookie(request),
        secret,
        secure=door.is_secure(request),
        httponly=True,
        samesite="Lax",
        path="/",
    )
    return response
