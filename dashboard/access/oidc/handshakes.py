"""Logins that were begun: what must come back, to the same browser, once, and soon."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Final

from dashboard.access.accounts import Accounts
from dashboard.access.oidc.errors import OidcError

MINUTES: Final = 10
"""How long a reader may take at the provider's."""

AT_ONCE: Final = 10_000
"""Logins begun and not ended, at most: anybody can begin one."""


@dataclass(frozen=True, slots=True)
class Handshake:
    """A login that was begun.

    Attributes:
        state: comes back with the answer (cross-site request forgery).
        nonce: comes back inside of what the provider signs (replay).
        verifier: what PKCE sends with the code (a stolen code is of no use).
        back: where the reader wanted to go.
    """

    state: str
    nonce: str
    verifier: str
    back: str


@dataclass(frozen=True, slots=True)
class Handshakes:
    """The logins that were begun, in the database of the accounts: all processes know them."""

    accounts: Accounts

    def begin(self, browser: str, back: str) -> Handshake:
        """Begin a login of the browser that holds a secret.

        Raises:
            OidcError: too many were begun.
        """
        made = Handshake(
            secrets.token_urlsafe(32), secrets.token_urlsafe(32), secrets.token_urlsafe(48), back
        )
        now = self.accounts.clock()
        with self.accounts.folder.writing() as database:
            database.execute("delete from handshakes where at < ?", (now - MINUTES * 60,))
            begun = database.execute("select count(*) from handshakes").fetchone()[0]
            if begun >= AT_ONCE:
                raise OidcError("unreachable", f"{AT_ONCE} logins were begun and not ended")
            database.execute(
                "insert into handshakes values (?, ?, ?, ?, ?, ?)",
                (self._kept("state", made.state), self._kept("browser", browser), made.nonce,
                 made.verifier, back, now),
            )  # fmt: skip
        return made

    def end(self, state: str, browser: str) -> Handshake:
        """Return the login this answer is for; there is none a second time.

        Raises:
            OidcError: there is none, it is another browser's, or was begun too long ago.
        """
        with self.accounts.folder.writing() as database:
            row = database.execute(
                "delete from handshakes where state = ? and browser = ?"
                " returning nonce, verifier, back, at",
                (self._kept("state", state), self._kept("browser", browser)),
            ).fetchone()
        if row is None or row[3] < self.accounts.clock() - MINUTES * 60:
            raise OidcError("stale", "no login of this browser waits for that answer")
        return Handshake(state, row[0], row[1], row[2])

    def _kept(self, kind: str, text: str) -> bytes:
        return self.accounts.folder.hashed(f"oidc {kind}", text)
