"""Accounts: a name, a role, and what is kept of a password."""

from __future__ import annotations

import json
import secrets
import sqlite3
import time
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from dashboard.access.errors import AccessError
from dashboard.access.folder import Folder, open_folder
from dashboard.access.passwords import agrees, check_password, hashed, is_outdated
from dashboard.access.roles import Role, checked_role
from weblog.errors import did_you_mean

LONGEST_NAME: Final = 64

_SIGNS: Final = frozenset("._-@+")


def account_name(name: str) -> str:
    """Return the one spelling of an account's name: normalised (NFKC), in small letters.

    Raises:
        AccessError: it is no name.
    """
    spelled = unicodedata.normalize("NFKC", name.strip()).casefold()
    spelled = unicodedata.normalize("NFKC", spelled)
    if not 0 < len(spelled) <= LONGEST_NAME or not all(
        letter.isalnum() or letter in _SIGNS for letter in spelled
    ):
        raise AccessError(
            f"{name[:LONGEST_NAME]!r} cannot be the name of an account",
            f"Up to {LONGEST_NAME} letters, digits and {' '.join(sorted(_SIGNS))}",
        )
    return spelled


@dataclass(frozen=True, slots=True)
class Account:
    """An account, without what is kept of its password.

    ``has_password`` is false for accounts that only a proxy's or the company's login lets in;
    ``sites`` is None for all sites.
    """

    name: str
    role: Role
    locked: bool
    has_password: bool
    created: datetime
    changed: datetime
    last_login: datetime | None
    sites: tuple[str, ...] | None = None

    def enters(self, site: str) -> bool:
        """Say whether it is for that site of a dashboard of several."""
        return self.sites is None or site in self.sites


