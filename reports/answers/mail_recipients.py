"""What became of each delivery, customer by customer."""

from __future__ import annotations

from typing import Final

import polars as pl

from reports.breakdown import text
from reports.mail.answered import ask_mail, count, day, number
from reports.mail.outcomes import PRODUCT, outcomes
from reports.mail.recipients import about_days, about_traces, recipients, traced
from reports.mail.sent import attribute, is_empty
from reports.query import EVERYTHING, Filters, check_limit
from reports.result import Report
from reports.spec import ColumnSpec
from reports.warning import ReportWarning
from weblog.site.rules import Site
from weblog.store import Snapshot, Store

LIMIT: Final = 1000
"""Rows shown unless said otherwise: deliveries may be millions."""

_INSTANT = pl.Datetime("us", "UTC")


def _instant(name: str, meaning: str) -> ColumnSpec:
    return ColumnSpec(name, _INSTANT, "", meaning)


def _flag(name: str, meaning: str) -> ColumnSpec:
    return ColumnSpec(name, pl.Boolean(), "", meaning)


COLUMNS = (
    text("mailing", "Which mailing"),
    day("sent_on", "Day it was sent, in the site's time zone"),
    text("delivery", "The dispatch id its links carry"),
    text("customer_id", "Who; null: the delivery does not say"),
    text("segment", "What the customer was at the start of that day"),
    text("variant", "Which version was sent; null: there is one"),
    _flag("is_held_out", "Chosen, but by lot not written to: the rest is null"),
    text("bounced", "hard or soft: the rest is null; null: delivered, as far as is known"),
    _instant("opened_at", "When a person first fetched the pixel"),
    count("opens", "How often people fetched it"),
    _instant("clicked_at", "When a person first followed a link, not one to unsubscribe"),
    count("clicks", "How many links people followed, each time counted"),
    _instant("visited_at", "When a person's first session that bears the dispatch id began"),
    count("visits", "Such sessions"),
    count("goals", "Goals reached in them"),
    number("goal_value", "money", "Value of these goals"),
    day("bought_on", "Day of the first purchase of what the mailing sells, within its days"),
    number("bought_value", "money", "Value of these purchases"),
    _flag("unsubscribed", "Unsubscribed by it, as deliveries tell"),
    count("machine_traces", "Opens, clicks and visits that machines left; mail_robots: the rules"),
)


def mail_recipients(
    source: Store | Snapshot,
    filters: Filters = EVERYTHING,
    *,
    days: int | None = None,
    limit: int | None = LIMIT,
    site: Site | None = None,
) -> Report:
    """List what became of each delivery: opened, clicked, visited, bought, by customer.

    A row per customer chosen for a mailing sent in the period, held out or written to; the
    earliest mailing first, in it those who bought, then who visited, clicked, opened, the earliest
    first. At most ``limit`` rows (None: all). People's traces only, within ``days`` of sending as
    in ``mailings``. Names customers by their ids: who may see it is for roles to say. Of the
    filters, campaigns, segments, customers and those on the register apply, each as of the day
    of sending. Columns, units and meanings: ``COLUMNS``.

    Raises:
        QueryError: ``days`` or ``limit`` is less than 1.
        SiteError: a segment rule is wrong, or fails with these customers.
        StoreError: the store cannot be read.
    """
    check_limit(limit)
    mail = ask_mail(source, filters, site, days)
    sent, snapshot = mail.sent, mail.asked.snapshot
    found = traced(mail.asked, sent, mail.site.mail)
    rows = recipients(sent, found, mail.site.mail).rename({"value": "goal_value"})
    did = outcomes(snapshot, sent, PRODUCT).select(
        "number", "customer", bought_on="first_on", bought_value="value"
    )
    segments = attribute(snapshot, mail.site, sent.mailings, sent.deliveries, "segment")
    order = ("bought_on", "visited_at", "clicked_at", "opened_at")
    frame = (
        sent.deliveries.drop("unsubscribed")
        .join(rows.drop("number"), on="row")
        .join(did, on=["number", "customer"], how="left")
        .join(segments.rename({"name": "segment"}), on="row", how="left")
        .join(sent.mailings.select("number", "mailing", "sent_on"), on="number")
        .sort("number", *order, "delivery", nulls_last=True)
    )
    warnings = [*about_traces(found, sent, mail.site.mail), *about_days(sent)]
    if is_empty(mail.asked.snapshot, "purchases"):
        warnings.append(ReportWarning("no_purchases_at_all"))
    shown = frame if limit is None else frame.head(limit)
    return mail.answer("mail_recipients", shown, COLUMNS, *warnings)
