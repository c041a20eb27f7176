"""What a reader must know beside the numbers: a code, facts, and an English text.

The dashboard translates by code and puts the facts in; everybody else reads the text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

Fact = str | int | float | date

TEXTS: Final[dict[str, str]] = {
    "no_data": "the store has no session yet: `weblog ingest FILE` makes some",
    "period_without_data": "no data from {start} to {end}: they reach from {first} to {last}",
    "starts_before_data": "the period starts on {start}, but the data begin on {first}",
    "ends_after_data": "the period ends on {end}, but the data end on {last}",
    "days_ahead": (
        "days from {first} on were still to come when they were written (sessions: {sessions}): "
        "the clock of a server was wrong"
    ),
    "days_missing": (
        "{missing} of these {days} days have no session: is a log missing that was not read?"
    ),
    "no_previous_data": "nothing to compare with: no data from {start} to {end}",
    "previous_incomplete": (
        "the period compared with, {start} to {end}, is only partly covered by the data "
        "({first} to {last}): changes look larger than they are"
    ),
    "unknown_value": "{filter} has no value {value!r} in the data: no session matches it",
    "no_match": "no session matches these filters",
    "small_numbers": "only {sessions} sessions: too few for a conclusion",
    "rows_withheld": (
        "groups and days of fewer than {least} visitors are left out, with the next smallest"
    ),
    "days_withheld": (
        "shown from {start} to {end}: on the days beyond, fewer than {least} visitors pass the "
        "filters"
    ),
    "previous_withheld": (
        "nothing to compare with: fewer than {least} visitors on days at the ends of that period"
    ),
    "no_categories": "no page viewed has a content category: write [[categories]] in site.toml",
    "no_products": "no page viewed is about a product: write [[products]] in site.toml",
    "no_campaigns": "no session carries a campaign in this period",
    "no_conversions": "no session of this period that passes the filters reached a goal",
    "window_before_data": (
        "paths reach back to {start}, but the data begin on {first}: what led to early conversions "
        "is only partly known"
    ),
    "journeys_split": (
        "{split} of {all} converting sessions are of browsers with sessions of another person, "
        'as before a login: their paths lack these; [identity] stitching = "visitor" joins them'
    ),
    "small_credits": (
        "{small} of {cells} rows were on the path of too few conversions for a conclusion"
    ),
    "paths_shortened": "{paths} paths are longer than {touches} touches: only their latest count",
    "not_resampled": (
        "model {model} meets too many different paths to be resampled: it has no intervals; a "
        "lower order or a lower limit of names gives some"
    ),
    "small_cells": "{small} of {cells} rows have too few sessions for a conclusion",
    "few_visitors": "{small} of {cells} rows rest on too few visitors for a conclusion",
    "no_customers": "no session in the period is of a known customer: nobody logged in",
    "customers_unseen": "no session of these customers that tells a preference: {customers}",
    "association_only": "an association: who looks differs from who does not in other ways, too",
    "interest_unfinished": (
        "{late} first views lie less than {days} days before the data's end, {last}: those "
        "customers are left out, for they may still buy"
    ),
    "interest_same_day": (
        "{same} of {bought} purchases fall on the day of the first view: who buys online cannot "
        "but look first; --later-only (later_only=True) leaves them out"
    ),
    "no_purchases": "no purchase is known in the period: `weblog purchases load FILE` loads them",
    "purchases_of_known": (
        "with these filters only purchases of customers known in the sessions they choose count"
    ),
    "small_groups": "{small} of {cells} rows start from too few customers for a conclusion",
    "products_overlap": (
        "a customer can hold several products: their sessions count in each, and shares do not "
        "sum to 1"
    ),
    "dimensions_overlap": (
        "a session can have several values of {dimensions}: it counts in each, and cells do not "
        "sum to the sessions"
    ),
    "unknown_left_out": (
        "{sessions} sessions are left out, since {attribute} is not known of them: nobody logged "
        "in, or the register does not tell it on that day"
    ),
    "attribute_unknown": (
        "{attribute} is not known of any session: nobody logged in, or the register does not "
        "tell it on that day"
    ),
    "cohorts_begin_with_data": (
        "the data begin on {first}: nobody knows of whom came from then on whether they had come "
        "before, so the first cohorts hold regular visitors, too, and come back more often"
    ),
    "cohorts_before": (
        "{people} customers began before {start} and are in no cohort: an earlier --from includes "
        "them"
    ),
    "no_joining": (
        "no day of joining is known: load the register with `weblog customers load FILE`"
    ),
    "small_cells_people": "{small} of {cells} rows have too few people for a conclusion",
    "customers_counted_whole": (
        "customers are counted whole, whether they visited or not: only the period applies, no "
        "other filter"
    ),
    "visits_before_data": (
        "the data begin on {first}: visits before are known only where the register tells of them, "
        "so more customers may have been active than are told"
    ),
    "people_counted_whole": (
        "people are counted whole, whatever they came for: only the period applies, no other filter"
    ),
    "nobody_known": (
        "no customer is known: nobody logged in, and no register is loaded (`weblog customers "
        "load FILE`); all people are anonymous"
    ),
    "small_flows": "{small} of {cells} flows start from too few people for a conclusion",
    "hits_counted_whole": (
        "sessions are made anew of all hits: only the period applies, no other filter"
    ),
    "purchases_without_session": (
        "the register does not tell which session led to a purchase: purchases are left out "
        "while sessions are filtered by {filters}"
    ),
    "no_product_categories": (
        'no product that was viewed has a category: write category = "..." in [[products]] of '
        "site.toml, and name it with --site"
    ),
    "segments_as_of": (
        "customers are in the segments of {day}, not in those their sessions began with"
    ),
    "other_segment_rules": (
        "the store has sessions in segments these rules do not name ({segments}): they were made "
        "by other rules; name them with --site"
    ),
    "not_reached": "no visit of this period has {step}",
    "rare_steps": "{pages} rarer pages or categories are one step, {step}",
    "no_funnels": "the site names no funnel: write [[funnels]] in site.toml, or give steps",
    "funnel_cut_short": (
        "{people} of {all} who began have not finished, and began less than {days} days before "
        "the period ends: they had less time than others"
    ),
    "no_searches": (
        "no search on the site is seen in this period: name its pages and parameters in "
        "[site_search] of site.toml"
    ),
    "searches_gone": (
        "of {all} views of search pages {gone} are no longer stored as hits: their words are lost"
    ),
    "nothing_to_evaluate": (
        "no customer known before this period turned to anything in it: suggestions cannot be "
        "evaluated, and what is popular is served"
    ),
    "popular_is_served": (
        "{kind}: no method beats popularity beyond chance; what is popular is served"
    ),
    "no_comparison": "what changed needs a period to compare with",
    "no_change": "no difference in {measure} beyond chance (|z| < {z})",
    "nothing_beyond_chance": (
        "none of the {rows} differences is beyond chance: with so few sessions, none was seen; "
        "that does not show there is none"
    ),
    "filters_ignored": "lines are counted whole: only the period applies, no other filter",
    "does_not_add_up": (
        "{lines} lines were read, but {accounted} are accounted for: an ingest was cut short "
        "or is running; `weblog ingest` again completes it"
    ),
}
"""Every code there is, with its English text."""


@dataclass(frozen=True, slots=True)
class ReportWarning:
    """One thing to know. ``code`` is a key of :data:`TEXTS`, ``values`` its facts."""

    code: str
    values: Mapping[str, Fact] = field(default_factory=dict, hash=False)

    @property
    def text(self) -> str:
        """The warning in English."""
        near = self.values.get("near")
        hint = f" (did you mean {near!r}?)" if near else ""
        return TEXTS[self.code].format(**self.values) + hint

    def __str__(self) -> str:
        return self.text

    def to_dict(self) -> dict[str, object]:
        """Code, facts and text as JSON-able values."""
        facts = {
            name: value.isoformat() if isinstance(value, date) else value
            for name, value in self.values.items()
        }
        return {"code": self.code, "values": facts, "text": self.text}
