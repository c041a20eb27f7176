"""Whoever a log says the client is, however it is written: one address or host name."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weblog.classify import client_of, clients_of, identity_clients, in_networks
from weblog.classify.privacy import private_clients
from weblog.ingestion.hits import HitMaker
from weblog.ingestion.identities import client, trusted
from weblog.site import Site
from weblog.site.identity import Identity

CASES = [
    # as it stands in the log, the client, what is stored of it
    ("203.0.113.7", "203.0.113.7", "203.0.113.0"),
    ("203.0.113.7:51234", "203.0.113.7", "203.0.113.0"),
    ("2001:db8:1:2::7", "2001:db8:1:2::7", "2001:db8:1::"),
    ("2001:DB8:1:2:0:0:0:7", "2001:db8:1:2::7", "2001:db8:1::"),
    ("[2001:db8:1:2::7]", "2001:db8:1:2::7", "2001:db8:1::"),
    ("[2001:db8:1:2::7]:443", "2001:db8:1:2::7", "2001:db8:1::"),
    ("[::1]:80", "::1", "::"),
    ("fe80::1%eth0", "fe80::1", "fe80::"),
    ("[fe80::1%25eth0]:80", "fe80::1", "fe80::"),
    ("::ffff:203.0.113.7", "203.0.113.7", "203.0.113.0"),
    ("crawl-66-249-66-1.googlebot.com", "crawl-66-249-66-1.googlebot.com", "*.googlebot.com"),
    ("host.example.co.kr:8080", "host.example.co.kr", "*.example.co.kr"),
    ("localhost", "localhost", None),
    ("-", None, None),
    ("unknown", None, None),
    ("unix:", None, None),
    ("_hidden", None, None),
    ("", None, None),
    ("203.0.113.7, 10.0.0.1, -", "203.0.113.7", "203.0.113.0"),
    ("203.0.113.7, 10.0.0.1, unix:", "203.0.113.7", "203.0.113.0"),
    ("203.0.113.7, unknown, 10.0.0.1", "10.0.0.1", "10.0.0.0"),
    ("203.0.113.7, _hidden", None, None),
    ("10.0.0.1, 203.0.113.7", "203.0.113.7", "203.0.113.0"),
    ("192.0.2.66, 203.0.113.7:4711, 10.0.0.1", "203.0.113.7", "203.0.113.0"),
    ("unknown, 203.0.113.7:4711, 198.51.100.2", "198.51.100.2", "198.51.100.0"),
    ("203.0.113.7, [::ffff:10.0.0.1]:80, fe80::1%eth0, 127.0.0.1", "203.0.113.7", "203.0.113.0"),
    ("-, 203.0.113.7", "203.0.113.7", "203.0.113.0"),
    ("192.168.1.20, 10.0.0.1", "192.168.1.20", "192.168.1.0"),
    ("10.0.0.1, 2001:db8::7", "2001:db8::7", "2001:db8::"),
    ("unknown, -", None, None),
    ("203.0.113.7,10.0.0.1", "203.0.113.7", "203.0.113.0"),
    ('"[2001:db8::7]:80"', "2001:db8::7", "2001:db8::"),
    ("999.1.1.1", "999.1.1.1", "999.1.1.0"),
]


@pytest.mark.parametrize(("text", "named", "stored"), CASES)
def test_clients(text: str, named: str | None, stored: str | None) -> None:
    assert client_of(text) == named
    one = pl.Series([text])
    assert clients_of(one).to_list() == [named]
    assert private_clients(clients_of(one), "truncate", b"key").to_list() == [stored]


@pytest.mark.parametrize(
    ("peer", "forwarded", "named"),
    [
        ("198.51.100.1", "203.0.113.7", "198.51.100.1"),  # anybody can claim to be a proxy
        ("10.0.0.5", "203.0.113.7, 10.0.0.1", "203.0.113.7"),
        ("10.0.0.5", "192.0.2.66, 203.0.113.7", "203.0.113.7"),  # what it wrote itself is false
        ("10.0.0.5", "203.0.113.7, 10.0.0.1, unknown", "10.0.0.5"),
        ("10.0.0.5", "-", "10.0.0.5"),
        ("10.0.0.5", "unknown", "10.0.0.5"),
        ("10.0.0.5", "192.168.1.20", "192.168.1.20"),
        ("::1", "2001:db8::7", "2001:db8::7"),
        ("fd00::5", "203.0.113.7", "203.0.113.7"),
        ("::ffff:172.20.0.1", "203.0.113.7", "203.0.113.7"),
        ("unix:", "203.0.113.7", "203.0.113.7"),
        ("172.32.0.1", "203.0.113.7", "172.32.0.1"),
        ("-", "203.0.113.7", "203.0.113.7"),
        ("-", "-", None),
        (None, "10.0.0.1, 203.0.113.7", "203.0.113.7"),
    ],
)
def test_the_client_behind_a_proxy(peer: str | None, forwarded: str, named: str | None) -> None:
    assert found({"client": peer, "header:x-forwarded-for": forwarded}) == named


def found(said: Mapping[str, str | None], proxies: tuple[str, ...] | None = None) -> str | None:
    rows = pl.DataFrame({name: [text] for name, text in said.items() if text is not None})
    is_trusted = trusted(Identity(trusted_proxies=proxies))
    named: str | None = clients_of(rows.select(found=client(rows)).to_series(), is_trusted).item()
    return named


@pytest.mark.parametrize(
    ("proxies", "peer", "forwarded", "named"),
    [
        (("198.51.100.0/24",), "198.51.100.1", "192.0.2.66, 203.0.113.7", "203.0.113.7"),
        (("198.51.100.0/24",), "198.51.100.1", "203.0.113.7, 198.51.100.9", "203.0.113.7"),
        (("198.51.100.0/24",), "198.51.100.1", "203.0.113.7, 10.0.0.1", "10.0.0.1"),
        (("198.51.100.0/24",), "10.0.0.5", "203.0.113.7", "10.0.0.5"),
        (("198.51.100.0/24", "10.0.0.0/8"), "10.0.0.5", "203.0.113.7, 198.51.100.9", "203.0.113.7"),
        (("10.0.0.0/8",), "10.0.0.5", "10.1.1.1, 10.0.0.1", "10.1.1.1"),
        (("2001:db8:ffff::/48",), "2001:db8:ffff::1", "2001:db8::7", "2001:db8::7"),
        (("10.0.0.5",), "::ffff:10.0.0.5", "203.0.113.7", "203.0.113.7"),
        ((), "10.0.0.5", "203.0.113.7", "10.0.0.5"),
    ],
)
def test_proxies_the_site_names(
    proxies: tuple[str, ...], peer: str, forwarded: str, named: str
) -> None:
    assert found({"client": peer, "header:x-forwarded-for": forwarded}, proxies) == named


@pytest.mark.parametrize(
    ("header", "named"),
    [
        ("for=203.0.113.7", "203.0.113.7"),
        ('For="[2001:db8:cafe::17]:4711"', "2001:db8:cafe::17"),
        ("for=192.0.2.60;proto=http;by=203.0.113.43", "192.0.2.60"),
        ("proto=https; for = 192.0.2.60", "192.0.2.60"),
        ("for=192.0.2.66, for=203.0.113.7;host=a.example, for=10.0.0.1", "203.0.113.7"),
        ("for=203.0.113.7, by=10.0.0.1", "10.0.0.5"),
        ("for=203.0.113.7, for=unknown", "10.0.0.5"),
        ("for=203.0.113.7, for=_SEVKISEK", "10.0.0.5"),
        ('for="192.0.2.66, 192.0.2.67", for=203.0.113.7', "203.0.113.7"),
        ('for="192.0.2.66, 192.0.2.67"', "10.0.0.5"),
        ("-", "10.0.0.5"),
    ],
)
def test_the_header_forwarded(header: str, named: str) -> None:
    """The forms are RFC 7239's, section 4."""
    assert found({"client": "10.0.0.5", "header:forwarded": header}) == named
    both = {"client": "10.0.0.5", "header:x-forwarded-for": "-", "header:forwarded": header}
    assert found(both) == "10.0.0.5"  # a proxy that writes one hands on what is in the other


