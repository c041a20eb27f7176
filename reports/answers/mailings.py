"""What became of each mailing: sent, delivered, opened, clicked, visited, converted."""

from __future__ import annotations

from typing import Final

import polars as pl

from reports.ask import SMALL
from reports.intervals import wilson
from reports.mail.answered import MAILING, NAMED, MailAsked, ask_mail, count, number
from reports.mail.outcomes import PRODUCT, outcomes
from reports.mail.recipients import about_days, about_traces, recipients, traced
from reports.mail.sent import attribute, is_empty
from reports.measures import quotient
from reports.query import EVERYTHING, Filters
from reports.result import Report
from reports.spec import ColumnSpec
from reports.warning import ReportWarning
from weblog.site.rules import Site
from weblog.store import Snapshot, Store

_RATES: Final = {
    "open": ("opened", "delivered"),
    "click": ("clicked", "delivered"),
    "click_to_open": ("clicked", "opened"),
    "visit": ("visited", "delivered"),
    "conversion": ("converted", "delivered"),
    "purchase": ("bought", "delivered"),
    "unsubscribe": ("unsubscribed", "delivered"),
}
"""Rate to what it divides by what; the click-to-open rate is a quotient of two counts, for a link
can be followed without the picture being fetched."""

_WITH_ENDS: Final = ("open", "click", "visit", "conversion", "purchase", "unsubscribe")


def _rate_columns(name: str) -> tuple[ColumnSpec, ...]:
    over, under = _RATES[name]
    rate = number(f"{name}_rate", "rate", f"{over} / {under}")
    if name not in _WITH_ENDS:
        return (rate,)
    return (
        rate,
        number(f"{name}_low", "rate", "Lower end of that rate's 95 % interval (Wilson)"),
        number(f"{name}_high", "rate", "Upper end of that rate's interval"),
    )


COLUMNS = (
    *MAILING,
    *NAMED,
    count("days", "Days after sending within which what people do counts"),
    count("days_seen", "Of them, those the data cover; fewer: not over yet"),
    count("chosen", "Customers chosen: sent and held out"),
    count("held_out", "Of them, those by lot not written to"),
    count("sent", "Of them, those written to"),
    count("hard_bounces", "Sent to an address that does not exist"),
    count("soft_bounces", "Sent, but not taken this time: a full mailbox, a server away"),
    count("delivered", "sent - hard_bounces - soft_bounces"),
    number("delivery_rate", "rate", "delivered / sent"),
    count("opened_raw", "Delivered mails whose pixel was fetched, by people or machines"),
    number("open_rate_raw", "rate", "opened_raw / delivered"),
    count("opened", "Delivered mails whose pixel a person fetched; mail_robots tells the rules"),
    *_rate_columns("open"),
    count("clicked_raw", "Delivered mails with a link followed, by people or machines"),
    number("click_rate_raw", "rate", "clicked_raw / delivered"),
    count("clicked", "Delivered mails with a link followed by a person, not one to unsubscribe"),
    *_rate_columns("click"),
    *_rate_columns("click_to_open"),
    count("visited", "Delivered mails with a person's session that bears the dispatch id"),
    *_rate_columns("visit"),
    count("visits", "These sessions"),
    count("converted", "Delivered mails with a goal reached in such a session"),
    *_rate_columns("conversion"),
    number("converted_value", "money", "Value of the goals reached in such sessions"),
    count("bought", "Delivered to customers who bought what it sells, through the mail or not"),
    *_rate_columns("purchase"),
    number("bought_value", "money", "Value of what they bought; mailing_effect tells the effect"),
    count("unsubscribed", "Delivered to customers who unsubscribed by it, as deliveries tell"),
    *_rate_columns("unsubscribe"),
    count("unsubscribe_clicks", "Delivered mails with a link to unsubscribe followed by a person"),
    number("cost", "money", "Cost of the whole mailing"),
    ColumnSpec("small", pl.Boolean(), "", f"Fewer than {SMALL} delivered: no conclusion"),
)


