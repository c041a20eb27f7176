"""Client addresses: finding those that lie in given networks, and the domains of hosts."""

from __future__ import annotations

import ipaddress
import re
from bisect import bisect_right
from collections.abc import Sequence

import polars as pl

from weblog.classify.clients import Address, IsTrusted, as_address, client_of

_SECOND_LEVEL = frozenset("ac co com edu go gob gov gv mil ne net nom or org pe re".split())
"""Second-level labels under which country domains are registered: co.kr, com.au, ne.jp ..."""

_HOST = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_-]*\.)+[A-Za-z][A-Za-z0-9-]*\.?")


def host_of_client(client: str) -> str | None:
    """Return the registrable tail of a host name, or None if it is no host name.

    >>> host_of_client("dsl-1-2-3-4.pool.example.co.kr")
    'example.co.kr'
    """
    text = client.strip().lower()
    if not _HOST.fullmatch(text):
        return None
    labels = text.rstrip(".").split(".")
    country = len(labels[-1]) == 2 and len(labels) > 2 and labels[-2] in _SECOND_LEVEL
    return ".".join(labels[-3:] if country else labels[-2:])


def in_networks(clients: pl.Series, networks: Sequence[str]) -> pl.Series:
    """Tell for each client whether its address lies in one of ``networks`` (CIDR notation).

    What is no address lies in none; null stays null. Cost does not grow with the
    number of networks: they are merged into sorted ranges and found by bisection.
    """
    if not networks:
        return _nowhere(clients)
    ranges = _ranges(networks)
    frame = clients.alias("client").to_frame()
    found = frame.with_columns(_in_ranges(_ipv4_numbers(frame), ranges[4]).alias("inside"))
    other = pl.col("inside").is_null() & pl.col("client").is_not_null()
    slow = found.filter(other)["client"].unique()
    answers = [_slowly_in(client, ranges) for client in slow.to_list()]
    table = pl.DataFrame([slow, pl.Series("slow", answers, dtype=pl.Boolean)])
    return (
        found.join(table, on="client", how="left", maintain_order="left")
        .select(pl.coalesce("inside", "slow").alias(clients.name))
        .to_series()
    )


def within(networks: Sequence[str]) -> IsTrusted:
    """Return what tells of one address whether it lies in one of ``networks``."""
    ranges = _ranges(networks)
    return lambda address: _is_in(address, ranges)


def _nowhere(clients: pl.Series) -> pl.Series:
    is_known = clients.is_not_null()
    return pl.select(pl.when(is_known).then(pl.lit(value=False))).to_series().alias(clients.name)


_Ranges = dict[int, tuple[list[int], list[int]]]


def _ranges(networks: Sequence[str]) -> _Ranges:
    parsed = [ipaddress.ip_network(text, strict=False) for text in networks]
    four = [network for network in parsed if isinstance(network, ipaddress.IPv4Network)]
    six = [network for network in parsed if isinstance(network, ipaddress.IPv6Network)]
    merged: dict[int, Sequence[ipaddress.IPv4Network | ipaddress.IPv6Network]] = {
        4: list(ipaddress.collapse_addresses(four)),
        6: list(ipaddress.collapse_addresses(six)),
    }
    return {
        version: (
            [int(network.network_address) for network in blocks],
            [int(network.broadcast_address) for network in blocks],
        )
        for version, blocks in merged.items()
    }


def _ipv4_numbers(frame: pl.DataFrame) -> pl.Series:
    """Return plain IPv4 addresses as numbers, null for everything else."""
    plain = pl.when(pl.col("client").str.contains(r"^\d{1,3}(?:\.\d{1,3}){3}$")).then("client")
    octets = frame.select(plain.str.split_exact(".", 3).alias("octets")).unnest("octets")
    numbers = octets.cast(pl.Int64)
    valid = pl.all_horizontal(pl.all() <= 255)
    number = pl.lit(0, dtype=pl.Int64)
    for name in numbers.columns:
        number = number * 256 + pl.col(name)
    return numbers.select(pl.when(valid).then(number).alias("number")).to_series()


def _in_ranges(numbers: pl.Series, ranges: tuple[list[int], list[int]]) -> pl.Series:
    starts, ends = ranges
    if not starts:
        return numbers.is_null().replace_strict({True: None, False: False}, return_dtype=pl.Boolean)
    first = pl.Series(starts, dtype=pl.Int64).search_sorted(numbers, side="right").cast(pl.Int64)
    last = pl.Series([-1, *ends], dtype=pl.Int64).gather(first)
    return (numbers <= last).alias("inside")


def _slowly_in(client: str, ranges: _Ranges) -> bool:
    address = as_address(client_of(client) or "")
    return address is not None and _is_in(address, ranges)


def _is_in(address: Address, ranges: _Ranges) -> bool:
    starts, ends = ranges[address.version]
    at = bisect_right(starts, int(address)) - 1
    return at >= 0 and int(address) <= ends[at]
