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
    "small_groups": "{small} of {cells} rows start from too few customers for a conclusion",
    "products_overlap": (
        "a customer can hold several products: their sessions count in each, and shares do not "
        "sum to 1"
    ),
    "attribute_unknown": (
        "{attribute} is not known of any session: nobody logged in, or the register does not "
        "tell it on that day"
    ),
    "customers_counted_whole": (
        "customers are counted whole, whether they visited or not: only the period applies, no "
        "other filter"
    ),
    "hits_counted_whole": (
        "sessions are made anew of all hits: only the period applies, no other filter"
    ),
    "segments_as_of": (
        "customers are in the segments of {day}, not in those their sessions began with"
    ),
    "other_segment_rules": (
        "the store has sessions in segments these rules do not name ({segments}): they were made "
        "by other rules; name them with --site"
    ),
    "no_comparison": "what changed needs a period to compare with",
    "no_change": "no difference in {measure} beyond chance (|z| < {z})",
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
