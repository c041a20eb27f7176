"""What is wrong with the tags of links: pure functions of the tags there are."""

from __future__ import annotations

from typing import Final

import polars as pl

from reports.campaign.edits import LONGEST, distances, near
from reports.campaign.tags import FIELDS

FINDINGS: Final = (
    *("case_variant", "separator_variant", "typo", "template", "internal_tagged", "no_medium"),
    *("no_source", "unknown_medium", "unknown_campaign", "unseen_campaign", "untagged_mail"),
    *("untagged_source", "untagged_landing"),
)
"""Everything that can be found, in the order it is shown."""

FOUND: Final = pl.Schema(
    {
        **dict.fromkeys(("finding", "field", "value", "meant"), pl.String()),
        "count": pl.Int64(),
        **dict.fromkeys(("counted", "example"), pl.String()),
    }
)

CHECKED: Final = ("source", "medium", "campaign", "content")
"""Fields whose spellings are compared: keywords are people's own words."""

MEDIUMS: Final = (
    *("affiliate", "banner", "cpc", "cpm", "display", "email", "organic", "paid", "ppc"),
    *("push", "referral", "retargeting", "social", "sms", "video"),
)
"""Mediums that channel rules know: a near miss is one of these, however rare it is."""

RARE: Final = 1 / 20
"""A typo is at most this part of what is meant: two names both in use are two names."""

RARE_OF_KNOWN: Final = 1 / 2
"""The same where only what is meant is in the company's tables, or a medium that rules know."""

SHORTEST: Final = 4
"""Characters of what is compared: shorter names differ by one for good reason (cpc, cpm)."""

LONG: Final = 8
MOST_EDITS: Final = 2
"""From this length on so many edits may be a typo, below one."""

MOST_NAMES: Final = 300
MOST_RARE: Final = 3000
"""Names that may be meant, and that may be typos, at most: the commonest of each."""

PLACEHOLDER: Final = (
    r"\{.*\}|%%|\$\{|\[[a-z_ ]+\]|<[^>]*>|^__.+__$"
    r"|^(?i:null|undefined|none|nan|\(not set\)|test|xxx+)$"
)
"""What a mailing or ad system left unfilled: {campaign}, %%NAME%%, [[field]], __CID__, null."""


def found_by(
    rows: pl.DataFrame, finding: str, field: str, *, counted: str = "page views"
) -> pl.DataFrame:
    """Return rows as findings: ``value``, ``meant``, ``count``, ``example``, as far as there."""
    have = rows.columns
    return rows.with_columns(
        pl.lit(finding).alias("finding"),
        pl.lit(field).alias("field"),
        pl.lit(counted).alias("counted"),
        *(
            pl.lit(None, FOUND[name]).alias(name)
            for name in ("meant", "example")
            if name not in have
        ),
    ).select(pl.col(name).cast(dtype) for name, dtype in FOUND.items())


def in_tags(tags: pl.DataFrame, known: dict[str, list[str]]) -> pl.DataFrame:
    """Return what is wrong by the tags alone.

    Args:
        tags: as :func:`reports.campaign.tags.tags` returns them.
        known: names of the company's tables, lower-cased, by field.

    Returns:
        Columns :data:`FOUND`.
    """
    arrived = tags.filter(~pl.col("is_internal"))
    parts = [_internal(tags), *_incomplete(arrived)]
    for field in FIELDS:
        values = _values(arrived, field)
        is_template = pl.col("value").str.contains(PLACEHOLDER)
        parts.append(found_by(values.filter(is_template), "template", field))
        if field in CHECKED:
            spoken = values.filter(~is_template)
            parts += _variants(spoken, field)
            parts.append(_typos(spoken, field, known.get(field, [])))
    return pl.concat(parts)


def _values(tags: pl.DataFrame, field: str) -> pl.DataFrame:
    """Return the values of a field as written: ``value``, ``count``, ``example``."""
    return (
        tags.filter(pl.col(field).is_not_null())
        .group_by(pl.col(field).alias("value"))
        .agg(pl.col("views").sum().alias("count"), _example())
    )


def _example() -> pl.Expr:
    """Return the link seen most, of equals the first by name."""
    link = pl.col("path") + "?" + pl.col("tags")
    return link.sort_by(-pl.col("views"), link).first().alias("example")


def _internal(tags: pl.DataFrame) -> pl.DataFrame:
    names = [pl.col(field) for field in ("source", "medium", "campaign")]
    rows = (
        tags.filter("is_internal")
        .group_by(pl.concat_str(*names, separator=" / ", ignore_nulls=True).alias("value"))
        .agg(pl.col("views").sum().alias("count"), _example())
    )
    return found_by(rows, "internal_tagged", "link")


