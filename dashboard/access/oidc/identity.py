"""What the provider says of a reader: whether it is believed, their name, their groups."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from dashboard.access.oidc.errors import OidcError
from dashboard.access.oidc.settings import OidcSettings

SIGNED_BY: Final = (
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512",
)  # fmt: skip
"""Only the provider can sign by these: never "none", and never by a secret that others have."""

LONGEST: Final = 200
"""Characters of a name or a group."""

MOST_GROUPS: Final = 1000

Claims = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Identity:
    """Who was let in.

    Attributes:
        name: of the reader.
        groups: theirs.
        token: what the provider signed; it is shown to the provider at the logout.
    """

    name: str
    groups: tuple[str, ...] = ()
    token: str = ""


def claims_of(
    token: str, keys: KeySet, settings: OidcSettings, nonce: str, clock: Callable[[], float]
) -> Claims:
    """Return what an ID token says, once all of it was checked (OpenID Connect Core 3.1.3.7).

    Raises:
        JoseError: the signature is not the provider's, or a claim is not as it must be.
        OidcError: it was made for another.
    """
    decoded = jwt.decode(token, keys, algorithms=list(SIGNED_BY))
    registry = jwt.JWTClaimsRegistry(
        now=lambda: int(clock()),
        leeway=settings.leeway_s,
        iss={"essential": True, "value": settings.issuer},
        aud={"essential": True, "value": settings.client_id},
        sub={"essential": True},
        exp={"essential": True},
        iat={"essential": True},
        nonce={"essential": True, "value": nonce},
    )
    registry.validate(decoded.claims)
    claims: Claims = decoded.claims
    several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if claims.get("azp", None if several else settings.client_id) != settings.client_id:
        raise OidcError("token", "it was made for another client (azp)")
    return claims


def identity_of(claims: Claims, settings: OidcSettings, token: str) -> Identity:
    """Return who is meant.

    Raises:
        OidcError: the claim that names them is missing, or not verified.
    """
    name = _inside(claims, settings.name_claim)
    if not isinstance(name, str) or not 0 < len(name.strip()) <= LONGEST or not name.isprintable():
        raise OidcError("name", f"the claim {settings.name_claim!r} names nobody")
    # Some providers let people type any address; it names them once it was verified.
    unverified = claims.get("email_verified") not in {True, "true"}
    if settings.name_claim == "email" and settings.verified_email and unverified:
        raise OidcError("name", "the e-mail address was not verified (email_verified)")
    said = _inside(claims, settings.groups_claim) if settings.groups_claim else None
    listed = [said] if isinstance(said, str) else said if isinstance(said, list) else []
    groups = [one for one in listed if isinstance(one, str) and len(one) <= LONGEST]
    return Identity(name.strip(), tuple(groups[:MOST_GROUPS]), token)


def lacks(claims: Claims, settings: OidcSettings) -> bool:
    """Say whether a claim we need may have to be asked for (UserInfo)."""
    wanted = [settings.name_claim, settings.groups_claim]
    return any(_inside(claims, one) is None for one in wanted if one)


def why(error: JoseError) -> str:
    """Return what a library found wrong, in its words."""
    return f"{error.error}: {error.description}" if error.description else str(error.error)


def _inside(claims: Claims, path: str) -> Any:
    if path in claims:  # some providers name claims by an address, with dots in it
        return claims[path]
    found: Any = claims
    for part in path.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found