def slow_client(entries: list[str], networks: list[str]) -> str:
    """Return the client the obvious way: drop trusted proxies from the end while there are any."""
    left = list(entries)
    while len(left) > 1 and any(
        ipaddress.ip_address(left[-1]) in ipaddress.ip_network(network) for network in networks
    ):
        left.pop()
    return left[-1]


near = st.sampled_from(["10.0.0.1", "10.0.0.2", "198.51.100.3", "203.0.113.7", "2001:db8::7"])
nets = st.sampled_from(["10.0.0.0/31", "10.0.0.2/32", "198.51.100.0/24", "2001:db8::/32"])


@given(
    st.lists(near | st.ip_addresses().map(str).filter(lambda a: "::ffff:" not in a), min_size=2),
    st.lists(nets, max_size=4),
)
def test_the_walk_is_the_obvious_one(entries: list[str], networks: list[str]) -> None:
    said = {"client": entries[-1], "header:x-forwarded-for": ", ".join(entries[:-1])}
    assert found(said, tuple(networks)) == slow_client(entries, networks)


@given(st.lists(near, min_size=1), st.lists(st.text(alphabet='0123456789.:abcf, "-'), max_size=3))
def test_what_a_client_claims_does_not_matter(true: list[str], claims: list[str]) -> None:
    """Whatever stands before the entry of the first proxy nobody trusts changes nothing."""
    entries = ["203.0.113.9", *(each for each in true if each.startswith("10."))]
    said = {"client": "10.0.0.9", "header:x-forwarded-for": ", ".join([*claims, *entries])}
    assert found(said) == "203.0.113.9"