def _incomplete(tags: pl.DataFrame) -> list[pl.DataFrame]:
    """Return links with a source without a medium, or with a campaign without a source.

    Of ad systems the click id tells both.
    """
    told = tags.filter(~pl.col("has_click_id"))
    no_medium = told.filter(pl.col("medium").is_null())
    no_source = told.filter(
        pl.col("source").is_null() & pl.any_horizontal(pl.col("campaign", "medium").is_not_null())
    ).with_columns(pl.coalesce("campaign", "medium").alias("campaign"))
    return [
        found_by(_values(no_medium, "source"), "no_medium", "source"),
        found_by(_values(no_source, "campaign"), "no_source", "campaign"),
    ]


def _variants(values: pl.DataFrame, field: str) -> list[pl.DataFrame]:
    """Return spellings that differ from a commoner one by case, or by what separates words."""
    lower = pl.col("value").str.to_lowercase()
    plain = lower.str.replace_all(r"[\s_.+-]+", "-")
    by_case = _rarer(values.with_columns(lower.alias("same")))
    merged = (
        values.sort("count", "value", descending=[True, False])
        .group_by(lower.alias("value"))
        .agg(pl.col("count").sum(), pl.col("example").first())
    )
    by_sign = _rarer(merged.with_columns(plain.alias("same")))
    return [
        found_by(by_case, "case_variant", field),
        found_by(by_sign, "separator_variant", field),
    ]


def _rarer(values: pl.DataFrame) -> pl.DataFrame:
    """Return values that are the ``same`` as a commoner one, with that one as ``meant``."""
    ranked = values.sort("count", "value", descending=[True, False])
    return ranked.with_columns(pl.col("value").first().over("same").alias("meant")).filter(
        pl.col("value") != pl.col("meant")
    )


def _typos(values: pl.DataFrame, field: str, known: list[str]) -> pl.DataFrame:
    """Return rare values a small edit away from a common or known one.

    Names that differ in their digits alone are numbers of a series (2025-10, 2025-11).
    """
    lower = pl.col("value").str.to_lowercase()
    told = [*known, *(MEDIUMS if field == "medium" else ())]
    names = (
        values.sort("count", "value", descending=[True, False])
        .group_by(lower.alias("value"))
        .agg(pl.col("count").sum(), pl.col("example").first())
        .with_columns(pl.col("value").is_in(told).alias("is_known"))
    )
    unseen = pl.DataFrame({"value": told}, schema={"value": pl.String}).unique()
    unseen = unseen.join(names, on="value", how="anti").with_columns(
        pl.lit(0, pl.Int64).alias("count"), pl.lit(value=True).alias("is_known")
    )
    meant = (
        pl.concat([names.drop("example"), unseen.select("value", "count", "is_known")])
        .sort("is_known", "count", "value", descending=[True, True, False])
        .head(MOST_NAMES)
    )
    rare = names.filter(~pl.col("is_known")).sort("count", "value").head(MOST_RARE)
    return found_by(_nearest(rare, meant), "typo", field)


def _nearest(rare: pl.DataFrame, meant: pl.DataFrame) -> pl.DataFrame:
    """Return each rare value beside the nearest it may be a typo of, if there is one."""
    length = pl.col("value").str.len_chars().cast(pl.Int64)
    comparable = pl.col("length").is_between(SHORTEST, LONGEST)
    one = rare.with_columns(length.alias("length")).filter(comparable)
    other = meant.with_columns(length.alias("length")).filter(comparable)
    edits = (
        pl.when(pl.min_horizontal("length", "length_meant") >= LONG).then(MOST_EDITS).otherwise(1)
    )
    part = pl.when(pl.col("is_known_meant")).then(RARE_OF_KNOWN).otherwise(RARE)
    # A known name that nobody used yet is meant all the same.
    is_rare = (pl.col("count") <= part * pl.col("count_meant")) | (
        pl.col("is_known_meant") & (pl.col("count_meant") == 0)
    )
    digits = r"\d+"
    pairs = one.join(other, how="cross", suffix="_meant").filter(
        pl.col("value") != pl.col("value_meant"),
        (pl.col("length") - pl.col("length_meant")).abs() <= edits,
        is_rare,
        pl.col("value").str.replace_all(digits, "#")
        != pl.col("value_meant").str.replace_all(digits, "#"),
        pl.col("value").str.replace_all(r"[\s_.+-]+", "-")
        != pl.col("value_meant").str.replace_all(r"[\s_.+-]+", "-"),
    )
    pairs = near(pairs, MOST_EDITS)
    return (
        pairs.with_columns(distances(pairs["value"], pairs["value_meant"]), edits.alias("edits"))
        .filter(pl.col("distance") <= pl.col("edits"))
        .sort(
            *("value", "distance", "is_known_meant", "count_meant", "value_meant"),
            descending=[False, False, True, True, False],
        )
        .unique("value", keep="first", maintain_order=True)
        .rename({"value_meant": "meant"})
    )
