"""The client of a line: one address or host name, out of whatever the log holds there.

Servers write an address with its port, in brackets, with the zone of a network card; behind
proxies they write the list that X-Forwarded-For became on the way, with ``unknown`` and the
proxies' own addresses in it.

Whoever asks can begin such a list with whatever he likes; only what the company's own proxies
appended is true. So a list is read from its end: proxies that are trusted are passed over, and
the first other address is the client (nginx does so with ``real_ip_recursive on``,
https://nginx.org/en/docs/http/ngx_http_realip_module.html; so does
https://developer.mozilla.org/docs/Web/HTTP/Headers/X-Forwarded-For#selecting_an_ip_address).
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Callable
from typing import Final

import polars as pl

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

PRIVATE: Final = tuple(
    ipaddress.ip_network(text)
    for text in (
        "10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 127.0.0.0/8 169.254.0.0/16 100.64.0.0/10"
        " 0.0.0.0/8 ::1/128 ::/128 fc00::/7 fe80::/10"
    ).split()
)
"""Addresses nobody has on the internet: a company's own machines, its proxies among them."""

IsTrusted = Callable[[Address], bool]
"""Says of an address whether it is a proxy whose word counts."""

_ABSENT: Final = frozenset(("", "-"))
_NOBODY: Final = frozenset(("", "-", "unknown", "null", "(null)", "undefined", "unix", "unix:"))
_AROUND: Final = re.compile(r"^[\s\"]+|[\s\"]+$")
_PORT: Final = re.compile(r":\d{1,5}$")
_PLAIN: Final = r"^[0-9]{1,3}(?:\.[0-9]{1,3}){3}$"


def is_private(address: Address) -> bool:
    """Say whether an address is on a network that is nobody's on the internet."""
    return any(address in network for network in PRIVATE if network.version == address.version)


def client_of(text: str, is_trusted: IsTrusted = is_private) -> str | None:
    """Return the client that ``text`` names, or None where it names none.

    Of a list it is the first from the right that is no trusted proxy; where all are, the first
    of all. What stands left of an entry that names nobody (``unknown``, ``_hidden``) was handed
    on by nobody known, and is not believed: the proxy to the right of it counts as the client.
    Addresses are written in their shortest form, without port, brackets and zone; IPv4 mapped
    into IPv6 is IPv4. What is no address is returned as it is, but for a port.

    >>> client_of("203.0.113.7:51234"), client_of("[2001:DB8::1%eth0]:443"), client_of("unknown")
    ('203.0.113.7', '2001:db8::1', None)
    >>> client_of("192.0.2.66, 203.0.113.7, 10.0.0.1")
    '203.0.113.7'
    """
    if "," not in text:
        return _bare(text)
    nearest = None
    for entry in reversed(text.split(",")):
        name = _bare(entry)
        if name is None:
            if _says_nothing(entry):
                continue
            break
        address = as_address(name)
        if address is None or not is_trusted(address):
            return name
        nearest = name
    return nearest


def clients_of(clients: pl.Series, is_trusted: IsTrusted = is_private) -> pl.Series:
    """Return :func:`client_of` of distinct values; most are plain addresses, and stay."""
    odd = clients.filter(~clients.str.contains(_PLAIN)).unique()
    if odd.is_empty():
        return clients
    named = pl.Series([client_of(text, is_trusted) for text in odd.to_list()], dtype=pl.String)
    return clients.replace(odd, named)


def as_address(text: str) -> Address | None:
    """Return one client as an address, or None where it is none.

    >>> as_address("[2001:db8::1]:443")
    IPv6Address('2001:db8::1')
    """
    bare = _AROUND.sub("", _AROUND.sub("", text).removeprefix("for="))
    if bare.startswith("["):
        bare = bare[1:].split("]", 1)[0]
    elif bare.count(":") == 1:
        bare = bare.split(":", 1)[0]
    try:
        address = ipaddress.ip_address(bare.split("%", 1)[0])
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address


def packed_v6(text: str) -> bytes | None:
    """Return the 16 bytes of a plain IPv6 address, None for all else and IPv4 within IPv6.

    The system reads an address in a tenth of the time that ``ipaddress`` takes.
    """
    if ":" not in text:
        return None
    try:
        packed = socket.inet_pton(socket.AF_INET6, text)
    except (OSError, ValueError):
        return None
    return packed if any(packed[:10]) else None


def text_of_v6(packed: bytes) -> str:
    """Return an IPv6 address in its shortest form (RFC 5952)."""
    return socket.inet_ntop(socket.AF_INET6, packed)


def _bare(text: str) -> str | None:
    """Return one entry of a list without what surrounds it, None where it is nobody."""
    packed = packed_v6(text)
    if packed is not None:
        return text_of_v6(packed)
    address = as_address(text)
    if address is not None:
        return str(address)
    name = _AROUND.sub("", text)
    if name.count(":") == 1:
        name = _AROUND.sub("", _PORT.sub("", name))
    # RFC 7239: names that hide who it is begin with an underline
    return None if name.lower() in _NOBODY or name.startswith("_") else name


def _says_nothing(entry: str) -> bool:
    """Whether an entry is none at all, or a socket, on which only the machine itself is."""
    name = _AROUND.sub("", entry).lower()
    return name in _ABSENT or name.startswith("unix:")