def test_one_browser_is_one_visitor_whatever_its_port() -> None:
    texts = ["203.0.113.7:1", "203.0.113.7:2", "203.0.113.7", "::ffff:203.0.113.7", "203.0.113.8"]
    rows = pl.DataFrame(
        {
            "client": texts,
            "request": "GET / HTTP/1.1",
            "user_agent": "Mozilla/5.0",
            "log_source": "a",
        }
    ).with_columns(
        ts=pl.lit("2025-11-01T00:00:00Z").str.to_datetime(time_unit="us", time_zone="UTC"),
        line=pl.int_range(5, dtype=pl.Int64),
        offset=pl.int_range(5, dtype=pl.Int64),
        status=pl.lit(200, pl.Int16),
        bytes=pl.lit(1, pl.Int64),
    )
    hits = HitMaker(Site(), b"key").hits(rows)
    assert hits["client"].cast(pl.String).to_list() == ["203.0.113.0"] * 5
    visitors = hits["visitor_id"].cast(pl.String).to_list()
    assert len(set(visitors[:4])) == 1
    assert visitors[4] != visitors[0]


@pytest.mark.parametrize(
    ("prefix", "address", "kept"),
    [
        (64, "2001:db8:1:2:a:b:c:d", "2001:db8:1:2::"),
        (56, "2001:db8:1:2ff:a:b:c:d", "2001:db8:1:200::"),
        (60, "2001:db8:1:2ff:a:b:c:d", "2001:db8:1:2f0::"),
        (128, "2001:db8:1:2:a:b:c:d", "2001:db8:1:2:a:b:c:d"),
        (64, "203.0.113.7", "203.0.113.7"),
        (64, "host:x.example", "host:x.example"),
        (64, None, None),
    ],
)
def test_of_ipv6_the_network_tells_visitors_apart(
    prefix: int, address: str | None, kept: str | None
) -> None:
    column = pl.Series([address], dtype=pl.String)
    assert identity_clients(column, prefix).to_list() == [kept]


def test_rules_by_network_see_the_client_not_its_proxy() -> None:
    texts = pl.Series(["10.0.0.1, 203.0.113.7", "[2001:db8::7]:80", "10.0.0.1", "unknown"])
    assert in_networks(texts, ("203.0.113.0/24", "2001:db8::/32")).to_list() == [
        True,
        True,
        False,
        False,
    ]


@given(st.ip_addresses(), st.integers(1, 65535))
def test_an_address_is_the_same_with_and_without_port(address: object, port: int) -> None:
    text = str(address)
    with_port = f"[{text}]:{port}" if ":" in text else f"{text}:{port}"
    assert client_of(with_port) == client_of(text) is not None


@given(st.text() | st.text(alphabet=' \t",:-_a1.[]%'))
def test_no_text_breaks_it(text: str) -> None:
    found = client_of(text)
    assert found is None or client_of(found) == found
