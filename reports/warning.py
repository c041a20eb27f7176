"""What a reader must know beside the numbers: a code, facts, and an English text.

The dashboard translates by code and puts the facts in; everybody else reads the text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from reports.campaign.warnings import TEXTS as OF_CAMPAIGNS
from reports.live_warnings import TEXTS as OF_LIVE

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
    "sampled": (
        "computed on a sample, one visitor in {sample}: counts are of the sample, shares and rates "
        "are estimates"
    ),
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
    "too_few_days": (
        "only {days} days are known: {least} are needed to know a weekday from chance"
    ),
    "no_steps_yet": (
        "only {days} days are known: a change that lasts can be told from {least} days on"
    ),
    "nothing_out_of_line": (
        "no day is out of line and nothing changed for good beyond chance, in {series} series"
    ),
    "no_banners": (
        "no banner is loaded: impressions, reported clicks and cost are not known. Name the "
        'media\'s file in [tables] of site.toml (banners = "banners.csv": date, banner, campaign, '
        "portal, position, impressions, clicks, cost), or run `weblog banners load FILE`"
    ),
    "banners_not_reported": (
        "the media report no banner in this period; table banners reaches from {first} to {last}: "
        "load their newer reports"
    ),
    "banner_column_missing": (
        "{missing} of {rows} rows of table banners in this period have no {column}: what is "
        "divided by it leaves them out. `weblog banners load FILE` with that column completes them"
    ),
    "reported_counted_whole": (
        "what the media report is counted whole: {filters} choose sessions only, so clicks and "
        "cost are those of everybody"
    ),
    "gap_unknowable": (
        "no log tells who clicked and never asked for a page: no_landing is what is left, with "
        "clicks broken off, blocked, counted twice or made up, and those the medium's own midnight "
        "puts on another day"
    ),
    "portals_without_referrer": (
        "visits from {portals} come without a referrer: parameters lost there cannot be seen and "
        "are part of no_landing"
    ),
    "usual_unknown": (
        "the data begin with campaign {campaign}: how many came from {portals} without parameters "
        "before is not known, so all of them count as lost at most"
    ),
    "creatives_apart": (
        "{pairs} of {cells} comparisons are of creatives shown on different portals or positions: "
        "the difference is of the creative and its place together"
    ),
    "no_rivals": "no campaign has two creatives to compare in this period",
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
        "rows on the path of too few conversions for a conclusion: {small} of {cells}"
    ),
    "paths_shortened": "{paths} paths are longer than {touches} touches: only their latest count",
    "not_resampled": (
        "model {model} meets too many different paths to be resampled: it has no intervals; a "
        "lower order or a lower limit of names gives some"
    ),
    "small_cells": "rows with too few sessions for a conclusion: {small} of {cells}",
    "few_visitors": "rows with too few visitors for a conclusion: {small} of {cells}",
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
    "no_purchases_at_all": (
        "no purchase is known at all, so what mails sold is not: `weblog purchases load FILE` "
        "loads them (purchase_id, customer_id, product, purchased); --outcome visit or goal of "
        "mailing_effect does without"
    ),
    "no_purchases": "no purchase is known in the period: `weblog purchases load FILE` loads them",
    "purchases_of_known": (
        "with these filters only purchases of customers known in the sessions they choose count"
    ),
    "small_groups": "rows that start from too few customers for a conclusion: {small} of {cells}",
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
    "small_cells_people": "rows with too few people for a conclusion: {small} of {cells}",
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
    "mail_filters": (
        "deliveries have no session: {filters} do not apply, only campaigns, segments, customers "
        "and what the register knows"
    ),
    "no_mailings": (
        "table mailings is empty: `weblog mailings load FILE` loads a row per mailing (mailing, "
        "sent, product), `weblog deliveries load FILE` a row per customer chosen"
    ),
    "mailings_undated": (
        "{mailings} mailings do not tell when they were sent, and are in no report: load them with "
        "the column sent"
    ),
    "no_mailings_sent": "no mailing was sent in this period that passes the filters",
    "no_deliveries": (
        "of {without} of {mailings} mailings no delivery is known ({names}): whom they were "
        "sent to is missing; `weblog deliveries load FILE` loads a row per customer chosen "
        "with delivery, mailing, customer_id and is_held_out"
    ),
    "deliveries_of_nobody": (
        "{deliveries} deliveries name no customer: they count as sent, opened and clicked, but "
        "what their customers did cannot be told"
    ),
    "no_holdout": (
        "of {without} of {mailings} mailings nobody was held out ({names}): they are observational "
        "and have no lift; leave a tenth of those chosen out by lot and load them as deliveries "
        "with is_held_out = true (`weblog target` draws such lots)"
    ),
    "no_variants": (
        "of {without} of {mailings} mailings there is no other version ({names}): load deliveries "
        "with the column variant"
    ),
    "both_groups": (
        "{customers} customers were both written to and held out of the same mailing: they are in "
        "neither group"
    ),
    "mailings_unfinished": (
        "mailings whose days are not over by the data's end: {mailings} ({names}); people may "
        "still open, click and buy; both groups are followed equally long"
    ),
    "no_mail_rules": (
        "the site does not say how mails show in the log: write {settings} in [mail] of site.toml, "
        "and name it with --site"
    ),
    "no_mail_traces": (
        "no line of the log bears a dispatch id of these mailings: is [mail] in site.toml right, "
        "and are the logs of the server with pixel and redirect read?"
    ),
    "mail_unmatched": (
        "{traces} opens, clicks and landings bear a dispatch id no delivery has: are deliveries of "
        "these days missing?"
    ),
    "held_out_written": (
        "{customers} customers were held out, but their mail was opened or clicked: were they "
        "written to?"
    ),
    "no_bounces": (
        "no delivery tells of a bounce: delivered is as many as sent; load deliveries with the "
        "column bounced ('hard' or 'soft')"
    ),
    "no_unsubscribes": (
        "no delivery tells of an unsubscription: load deliveries with the column unsubscribed"
    ),
    "opens_inflated": (
        "mail programs hide pictures, or fetch them unread: opens compare mailings, they do not "
        "count readers"
    ),
    "no_comparison": "what changed needs a period to compare with",
    "no_change": "no difference in {measure} beyond chance (|z| < {z})",
    "nothing_beyond_chance": (
        "none of the {rows} differences is beyond chance: with so few sessions, none was seen; "
        "that does not show there is none"
    ),
    "filters_ignored": "lines are counted whole: only the period applies, no other filter",
    "no_browser": (
        "without pictures: no Chromium was found to draw them; install one, or set {variable} to it"
    ),
    "no_pictures": "without some pictures: {problem}",
    "no_pdf": "without the PDF: {problem}",
    "does_not_add_up": (
        "{lines} lines were read, but {accounted} are accounted for: an ingest was cut short "
        "or is running; `weblog ingest` again completes it"
    ),
    "no_history": (
        "no day of another tool is kept: `weblog history load FILE` loads data files of AWStats, "
        "reports of GoAccess in JSON, or days of Matomo"
    ),
    "history_counted_whole": (
        "the other tool counted everybody: only the period applies, no other filter"
    ),
    "history_bytes_withheld": "own bytes are not told to readers of groups",
    **OF_CAMPAIGNS,
    **OF_LIVE,
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
