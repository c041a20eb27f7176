from __future__ import annotations

import ipaddress

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weblog.classify import in_networks

NETWORKS = ("10.0.0.0/8", "192.0.2.128/25", "192.0.2.200", "2001:db8::/32", "203.0.113.9/32")


@pytest.mark.parametrize(
    ("client", "inside"),
    [
        ("10.1.2.3", True),
        ("11.1.2.3", False),
        ("192.0.2.127", False),
        ("192.0.2.128", True),
        ("192.0.2.255", True),
        ("203.0.113.9", True),
        ("203.0.113.10", False),
        ("255.255.255.255", False),
        ("10.1.2.3:443", True),
        ("::ffff:10.1.2.3", True),
        ("2001:db8::7", True),
        ("[2001:db8::7]:80", True),
        ("2001:db9::7", False),
        ("300.1.1.1", False),
        ("10.host.example.com", False),
        (None, None),
    ],
)
def test_membership(client: str | None, inside: bool | None) -> None:
    assert in_networks(pl.Series([client], dtype=pl.String), NETWORKS).to_list() == [inside]


@given(
    st.lists(st.ip_addresses(), min_size=1, max_size=12),
    st.lists(st.tuples(st.ip_addresses(), st.integers(0, 32)), max_size=8),
)
def test_agrees_with_the_standard_library(
    addresses: list[ipaddress.IPv4Address | ipaddress.IPv6Address],
    blocks: list[tuple[ipaddress.IPv4Address | ipaddress.IPv6Address, int]],
) -> None:
    networks = [ipaddress.ip_network((base, bits), strict=False) for base, bits in blocks]
    plain = [getattr(address, "ipv4_mapped", None) or address for address in addresses]
    expected = [any(address in network for network in networks) for address in plain]
    column = pl.Series([str(address) for address in addresses])
    assert in_networks(column, [str(network) for network in networks]).to_list() == expected


def test_no_networks_hold_nobody() -> None:
    assert in_networks(pl.Series(["10.0.0.1", None]), ()).to_list() == [False, None]
