"""What reports on campaigns have to say beside their numbers: codes of :mod:`reports.warning`."""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "no_costs": (
        "no cost of these days is known, so there is no CPA and no ROAS: `weblog campaigns load "
        "FILE` loads campaigns with start, end and cost; daily costs are better still "
        "(docs/campaigns.md)"
    ),
    "costs_missing": (
        "campaigns without a known cost: {campaigns}; `weblog campaigns load FILE` loads costs"
    ),
    "costs_undated": (
        "campaigns whose cost is known, but not their first or last day, so that no day of it can "
        "be told: {campaigns}; their cost is left out"
    ),
    "costs_spread": (
        "only the cost in all is known of {campaigns}: it is spread evenly over the campaign's days"
    ),
    "costs_shared": (
        "some costs are known only of several rows together, or of sessions the filters leave out "
        "as well: each row has its part by the number of sessions"
    ),
    "no_signup_goal": (
        "sign-ups are not counted: no goal is marked as one; write signup = true in [[goals]] of "
        "site.toml, and name it with --site"
    ),
    "no_tags": (
        "no page view of the period carries campaign parameters, or its hits are no longer stored: "
        "what [campaign] in site.toml names is looked for"
    ),
    "nothing_mistagged": "nothing wrong was found among {views} page views with tags",
    "tagging_tables": (
        "empty tables: {tables}; the names in links cannot be held against the company's own, so "
        "that unknown and unseen campaigns and some typos stay unfound: {loads}"
    ),
    "links_counted_whole": (
        "links are looked at whole: the filters apply only to what is found by sessions"
    ),
    "no_targets": (
        "no target is set: write [[targets]] in site.toml, and name it with --site; goals are "
        "counted over the period"
    ),
    "targets_before_data": (
        "the data begin on {first}, after the period of these targets does: {targets}; what came "
        "before is missing"
    ),
    "observational": (
        "observational: what else changed with the campaign is in the difference too; only a "
        "group held out by lot tells an effect"
    ),
    "effect_shortened": (
        "the data cover {days} of the campaign's {all} days and as many to compare with, in whole "
        "weeks: only those are compared"
    ),
    "campaign_days_unknown": (
        "the campaigns table does not tell the days of {campaign}: from the first to the last day "
        "of its sessions is taken"
    ),
    "effect_incomparable": (
        "nothing to compare the days of {campaign} with: the data have no days before them"
    ),
}
"""Code to English text."""
