"""Sessions of readers whom the company's login let in; they need have no account here."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass

from dashboard.access.oidc.identity import Identity
from dashboard.access.sessions import TOUCH_S, Sessions


@dataclass(frozen=True, slots=True)
class Guests:
    """Their sessions, which end as those of accounts do."""

    sessions: Sessions

    def begin(self, found: Identity) -> str:
        """Begin a session and return its secret; forget those that have ended."""
        secret, now = secrets.token_urlsafe(32), self.sessions.accounts.clock()
        with self.sessions.accounts.folder.writing() as database:
            database.execute(
                "delete from guests where created < ? or seen < ?",
                (now - self.sessions.longest_s, now - self.sessions.idle_s),
            )
            database.execute(
                "insert into guests values (?, ?, ?, ?, ?, ?)",
                (self._kept(secret), found.name, json.dumps(found.groups), found.token, now, now),
            )
        return secret

    def find(self, secret: str) -> Identity | None:
        """Return whose session it is; None if it is none, or has ended."""
        kept, now = self._kept(secret), self.sessions.accounts.clock()
        database = self.sessions.accounts.folder.connection()
        row = database.execute(
            "select name, groups, id_token, created, seen from guests where secret = ?", (kept,)
        ).fetchone()
        if row is None:
            return None
        name, groups, token, created, seen = row
        if now - created > self.sessions.longest_s or now - seen > self.sessions.idle_s:
            self.end(secret)
            return None
        if now - seen > min(TOUCH_S, self.sessions.idle_s / 2):
            database.execute("update guests set seen = ? where secret = ?", (now, kept))
        return Identity(str(name), tuple(json.loads(groups)), str(token))

    def end(self, secret: str) -> None:
        """End a session."""
        self.sessions.accounts.folder.connection().execute(
            "delete from guests where secret = ?", (self._kept(secret),)
        )

    def _kept(self, secret: str) -> bytes:
        return self.sessions.accounts.folder.hashed("guest", secret)
