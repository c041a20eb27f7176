"""The tables of contacts with customers: who was written to, and how lists came about."""

from __future__ import annotations

from typing import Final

import polars as pl

from weblog.table import Column, Table

S: Final = pl.String()
I64: Final = pl.Int64()


def _columns(*rows: tuple[str, pl.DataType, str]) -> tuple[Column, ...]:
    return tuple(Column(*row) for row in rows)


CONTACTS: Final = Table(
    "contacts",
    "one customer on one list of one day, written to or held out",
    _columns(
        ("day", pl.Date(), "day of the contact, in the site's time zone"),
        ("list", S, "the target list, or what a contact made elsewhere was about"),
        ("customer_id", S, "who"),
        ("channel", S, "how: 'email', 'sms', or another word for a contact made elsewhere"),
        ("rule", S, "the rule that put the customer on the list; null if made elsewhere"),
        ("offer", S, "what that rule offers"),
        ("stratum", S, "within what lots were drawn, such as the segment on that day"),
        ("is_held_out", pl.Boolean(), "chosen, but by lot not written to"),
        ("run", S, "the run of `weblog target` it is from; null if made elsewhere"),
    ),
    key=("day", "list", "customer_id", "channel"),
    partition_by=("day",),
)

TARGET_LISTS: Final = Table(
    "target_lists",
    "one run of `weblog target`: how a list came about",
    _columns(
        ("run", S, "its number"),
        ("made_at", pl.Datetime("us", "UTC"), "when"),
        ("list", S, "the target list"),
        ("day", pl.Date(), "the day it is for: customers are as of its start"),
        ("channel", S, "how its customers are written to"),
        ("rules", S, "rules that were asked and the condition of each, as JSON"),
        ("rules_sha256", S, "SHA-256 of the file of rules"),
        ("contact", S, "limits on contacts, the held-out share, strata, as JSON"),
        ("seed", S, "what the lots depend on, beside list and customer"),
        ("consent_day", pl.Date(), "last day consent was asked of"),
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
