"""Who a line is: the visitor's cookie, the customer, the client address, as the site says."""

from __future__ import annotations

import re
from functools import partial

import polars as pl

from weblog.classify.clients import NEAR
from weblog.ingestion.requests import decoded
from weblog.site.rules import Identity

LONGEST_COOKIE = 128

FORWARDED = "header:x-forwarded-for"
"""The list of those a request passed through, the client first, as a field of a row."""


def value_or_null(text: pl.Expr) -> pl.Expr:
    """Return text with the log's ways to say "nothing" (``-`` and the empty string) as null."""
    return pl.when(~text.is_in(["-", ""])).then(text)


def visitor_cookie(rows: pl.DataFrame, identity: Identity) -> pl.Expr | None:
    """Return the visitor cookie of each row, or None where the log has none.

    It is looked for in ``%{NAME}C`` or ``%{NAME}n``, then in the whole Cookie header, and
    percent-decoded.
    """
    name = identity.visitor_cookie
    if name is None:
        return None
    cookie = _cookie(rows, name)
    return None if cookie is None else cookie.str.head(LONGEST_COOKIE)


def customer(rows: pl.DataFrame, identity: Identity) -> pl.Expr:
    """Return the customer id of each row: the first place named in the rules that has one.

    ``rows`` also has ``query``, the query as sent. Ids from queries and cookies are
    percent-decoded, so that they are those of the register.
    """
    places = [_place(rows, place) for place in identity.customer]
    found = [place for place in places if place is not None]
    return pl.coalesce(found) if found else pl.lit(None, pl.String)


def client(rows: pl.DataFrame) -> pl.Expr:
    """Return what the log says of the client: :func:`weblog.classify.client_of` makes it one.

    It is the machine that spoke to the server. Where that is unknown, or on a network of the
    company's own and so a proxy, it is the list of X-Forwarded-For and that machine after it.
    """
    peer = value_or_null(pl.col("client")) if "client" in rows.columns else None
    if FORWARDED not in rows.columns:
        return pl.lit(None, pl.String) if peer is None else peer
    forwarded = value_or_null(pl.col(FORWARDED))
    if peer is None:
        return forwarded
    is_proxy = peer.str.contains(NEAR).fill_null(value=True) & forwarded.is_not_null()
    both = pl.concat_str(forwarded, peer, separator=",", ignore_nulls=True)
    return pl.when(is_proxy).then(both).otherwise(peer)


def _place(rows: pl.DataFrame, place: str) -> pl.Expr | None:
    kind, _, name = place.partition(":")
    if kind == "user":
        return value_or_null(pl.col("user")) if "user" in rows.columns else None
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
