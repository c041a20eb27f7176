"""Real servers on this machine, each a process of its own: they keep what they are sent."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import trustme

_SMTP = """
import asyncio, itertools, json, logging, ssl, sys
from pathlib import Path
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

folder, ways = Path(sys.argv[1]), json.loads(sys.argv[2])
numbers = itertools.count(1)
outer = bool(ways.get('tls'))
logging.getLogger("mail.log").setLevel(logging.ERROR)

class Keep:
    async def handle_RCPT(self, server, session, envelope, address, options):
        reply = ways.get("refuse", {}).get(address)
        if reply:
            return reply
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if ways.get("silent"):
            await asyncio.sleep(60)
        if ways.get("refuse_data"):
            return ways["refuse_data"]
        name = f"{next(numbers):04}"
        about = {"from": envelope.mail_from, "to": envelope.rcpt_tos,
                 "login": bool(session.authenticated),
                 "tls": session.ssl is not None or outer}
        (folder / f"{name}.eml").write_bytes(envelope.content)
        (folder / f"{name}.new").write_text(json.dumps(about))
        (folder / f"{name}.new").rename(folder / f"{name}.json")  # no reader sees half of it
        if ways.get("die_after"):
            await asyncio.sleep(60)
        return "250 OK"

def knows(server, session, envelope, mechanism, data):
    good = isinstance(data, LoginPassword) and (data.login, data.password) == (b"weblog", b"s3cret")
    return AuthResult(success=good, handled=False)

def context():
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(ways["certificate"])
    return made

async def main():
    loop = asyncio.get_running_loop()
    more = {}
    if ways.get("starttls"):
        more |= {"tls_context": context(), "require_starttls": True}
    if ways.get("login"):
        more |= {"authenticator": knows, "auth_required": True,
                 "auth_require_tls": not ways.get("tls")}
    made = lambda: SMTP(Keep(), hostname="localhost", loop=loop, **more)
    context_of_all = context() if ways.get("tls") else None
    server = await loop.create_server(made, "127.0.0.1", 0, ssl=context_of_all)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()

asyncio.run(main())
"""

_HTTP = """
import json, sys, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

file, answers = Path(sys.argv[1]), json.loads(sys.argv[2])

class Keep(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        said = {"path": self.path, "headers": dict(self.headers), "body": body.decode()}
        with file.open("a") as kept:
            kept.write(json.dumps(said) + "\\n")
        code = answers.pop(0) if len(answers) > 1 else answers[0]
        if code == 0:
            time.sleep(60)
        self.send_response(code)
        if 300 <= code < 400:
            self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *arguments):
        pass

server = ThreadingHTTPServer(("127.0.0.1", 0), Keep)
print(server.server_port, flush=True)
server.serve_forever()
"""


@dataclass(frozen=True)
class Post:
    """The SMTP server, what it got, and the certificate it can be known by."""

    port: int
    folder: Path
    ca_file: Path | None

    @property
    def messages(self) -> list[EmailMessage]:
        return [_parsed(file.read_bytes()) for file in sorted(self.folder.glob("*.eml"))]

    @property
    def raw(self) -> list[bytes]:
        return [file.read_bytes() for file in sorted(self.folder.glob("*.eml"))]

    @property
    def envelopes(self) -> list[dict[str, Any]]:
        return [json.loads(file.read_text()) for file in sorted(self.folder.glob("*.json"))]


@dataclass(frozen=True)
class Web:
    """The HTTP server, and what was posted to it."""

    url: str
    file: Path

    @property
    def posts(self) -> list[dict[str, Any]]:
        if not self.file.exists():
            return []
        return [json.loads(line) for line in self.file.read_text().splitlines()]


@contextmanager
def smtp_server(folder: Path, *, tls: str = "none", **ways: Any) -> Iterator[Post]:
    """Serve SMTP until the block ends.

    ``tls``: none, starttls or tls. ``ways``: login, refuse (address to reply), refuse_data (a
    reply), silent (no answer to a message), die_after (keeps it, and does not answer).
    """
    folder.mkdir(parents=True, exist_ok=True)
    told: dict[str, Any] = {**ways, tls: True}
    ca_file = None
    if tls != "none":
        authority = trustme.CA()
        ca_file = folder / "authority.pem"
        authority.cert_pem.write_to_path(ca_file)
        certificate = folder / "server.pem"
        authority.issue_cert("localhost").private_key_and_cert_chain_pem.write_to_path(certificate)
        told["certificate"] = str(certificate)
    with _process(_SMTP, str(folder), json.dumps(told)) as port:
        yield Post(port, folder, ca_file)


@contextmanager
def web_server(file: Path, *answers: int) -> Iterator[Web]:
    """Serve HTTP until the block ends: these answers in turn, the last one for ever; 0: none."""
    with _process(_HTTP, str(file), json.dumps(answers or (204,))) as port:
        yield Web(f"http://127.0.0.1:{port}/hook", file)


def free_port() -> int:
    """Return a port nobody listens on."""
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(condition: Any, seconds: float = 120) -> None:
    """Wait until something holds."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.02)


@contextmanager
def _process(program: str, *arguments: str) -> Iterator[int]:
    command = [sys.executable, "-c", program, *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            os.kill(process.pid, signal.SIGKILL)
            process.wait()


def _parsed(content: bytes) -> EmailMessage:
    message = message_from_bytes(content, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message
