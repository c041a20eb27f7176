"""Who stands at the door: from a request to a reader, by whatever means this dashboard knows."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from flask import Request

from dashboard.access.accounts import Accounts
from dashboard.access.audit import Audit
from dashboard.access.errors import AccessError
from dashboard.access.limits import Limits
from dashboard.access.proxy import Proxy
from dashboard.access.roles import Reader, checked_role
from dashboard.access.sessions import Sessions

if TYPE_CHECKING:
    from dashboard.access.oidc.login import CompanyLogin
    from dashboard.access.ring import Ring

API: Final = "/api/"
"""Addresses programs ask with a token; a browser never sends one by itself."""


@dataclass(frozen=True, slots=True)
class Door:
    """How readers are known.

    Attributes:
        open_role: the role of who has not logged in; None: a login is needed.
        sessions: of the accounts; None while there are no accounts to log in by.
        proxy: whose word is believed.
        company: the company's own login, by OpenID Connect.
        https: readers come by TLS, whatever the last few metres are.
        audit: where it is recorded who looked at whom.
        least_visitors: groups of fewer are not shown to viewers.
        site: the key of the site behind this door; empty where there is but one.
        ring: that site among the others; None where there is but one.
    """

    open_role: str | None = "marketer"
    sessions: Sessions | None = None
    proxy: Proxy = field(default_factory=Proxy)
    company: CompanyLogin | None = None
    https: bool = False
    audit: Audit | None = None
    least_visitors: int = 5
    site: str = ""
    ring: Ring | None = field(default=None, repr=False, compare=False)

    @property
    def accounts(self) -> Accounts | None:
        """The accounts people log in by."""
        return self.sessions.accounts if self.sessions else None

    @property
    def limits(self) -> Limits | None:
        """How often a password may be tried."""
        return Limits(self.sessions.accounts) if self.sessions else None

    @property
    def has_login(self) -> bool:
        """Whether anybody can log in here, by a password or the company's login."""
        return self.company is not None or self.has_passwords

    @property
    def has_passwords(self) -> bool:
        """Whether an account has a password."""
        accounts = self.accounts
        return accounts is not None and any(each.has_password for each in accounts.all())

    def reader(self, asked: Request) -> Reader | None:
        """Return who sent a request; None if nobody can be known to have."""
        address = self.proxy.address(asked)
        return (
            self._by_proxy(asked, address)
            or self._by_token(asked, address)
            or self._by_session(asked, address)
            or self._open(address)
        )

    def lets_in(self, who: Reader) -> bool:
        """Say whether a reader may enter this site: accounts may be for some sites alone."""
        account = self.accounts.find(who.name) if self.site and self.accounts else None
        return account is None or account.enters(self.site)

    def _by_proxy(self, asked: Request, address: str) -> Reader | None:
        said = self.proxy.user(asked)
        if said is None:
            return None
        return self.named(said, self.proxy.role(asked), "proxy", address)

    def named(
        self, said: str, role: str | None, how: str, address: str, session: str = ""
    ) -> Reader | None:
        """Return whom another names, in the role of their account, else in that of their groups."""
        account = self.accounts.find(said) if self.accounts else None
        if account is not None and account.locked:
            return None
        held = account.role if account else role
        name = account.name if account else said[:64]
        return None if held is None else Reader(name, checked_role(held), how, address, session)

    def _by_token(self, asked: Request, address: str) -> Reader | None:
        kind, _, token = asked.headers.get("Authorization", "").partition(" ")
        if kind.lower() != "bearer" or not self.sessions or not asked.path.startswith(API):
            return None
        found = self.sessions.find(token.strip(), "token")
        return None if found is None else Reader(*found, "token", address)

    def _by_session(self, asked: Request, address: str) -> Reader | None:
        if not self.sessions:
            return None
        secret = asked.cookies.get(self.cookie(asked), "")
        if not secret:
            return None
        found = self.sessions.find(secret)
        if found is not None:
            return Reader(*found, "password", address, session=secret)
        guest = self.company.guests.find(secret) if self.company else None
        if guest is None:
            return None
        role = self.proxy.role_of(guest.groups)
        return self.named(guest.name, role, "oidc", address, secret)

    def _open(self, address: str) -> Reader | None:
        if self.open_role is None:
            return None
        return Reader("", checked_role(self.open_role), "open", address)

    def is_secure(self, asked: Request) -> bool:
        """Say whether what is sent to the reader travels by TLS."""
        return self.https or self.proxy.is_secure(asked)

    def cookie(self, asked: Request, kind: str = "session") -> str:
        """Return the name of a cookie of ours.

        Dashboards on several ports of a machine share their cookies: the key tells them apart.
        """
        own = self._signed("cookie", kind)[:8]
        return f"{'__Host-' if self.is_secure(asked) else ''}weblog-{kind}-{own}"

    def form_token(self, secret: str) -> str:
        """Return what a form must bring to be believed to be ours: only we can make it."""
        return self._signed("form", secret)

    def is_ours(self, token: str, secret: str) -> bool:
        """Say whether a form's token was made for this secret."""
        return bool(secret) and hmac.compare_digest(
            token.encode("utf-8", "replace"), self.form_token(secret).encode()
        )

    def _signed(self, kind: str, text: str) -> str:
        if self.accounts is None:
            raise AccessError("there are no accounts to sign for")
        said = f"{kind}\0{text}".encode("utf-8", "surrogatepass")
        return hmac.new(self.accounts.folder.key, said, sha256).hexdigest()
