"""Sessions of who logged in: a random secret in the browser, its hash in the database.

They lie in the database, not in the cookie, so that they can be ended from outside: by a logout,
a new password, a locked or removed account. The role is the account's at that moment.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Final

from dashboard.access.accounts import Accounts
from dashboard.access.roles import Role, checked_role

TOUCH_S: Final = 60.0
"""Seconds between writes of when a session was last used."""


@dataclass(frozen=True, slots=True)
class Sessions:
    """The sessions of a dashboard's accounts.

    Attributes:
        accounts: whose.
        idle_s: seconds without a request after which a session ends.
        longest_s: seconds after which it ends in any case.
    """

    accounts: Accounts
    idle_s: float = 3600.0
    longest_s: float = 12 * 3600.0

    def begin(self, name: str) -> str:
        """Begin a session of an account and return its secret; forget those that have ended."""
        secret, now = secrets.token_urlsafe(32), self.accounts.clock()
        with self.accounts.folder.writing() as database:
            database.execute(
                "delete from sessions where kind = 'browser' and (created < ? or seen < ?)",
                (now - self.longest_s, now - self.idle_s),
            )
            database.execute(
                "insert into sessions values (?, ?, 'browser', ?, ?)",
                (self._kept(secret), name, now, now),
            )
        return secret

    def find(self, secret: str, kind: str = "browser") -> tuple[str, Role] | None:
        """Return name and role of whose session it is; None if it is none, or has ended."""
        kept, now = self._kept(secret), self.accounts.clock()
        database = self.accounts.folder.connection()
        row = database.execute(
            "select name, role, sessions.created, seen from sessions join accounts using (name)"
            " where secret = ? and kind = ? and not locked",
            (kept, kind),
        ).fetchone()
        if row is None:
            return None
        name, role, created, seen = row
        ended = now - created > self.longest_s or now - seen > self.idle_s
        if kind == "browser" and ended:
            self.end(secret)
            return None
        if now - seen > min(TOUCH_S, self.idle_s / 2):
            database.execute("update sessions set seen = ? where secret = ?", (now, kept))
        return str(name), checked_role(role)

    def end(self, secret: str) -> None:
        """End a session."""
        self.accounts.folder.connection().execute(
            "delete from sessions where secret = ?", (self._kept(secret),)
        )

    def _kept(self, secret: str) -> bytes:
        return self.accounts.folder.hashed("session", secret)
