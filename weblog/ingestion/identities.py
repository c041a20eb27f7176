"""Who a line is: the visitor, the customer, the client address, as the site says."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial
from typing import Final

import polars as pl

from weblog.classify import within
from weblog.classify.clients import IsTrusted, is_private
from weblog.ingestion.requests import decoded
from weblog.site.identity import CUSTOMER, Identity

LONGEST_COOKIE = 128

CUSTOMER_PREFIX: Final = "customer:"
"""What a visitor is called whom the customer's id tells: nobody's cookie looks like it."""

FORWARDED: Final = ("header:x-forwarded-for", "header:forwarded")
"""Lists of those a request passed through, the client first, as fields of a row. Where the
format has the first, the second is not read: a proxy that writes one of them hands on whatever
the client wrote into the other."""

_FOR: Final = re.compile(r'(?:^|;)\s*for\s*=\s*("(?:[^"\\]|\\.)*"|[^;,\s]*)', re.IGNORECASE)
_ELEMENT: Final = re.compile(r'(?:[^,"]|"(?:[^"\\]|\\.)*"?)+')


def value_or_null(text: pl.Expr) -> pl.Expr:
    """Return text with the log's ways to say "nothing" (``-`` and the empty string) as null."""
    return pl.when(~text.is_in(["-", ""])).then(text)


def customer(rows: pl.DataFrame, identity: Identity) -> pl.Expr:
    """Return the customer id of each row: the first place named in the rules that has one.

    ``rows`` also has ``query``, the query as sent. Ids from queries and cookies are
    percent-decoded, so that they are those of the register.
    """
    places = [_place(rows, place) for place in identity.customer]
    found = [place for place in places if place is not None]
    return pl.coalesce(found) if found else pl.lit(None, pl.String)


def named_visitor(rows: pl.DataFrame, places: Sequence[str]) -> pl.Expr | None:
    """Return the first of the cookies and headers ``places`` that a row has; None for no such.

    A cookie is looked for in ``%{NAME}C`` or ``%{NAME}n``, then in the whole Cookie header, and
    percent-decoded. ``customer`` is column ``customer_id`` of ``rows``.
    """
    found = [
        pl.lit(CUSTOMER_PREFIX) + pl.col("customer_id").cast(pl.String)
        if place == CUSTOMER
        else _place(rows, place)
        for place in places
    ]
    present = [each.str.head(LONGEST_COOKIE) for each in found if each is not None]
    return pl.coalesce(present) if present else None


def client(rows: pl.DataFrame) -> pl.Expr:
    """Return what the log says of the client: :func:`weblog.classify.client_of` makes it one.

    It is the machine that spoke to the server, behind the list of those it says it speaks for,
    if any: ``X-Forwarded-For``, else ``Forwarded`` (RFC 7239) as a list of the same form.
    """
    peer = value_or_null(pl.col("client")) if "client" in rows.columns else None
    name = next((each for each in FORWARDED if each in rows.columns), None)
    if name is None:
        return pl.lit(None, pl.String) if peer is None else peer
    handed_on = value_or_null(pl.col(name))
    if name == FORWARDED[1]:
        handed_on = handed_on.map_batches(_lists, return_dtype=pl.String)
    if peer is None:
        return handed_on
    return pl.concat_str(handed_on, peer, separator=", ", ignore_nulls=True).replace("", None)


def trusted(identity: Identity) -> IsTrusted:
    """Return what tells a proxy whose word counts: by default one on a private network."""
    networks = identity.trusted_proxies
    return is_private if networks is None else within(networks)


def forwarded_for(header: str) -> str:
    """Return the list that a ``Forwarded`` header (RFC 7239) is, in the form of X-Forwarded-For.

    >>> forwarded_for('for=192.0.2.60;proto=http, For="[2001:db8::17]:4711", by=203.0.113.43')
    '192.0.2.60, [2001:db8::17]:4711, unknown'
    """
    said = (_FOR.search(element) for element in _ELEMENT.findall(header))
    # A name may be anything in quotes; one that would look like two entries is nobody's.
    names = (found[1].strip('"').replace("\\", "") if found else "" for found in said)
    return ", ".join(name if name and "," not in name else "unknown" for name in names)


def _lists(headers: pl.Series) -> pl.Series:
    values = headers.drop_nulls().unique()
    lists = pl.Series([forwarded_for(each) for each in values.to_list()], dtype=pl.String)
    return headers.replace(values, lists)


def _place(rows: pl.DataFrame, place: str) -> pl.Expr | None:
    kind, _, name = place.partition(":")
    if kind == "user":
        return value_or_null(pl.col("user").cast(pl.String)) if "user" in rows.columns else None
    if kind == "cookie":
        return _cookie(rows, name)
    if kind == "header":
        column = f"header:{name.lower()}"
        return value_or_null(pl.col(column)) if column in rows.columns else None
    pattern = rf"(?:^|&){re.escape(name)}=([^&]*)"
    return _plain(pl.col("query").str.extract(pattern, 1), in_query=True)


def _cookie(rows: pl.DataFrame, name: str) -> pl.Expr | None:
    if f"cookie:{name}" in rows.columns:
        return _plain(pl.col(f"cookie:{name}"))
    if "header:cookie" in rows.columns:
        pattern = rf"(?:^|;\s*){re.escape(name)}=([^;]*)"
        return _plain(pl.col("header:cookie").str.extract(pattern, 1))
    return None


def _plain(sent: pl.Expr, *, in_query: bool = False) -> pl.Expr:
    """Return ids as they were before the browser or the site percent-encoded them."""
    plain = partial(_decoded, in_query=in_query)
    return value_or_null(sent.map_batches(plain, return_dtype=pl.String))


def _decoded(sent: pl.Series, *, in_query: bool) -> pl.Series:
    """Decode the distinct values that hold a sign of it; in a query ``+`` is a blank."""
    values = sent.filter(sent.str.contains("[%+]" if in_query else "%")).unique()
    if values.is_empty():
        return sent
    blanks = values.str.replace_all("+", " ", literal=True) if in_query else values
    plain = [decoded(value).strip() for value in blanks.to_list()]
    return sent.replace(values, pl.Series(plain, dtype=pl.String))
