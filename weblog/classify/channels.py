"""Channels: how a visit came, by Google Analytics 4's default channel group.

The rules and their order are those Google publishes
(https://support.google.com/analytics/answer/9756891), as DEFINITIONS lists them; AI
assistants, which Google does not rank among them, come last. Rules of other packages that the
site names (:mod:`weblog.classify.channel_rules`) come before all of them.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from weblog.classify.channel_rules import NamedRule, rules_named
from weblog.classify.parameters import FIELDS, campaign_parameters
from weblog.classify.referrers import classify_referrers
from weblog.classify.sources import source_types
from weblog.extending import Arrival
from weblog.site.rules import Site

CHANNELS = (
    "Direct",
    "Cross-network",
    "Paid Shopping",
    "Paid Search",
    "Paid Social",
    "Paid Video",
    "Display",
    "Paid Other",
    "Organic Shopping",
    "Organic Social",
    "Organic Video",
    "Organic Search",
    "Email",
    "Affiliates",
    "Referral",
    "Audio",
    "SMS",
    "Mobile Push Notifications",
    "AI Assistants",
    "Unassigned",
)
"""Every channel, in the order of the rules."""

IN_WORDS = {
    "Direct": "source is (direct), medium (none), (not set) or none",
    "Cross-network": "campaign contains cross-network",
    "Paid Shopping": "source is a shop or campaign says shop, and medium says paid",
    "Paid Search": "source is a search engine, and medium says paid",
    "Paid Social": "source is a social site, and medium says paid",
    "Paid Video": "source is a video site, and medium says paid",
    "Display": "medium is display, banner, expandable, interstitial or cpm",
    "Paid Other": "medium says paid (cp..., ppc, retargeting, paid...)",
    "Organic Shopping": "source is a shop or campaign says shop",
    "Organic Social": "source is a social site or medium is social",
    "Organic Video": "source is a video site or medium says video",
    "Organic Search": "source is a search engine or medium is organic",
    "Email": "source or medium is email, e-mail, e_mail or e mail",
    "Affiliates": "medium is affiliate",
    "Referral": "medium is referral, app or link",
    "Audio": "medium is audio",
    "SMS": "source or medium is sms",
    "Mobile Push Notifications": "medium ends in push or says mobile or notification, "
    "or source is firebase",
    "AI Assistants": "source is an AI assistant",
    "Unassigned": "no rule fits",
}
"""What each channel's rule asks, given that none above it fits."""

DIRECT_SOURCE = "(direct)"
DIRECT_MEDIUM = "(none)"

PAID = r"^(?:.*cp.*|ppc|retargeting|paid.*)$"
SHOPPING_CAMPAIGN = r"^(?:.*(?:(?:[^a-df-z]|^)shop|shopping).*)$"

_DISPLAY = ("display", "banner", "expandable", "interstitial", "cpm")
_SOCIAL = (
    "social",
    "social-network",
    "social-media",
    "sm",
    "social network",
    "social media",
)
_EMAIL = ("email", "e-mail", "e_mail", "e mail")

REFERRER_MEDIUMS = {
    "search": "organic",
    "social": "social",
    "video": "referral",
    "shopping": "referral",
    "email": "email",
    "ai": "ai-assistant",
    "spam": "spam",
    "other": "referral",
}
"""The medium a visit has by its referrer's type alone. ``ai-assistant`` and ``spam`` keep
those out of Referral: the one is a channel of its own, the other ends up Unassigned."""


def channel_expr(
    source: pl.Expr,
    medium: pl.Expr,
    campaign: pl.Expr,
    kind: pl.Expr,
    own: Sequence[NamedRule] = (),
) -> pl.Expr:
    """Return the channel as an expression; the first rule that matches wins.

    Args:
        source: campaign source; case does not matter.
        medium: campaign medium.
        campaign: campaign name.
        kind: what kind of site the source is (:func:`source_types`).
        own: rules of packages that come first.

    Returns:
        One of :data:`CHANNELS` or of the channels of ``own``, never null.
    """
    origin, way, name = (
        expr.str.to_lowercase().fill_null("") for expr in (source, medium, campaign)
    )
    site = kind.fill_null("")
    paid = way.str.contains(PAID)
    rules = {
        "Direct": (origin == DIRECT_SOURCE) & way.is_in(["", "(none)", "(not set)"]),
        "Cross-network": name.str.contains("cross-network", literal=True),
        "Paid Shopping": ((site == "shopping") | name.str.contains(SHOPPING_CAMPAIGN)) & paid,
        "Paid Search": (site == "search") & paid,
        "Paid Social": (site == "social") & paid,
        "Paid Video": (site == "video") & paid,
        "Display": way.is_in(_DISPLAY),
        "Paid Other": paid,
        "Organic Shopping": (site == "shopping") | name.str.contains(SHOPPING_CAMPAIGN),
        "Organic Social": (site == "social") | way.is_in(_SOCIAL),
        "Organic Video": (site == "video") | way.str.contains("video", literal=True),
        "Organic Search": (site == "search") | (way == "organic"),
        "Email": origin.is_in(_EMAIL) | way.is_in(_EMAIL),
        "Affiliates": way.is_in(["affiliate", "affiliates"]),
        "Referral": way.is_in(["referral", "app", "link"]),
        "Audio": way == "audio",
        "SMS": (origin == "sms") | (way == "sms"),
        "Mobile Push Notifications": (
            way.str.ends_with("push")
            | way.str.contains("mobile|notification")
            | (origin == "firebase")
        ),
        "AI Assistants": (site == "ai") | (way == "ai-assistant"),
    }
    channel = pl.lit("Unassigned")
    for rule in reversed(rules):
        channel = pl.when(rules[rule]).then(pl.lit(rule)).otherwise(channel)
    arrival = Arrival(origin, way, name, site)
    for named in reversed(own):
        channel = pl.when(named.fits(arrival)).then(pl.lit(named.rule.channel)).otherwise(channel)
    return channel