@dataclass(frozen=True, slots=True)
class Accounts:
    """The accounts of a dashboard. ``clock`` tells seconds since 1970."""

    folder: Folder
    clock: Callable[[], float] = time.time

    @classmethod
    def of(cls, path: Path) -> Accounts:
        """Open the accounts in folder ``path``; make it if it is not there.

        Raises:
            AccessError: it cannot be used.
        """
        return cls(open_folder(path))

    def all(self) -> list[Account]:
        """Return all accounts by name."""
        rows = self.folder.connection().execute(f"select {_COLUMNS} from accounts order by name")
        return [_account(row) for row in rows]

    def find(self, name: str) -> Account | None:
        """Return the account of that name, if there is one."""
        try:
            spelled = account_name(name)
        except AccessError:
            return None
        row = self.folder.connection().execute(
            f"select {_COLUMNS} from accounts where name = ?", (spelled,)
        )
        found = row.fetchone()
        return None if found is None else _account(found)

    def get(self, name: str) -> Account:
        """Return the account of that name.

        Raises:
            AccessError: there is none.
        """
        found = self.find(name)
        if found is None:
            near = did_you_mean(name, [each.name for each in self.all()])
            raise AccessError(
                f"there is no account {name!r}", f"{near} See `weblog accounts list`.".lstrip()
            )
        return found

    def add(
        self,
        name: str,
        role: str,
        password: str | None,
        about: str = "",
        *,
        sites: Sequence[str] | None = None,
    ) -> Account:
        """Make an account; without a password, one that only a proxy's word lets in.

        ``sites``: as in :meth:`set_sites`.

        Raises:
            AccessError: the name is none, or is taken.
            PasswordError: the password is easily guessed.
            UnknownNameError: no such role.
        """
        spelled = account_name(name)
        kept = None
        if password is not None:
            check_password(password, (spelled, about))
            kept = hashed(password)
        now = self.clock()
        try:
            with self.folder.writing() as database:
                database.execute(
                    "insert into accounts (name, role, password, created, changed, sites)"
                    " values (?, ?, ?, ?, ?, ?)",
                    (spelled, checked_role(role), kept, now, now, _listed(sites)),
                )
        except sqlite3.IntegrityError as error:
            raise AccessError(
                f"there is an account {spelled!r} already",
                "`weblog accounts passwd` or `role` changes it.",
            ) from error
        return self.get(spelled)

    def set_password(self, name: str, password: str, about: str = "") -> Account:
        """Change a password and end all sessions and tokens of the account.

        Raises:
            AccessError: there is no such account.
            PasswordError: the password is easily guessed.
        """
        spelled = self.get(name).name
        check_password(password, (spelled, about))
        return self._change(spelled, "password", hashed(password))

    def set_role(self, name: str, role: str) -> Account:
        """Change a role; it holds from the next request on.

        Raises:
            AccessError: there is no such account.
            UnknownNameError: no such role.
        """
        return self._change(self.get(name).name, "role", checked_role(role), end=False)

    def set_sites(self, name: str, sites: Sequence[str] | None) -> Account:
        """Limit an account to some sites of a dashboard of several; None: it is for all.

        It holds from the next request on.

        Raises:
            AccessError: there is no such account.
        """
        return self._change(self.get(name).name, "sites", _listed(sites), end=False)

    def lock(self, name: str, *, locked: bool = True) -> Account:
        """Let nobody in by this account any more, or let them in again; ends its sessions.

        Raises:
            AccessError: there is no such account.
        """
        return self._change(self.get(name).name, "locked", int(locked))

    def remove(self, name: str) -> Account:
        """Remove an account and end its sessions. What it did stays in the audit log.

        Raises:
            AccessError: there is no such account.
        """
        gone = self.get(name)
        with self.folder.writing() as database:
            database.execute("delete from accounts where name = ?", (gone.name,))
        return gone

    def check(self, name: str, password: str) -> Account | None:
        """Return the account if the password is its own and it is not locked.

        It takes as long for a name that is none as for a wrong password.
        """
        found = self.find(name)
        row = None
        if found is not None:
            row = (
                self.folder.connection()
                .execute("select password from accounts where name = ?", (found.name,))
                .fetchone()
            )
        kept = row[0] if row else None
        if not agrees(kept, password) or found is None or found.locked:
            return None
        with self.folder.writing() as database:
            database.execute(
                "update accounts set last_login = ? where name = ?", (self.clock(), found.name)
            )
            if kept and is_outdated(kept):
                database.execute(
                    "update accounts set password = ? where name = ? and password = ?",
                    (hashed(password), found.name, kept),
                )
        return found

    def make_token(self, name: str) -> str:
        """Return a new secret by which a program may ask the API in this account's name.

        Raises:
            AccessError: there is no such account.
        """
        spelled = self.get(name).name
        token, now = secrets.token_urlsafe(32), self.clock()
        with self.folder.writing() as database:
            database.execute(
                "insert into sessions values (?, ?, 'token', ?, ?)",
                (self.folder.hashed("session", token), spelled, now, now),
            )
        return token

    def _change(self, name: str, column: str, value: object, *, end: bool = True) -> Account:
        with self.folder.writing() as database:
            database.execute(
                f"update accounts set {column} = ?, changed = ? where name = ?",
                (value, self.clock(), name),
            )
            if end:
                database.execute("delete from sessions where name = ?", (name,))
        return self.get(name)


_COLUMNS: Final = "name, role, locked, password is not null, created, changed, last_login, sites"


def _listed(sites: Sequence[str] | None) -> str | None:
    return None if sites is None else json.dumps(sorted(set(sites)))


def _account(
    row: tuple[str, str, int, int, float, float, float | None, str | None],
) -> Account:
    name, role, locked, has_password, created, changed, last_login, sites = row
    return Account(
        name=name,
        role=checked_role(role),
        locked=bool(locked),
        has_password=bool(has_password),
        created=datetime.fromtimestamp(created, UTC),
        changed=datetime.fromtimestamp(changed, UTC),
        last_login=None if last_login is None else datetime.fromtimestamp(last_login, UTC),
        sites=None if sites is None else tuple(json.loads(sites)),
    )
