"""The request of a line: method, path and query, on distinct request lines."""

from __future__ import annotations

import re
from collections.abc import Sequence

import polars as pl

from weblog.classify import redact_paths
from weblog.classify.few import changed_where
from weblog.parse.charsets import korean
from weblog.parse.unquote import unquoted, unquoted_texts

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_PROTOCOLS = ["HTTP/1.1", "HTTP/2.0", "HTTP/1.0", "HTTP/2", "HTTP/3.0", "HTTP/3"]
_METHODS = ["GET", "POST", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH"]
_ANY_REQUEST = r"^([A-Za-z]+) +(.*?)(?: +HTTP/[0-9.]+)?$"


def request_lines(rows: pl.DataFrame) -> pl.Series:
    """Return the request lines; a format with %m and %U apart gets them put together."""
    if "request" in rows.columns:
        return rows["request"]
    empty = pl.lit("", pl.String)
    method = pl.col("method") if "method" in rows.columns else pl.lit("GET")
    query = pl.col("query").replace("-", "") if "query" in rows.columns else empty
    mark = pl.when((query != "") & ~query.str.starts_with("?")).then(pl.lit("?")).otherwise(empty)
    line = pl.concat_str(method, pl.lit(" "), "target", mark, query, pl.lit(" HTTP/1.1"))
    return rows.select(request=line).to_series()


def split_requests(requests: pl.Series, secret: Sequence[str] = ()) -> pl.DataFrame:
    """Split request lines such as ``GET /a%20b;jsessionid=1?c=d HTTP/1.1``.

    Returns, one row for each: ``request``, ``method``, ``path`` (percent-decoded, without
    scheme and host, and without path parameters whose name is in ``secret``), ``query`` (as
    sent, null where empty), all String. A request that is none (a TLS handshake on the plain
    port, ``-``) has only nulls.
    """
    column = pl.col("request")
    words = column.str.splitn(" ", 3)
    frame = requests.to_frame("request").with_columns(
        method=words.struct.field("field_0"),
        _target=words.struct.field("field_1"),
        _protocol=words.struct.field("field_2"),
    )
    # What nearly all say is compared; the expression reads the same of the others.
    regular = pl.col("_protocol").is_in(_PROTOCOLS) & pl.col("method").is_in(_METHODS)
    odd = pl.when(~pl.col("_regular")).then(column).str.extract_groups(_ANY_REQUEST)
    frame = frame.with_columns(_regular=regular.fill_null(False)).with_columns(
        method=pl.when("_regular").then("method").otherwise(odd.struct.field("1")),
        _target=pl.when("_regular").then("_target").otherwise(odd.struct.field("2")),
    )
    is_path = pl.col("_target").str.starts_with("/")
    url = pl.when(~is_path).then("_target")
    path = pl.when(is_path).then("_target")
    target = pl.coalesce(path, url.str.replace(r"^[a-zA-Z][a-zA-Z0-9+.-]*://[^/?#]*", ""))
    parts = pl.col("_target").str.splitn("?", 2).struct.rename_fields(["path", "query"])
    # Step by step: an expression that is named twice is worked out twice.
    frame = frame.select("request", "method", target.alias("_target"))
    frame = frame.select("request", "method", parts).unnest("_target")
    frame = frame.with_columns(_nonempty(pl.col(name)) for name in ("path", "query"))
    has_fragment = frame["path"].str.contains("#", literal=True)
    paths = changed_where(frame["path"], has_fragment, _without_fragment)
    frame = frame.with_columns(redact_paths(paths, secret))
    # "GET http://host HTTP/1.1" asks for the root
    rootless = pl.col("path").is_null() & pl.col("method").is_not_null()
    return _decoded(frame.with_columns(path=pl.when(rootless).then(pl.lit("/")).otherwise("path")))


def _without_fragment(paths: pl.Series) -> pl.Series:
    before = pl.col("path").str.splitn("#", 2).struct.field("field_0")
    return paths.to_frame().select(_nonempty(before).alias("path")).to_series()


def _nonempty(text: pl.Expr) -> pl.Expr:
    return pl.when(text != "").then(text)


def _decoded(frame: pl.DataFrame) -> pl.DataFrame:
    """Percent-decode the paths that hold a percent sign."""
    is_coded = frame["path"].str.contains("%", literal=True)
    plain = changed_where(frame["path"], is_coded, lambda coded: unquoted_texts(coded, decoded))
    return frame.with_columns(plain)


def decoded(path: str) -> str:
    """Percent-decode a path: as UTF-8, else as Korean EUC-KR, else leave it as it was sent.

    A path that would contain control characters also stays as it was sent.

    >>> decoded("/%EC%97%B0%EA%B8%88"), decoded("/%BF%AC%B1%DD"), decoded("/%ff"), decoded("/%00")
    ('/연금', '/연금', '/%ff', '/%00')
    """
    raw = unquoted(path)
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = korean(raw) or path
    return path if _CONTROL.search(text) else text
