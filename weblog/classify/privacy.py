"""What is stored of queries, referrers and addresses: nothing that is a secret or a person.

All functions take distinct values and return one value per input row.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Sequence
from hashlib import blake2b
from typing import Literal

import polars as pl

from weblog.classify.clients import as_address, client_of, packed_v6, text_of_v6
from weblog.classify.few import changed_where
from weblog.classify.networks import host_of_client
from weblog.errors import UsageError

_NESTED = "(?:[;?]|%26|%3[BFbf])"
"""What may stand before a parameter inside another one's value: ``;``, ``?`` or an encoded sign."""

_MARKS = [";", "%3B", "%3b", "/(", "/%28"]
"""Signs without which no path holds a secret."""

_COOKIELESS = r"/(?:\(|%28)(?:[AFSX](?:\(|%28)[A-Za-z0-9_-]*(?:\)|%29))+(?:\)|%29)(?P<end>/|$)"
"""The segment ASP.NET puts into paths for browsers without cookies: ``/(S(lit3py55t21z5v55))/``
is a session, A and F tickets of a login (https://learn.microsoft.com/dotnet/api/
system.web.configuration.sessionstatesection.cookieless)."""

KEY_BYTES = 64
"""The longest key blake2b takes; longer ones are hashed to this length."""

HASH_BYTES = 8
"""64 bits, written as 16 hex digits: with 10^8 visitors a collision has odds of 1 in 3,700."""


def redact_queries(queries: pl.Series, secret: Sequence[str]) -> pl.Series:
    """Drop every parameter whose name is in ``secret``, and its value with it.

    Names are compared without regard to case and to percent-encoding
    (``p%61ssword``), also inside brackets (``user[password]``, ``token[]``) and in
    a URL that is itself a value (``next=/in%3Ftoken%3D1``). A secret's value is
    dropped up to the next ``&``. What remains is left as written; a query with
    nothing left is null.
    """
    if not secret:
        return _null_if_empty(queries)
    name = _secret_name(secret)
    # A cheap look first: whoever spells a name otherwise needs a percent sign.
    suspect = queries.str.contains_any([*secret, "%"], ascii_case_insensitive=True)

    def redacted(suspects: pl.Series) -> pl.Series:
        has_one = suspects.str.contains(f"(?:^|&|{_NESTED}){name}(?:[=&;]|%3[Dd]|$)")
        return changed_where(suspects, has_one, lambda found: _without(found, name))

    return _null_if_empty(changed_where(queries, suspect, redacted))


def _without(queries: pl.Series, name: str) -> pl.Series:
    """Drop the parameters that have a name the expression ``name`` matches."""
    # Each parameter gets ampersands of its own, so that neighbours can both be matched.
    apart = "&" + queries.str.replace_all("&", "&&", literal=True) + "&"
    return (
        apart.str.replace_all(f"&{name}(?:=[^&]*)?&", "")
        .str.replace_all(f"{_NESTED}{name}(?:(?:=|%3[Dd])[^&]*)?&", "&")
        .str.strip_chars("&")
        .str.replace_all("&{2,}", "&")
    )


def redact_paths(paths: pl.Series, secret: Sequence[str]) -> pl.Series:
    """Drop every path parameter (``/main.do;jsessionid=1``) whose name is in ``secret``.

    Names are compared as in queries. A value ends at the next ``;`` or ``/``: give paths
    as they were sent, in which a slash that belongs to the value is still encoded. A path
    with nothing left is null. ASP.NET's ids of browsers without cookies (``/(S(1))/a``) go,
    too, unless ``secret`` is empty.
    """
    # Hardly any path has one: only those with the sign are looked at.
    marked = paths.filter(paths.str.contains_any(_MARKS)).unique()
    if not secret or marked.is_empty():
        return paths
    mark, name = "(?:;|%3[Bb])", _secret_name(secret, apart="=&;/")
    kept = marked.str.replace_all(f"{mark}{name}(?:=|%3[Dd])[^;/]*", "").str.replace_all(
        f"(?:{mark}{name})+(;|/|%3[Bb]|$)", "${1}"
    )
    kept = kept.str.replace(_COOKIELESS, "${end}")
    return paths.replace(marked, _null_if_empty(kept))


def redact_referrers(referrers: pl.Series, secret: Sequence[str]) -> pl.Series:
    """Drop from referrer URLs: user and password, the fragment, and secret parameters."""
    # Most are the site's own pages, with nothing of the sort.
    marked = referrers.str.contains_any(["#", "@", "?", *_MARKS])
    return _null_if_empty(
        changed_where(referrers, marked, lambda found: _redacted_urls(found, secret))
    )


def _redacted_urls(urls: pl.Series, secret: Sequence[str]) -> pl.Series:
    column = pl.col("url")
    plain = changed_where(urls, urls.str.contains_any(["#", "@"]), _without_user_and_fragment)
    parts = (
        plain.alias("url")
        .to_frame()
        .select(column.str.splitn("?", 2).struct.rename_fields(["page", "query"]).alias("parts"))
        .unnest("parts")
    )
    parts = parts.with_columns(
        redact_paths(parts["page"], secret), redact_queries(parts["query"], secret)
    )
    whole = pl.concat_str("page", "query", separator="?", ignore_nulls=True)
    shown = pl.when(pl.col("page").is_not_null()).then(whole)
    return parts.select(shown.alias(urls.name)).to_series()


def _without_user_and_fragment(urls: pl.Series) -> pl.Series:
    return urls.str.replace("(?s)#.*$", "").str.replace(
        r"^([A-Za-z][A-Za-z0-9+.-]*://)[^/?]*@", "${1}"
    )


