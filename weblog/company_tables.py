"""Tables that come from the company, not from its logs: the register, marketing, contacts."""

from __future__ import annotations

from typing import Final

import polars as pl

from weblog.column_types import F64, I32, I64, TS, B, D, S, columns
from weblog.table import Check, Table


def _not_negative(*names: str) -> tuple[Check, ...]:
    return tuple(Check(name, pl.col(name) >= 0, "expected 0 or more") for name in names)


CUSTOMERS: Final = Table(
    "customers",
    "one state of a registered customer, from valid_from until the next row's",
    columns(
        ("customer_id", S, "as the log names it"),
        ("valid_from", D, "first day this state holds, site time zone"),
        (
            "known_from",
            D,
            (
                "day of the export that first told this state: days of it before that are "
                "assumed; null where the export itself said from when it holds"
            ),
        ),
        ("joined", D, "day of registration"),
        ("grade", S, "the register's grade, e.g. 'VIP'"),
        ("name", S, "name; in no report"),
        ("email", S, "e-mail address; in no report"),
        ("phone", S, "telephone number; in no report"),
        ("birth_date", D, "day of birth; in no report"),
        ("birth_year", I32, "year of birth; that of birth_date where only the day is given"),
        ("sex", S, "'F' or 'M'"),
        ("occupation", S, "occupation"),
        ("children", I32, "number of children"),
        ("consent_email", B, "may be written to by e-mail"),
        ("consent_sms", B, "may be written to by SMS"),
        ("last_visit", D, "last visit known before the logs begin, if the register knows it"),
    ),
    key=("customer_id", "valid_from"),
)

PURCHASES: Final = Table(
    "purchases",
    "one purchase (contract)",
    columns(
        ("purchase_id", S, "number of the contract"),
        ("customer_id", S, "who bought"),
        ("product", S, "what, by the name the product rules use"),
        ("purchased", D, "first day in force"),
        ("ended", D, "first day no longer in force; null while it lasts"),
        (
            "matures",
            D,
            "day it runs out or is renewed, as agreed when it was made; null where it has none",
        ),
        ("value", F64, "value, in the site's currency"),
        ("sold_through", S, "where it was sold: web, agent, call centre ..."),
    ),
    key=("purchase_id",),
    needed=("customer_id", "purchased"),
)

CAMPAIGNS: Final = Table(
    "campaigns",
    "one marketing campaign",
    columns(
        ("campaign", S, "the name its links carry"),
        ("title", S, "what people call it"),
        ("medium", S, "medium its links carry"),
        ("product", S, "what it sells"),
        ("start", D, "first day"),
        ("end", D, "last day"),
        ("cost", F64, "cost in all, in the site's currency"),
    ),
    key=("campaign",),
    checks=(
        *_not_negative("cost"),
        Check("end", pl.col("end") >= pl.col("start"), "expected a day not before start"),
    ),
)

CAMPAIGN_COSTS: Final = Table(
    "campaign_costs",
    "one day of one campaign, or of a part of it, as an ad system reports it",
    columns(
        ("date", D, "day, in the ad system's time zone"),
        ("imported_from", S, "the ad system: the column map its export was read by"),
        ("ad_campaign", S, "what the ad system calls the campaign"),
        (
            "campaign",
            S,
            "the name its links carry: what the site says it is, else as the ad system calls it",
        ),
        ("source", S, "source its links carry; null where not known"),
        ("medium", S, "medium its links carry; null where not known"),
        ("content", S, "ad or creative; null where the export is not by ad"),
        ("term", S, "keyword; null where the export is not by keyword"),
        ("impressions", I64, "times shown"),
        ("clicks", I64, "clicks the medium reports"),
        ("cost", F64, "cost of the day, in the site's currency"),
        ("conversions", F64, "conversions the medium claims; may be fractions"),
        ("conversion_value", F64, "their value as the medium claims it, in the site's currency"),
    ),
    key=("date", "imported_from", "ad_campaign", "source", "medium", "content", "term"),
    needed=("campaign",),
    unknown=("source", "medium", "content", "term"),
    whole=("date", "imported_from"),
    checks=_not_negative("impressions", "clicks", "cost", "conversions", "conversion_value"),
)

