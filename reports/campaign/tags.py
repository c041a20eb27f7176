"""The campaign parameters links really carry, as they are written: read once of the hits."""

from __future__ import annotations

import re
from typing import Final

import polars as pl

from reports.cache import CACHE, key_of
from reports.query import Span
from weblog.classify.parameters import CLICK_IDS
from weblog.classify.percent import decoded, parameters
from weblog.classify.referrers import classify_referrers
from weblog.site.rules import Campaigns, Site
from weblog.store import Snapshot

FIELDS: Final = ("source", "medium", "campaign", "content", "keyword")

TAGS: Final = pl.Schema(
    {
        **dict.fromkeys(FIELDS, pl.String()),
        "tags": pl.String(),
        "path": pl.String(),
        "is_internal": pl.Boolean(),
        "has_click_id": pl.Boolean(),
        "views": pl.Int64(),
    }
)


def tags(snapshot: Snapshot, span: Span | None, site: Site) -> pl.DataFrame:
    """Return a row per way links are tagged, of the page views of people in ``span``.

    Args:
        snapshot: of the store.
        span: first and last day; None: no row.
        site: its campaign parameters and hosts.

    Returns:
        Columns :data:`TAGS`: the parameters decoded but otherwise as written (null: not there),
        ``tags``, the same as they stand in the link; ``path``, the first of the pages viewed, by
        name; whether the link is one of the site's own, and whether an ad system's click id is
        there; page views. Hits no longer stored cannot tell.
    """
    if span is None:
        return pl.DataFrame(schema=TAGS)
    asked = (site.campaign.model_dump_json(), site.hosts)
    key = (*key_of(snapshot, "hits", span), "tags", *asked)
    return CACHE.get(key, lambda: _read(snapshot, span, site))


def _read(snapshot: Snapshot, span: Span, site: Site) -> pl.DataFrame:
    names = sorted(_fields(site.campaign)["name"].unique())
    pattern = f"(?i)(?:^|&)(?:{'|'.join(map(re.escape, names))})=[^&]+"
    clicks = [f"{name}=" for name in dict.fromkeys(click.parameter for click in CLICK_IDS)]
    query, host = pl.col("query"), pl.col("host").str.to_lowercase().str.strip_prefix("www.")
    referrer = pl.col("referrer").str.extract(r"^(?i:https?)://(?:[^/?#@]*@)?([^/?#:]+)")
    found = (
        snapshot.scan("hits")
        .filter(
            pl.col("date").is_between(*span),
            pl.col("kind").cast(pl.String).is_in(["page", "event"]),
            query.str.contains_any([f"{name}=" for name in names], ascii_case_insensitive=True),
        )
        .select(
            query.str.extract_all(pattern).list.join("").str.strip_prefix("&").alias("tags"),
            query.str.contains_any(clicks, ascii_case_insensitive=True).alias("has_click_id"),
            referrer.alias("referrer"),
            (referrer.str.to_lowercase().str.strip_prefix("www.") == host)
            .fill_null(value=False)
            .alias("is_same"),
            "path",
        )
        .filter(pl.col("tags") != "")
        .group_by("tags", "has_click_id", "referrer", "is_same")
        .agg(pl.len().cast(pl.Int64).alias("views"), pl.col("path").min())
        .collect()
    )
    hosts = found["referrer"].unique().drop_nulls()
    judged = classify_referrers("https://" + hosts + "/", site.hosts)
    own = judged.select(hosts, "is_internal")
    return (
        found.join(own, on="referrer", how="left")
        .with_columns(pl.col("is_internal").fill_null(value=False) | pl.col("is_same"))
        .group_by("tags", "is_internal", "has_click_id")
        .agg(pl.col("views").sum(), pl.col("path").min())
        .join(_parsed(found["tags"].unique(), site.campaign), on="tags")
        .select(TAGS.names())
        .sort(
            "views", "tags", "is_internal", "has_click_id", descending=[True, False, False, False]
        )
    )


def _fields(rules: Campaigns) -> pl.DataFrame:
    """Return the parameters' names: ``name``, ``field`` and ``rank`` (first non-empty wins)."""
    named = (rules.source, rules.medium, rules.name, rules.content, rules.term)
    rows = [
        (name.lower(), field, rank)
        for field, names in zip(FIELDS, named, strict=True)
        for rank, name in enumerate(names)
    ]
    schema = {"name": pl.String, "field": pl.String, "rank": pl.Int32}
    return pl.DataFrame(rows, schema=schema, orient="row").unique(
        ["name", "field"], keep="first", maintain_order=True
    )


def _parsed(texts: pl.Series, rules: Campaigns) -> pl.DataFrame:
    """Return ``tags`` with what each says of :data:`FIELDS`."""
    found = parameters(texts).with_columns(pl.col("name").str.to_lowercase())
    values = found.join(_fields(rules), on="name")
    values = values.with_columns(decoded(values["value"])).filter(pl.col("value").is_not_null())
    value = pl.col("value")
    wide = (
        values.sort("row", "field", "rank", "position")
        .group_by("row")
        .agg(value.filter(pl.col("field") == field).first().alias(field) for field in FIELDS)
    )
    rows = texts.alias("tags").to_frame().with_row_index("row")
    return (
        rows.with_columns(pl.col("row").cast(wide.schema["row"]))
        .join(wide, on="row", how="left")
        .drop("row")
    )
