"""Where a referrer points: which site, what kind of site, and which words were searched for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypeVar

import polars as pl

from weblog.classify.few import changed_where
from weblog.classify.percent import decoded, parameters
from weblog.classify.sources import Source, known_sources

Hosts = TypeVar("Hosts", pl.Expr, pl.Series)

COLUMNS = pl.Schema(
    {
        "referrer": pl.String(),
        "referrer_host": pl.String(),
        "is_internal": pl.Boolean(),
        "referrer_type": pl.String(),
        "referrer_name": pl.String(),
        "search_term": pl.String(),
    }
)

MAX_TERM = 250
"""Characters kept of search words, as of campaign values."""


def bare_hosts(hosts: Hosts) -> Hosts:
    """Return host names (a column or an expression) without case, port and ``www.``."""
    return hosts.str.to_lowercase().str.replace(r":\d+$", "").str.strip_prefix("www.")


def classify_referrers(referrers: pl.Series, hosts: Sequence[str]) -> pl.DataFrame:
    """Judge distinct referrer URLs.

    Args:
        referrers: URLs as logged, also Android's ``android-app://com.example``.
        hosts: the site's own hosts; ``www.`` and ports do not matter, and
            ``*.example.com`` stands for every host below.

    Returns:
        One row per input row:
        ``referrer``;
        ``referrer_host``: lower case, without user, port and trailing dot, null
        if there is no referrer or it is no URL;
        ``is_internal``: the host is one of the site's own;
        ``referrer_type``: one of :data:`weblog.classify.sources.TYPES`, null
        without host and for the site's own;
        ``referrer_name``: the engine's or site's name in lower case (``naver``),
        else the host without ``www.``;
        ``search_term``: the words searched for, decoded from the engine's own
        parameter and charset (search.nate.com writes EUC-KR), in lower case.
    """
    frame = (
        referrers.alias("referrer").to_frame().with_row_index("row").with_columns(_hosts(referrers))
    )
    frame = frame.with_columns(_internal(hosts).alias("is_internal"))
    external = frame.filter(~pl.col("is_internal") & pl.col("referrer_host").is_not_null())
    named = _sites(external.select("row", "referrer_host", "referrer"))
    terms = _search_terms(named)
    return (
        frame.join(
            named.select("row", "referrer_type", "referrer_name"),
            on="row",
            how="left",
            maintain_order="left",
        )
        .join(terms, on="row", how="left", maintain_order="left")
        .select(COLUMNS.names())
    )


def outside_hosts(referrers: pl.Series, hosts: Sequence[str]) -> pl.Series:
    """Return the ``referrer_host`` of :func:`classify_referrers`, null where it is internal."""
    frame = _hosts(referrers).to_frame()
    shown = pl.when(~_internal(hosts)).then("referrer_host").alias("referrer_host")
    return frame.select(shown).to_series()


_USUAL: Final = r"^(?i:https?)://[0-9A-Za-z.-]+(?:/|$)"
"""URLs whose host stands between the second and the third slash, with nothing around it."""


def _hosts(urls: pl.Series) -> pl.Series:
    """Return hosts of URLs as column ``referrer_host`` of :func:`classify_referrers` has them."""
    hosts = urls.str.splitn("/", 4).struct.field("field_2")
    is_odd = ~urls.str.contains(_USUAL)
    hosts = changed_where(hosts, is_odd, lambda _: _odd_hosts(urls.filter(is_odd)))
    return hosts.str.to_lowercase().str.strip_chars_end(".").alias("referrer_host")


def _odd_hosts(urls: pl.Series) -> pl.Series:
    scheme, user = "(?i:https?|android-app|ios-app)", "(?:[^/?#@]*@)?"
    return urls.str.extract(rf"^{scheme}://{user}(\[[0-9A-Fa-f:.]+\]|[^/?#:@\s]+)")


def _internal(hosts: Sequence[str]) -> pl.Expr:
    plain = [host.lower().split(":")[0].rstrip(".") for host in hosts]
    exact = [host.removeprefix("www.") for host in plain if not host.startswith("*.")]
    host = pl.col("referrer_host")
    internal = host.str.strip_prefix("www.").is_in(exact)
    for tail in (host[1:] for host in plain if host.startswith("*.")):
        internal = internal | host.str.ends_with(tail) | (host == tail[1:])
    return internal.fill_null(value=False)


def _sites(pages: pl.DataFrame) -> pl.DataFrame:
    """Return the source of each ``row`` with its ``referrer_host`` and ``referrer``, in any order.

    Adds ``referrer_type``, ``referrer_name``, ``asked`` (names of the query
    parameters that carry search words) and ``charsets``. Paths are looked at only
    on the few hosts where they matter (``bing.com/images/search``).
    """
    known = known_sources()
    hosts = pages["referrer_host"].unique()
    found = [(host, known.of_host(host), known.pages_of(host)) for host in hosts.to_list()]
    by_host = _described([(host, source) for host, source, _ in found])
    sites = pages.join(by_host, on="referrer_host", how="left", maintain_order="left")
    special = {host: starts for host, _, starts in found if starts}
    if not special:
        return sites
    rows = sites.filter(pl.col("referrer_host").is_in(list(special)))
    page = pl.col("referrer").str.extract(r"^[^:]+://[^/?#]*(/[^?#]*)").fill_null("/")
    paths = rows.select(page).to_series()
    chosen = [
        (host, next((source for start, source in special[host] if page.startswith(start)), None))
        for host, page in zip(rows["referrer_host"], paths, strict=True)
    ]
    is_other = pl.Series([source is not None for _, source in chosen], dtype=pl.Boolean)
    apart = rows.select(pages.columns).hstack(_described(chosen).drop("referrer_host"))
    apart = apart.filter(is_other)
    return sites.join(apart, on="row", how="anti").vstack(apart)


def _described(found: Sequence[tuple[str, Source | None]]) -> pl.DataFrame:
    rows = [
        (
            host,
            source.type if source else "other",
            source.name if source and source.type != "spam" else host.removeprefix("www."),
            [name.lower() for name in source.parameters] if source else [],
            " ".join(source.charsets) if source else "",
        )
        for host, source in found
    ]
    schema = pl.Schema(
        {
            "referrer_host": pl.String(),
            "referrer_type": pl.String(),
            "referrer_name": pl.String(),
            "asked": pl.List(pl.String()),
            "charsets": pl.String(),
        }
    )
    return pl.DataFrame(rows, schema=schema, orient="row")


def _search_terms(named: pl.DataFrame) -> pl.DataFrame:
    """Return ``row`` and ``search_term``: the first non-empty of the engine's parameters."""
    of_engines = named.filter(pl.col("referrer_type") == "search", pl.col("asked").list.len() > 0)
    query = pl.col("referrer").str.extract(r"^[^?#]*\?([^#]*)")
    searched = of_engines.with_columns(query=query).filter(pl.col("query").is_not_null())
    given = parameters(searched["query"])
    given = given.with_columns(
        searched["row"].gather(given["row"]).alias("row"), pl.col("name").str.to_lowercase()
    )
    wanted = searched.select("row", "charsets", pl.col("asked").alias("name")).with_columns(
        pl.int_ranges(pl.col("name").list.len()).alias("rank")
    )
    found = (
        given.join(wanted.explode("name", "rank"), on=["row", "name"], how="inner")
        .sort("row", "rank", "position")
        .unique("row", keep="first", maintain_order=True)
    )
    parts = [pl.DataFrame(schema={"row": pl.UInt32, "search_term": pl.String})]
    for (charsets,), rows in found.group_by("charsets"):
        tried = (*str(charsets).split(), "cp949")
        term = decoded(rows["value"], tried).str.to_lowercase().str.slice(0, MAX_TERM)
        parts.append(rows.select("row", term.alias("search_term")))
    return pl.concat(parts)