def mailings(
    source: Store | Snapshot,
    filters: Filters = EVERYTHING,
    *,
    by: str | None = None,
    days: int | None = None,
    site: Site | None = None,
) -> Report:
    """Tell how many of each mailing were sent, delivered, opened, clicked, visited, converted.

    A row per mailing sent in the period, the earliest first; with ``by`` "variant", "segment",
    "age_band", "sex", "occupation", "children" or "product_held" one for each of these, as the
    register knew the customers at the start of the day of sending. Each delivery counts once.
    Opens are fetched pixels, clicks followed redirects (those to unsubscribe left out), visits
    sessions of people that bear the dispatch id, as ``[mail]`` of the site's rules says how to
    tell them; raw with all machines, and without those the rules of ``mail_robots`` name. What
    happens within ``days`` of sending counts: by default those of table mailings
    (conversion_days), else those of the site. Rates are of what was delivered, with Wilson's
    interval. These are counts of what happened, not of what the mailing caused: many of those who
    bought would have bought without it, and ``mailing_effect`` tells. Of the filters, campaigns,
    segments, customers and those on the register apply, each as of the day of sending.
    Without deliveries a mailing has its sessions only, by its name in their campaign content.
    Columns, units and meanings: ``COLUMNS``.

    Raises:
        QueryError: ``days`` is less than 1.
        UnknownNameError: no such ``by``.
        SiteError: a segment rule is wrong, or fails with these customers.
        StoreError: the store cannot be read.
    """
    mail = ask_mail(source, filters, site, days)
    found = traced(mail.asked, mail.sent, mail.site.mail)
    rows = recipients(mail.sent, found, mail.site.mail)
    counted = _counted(mail, rows, by)
    frame = _rated(mail.beside(counted, "cost").with_columns(pl.lit(by, pl.String).alias("by")))
    warnings = [*about_traces(found, mail.sent, mail.site.mail), *about_days(mail.sent)]
    if is_empty(mail.asked.snapshot, "purchases"):
        bought = [name for name in frame.columns if name.startswith(("bought", "purchase_"))]
        unknown = (pl.lit(None, frame.schema[name]).alias(name) for name in bought)
        frame = frame.with_columns(unknown)
        warnings.append(ReportWarning("no_purchases_at_all"))
    if frame["opened"].sum():
        warnings.append(ReportWarning("opens_inflated"))
    few = int(frame["small"].sum())
    if few:
        warnings.append(ReportWarning("small_groups", {"small": few, "cells": frame.height}))
    return mail.answer("mailings", frame, COLUMNS, *warnings)


def _counted(mail: MailAsked, rows: pl.DataFrame, by: str | None) -> pl.DataFrame:
    """Return the counts of each mailing and name; a mailing without deliveries has a row, too."""
    sent = mail.sent
    snapshot = mail.asked.snapshot
    did = outcomes(snapshot, sent, PRODUCT).select("number", "customer", bought="value")
    whole = (
        sent.deliveries.select("row", "number", "customer", "bounced")
        .join(rows.drop("number"), on="row", maintain_order="left")
        .join(did, on=["number", "customer"], how="left", maintain_order="left")
    )
    named = whole.with_columns(pl.lit(None, pl.String).alias("name"))
    if by is not None:
        names = attribute(snapshot, mail.site, sent.mailings, sent.deliveries, by)
        named = whole.join(names, on="row", maintain_order="left")
    counts = named.group_by("number", "name").agg(*_counts(sent.knows))
    silent = sent.mailings.join(sent.deliveries, on="number", how="anti")
    visits = _visits_by_name(mail, silent)
    return pl.concat([counts, visits], how="diagonal_relaxed").sort(
        "number", "name", nulls_last=True
    )


