"""A small OpenID Connect provider over HTTP: discovery, login, codes with PKCE, signed tokens.

It signs with `cryptography` alone, so that the product's library is not checked against itself.
What an attacker or a broken provider would do is set on :class:`Provider` by the tests.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

Claims = dict[str, Any]


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def number(value: int) -> str:
    return b64(value.to_bytes((value.bit_length() + 7) // 8, "big"))


@dataclass
class Key:
    kid: str
    private: rsa.RSAPrivateKey = field(
        default_factory=lambda: rsa.generate_private_key(public_exponent=65537, key_size=2048)
    )

    def public(self) -> dict[str, str]:
        numbers = self.private.public_key().public_numbers()
        return {
            "kty": "RSA", "use": "sig", "alg": "RS256", "kid": self.kid,
            "n": number(numbers.n), "e": number(numbers.e),
        }  # fmt: skip

    def sign(self, claims: Claims, **header: str) -> str:
        head = {"typ": "JWT", "alg": "RS256", "kid": self.kid, **header}
        said = ".".join(b64(json.dumps(part).encode()) for part in (head, claims))
        signature = self.private.sign(said.encode(), padding.PKCS1v15(), hashes.SHA256())
        return f"{said}.{b64(signature)}"


@dataclass
class Provider:
    """What the provider knows and does; tests change it.

    Attributes:
        issuer: its address.
        user: claims of who is logged in at the provider; None: they refuse.
        sign: makes an ID token of its claims.
        told: claims that UserInfo alone tells.
        published: changes what discovery says.
    """

    issuer: str
    client_id: str = "weblog"
    client_secret: str = "the client's secret & more"
    redirect_uri: str = ""
    key: Key = field(default_factory=lambda: Key("one"))
    keys: list[Key] = field(default_factory=list)
    user: Claims | None = None
    sign: Callable[[Claims], str] | None = None
    told: Claims = field(default_factory=dict)
    published: Claims = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    logged_out: list[str] = field(default_factory=list)

    def discovery(self) -> Claims:
        own = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "end_session_endpoint": f"{self.issuer}/logout",
            "jwks_uri": f"{self.issuer}/keys",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            # A provider that would sign by none or by a shared secret is not to be let do so.
            "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
        }
        return {**own, **self.published}

    def authorize(self, asked: dict[str, str]) -> tuple[int, str]:
        """Log in at once who is to be: status, and where the browser is led."""
        if (asked.get("client_id"), asked.get("redirect_uri")) != (
            self.client_id,
            self.redirect_uri,
        ):
            return 400, ""
        back = {"state": asked["state"], "iss": self.issuer}
        if asked.get("response_type") != "code" or asked.get("code_challenge_method") != "S256":
            return 303, f"{self.redirect_uri}?{urlencode({**back, 'error': 'invalid_request'})}"
        if self.user is None:
            return 303, f"{self.redirect_uri}?{urlencode({**back, 'error': 'access_denied'})}"
        code = secrets.token_urlsafe(8)
        self.codes[code] = asked
        return 303, f"{self.redirect_uri}?{urlencode({**back, 'code': code})}"

    def token(self, asked: dict[str, str], authorization: str) -> tuple[int, Claims]:
        """Change a code for tokens: once, for the client it was made for, with its verifier."""
        said = base64.b64decode(authorization.removeprefix("Basic ") or b"").decode()
        shown = tuple(unquote(part) for part in said.partition(":")[::2])
        plain = tuple(said.partition(":")[::2])  # authlib does not encode them, unlike RFC 6749
        if (self.client_id, self.client_secret) not in {shown, plain}:
            return 401, {"error": "invalid_client"}
        begun = self.codes.pop(asked.get("code", ""), None)
        challenge = b64(hashlib.sha256(asked.get("code_verifier", "").encode()).digest())
        if (
            begun is None
            or asked.get("grant_type") != "authorization_code"
            or asked.get("redirect_uri") != self.redirect_uri
            or challenge != begun["code_challenge"]
        ):
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        claims = {
            "iss": self.issuer, "aud": self.client_id, "iat": now, "exp": now + 300,
            "nonce": begun["nonce"], "sub": "s-1", **(self.user or {}),
        }  # fmt: skip
        made = (self.sign or self.key.sign)(claims)
        return 200, {"access_token": "of s-1", "token_type": "Bearer", "id_token": made}


def _handler(provider: Provider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            provider.asked.append(parts.path)
            asked = {name: values[-1] for name, values in parse_qs(parts.query).items()}
            if parts.path == "/.well-known/openid-configuration":
                self.answer(200, provider.discovery())
            elif parts.path == "/keys":
                keys = provider.keys or [provider.key]
                self.answer(200, {"keys": [key.public() for key in keys]})
            elif parts.path == "/authorize":
                status, place = provider.authorize(asked)
                self.answer(status, {}, place)
            elif parts.path == "/userinfo":
                known = self.headers.get("Authorization") == "Bearer of s-1"
                self.answer(200 if known else 401, {"sub": "s-1", **provider.told})
            elif parts.path == "/logout":
                provider.logged_out.append(asked.get("id_token_hint", ""))
                self.answer(303, {}, asked["post_logout_redirect_uri"])
            else:
                self.answer(404, {})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            provider.asked.append(self.path)
            asked = {name: values[-1] for name, values in parse_qs(body).items()}
            self.answer(*provider.token(asked, self.headers.get("Authorization", "")))

        def answer(self, status: int, body: Claims, place: str = "") -> None:
            data = json.dumps(body).encode()
            self.send_response(status)
            if place:
                self.send_header("Location", place)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    return Handler


@contextmanager
def running() -> Iterator[Provider]:
    """Run a provider on loopback."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    provider = Provider(f"http://127.0.0.1:{server.server_port}")
    server.RequestHandlerClass = _handler(provider)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