def private_clients(
    clients: pl.Series, how: Literal["truncate", "hash", "keep"], key: bytes
) -> pl.Series:
    """Make client addresses fit to be stored.

    ``truncate`` keeps the network: IPv4 /24 (``192.0.2.0``), IPv6 /48
    (``2001:db8:1::``); of a host name the registrable tail (``*.example.co.kr``),
    because its head often spells the address. What is none of these becomes null.
    ``hash`` is a keyed blake2b of the address, 16 hex digits; ``keep`` changes nothing.

    Raises:
        UsageError: ``how`` is ``hash`` and ``key`` is empty; the 2^32 addresses
            could then be tried one by one.
    """
    if how == "keep":
        return _null_if_empty(clients)
    if how == "hash":
        return _hashed(clients, keyed(key))
    quick = pl.col("client").str.extract(r"^((?:\d{1,3}\.){3})\d{1,3}$") + "0"
    frame = clients.alias("client").to_frame().with_columns(quick.alias("network"))
    is_other = frame["network"].is_null() & clients.is_not_null()
    networks = [_network_of(client) for client in clients.filter(is_other).to_list()]
    other = pl.Series(networks, dtype=pl.String)
    return changed_where(frame["network"], is_other, lambda _: other).alias(clients.name)


def identity_clients(clients: pl.Series, ipv6_prefix: int) -> pl.Series:
    """Return what of each client tells one visitor from another: of IPv6 the network alone.

    Systems give themselves another address in their network every day (RFC 8981, temporary
    addresses), so the low bits tell days apart, not people. A home or a telephone has a /64
    or more (RFC 7934).
    """
    if ipv6_prefix == 128:
        return clients
    whole, rest = divmod(ipv6_prefix, 8)

    def network(client: str) -> str:
        packed = packed_v6(client)
        if packed is None:
            return client
        part = bytes([packed[whole] & (0xFF << (8 - rest) & 0xFF)]) if rest else b""
        return text_of_v6((packed[:whole] + part).ljust(16, b"\0"))

    return changed_where(
        clients,
        clients.str.contains(":", literal=True),
        lambda six: pl.Series([network(client) for client in six.to_list()], dtype=pl.String),
    )


def visitor_keys(pairs: pl.DataFrame, key: bytes) -> pl.Series:
    """Return 16 hex digits for each (``client``, ``user_agent``), the same for the same pair.

    A missing part counts as such; where both are missing, there is no visitor: null.

    Raises:
        UsageError: ``key`` is empty.
    """
    digest = keyed(key)
    # A separator no address holds; a leading mark tells a missing part from an empty one.
    parts = [
        pl.when(pl.col(name).is_null()).then(pl.lit("-")).otherwise(pl.lit("+") + pl.col(name))
        for name in ("client", "user_agent")
    ]
    both = pl.all_horizontal(pl.col("client", "user_agent").is_null())
    text = pairs.select(pl.when(~both).then(pl.concat_str(parts, separator="\n")).alias("pair"))
    keys = [None if pair is None else digest(pair) for pair in text["pair"].to_list()]
    return pl.Series("visitor", keys, dtype=pl.String)


def keyed(key: bytes) -> Callable[[str], str]:
    """Return the keyed hash of texts: 16 hex digits.

    Raises:
        UsageError: ``key`` is empty.
    """
    if not key:
        raise UsageError("hashing needs a key: an empty one would let anybody undo it")
    short = key if len(key) <= KEY_BYTES else blake2b(key, digest_size=KEY_BYTES).digest()
    start = blake2b(key=short, digest_size=HASH_BYTES)

    def digest(text: str) -> str:
        state = start.copy()
        state.update(text.encode("utf-8", "surrogatepass"))
        return state.hexdigest()

    return digest


def _hashed(values: pl.Series, digest: Callable[[str], str]) -> pl.Series:
    hashes = [digest(value) if value else None for value in values.to_list()]
    return pl.Series(values.name, hashes, dtype=pl.String)


def _network_of(client: str) -> str | None:
    packed = packed_v6(client)
    if packed is not None:
        return text_of_v6(packed[:6] + bytes(10))
    name = client_of(client)
    if name is None:
        return None
    address = as_address(name)
    if address is None:
        tail = host_of_client(name)
        return f"*.{tail}" if tail else None
    bits = 24 if isinstance(address, ipaddress.IPv4Address) else 48
    return str(ipaddress.ip_network((address, bits), strict=False).network_address)


def _null_if_empty(values: pl.Series) -> pl.Series:
    column = pl.col(values.name)
    return values.to_frame().select(pl.when(column != "").then(column)).to_series()


def _secret_name(names: Sequence[str], apart: str = "=&;") -> str:
    """Return a regular expression for any of ``names``, in any case and any percent-encoding.

    Also inside brackets; ``apart`` are the signs that are no part of a name.
    """
    words = "|".join("".join(map(_letter, name)) for name in sorted(set(names)) if name)
    left, right = r"(?:\[|%5[Bb])", r"(?:\]|%5[Dd])"
    return f"(?:[^{apart}]*{left})?(?:{words})(?:(?:{left}|{right})[^{apart}]*)?"


def _letter(letter: str) -> str:
    def coded(text: str) -> str:
        pairs = (f"%{byte:02x}" for byte in text.encode())
        return "".join(f"(?i:{pair})" for pair in pairs)

    shapes = {letter, letter.lower(), letter.upper()}
    return "(?:" + "|".join(sorted({*map(re.escape, shapes), *map(coded, shapes)})) + ")"
