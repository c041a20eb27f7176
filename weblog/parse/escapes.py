"""Signs that some servers write for others: ``+`` for a blank, percent codes for nearly all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import polars as pl

from weblog.parse.unquote import unquoted


def blank_for_plus(texts: pl.Series) -> pl.Series:
    """Return text of IIS, which writes ``+`` for a blank; text with a blank in it is left.

    A sign that was a ``+`` is one of two, as in ``;++http://www.bing.com/bingbot.htm``.
    """
    if not texts.str.contains("+", literal=True).any():
        return texts
    text = pl.col("t")
    plain = text.str.replace_all("++", " \0", literal=True).str.replace_all("+", " ", literal=True)
    plain = plain.str.replace_all("\0", "+", literal=True)
    is_coded = ~text.str.contains(" ", literal=True)
    frame = texts.to_frame("t").select(pl.when(is_coded).then(plain).otherwise(text))
    return frame.to_series().rename(texts.name)


def blank_in_cookies(texts: pl.Series) -> pl.Series:
    """Return Cookie headers of IIS: ``a=b;+c=d`` has a blank before the next cookie."""
    return texts.str.replace_all(";+", "; ", literal=True)


def once_coded(texts: pl.Series) -> pl.Series:
    """Undo the second of two percent-encodings: CloudFront codes the ``%`` of codes again."""
    if not texts.str.contains("%25", literal=True).any():
        return texts
    return texts.str.replace_all("%25([0-9A-Fa-f]{2})", "%${1}")


def blank_between_cookies(texts: pl.Series) -> pl.Series:
    """Return Cookie headers of CloudFront: ``a=b;%20c=d`` has a blank before the next cookie."""
    return once_coded(texts).str.replace_all(";%20", "; ", literal=True)


def not_coded(texts: pl.Series) -> pl.Series:
    """Undo percent-encoding, once or twice: CloudFront's user agents, by their age."""
    blanks = once_coded(texts).str.replace_all("%20", " ", literal=True)  # nearly all there is
    return on_distinct(blanks, "%", _decoded)


def _decoded(text: str) -> str:
    raw = unquoted(text)
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def on_distinct(texts: pl.Series, sign: str, change: Callable[[str], str]) -> pl.Series:
    """Change the distinct values that hold a sign."""
    coded = texts.filter(texts.str.contains(sign, literal=True)).unique()
    if coded.is_empty():
        return texts
    changed = pl.Series([change(text) for text in coded.to_list()], dtype=pl.String)
    return texts.replace(coded, changed)


CLOUDFRONT: Final[dict[str, Callable[[pl.Series], pl.Series]]] = {
    "user_agent": not_coded,
    "target": once_coded,
    "query": once_coded,
    "referrer": once_coded,
    "header:cookie": blank_between_cookies,
}
"""What undoes the signs of CloudFront, by field."""

IIS: Final[dict[str, Callable[[pl.Series], pl.Series]]] = {
    "user_agent": blank_for_plus,
    "header:cookie": blank_in_cookies,
}
"""What undoes the signs of IIS, by field."""
