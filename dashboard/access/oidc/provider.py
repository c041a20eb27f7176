"""The provider: where it is, by which keys it signs, and what it answers."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlencode

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from dashboard.access.oidc.addresses import is_safe
from dashboard.access.oidc.errors import OidcError
from dashboard.access.oidc.handshakes import Handshake
from dashboard.access.oidc.identity import Claims, Identity, claims_of, identity_of, lacks, why
from dashboard.access.oidc.settings import OidcSettings

FRESH_S: Final = 3600.0
"""For how long what was discovered is taken to be so."""

AGAIN_S: Final = 30.0
"""Keys are asked for again, for a token signed by an unknown one, no more often than this."""

DOWN_S: Final = 10.0
"""For how long a provider that did not answer is not asked again: readers would all wait for it."""

SIGN: Final = frozenset({"RSA", "EC"})
_ENDPOINTS: Final = ("authorization_endpoint", "token_endpoint", "jwks_uri")
_MORE: Final = ("end_session_endpoint", "userinfo_endpoint")


@dataclass(slots=True)
class Provider:
    """A provider as its settings name it; safe between threads.

    What it publishes is fetched when it is first needed: the dashboard starts without it.
    """

    settings: OidcSettings
    clock: Callable[[], float] = time.time
    _found: dict[str, Any] = field(default_factory=dict)
    _found_at: float = 0.0
    _failed: OidcError | None = None
    _failed_at: float = 0.0
    _keys: KeySet | None = None
    _keys_at: float = 0.0
    _guard: threading.RLock = field(default_factory=threading.RLock)

    def address(self, begun: Handshake) -> str:
        """Return where a reader logs in.

        Raises:
            OidcError: the provider does not say.
        """
        with self._session() as session:
            address, _ = session.create_authorization_url(
                self.discovered()["authorization_endpoint"],
                state=begun.state,
                nonce=begun.nonce,
                code_verifier=begun.verifier,
            )
        return str(address)

    def identity(self, code: str, begun: Handshake) -> Identity:
        """Return whom the provider let in, for the code it sent with them.

        Raises:
            OidcError: it does not answer, does not take the code, or is not believed.
        """
        endpoint = self.discovered()["token_endpoint"]
        try:
            with self._session() as session:
                given = session.fetch_token(
                    endpoint,
                    grant_type="authorization_code",
                    code=code,
                    code_verifier=begun.verifier,
                    allow_redirects=False,
                )
        except AuthlibBaseError as error:
            raise OidcError("code", f"the provider does not take the code ({error})") from error
        except (requests.RequestException, ValueError) as error:
            raise self._unreachable(endpoint, error) from error
        token = given.get("id_token")
        if not isinstance(token, str):
            raise OidcError("token", "there is no ID token in the answer")
        claims = self._claims(token, begun.nonce)
        if lacks(claims, self.settings) and self.discovered().get("userinfo_endpoint"):
            claims = {**self._told(str(given.get("access_token", "")), claims["sub"]), **claims}
        return identity_of(claims, self.settings, token)

    def farewell(self, token: str) -> str | None:
        """Return where a reader is logged out of the provider, too; None if nowhere."""
        try:
            endpoint = self.discovered().get("end_session_endpoint")
        except OidcError:
            return None
        asked = {
            "id_token_hint": token,
            "client_id": self.settings.client_id,
            "post_logout_redirect_uri": f"{self.settings.public_url}/login",
        }
        return (
            f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(asked)}" if endpoint else None
        )

    def discovered(self) -> dict[str, Any]:
        """Return what the provider publishes of itself (OpenID Connect Discovery 1.0).

        Raises:
            OidcError: it does not answer, is another, or asks for secrets without TLS.
        """
        with self._guard:
            now = self.clock()
            if self._found and now - self._found_at < FRESH_S:
                return self._found
            if self._failed and now - self._failed_at < DOWN_S:
                raise self._failed
            try:
                self._found, self._found_at = self._discover(), now
            except OidcError as error:
                self._failed, self._failed_at = error, now
                raise
            self._failed = None
            return self._found

    def _discover(self) -> dict[str, Any]:
        place = f"{self.settings.issuer.rstrip('/')}/.well-known/openid-configuration"
        found = self._asked(place)
        if found.get("issuer") != self.settings.issuer:
            told = f"{place} is of the issuer {found.get('issuer')!r}, expected "
            raise OidcError("unreachable", f"{told}{self.settings.issuer!r}")
        for name in (*_ENDPOINTS, *_MORE):
            said = found.get(name)
            wanted = said is not None or name in _ENDPOINTS
            if wanted and not (isinstance(said, str) and is_safe(said)):
                raise OidcError("unreachable", f"{place}: {name} is {said!r}, expected https")
        return found

    def _claims(self, token: str, nonce: str) -> Claims:
        try:
            try:
                return claims_of(token, self._signing(), self.settings, nonce, self.clock)
            except InvalidKeyIdError:  # keys are changed now and then
                return claims_of(token, self._signing(anew=True), self.settings, nonce, self.clock)
        except JoseError as error:
            raise OidcError("token", f"the ID token is not believed ({why(error)})") from error
        except (ValueError, TypeError) as error:
            raise OidcError("token", f"the ID token cannot be read ({error})") from error

    def _signing(self, *, anew: bool = False) -> KeySet:
        with self._guard:
            age = self.clock() - self._keys_at
            if self._keys is None or age > (AGAIN_S if anew else FRESH_S):
                place = self.discovered()["jwks_uri"]
                listed = self._asked(place).get("keys")
                # Others than these, or for encryption, sign nothing.
                signing = [
                    one
                    for one in (listed if isinstance(listed, list) else [])
                    if isinstance(one, dict)
                    and one.get("kty") in SIGN
                    and one.get("use", "sig") == "sig"
                ]
                if not signing:
                    raise OidcError("unreachable", f"{place} lists no key that signs")
                self._keys, self._keys_at = KeySet.import_key_set({"keys": signing}), self.clock()
            return self._keys

    def _told(self, access: str, subject: str) -> dict[str, Any]:
        """Return what the provider tells beside the ID token, if it is of the same reader."""
        endpoint = self.discovered()["userinfo_endpoint"]
        told = self._asked(endpoint, {"Authorization": f"Bearer {access}"})
        if told.get("sub") != subject:
            raise OidcError("token", "UserInfo is of another reader than the ID token")
        return told

    def _asked(self, place: str, headers: dict[str, str] | None = None) -> dict[str, Any]:
        try:
            answer = requests.get(
                place, headers=headers, timeout=self.settings.timeout_s, allow_redirects=False
            )
            answer.raise_for_status()
            found = answer.json()
        except (requests.RequestException, ValueError) as error:
            raise self._unreachable(place, error) from error
        if not isinstance(found, dict):
            raise OidcError("unreachable", f"{place} is no JSON object")
        return found

    def _session(self) -> OAuth2Session:
        secret = self.settings.client_secret.get_secret_value()
        return OAuth2Session(
            self.settings.client_id,
            secret or None,
            token_endpoint_auth_method=self._shown(secret),
            scope=" ".join(self.settings.scopes),
            redirect_uri=self.settings.back,
            code_challenge_method="S256",
            default_timeout=self.settings.timeout_s,
        )

    def _shown(self, secret: str) -> str:
        """Return how the provider wants to see the secret."""
        if not secret:
            return "none"
        ways = self.discovered().get("token_endpoint_auth_methods_supported")
        basic = not isinstance(ways, list) or "client_secret_basic" in ways
        return "client_secret_basic" if basic else "client_secret_post"

    @staticmethod
    def _unreachable(place: str, error: Exception) -> OidcError:
        return OidcError("unreachable", f"{place} does not answer as expected ({error})")
