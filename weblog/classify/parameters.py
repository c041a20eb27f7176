"""Campaign parameters of a landing's query string: who sent this visit, and was it paid for?

The rules are those of DEFINITIONS ("Where sessions come from"): Matomo's parameter
names in Matomo's order, the click ids of the ad platforms, and Naver's and Daum's.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from weblog.classify.percent import decoded, parameters
from weblog.site.rules import Campaigns

MAX_LENGTH = 250
"""Characters kept of a campaign value, as Matomo keeps them."""

FIELDS = ("source", "medium", "campaign", "term", "content")

COLUMNS = (*FIELDS, "click_id")


@dataclass(frozen=True, slots=True)
class ClickId:
    """What the presence of an ad platform's click id says.

    ``is_paid``: the platform sets it on paid clicks alone, so it fills in a
    missing source or medium even where the other one is given. ``kind``: the
    value of NaPm's ``tr`` it stands for.
    """

    parameter: str
    source: str
    medium: str
    is_paid: bool = True
    kind: str = ""


CLICK_IDS = (
    ClickId("gclid", "google", "cpc"),
    ClickId("gbraid", "google", "cpc"),
    ClickId("wbraid", "google", "cpc"),
    ClickId("dclid", "google", "display"),
    ClickId("msclkid", "bing", "cpc"),
    ClickId("ttclid", "tiktok", "cpc"),
    ClickId("twclid", "twitter", "cpc"),
    ClickId("li_fat_id", "linkedin", "cpc"),
    ClickId("rdt_cid", "reddit", "cpc"),
    ClickId("yclid", "yandex", "cpc"),
    # Naver's NaPm is URL-encoded "k=v|k=v"; tr tells a search ad, a brand search,
    # a product listing ad or the display network. All of these are paid for.
    ClickId("NaPm", "naver", "cpc", kind="sa"),
    ClickId("NaPm", "naver", "cpc", kind="brnd"),
    ClickId("NaPm", "shopping.naver.com", "cpc", kind="pla"),
    ClickId("NaPm", "naver", "display", kind="gfa"),
    # Naver's search ads mark their links with a dozen parameters, the mall's for shopping ads;
    # a site may keep only some of them.
    *(ClickId(f"n_mall_{name}", "shopping.naver.com", "cpc") for name in ("id", "pid")),
    *(
        ClickId(f"n_{name}", "naver", "cpc")
        for name in (
            *("media", "ad", "ad_group", "keyword_id", "rank", "match"),
            *("campaign_type", "ad_group_type"),
        )
    ),
    ClickId("DMKW", "daum", "cpc"),
    ClickId("DMSKW", "daum", "cpc"),
    ClickId("DMCOL", "daum", "cpc"),
    # Facebook and Pinterest mark every outgoing link, paid or not; Naver Shopping
    # marks its free listings with other kinds of NaPm (slsl, slct ...).
    ClickId("NaPm", "shopping.naver.com", "referral", is_paid=False),
    ClickId("fbclid", "facebook", "social", is_paid=False),
    ClickId("epik", "pinterest", "social", is_paid=False),
)
"""In order of weight: the first one present names ``click_id``."""


def campaign_parameters(queries: pl.Series, rules: Campaigns) -> pl.DataFrame:
    """Read the campaign parameters of distinct query strings.

    Of several parameters for one field the first non-empty in the rules' order
    wins. Names are compared without regard to case. Values are percent-decoded
    (``+`` is a space; UTF-8, else EUC-KR), lower-cased and cut to 250 characters.
    A click id that proves payment (``gclid``: google, cpc) fills in a source or
    medium that is not given; one that proves none (``fbclid``) only where neither is.

    Returns:
        One row per input row: ``query``, ``source``, ``medium``, ``campaign``,
        ``term``, ``content``, ``click_id`` (the name of the click id present).
    """
    wanted = _wanted(rules)
    frame = queries.alias("query").to_frame().with_row_index("row")
    # Most query strings carry no campaign at all: a cheap look for any of the names first.
    names = wanted["name"].unique().to_list()
    touched = frame.filter(pl.col("query").str.contains_any(names, ascii_case_insensitive=True))
    found = parameters(touched["query"])
    found = found.with_columns(
        touched["row"].gather(found["row"]).alias("row"), pl.col("name").str.to_lowercase()
    )
    values = found.join(wanted, on="name", how="inner")
    values = values.with_columns(decoded(values["value"])).filter(pl.col("value").is_not_null())
    wide = _implied(_said(values), _clicks(values))
    return frame.join(wide, on="row", how="left", maintain_order="left").select("query", *COLUMNS)


def _wanted(rules: Campaigns) -> pl.DataFrame:
    """Return the names that matter: ``name``, ``field``, ``rank`` (its place in the rule)."""
    named = {
        "source": rules.source,
        "medium": rules.medium,
        "campaign": rules.name,
        "term": rules.term,
        "content": rules.content,
        "click": tuple(dict.fromkeys(click.parameter for click in CLICK_IDS)),
    }
    rows = [
        (name.lower(), field, rank)
        for field, names in named.items()
        for rank, name in enumerate(names)
    ]
    schema = {"name": pl.String, "field": pl.String, "rank": pl.Int32}
    return pl.DataFrame(rows, schema=schema, orient="row").unique(
        ["name", "field"], keep="first", maintain_order=True
    )


def _said(values: pl.DataFrame) -> pl.DataFrame:
    """Return one row per query, one column per field: the first non-empty value of each."""
    value = pl.col("value")
    return (
        values.sort("row", "field", "rank", "position")
        .group_by("row", maintain_order=True)
        .agg(value.filter(pl.col("field") == field).first().alias(field) for field in FIELDS)
        .with_columns(pl.col(FIELDS).str.to_lowercase().str.slice(0, MAX_LENGTH))
    )


def _clicks(values: pl.DataFrame) -> pl.DataFrame:
    """Return the weightiest click id of each query: ``row``, ``click_id`` and what it implies."""
    known = pl.DataFrame(
        {
            "name": [click.parameter.lower() for click in CLICK_IDS],
            "kind": [click.kind for click in CLICK_IDS],
            "weight": range(len(CLICK_IDS)),
            "click_id": [click.parameter for click in CLICK_IDS],
            "said_source": [click.source for click in CLICK_IDS],
            "said_medium": [click.medium for click in CLICK_IDS],
            "is_paid": [click.is_paid for click in CLICK_IDS],
        }
    )
    kinds = known.filter(pl.col("kind") != "")["kind"].to_list()
    kind = pl.col("value").str.extract(r"(?:^|\|)tr=([a-z]+)")
    kind = pl.when(pl.col("name") == "napm", kind.is_in(kinds)).then(kind).otherwise(pl.lit(""))
    return (
        values.filter(pl.col("field") == "click")
        .select("row", "name", kind.alias("kind"))
        .join(known, on=["name", "kind"], how="inner")
        .sort("row", "weight")
        .unique("row", keep="first", maintain_order=True)
        .drop("name", "kind", "weight")
    )


def _implied(said: pl.DataFrame, clicks: pl.DataFrame) -> pl.DataFrame:
    """Fill sources and mediums that are not given from the click id."""
    silent = pl.all_horizontal(pl.col("source", "medium").is_null())
    fills = pl.col("is_paid") | silent
    return said.join(clicks, on="row", how="left").with_columns(
        pl.coalesce(name, pl.when(fills).then(pl.col(f"said_{name}"))).alias(name)
        for name in ("source", "medium")
    )