def _counts(knows: frozenset[str]) -> list[pl.Expr]:
    is_sent, delivered = pl.col("is_sent"), pl.col("is_delivered")

    def mails(which: pl.Expr) -> pl.Expr:
        """Count; null where nothing tells of any mail delivered."""
        known = which.filter(delivered).is_not_null().any() | ~delivered.any()
        return pl.when(known).then((which & delivered).sum().cast(pl.Int64))

    def summed(name: str) -> pl.Expr:
        known = pl.col(name).is_not_null().any() | ~delivered.any()
        return pl.when(known).then(pl.col(name).sum()).alias(name)

    def happened(name: str, times: str) -> pl.Expr:
        # A time is null where it never happened, and where nothing tells: its count knows which.
        known = pl.col(times).is_not_null()
        return pl.when(known).then(pl.col(name).is_not_null())

    bounce = pl.col("bounced")
    told = pl.lit(value="bounced" in knows)
    return [
        pl.len().cast(pl.Int64).alias("chosen"),
        (~is_sent).sum().cast(pl.Int64).alias("held_out"),
        is_sent.sum().cast(pl.Int64).alias("sent"),
        *(
            pl.when(told).then((is_sent & (bounce == kind)).sum().cast(pl.Int64))
            .alias(f"{kind}_bounces")
            for kind in ("hard", "soft")
        ),
        delivered.sum().cast(pl.Int64).alias("delivered"),
        mails(pl.col("opened_raw")).alias("opened_raw"),
        mails(happened("opened_at", "opens")).alias("opened"),
        mails(pl.col("clicked_raw")).alias("clicked_raw"),
        mails(happened("clicked_at", "clicks")).alias("clicked"),
        mails(happened("visited_at", "visits")).alias("visited"),
        summed("visits"),
        mails(pl.col("goals") > 0).alias("converted"),
        summed("value").alias("converted_value"),
        (pl.col("bought").is_not_null() & delivered).sum().cast(pl.Int64).alias("bought"),
        pl.col("bought").filter(delivered).sum().alias("bought_value"),
        mails(pl.col("unsubscribed")).alias("unsubscribed"),
        mails(pl.col("unsubscribe_clicks") > 0).alias("unsubscribe_clicks"),
    ]  # fmt: skip


def _visits_by_name(mail: MailAsked, silent: pl.DataFrame) -> pl.DataFrame:
    """Return mailings without deliveries with the sessions whose campaign content names them."""
    own = silent.select(
        "number",
        *("sent", "until", pl.lit(None, pl.String).alias("name")),
        pl.col("mailing").str.to_lowercase().alias("content"),
    )
    nothing = {"number": pl.UInt32(), "name": pl.String(), "visits": pl.Int64()}
    if own.is_empty():
        return pl.DataFrame(schema=nothing)
    sessions = (
        mail.asked.snapshot.scan("sessions")
        .select("start", pl.col("content").str.to_lowercase())
        .join(own.lazy(), on="content")
        .filter(pl.col("start").is_between("sent", "until", closed="left"))
        .group_by("number")
        .agg(pl.len().cast(pl.Int64).alias("visits"))
        .collect()
    )
    return own.join(sessions, on="number", how="left").select(
        "number", "name", pl.col("visits").fill_null(0)
    )


def _rated(frame: pl.DataFrame) -> pl.DataFrame:
    ends = {name: wilson(*(pl.col(part) for part in _RATES[name])) for name in _WITH_ENDS}
    return frame.with_columns(
        quotient("delivered", "sent").alias("delivery_rate"),
        quotient("opened_raw", "delivered").alias("open_rate_raw"),
        quotient("clicked_raw", "delivered").alias("click_rate_raw"),
        *(quotient(over, under).alias(f"{name}_rate") for name, (over, under) in _RATES.items()),
        *(low.alias(f"{name}_low") for name, (low, _) in ends.items()),
        *(high.alias(f"{name}_high") for name, (_, high) in ends.items()),
        (pl.col("delivered") < SMALL).fill_null(value=True).alias("small"),
    )
