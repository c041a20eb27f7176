"""What people search for on the site: the words are in the hits, the order in the trail."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import polars as pl

from reports import load
from reports.load import CACHE, key_of
from reports.query import EVERYTHING, Span
from reports.trail import Trail
from weblog.classify.percent import decoded, parameters
from weblog.site.site_search import SiteSearch
from weblog.store import Snapshot

DAY: Final = timedelta(days=1)


def searches(
    trail: Trail, snapshot: Snapshot, span: Span | None, rules: SiteSearch
) -> pl.DataFrame:
    """Return a row per search: a view of a search page with words.

    The next page of results for the same words, and a reload, are the same search.

    Returns:
        ``session``, ``term``; ``is_exit``: no other page was viewed after it in the session;
        ``is_refined``: a search for other words came directly after; ``next_page``: the path of
        what came directly after else; null for none.
    """
    pages = trail.pages
    is_search = trail.fits(*rules.paths) & trail.whats["is_page"]
    ordinal = pl.int_range(pl.len(), dtype=pl.UInt32).over("session").alias("ordinal")
    viewed = (
        pages.steps.with_row_index("place")
        .filter(is_search.gather(pages.steps["what"]))
        .select("session", "place", ordinal)
    )
    told = words(snapshot, span, trail.whats["path"].filter(is_search).unique().sort(), rules)
    found = (
        viewed.join(told, on=["session", "ordinal"])
        .drop_nulls("term")
        .sort("place")
        .with_columns(pl.col("place").cast(pl.Int64))
    )
    place, session, term = pl.col("place"), pl.col("session"), pl.col("term")
    follows = (place == place.shift(1) + 1) & (session == session.shift(1))
    is_repeat = (follows & (term == term.shift(1))).fill_null(value=False)
    # Of repeats the last tells what came after.
    kept = found.with_columns(
        (follows & (term != term.shift(1))).shift(-1).fill_null(value=False).alias("is_refined"),
        is_repeat.shift(-1).fill_null(value=False).alias("goes_on"),
    ).filter(~pl.col("goes_on"))
    after = kept["place"] + 1
    inside = pl.select(pl.when(after < pages.steps.height).then(after).alias("at"))["at"]
    is_same = pages.steps["session"].gather(inside) == kept["session"]
    what = pages.steps["what"].gather(inside)
    path = pl.select(pl.when(is_same).then(trail.whats["path"].gather(what)).alias("p"))["p"]
    return kept.select(
        "session",
        "term",
        path.is_null().alias("is_exit"),
        "is_refined",
        pl.when(~pl.col("is_refined")).then(path).alias("next_page"),
    )


def words(
    snapshot: Snapshot, span: Span | None, paths: pl.Series, rules: SiteSearch
) -> pl.DataFrame:
    """Return what the views of search pages in ``span`` searched for.

    Returns:
        ``session``, ``ordinal`` (which view of a search page in it, from 0), ``term`` (null: no
        words), ``is_known``: the hit is still stored.
    """
    key = [part for name in ("sessions", "page_views", "hits") for part in key_of(snapshot, name)]
    asked = (span, tuple(paths), rules.parameters)
    return CACHE.get((*key, "words", *asked), lambda: _read(snapshot, span, paths, rules))


def _read(
    snapshot: Snapshot, span: Span | None, paths: pl.Series, rules: SiteSearch
) -> pl.DataFrame:
    everyone = load.sessions(snapshot, span, EVERYTHING, ["session", "key"])
    if span is None or everyone.is_empty() or paths.is_empty():
        schema = {"session": pl.UInt32, "ordinal": pl.UInt32, "term": pl.String}
        return pl.DataFrame(schema={**schema, "is_known": pl.Boolean})
    is_one = pl.col("path").is_in(paths.implode()) & (pl.col("kind") == "page")
    views = (
        snapshot.scan("page_views")
        .filter(pl.col("date").is_between(*span), is_one)
        .select(
            pl.col("session_id").hash(load.seed(snapshot, span)).alias("key"),
            *("ts", "log_source", "line"),
        )
        .collect()
        .join(everyone.select("key", "session"), on="key")
        .sort("session", "ts", "log_source", "line")
    )
    # A session counts on the day it began; its hits are stored on theirs.
    latest = views["ts"].dt.date().max() or span[1]
    hits = (
        snapshot.scan("hits")
        .filter(pl.col("date").is_between(span[0] - DAY, latest + DAY), is_one)  # type: ignore[operator]
        .select("log_source", "line", "query", pl.lit(value=True).alias("is_known"))
        .collect()
    )
    terms = terms_of(hits["query"].unique(), rules)
    ordinal = pl.int_range(pl.len(), dtype=pl.UInt32).over("session").alias("ordinal")
    return (
        views.join(hits, on=["log_source", "line"], how="left", maintain_order="left")
        .join(terms, on="query", how="left", maintain_order="left")
        .select("session", ordinal, "term", pl.col("is_known").fill_null(value=False))
    )


def terms_of(queries: pl.Series, rules: SiteSearch) -> pl.DataFrame:
    """Return the words in distinct query strings: percent-decoded, as UTF-8 or else CP949.

    Letters are made small and composed (NFC), gaps one space, so that one search is one term.

    Returns:
        ``query`` and ``term``, a row per query that has words.
    """
    order = {name.lower(): number for number, name in enumerate(rules.parameters)}
    split = parameters(queries.drop_nulls().alias("query"))
    chosen = (
        split.with_columns(pl.col("name").str.to_lowercase())
        .filter(pl.col("name").is_in(list(order)))
        .with_columns(pl.col("name").replace_strict(order, return_dtype=pl.Int64).alias("nth"))
    )
    plain = (
        decoded(chosen["value"])
        .str.normalize("NFC")
        .str.to_lowercase()
        .str.replace_all(r"[\s\x00-\x1f\x7f]+", " ")
        .str.strip_chars()
    )
    first = (
        chosen.with_columns(plain.alias("term"))
        .filter(pl.col("term").str.len_bytes() > 0)
        .sort("row", "nth", "position")
        .unique("row", keep="first", maintain_order=True)
    )
    return pl.DataFrame([queries.drop_nulls().gather(first["row"]).alias("query"), first["term"]])
