"""Percent-decoding of query strings, and splitting them into parameters, on whole columns."""

from __future__ import annotations

from functools import partial

import polars as pl

from weblog.classify.few import changed_where
from weblog.parse.unquote import unquoted, unquoted_texts

LEGACY_CHARSETS = ("cp949",)
"""Charsets tried where the bytes are no UTF-8: Korean sites and engines wrote EUC-KR for years."""


def decode_value(text: str, charsets: tuple[str, ...] = LEGACY_CHARSETS) -> str:
    """Undo percent-encoding; ``+`` is a space; bytes are UTF-8, else one of ``charsets``.

    Bytes that fit no charset become U+FFFD, so that a stranger's junk cannot raise.

    >>> decode_value("%BA%B8%C7%E8")
    '보험'
    """
    raw = unquoted(text.replace("+", " "))
    for charset in ("utf-8", *charsets):
        try:
            return raw.decode(charset)
        except (UnicodeDecodeError, LookupError):
            continue
    return raw.decode("utf-8", errors="replace")


def decoded(values: pl.Series, charsets: tuple[str, ...] = LEGACY_CHARSETS) -> pl.Series:
    """Percent-decode a column; empty values become null.

    Only the values that carry ``%`` or ``+`` are touched.
    """
    otherwise = partial(decode_value, charsets=charsets)
    plain = changed_where(
        values,
        values.str.contains("[%+]"),
        lambda encoded: unquoted_texts(encoded, otherwise, in_query=True),
    ).str.strip_chars()
    return (
        plain.to_frame("plain")
        .select(pl.when(pl.col("plain") != "").then("plain").alias(values.name))
        .to_series()
    )


def parameters(queries: pl.Series) -> pl.DataFrame:
    """Split query strings at ``&`` into one row per non-empty parameter.

    Returns:
        ``row`` (index into ``queries``), ``position`` (of the parameter in its
        query), ``name`` (decoded, as written), ``value`` (still encoded).
        Parameters without ``=`` or with an empty value are left out.
    """
    split = (
        queries.alias("query")
        .to_frame()
        .select(pl.col("query").str.split("&"))
        .with_row_index("row")
        .explode("query", empty_as_null=True, keep_nulls=False)
        .filter(pl.col("query").str.contains("=.", strict=False))
    )
    parts = split.select(
        "row",
        pl.int_range(pl.len()).over("row").alias("position"),
        pl.col("query").str.splitn("=", 2).struct.rename_fields(["name", "value"]).alias("parts"),
    ).unnest("parts")
    return parts.with_columns(decoded(parts["name"]).fill_null("").alias("name"))


def value_of(queries: pl.Series, name: str) -> pl.Series:
    """Return the decoded value of parameter ``name`` in each query, null where it is absent.

    The name is compared without regard to case; the first non-empty value wins.
    """
    found = parameters(queries).filter(pl.col("name").str.to_lowercase() == name.lower())
    first = found.unique("row", keep="first", maintain_order=True)
    rows = pl.int_range(len(queries), eager=True, dtype=pl.UInt32).alias("row").to_frame()
    values = rows.join(
        first.select("row", decoded(first["value"])), on="row", how="left", maintain_order="left"
    )
    return values["value"].alias(name)
