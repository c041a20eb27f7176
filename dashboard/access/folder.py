"""The folder of secrets: accounts, sessions, a key, and the log of who looked at whom.

It is its owner's alone (mode 700, files 600), lies beside the store's tables, and is no part of
them: whoever is given the tables is not given the accounts.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import sqlite3
import stat
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Final

from dashboard.access.errors import AccessError
from weblog.errors import shown_path
from weblog.remote.place import is_in_bucket

NAME: Final = "access"
"""What the folder is called inside of a store's."""

DATABASE: Final = "accounts.db"
KEY: Final = "key"
AUDIT: Final = "audit.jsonl"

PATIENCE_S: Final = 10.0
"""How long a process waits for another that writes."""

_SCHEMA: Final = """
create table if not exists accounts (
  name text primary key, role text not null, password text, locked integer not null default 0,
  created real not null, changed real not null, last_login real
) strict;
create table if not exists sessions (
  secret blob primary key, name text not null references accounts on delete cascade,
  kind text not null, created real not null, seen real not null
) strict;
create index if not exists sessions_of on sessions (name);
create table if not exists attempts (id integer primary key, who blob not null, at real not null)
strict;
create index if not exists attempts_of on attempts (who, at);
create table if not exists handshakes (
  state blob primary key, browser blob not null, nonce text not null, verifier text not null,
  back text not null, at real not null
) strict;
create table if not exists guests (
  secret blob primary key, name text not null, groups text not null, id_token text not null,
  created real not null, seen real not null
) strict;
"""


@dataclass(frozen=True, slots=True)
class Folder:
    """The folder. Make it with :func:`open_folder`."""

    path: Path
    key: bytes = field(repr=False)
    _here: threading.local = field(default_factory=threading.local, repr=False, compare=False)

    def hashed(self, kind: str, text: str) -> bytes:
        """Return what stands for a text: nobody without the key can tell which it was."""
        said = f"{kind}\0{text}".encode("utf-8", "surrogatepass")
        return blake2b(said, key=self.key, digest_size=16).digest()

    def connection(self) -> sqlite3.Connection:
        """Return this thread's connection to the database."""
        held: sqlite3.Connection | None = getattr(self._here, "connection", None)
        if held is None:
            held = sqlite3.connect(self.path / DATABASE, timeout=PATIENCE_S, isolation_level=None)
            held.execute("pragma foreign_keys = on")
            self._here.connection = held
        return held

    @contextlib.contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Change the database, alone, as a whole or not at all."""
        connection = self.connection()
        connection.execute("begin immediate")
        try:
            yield connection
        except BaseException:
            connection.execute("rollback")
            raise
        connection.execute("commit")


def open_folder(path: Path) -> Folder:
    """Open the folder of secrets; make it, its key and its database if they are not there.

    Raises:
        AccessError: it cannot be made, or others than its owner can read what is in it.
    """
    shown = shown_path(path)
    if is_in_bucket(path):
        raise AccessError(
            f"{shown}: accounts and the audit log are kept on this machine, not in a bucket",
            "Name a folder for them with --access.",
        )
    try:
        path.mkdir(mode=0o700, exist_ok=True)
        for name in (DATABASE, KEY, AUDIT):
            _own(path / name)
        key = _key(path / KEY)
    except OSError as error:
        raise AccessError(
            f"{shown} cannot be used ({error.strerror})", "Name another folder with --access."
        ) from error
    folder = Folder(path, key)
    try:
        folder.connection().execute("pragma journal_mode = wal")
        folder.connection().executescript(_SCHEMA)
        _bring_up(folder)
    except sqlite3.DatabaseError as error:
        raise AccessError(f"{shown}/{DATABASE} cannot be read ({error})") from error
    return folder


def _bring_up(folder: Folder) -> None:
    """Add what a database of before has not: the sites an account is for."""
    with folder.writing() as database:
        columns = {row[1] for row in database.execute("pragma table_info(accounts)")}
        if "sites" not in columns:
            database.execute("alter table accounts add column sites text")


def _own(file: Path) -> None:
    """Make a file that only its owner can read; refuse one that others can."""
    with contextlib.suppress(FileExistsError):
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    mode = stat.S_IMODE(file.stat().st_mode)
    if mode & 0o077:
        raise AccessError(
            f"{shown_path(file)} can be read or written by others than its owner (mode {mode:o})",
            f"Look whether somebody did, then: chmod 600 {shown_path(file)}",
        )


def _key(file: Path) -> bytes:
    """Return the key; the first process to come writes it."""
    descriptor = os.open(file, os.O_RDWR)
    with os.fdopen(descriptor, "r+b") as opened:
        _alone(opened.fileno())
        found = opened.read()
        if not found:
            found = secrets.token_bytes(32)
            opened.write(found)
            opened.flush()
            os.fsync(opened.fileno())
    if len(found) != 32:
        raise AccessError(
            f"{shown_path(file)} is no key", "Remove it: all are logged out, accounts stay."
        )
    return found


def _alone(descriptor: int) -> None:
    import fcntl  # noqa: PLC0415  not everywhere

    fcntl.flock(descriptor, fcntl.LOCK_EX)