BANNERS: Final = Table(
    "banners",
    "one banner at one place of one portal on one day, as the medium reports it",
    columns(
        ("date", D, "day"),
        ("banner", S, "the content its links carry"),
        ("campaign", S, "its campaign"),
        ("portal", S, "where it was shown"),
        ("position", S, "at which place of the portal; null where not known"),
        ("impressions", I64, "times shown"),
        ("clicks", I64, "clicks the medium reports"),
        ("cost", F64, "cost of the day, in the site's currency"),
    ),
    key=("date", "banner", "campaign", "portal", "position"),
    unknown=("campaign", "position"),
    whole=("date", "banner", "campaign", "portal"),
    checks=_not_negative("impressions", "clicks", "cost"),
)

MAILINGS: Final = Table(
    "mailings",
    "one mailing",
    columns(
        ("mailing", S, "the name its links carry"),
        ("title", S, "subject"),
        ("campaign", S, "its campaign"),
        ("product", S, "what it sells"),
        ("sent", TS, "when it was sent"),
        ("cost", F64, "cost in all, in the site's currency"),
        (
            "conversion_days",
            I32,
            "days after it was sent within which what people do counts; null: the site's default",
        ),
    ),
    key=("mailing",),
    checks=(
        *_not_negative("cost"),
        Check("conversion_days", pl.col("conversion_days") >= 1, "expected 1 or more"),
    ),
)

DELIVERIES: Final = Table(
    "deliveries",
    "one customer chosen for one mailing, written to or held out",
    columns(
        ("delivery", S, "dispatch id its links carry; also given to the held-out"),
        ("mailing", S, "which mailing"),
        ("customer_id", S, "who"),
        ("is_held_out", B, "chosen, but by lot not written to"),
        ("variant", S, "which version was sent, such as 'A' or 'B'; null where there is one"),
        ("bounced", S, "'hard', 'soft' or null"),
        (
            "unsubscribed",
            TS,
            "when the customer unsubscribed by this mailing; null: did not",
        ),
    ),
    key=("delivery",),
    needed=("mailing",),
    checks=(Check("bounced", pl.col("bounced").is_in(["hard", "soft"]), "expected hard or soft"),),
)

CONTACTS: Final = Table(
    "contacts",
    "one customer on one list of one day, written to or held out",
    columns(
        ("day", D, "day of the contact, in the site's time zone"),
        ("list", S, "the target list, or what a contact made elsewhere was about"),
        ("customer_id", S, "who"),
        ("channel", S, "how: 'email', 'sms', or another word for a contact made elsewhere"),
        ("rule", S, "the rule that put the customer on the list; null if made elsewhere"),
        ("offer", S, "what that rule offers"),
        ("stratum", S, "within what lots were drawn, such as the segment on that day"),
        ("is_held_out", B, "chosen, but by lot not written to"),
        ("run", S, "the run of `weblog target` it is from; null if made elsewhere"),
    ),
    key=("day", "list", "customer_id", "channel"),
    partition_by=("day",),
)

TARGET_LISTS: Final = Table(
    "target_lists",
    "one run of `weblog target`: how a list came about",
    columns(
        ("run", S, "its number"),
        ("made_at", TS, "when"),
        ("list", S, "the target list"),
        ("day", D, "the day it is for: customers are as of its start"),
        ("channel", S, "how its customers are written to"),
        ("rules", S, "rules that were asked and the condition of each, as JSON"),
        ("rules_sha256", S, "SHA-256 of the file of rules"),
        ("contact", S, "limits on contacts, the held-out share, strata, as JSON"),
        ("seed", S, "what the lots depend on, beside list and customer"),
        ("consent_day", D, "last day consent was asked of"),
        ("version", S, "version of the program"),
        ("snapshot", S, "versions of the tables that were read, as JSON"),
        ("matched", I64, "customers whom a rule chose; the sum of the next five"),
        ("no_consent", I64, "left out: no consent for the channel"),
        ("recently_contacted", I64, "left out: a contact within the days of rest"),
        ("over_cap", I64, "left out: as many contacts as are allowed already"),
        ("held_out", I64, "by lot not written to"),
        ("written", I64, "on the list"),
        ("file", S, "name of the file"),
        ("file_sha256", S, "SHA-256 of the file"),
    ),
    key=("run",),
)