def channel_of(arrivals: pl.DataFrame, own: Sequence[NamedRule] = ()) -> pl.Series:
    """Return the channel of each row of ``source``, ``medium``, ``campaign`` (nulls possible).

    ``own`` are the rules of packages that the site names.
    """
    # Few are distinct, and the rules are twenty expressions.
    keys = ("source", "medium", "campaign")
    distinct = arrivals.select(keys).unique()
    sources = distinct["source"].unique().drop_nulls()
    kinds = pl.DataFrame([sources, source_types(sources)])
    channel = channel_expr(
        pl.col("source"), pl.col("medium"), pl.col("campaign"), pl.col("source_type"), own
    )
    table = distinct.join(kinds, on="source", how="left").select(*keys, channel.alias("channel"))
    judged = arrivals.select(keys).join(
        table, on=keys, how="left", nulls_equal=True, maintain_order="left"
    )
    return judged["channel"]


def classify_landings(landings: pl.DataFrame, site: Site) -> pl.DataFrame:
    """Say where each landing came from.

    Campaign parameters of the landing's query win over its referrer: where source,
    medium or campaign is given (or implied by a click id), the referrer only
    fills in a source, and a medium where no source is given. Else the referrer
    decides: ``organic``, ``social``, ``email``, ``referral``, with its name as
    source and its search words as term. A landing with neither is
    ``(direct)`` / ``(none)``, as in Google Analytics. A hit that follows a link of the
    site itself and has no campaign parameters is no arrival: all its columns
    but ``is_internal`` and ``referrer_host`` are null.

    Args:
        landings: distinct pairs of ``referrer`` and ``query``, nulls possible.
        site: the site's hosts, campaign parameters and channel rules.

    Returns:
        One row per input row, in its order: ``referrer``, ``query``,
        ``referrer_host``, ``is_internal``, ``channel``, ``source``, ``medium``,
        ``campaign``, ``term``, ``content``.
    """
    pairs = landings.select("referrer", "query")
    referrers = classify_referrers(pairs["referrer"].unique(), site.hosts)
    said = campaign_parameters(pairs["query"].unique(), site.campaign)
    # Nulls are values here: a landing without referrer or query is one, too.
    facts = pairs.join(
        referrers, on="referrer", how="left", nulls_equal=True, maintain_order="left"
    ).join(
        said.rename({field: f"said_{field}" for field in FIELDS}),
        on="query",
        how="left",
        nulls_equal=True,
        maintain_order="left",
    )
    arrived = arrivals(facts, rules_named(site.channel_rules))
    return facts.select("referrer", "query", "referrer_host", "is_internal").hstack(arrived)


def arrivals(facts: pl.DataFrame, own: Sequence[NamedRule] = ()) -> pl.DataFrame:
    """Say where landings came from, of what their referrers and queries were found to be.

    Args:
        facts: ``is_internal``, ``referrer_type``, ``referrer_name`` and ``search_term`` of
            :func:`classify_referrers`, and ``said_source``, ``said_medium`` ... of
            :func:`campaign_parameters`, all null where there is none.
        own: rules of packages that come before the built-in ones.

    Returns:
        One row per input row, in its order: ``channel``, ``source``, ``medium``,
        ``campaign``, ``term``, ``content``; see :func:`classify_landings`.
    """
    found = facts.with_columns(pl.col("is_internal").fill_null(value=False)).select(**_arrival())
    arrived = pl.any_horizontal(pl.col("source", "medium", "campaign").is_not_null())
    channel = channel_of(found, own)
    return found.select(pl.when(arrived).then(channel).alias("channel"), *FIELDS)


def _arrival() -> dict[str, pl.Expr]:
    """Return source, medium, campaign, term and content as expressions over the facts."""
    kind = pl.col("referrer_type")
    tagged = pl.any_horizontal(pl.col("said_source", "said_medium", "said_campaign").is_not_null())
    direct = kind.is_null() & ~pl.col("is_internal") & ~tagged
    nameless = pl.col("said_source").is_null()
    # A tag that names no source leaves the source to the referrer; the medium too, if untagged.
    way = kind.replace_strict(REFERRER_MEDIUMS, return_dtype=pl.String)
    by_referrer = pl.when(nameless).then(way)
    searched = ~tagged | nameless
    return {
        "source": pl.when(direct)
        .then(pl.lit(DIRECT_SOURCE))
        .otherwise(pl.coalesce("said_source", "referrer_name")),
        "medium": pl.when(direct)
        .then(pl.lit(DIRECT_MEDIUM))
        .otherwise(pl.coalesce("said_medium", by_referrer)),
        "campaign": pl.col("said_campaign"),
        "term": pl.coalesce("said_term", pl.when(searched).then("search_term")),
        "content": pl.col("said_content"),
    }
