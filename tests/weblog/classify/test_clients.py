"""Whoever a log says the client is, however it is written: one address or host name."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weblog.classify import client_of, clients_of, in_networks
from weblog.classify.privacy import private_clients
from weblog.ingestion.hits import HitMaker
from weblog.ingestion.identities import client
from weblog.site import Site

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
    ("203.0.113.7, 10.0.0.1, unknown", "203.0.113.7", "203.0.113.0"),
    ("10.0.0.1, 203.0.113.7", "203.0.113.7", "203.0.113.0"),
    ("unknown, 203.0.113.7:4711, 198.51.100.2", "203.0.113.7", "203.0.113.0"),
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
        ("10.0.0.5", "203.0.113.7, 10.0.0.1, unknown", "203.0.113.7"),
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
    said = {"client": peer, "header:x-forwarded-for": forwarded}
    rows = pl.DataFrame({name: [text] for name, text in said.items() if text is not None})
    assert clients_of(rows.select(found=client(rows)).to_series()).to_list() == [named]


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
