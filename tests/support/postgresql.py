"""A real PostgreSQL server for as long as a test needs one, in a folder of its own."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

USER = "weblog"
PASSWORD = "s3cret/p@ss:w%rd"
TRIES = 5


@dataclass(frozen=True)
class Server:
    """A running server; ``programs`` is the folder of its programs."""

    port: int
    programs: Path

    def url(self, database: str = "postgres", *, password: str | None = PASSWORD) -> str:
        secret = "" if password is None else f":{quote(password, safe='')}"
        return f"postgresql://{USER}{secret}@127.0.0.1:{self.port}/{database}"

    def run(self, sql: str, database: str = "postgres") -> None:
        """Run SQL (UTF-8), several statements if need be."""
        done = subprocess.run(
            [self.programs / "psql", "-qX", "-v", "ON_ERROR_STOP=1", self.url(database), "-f", "-"],
            input=sql.encode(),
            env={**os.environ, "PGCLIENTENCODING": "UTF8"},
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr.decode()


@contextmanager
def running_server() -> Iterator[Server]:
    """Make a data folder, start a server on a free port of this machine, and stop it at the end."""
    with tempfile.TemporaryDirectory(prefix="weblog-postgresql-") as name:
        folder = Path(name)
        shutil.chown(folder, _user())
        password = folder / "password"
        password.write_text(PASSWORD)
        shutil.chown(password, _user())
        _as_user(folder, "initdb", "-D", folder / "data", "-U", USER, "-A", "scram-sha-256",
                 "--pwfile", password, "--no-sync", "-E", "UTF8", "--locale=C")  # fmt: skip
        server = _started(folder)
        try:
            yield server
        finally:
            _as_user(folder, "pg_ctl", "-D", folder / "data", "-m", "immediate", "stop")


def _started(folder: Path) -> Server:
    for left in reversed(range(TRIES)):
        port = _free_port()  # somebody else may take it before the server does
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c fsync=off -k {folder}"
        log = folder / "server.log"
        try:
            _as_user(
                folder, "pg_ctl", "-D", folder / "data", "-l", log, "-o", options, "-w", "start"
            )
        except subprocess.CalledProcessError:
            if not left:
                raise
            continue
        return Server(port, _programs())
    raise AssertionError


def _as_user(folder: Path, program: str, *arguments: str | Path) -> None:
    """Run a program of the server's; it refuses to be run by root."""
    user = _user()
    other = {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []}
    is_root = os.geteuid() == 0
    subprocess.run(
        [_programs() / program, *arguments],
        cwd=folder,
        stdout=subprocess.DEVNULL,  # no pipe: the server would keep it open
        check=True,
        **(other if is_root else {}),
    )


def _user() -> str:
    return "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name


def _programs() -> Path:
    """Return the folder of the newest server there is; Debian keeps it out of the path."""
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda file: int(file.parts[-3])
    )
    if found:
        return found[-1].parent
    path = shutil.which("initdb")
    assert path, "no PostgreSQL server: `python3 dev.py test` installs one"
    return Path(path).parent


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
