"""What a proxy in front of the dashboard says, and when it is believed.

Only requests that come from a trusted address may say for whom they are sent
(``X-Forwarded-For``), that they came by TLS (``X-Forwarded-Proto``), and who was logged in (the
header of the proxy's own login). From anybody else these headers are no more than text.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from flask import Request

from dashboard.access.errors import AccessError
from dashboard.access.roles import ROLES, checked_role

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_LONGEST: Final = 500


def networks(given: Sequence[str]) -> tuple[Network, ...]:
    """Return addresses and networks as people write them.

    Raises:
        AccessError: one is neither.
    """
    found = []
    for one in given:
        try:
            found.append(ipaddress.ip_network(one.strip(), strict=False))
        except ValueError as error:
            raise AccessError(
                f"--trust-proxy {one!r} is no address and no network",
                "Such as 10.0.0.5 or 10.0.0.0/8.",
            ) from error
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Proxy:
    """The proxies that are believed.

    Attributes:
        trusted: their addresses.
        user_header: names who was logged in; empty: the proxy logs nobody in.
        groups_header: names their groups, with commas between.
        groups: group to role; the highest counts.
    """

    trusted: tuple[Network, ...] = ()
    user_header: str = ""
    groups_header: str = ""
    groups: Mapping[str, str] = field(default_factory=dict)

    def is_trusted(self, address: str | None) -> bool:
        """Say whether a request that comes from this address is believed."""
        try:
            found = ipaddress.ip_address((address or "").partition("%")[0])
        except ValueError:
            return False
        if found.version == 6 and found.ipv4_mapped:
            found = found.ipv4_mapped
        return any(found in network for network in self.trusted)

    def address(self, asked: Request) -> str:
        """Return where a request came from: the last address that no trusted proxy has."""
        here = asked.remote_addr or ""
        if not self.is_trusted(here):
            return here
        said = [one.strip() for one in asked.headers.get("X-Forwarded-For", "").split(",")]
        for one in reversed([each for each in said if each]):
            try:
                here = str(ipaddress.ip_address(one))
            except ValueError:
                break  # what stands before it was written by whoever wrote this
            if not self.is_trusted(here):
                break
        return here

    def is_secure(self, asked: Request) -> bool:
        """Say whether a request came to the proxy by TLS."""
        if asked.is_secure:
            return True
        said = asked.headers.get("X-Forwarded-Proto", "")
        return said.strip().lower() == "https" and self.is_trusted(asked.remote_addr)

    def user(self, asked: Request) -> str | None:
        """Return who the proxy says was logged in; None if it does not say, or is not believed."""
        if not self.user_header or not self.is_trusted(asked.remote_addr):
            return None
        said = asked.headers.getlist(self.user_header)
        # Twice, or a list, means that the proxy added its word to that of a stranger.
        if len(said) != 1 or "," in said[0] or len(said[0]) > _LONGEST:
            return None
        return _text(said[0]) or None

    def disbelieved(self, asked: Request) -> str | None:
        """Return why a request's word about who was logged in is not believed; None if it has none.

        Either it comes from elsewhere, by who knows the header's name, or the proxy lets the
        header of a stranger pass beside its own: an operator should know of both.
        """
        said = [one for one in asked.headers.getlist(self.user_header or "-") if one.strip()]
        if not self.user_header or not said:
            return None
        if not self.is_trusted(asked.remote_addr):
            return "from an address that is no --trust-proxy"
        return None if self.user(asked) is not None else "not one name"

    def role(self, asked: Request) -> str | None:
        """Return the highest role of the groups the proxy names."""
        if not self.groups_header:
            return None
        said = asked.headers.getlist(self.groups_header)
        if len(said) != 1:
            return None
        return self.role_of({_text(one) for one in said[0].split(",")})

    def role_of(self, named: Collection[str]) -> str | None:
        """Return the highest role of some groups."""
        held = {checked_role(role) for group, role in self.groups.items() if group in named}
        return max(held, key=ROLES.index, default=None)


def _text(said: str) -> str:
    """Return a header's value: proxies write UTF-8, which WSGI hands on as Latin-1."""
    try:
        return said.encode("latin-1").decode("utf-8").strip()
    except UnicodeError:
        return said.strip()
