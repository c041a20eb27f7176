"""Where the line came from: the referrer, the campaign, the channel."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from weblog.classify import campaign_parameters, classify_referrers
from weblog.classify.channel_rules import rules_named
from weblog.classify.channels import IN_WORDS, channel_of
from weblog.classify.parameters import FIELDS
from weblog.classify.percent import parameters
from weblog.explain.decision import Decision, Line
from weblog.ingestion.requests import request_lines, split_requests


def referrer(line: Line) -> Iterator[Decision]:
    """Tell what the referrer is."""
    sent = line.field("referrer")
    if sent is None:
        yield Decision("referrer", "host", None, "the line has no referrer")
        return
    found = classify_referrers(pl.Series([sent]), line.site.hosts).row(0, named=True)
    kept = line.hit["referrer"]
    without = "as logged" if kept == sent else "without secret parameters, user and fragment"
    yield Decision("referrer", "stored as", kept, without)
    host = found["referrer_host"]
    yield Decision("referrer", "host", host, "of the referrer" if host else "it is no URL")
    if found["is_internal"]:
        yield Decision("referrer", "internal", "yes", "one of the site's own hosts")
        return
    if host is not None:
        listed = "the lists know that host" if found["referrer_type"] != "other" else "no list does"
        yield Decision("referrer", "type", found["referrer_type"], listed)
        yield Decision("referrer", "name", found["referrer_name"], listed)
    if found["search_term"] is not None:
        why = "of the engine's own parameter"
        yield Decision("referrer", "search words", found["search_term"], why)


def campaign(line: Line) -> Iterator[Decision]:
    """Tell what the parameters of the landing say."""
    query = split_requests(request_lines(line.row))["query"]
    rules = line.site.campaign
    said = campaign_parameters(query, rules).row(0, named=True)
    given = {} if query.item() is None else _given(query)
    names = dict(
        zip(
            FIELDS, (rules.source, rules.medium, rules.name, rules.term, rules.content), strict=True
        )
    )
    for field in FIELDS:
        if said[field] is None:
            continue
        by = next((name for name in names[field] if given.get(name.lower())), None)
        why = f"parameter {by}" if by else f"click id {said['click_id']}"
        yield Decision("campaign", field, said[field], why)
    if said["click_id"] is not None:
        yield Decision("campaign", "click id", said["click_id"], "the weightiest one present")


def channel(line: Line) -> Iterator[Decision]:
    """Tell the channel, and its rule."""
    hit = line.hit
    if hit["channel"] is None:
        why = "follows a link of the site itself, without campaign parameters: no arrival"
        yield Decision("channel", "channel", None, why)
        return
    for field in FIELDS:
        if hit[field] is not None:
            yield Decision("channel", field, hit[field], "campaign parameters, else the referrer")
    yield Decision("channel", "channel", hit["channel"], _channel_rule(line))


def _channel_rule(line: Line) -> str:
    """Return in words the rule that gave the line its channel: the first that fits."""
    names = ("source", "medium", "campaign")
    told = pl.DataFrame({name: pl.Series([line.hit[name]], dtype=pl.String) for name in names})
    own = rules_named(line.site.channel_rules)
    for place, each in enumerate(own):
        with_it, without = (channel_of(told, own[place:]), channel_of(told, own[place + 1 :]))
        if with_it.item() != without.item():
            return f"{each.rule.in_words} (rule {each.name} of package {each.plugin.package})"
    return IN_WORDS[line.hit["channel"]]


def _given(query: pl.Series) -> dict[str, str]:
    rows = parameters(query)
    pairs = zip(rows["name"].to_list(), rows["value"].to_list(), strict=True)
    return {name.lower(): value for name, value in pairs}
