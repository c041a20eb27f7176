"""How long it takes until a mail is opened, and until a link in it is followed."""

from __future__ import annotations

from typing import Final

import polars as pl

from reports.ask import SMALL
from reports.breakdown import text
from reports.mail.answered import MAILING, NAMED, MailAsked, ask_mail, count, number
from reports.mail.recipients import about_days, about_traces, recipients, traced
from reports.mail.sent import attribute, until_seen
from reports.query import EVERYTHING, Filters
from reports.result import Report
from reports.spec import ColumnSpec
from reports.survival import kaplan_meier
from reports.warning import ReportWarning
from weblog.site.rules import Site
from weblog.store import Snapshot, Store

EVENTS: Final = {"opened": "opened_at", "clicked": "clicked_at"}
"""What is waited for, and the column of recipients with when it came."""

SHARES: Final = (0.05, 0.1, 0.25, 0.5)
"""Shares of those delivered to of whom it is told by when so many had done it."""

_HOUR: Final = 3_600_000_000

COLUMNS = (
    text("part", "summary: a row per mailing and event; curve: one per hour something ended, too"),
    *MAILING,
    *NAMED,
    text("event", f"What is waited for: {' or '.join(EVENTS)}"),
    count("days", "Days after sending within which it counts"),
    count("delivered", "Mails delivered, and watched from sending on"),
    count("happened", "Of them, those it happened to"),
    number("hours_q1", "", "A quarter of those it happened to had done it after so many hours"),
    number("hours_median", "", "Half of them had"),
    number("hours_q3", "", "Three quarters of them had"),
    number("hours_p90", "", "Nine in ten of them had"),
    *(
        number(f"q{share * 100:.0f}", "", f"{share:.0%} of all delivered have by then; null: fewer")
        for share in SHARES
    ),
    count("hour", "Whole hours since sending; 0 is the first hour"),
    count("at_risk", "Mails it had not happened to before that hour, and that were watched still"),
    count("happened_then", "Of them, those it happened to in that hour"),
    number("share", "rate", "Share it has happened to by the end of that hour"),
    number("low", "rate", "Lower end of that share's 95 % interval"),
    number("high", "rate", "Upper end of that share's interval"),
    ColumnSpec("small", pl.Boolean(), "", f"Fewer than {SMALL} delivered (still watched): few"),
)


def mail_times(
    source: Store | Snapshot,
    filters: Filters = EVERYTHING,
    *,
    by: str | None = None,
    days: int | None = None,
    site: Site | None = None,
) -> Report:
    """Tell how many hours pass from sending until a person opens a mail, and follows a link.

    Of mailings sent in the period, those delivered, each from the instant the mailing was sent: a
    summary row per mailing (and what ``by`` says, as in ``mailings``) and event, then its curve:
    the share that has by each hour (Kaplan and Meier 1958, with Greenwood's variance on the
    complementary log-log scale). Who has not by the end of the mailing's ``days``, or of the data,
    is watched no longer, not counted as never doing it. Quartiles are of those it happened to;
    q5 to q50 of all delivered by the curve, null where so many have not. Machines are left out,
    by the rules of ``mail_robots``: they open first, and would make people look quick.
    Columns, units and meanings: ``COLUMNS``.

    Raises:
        QueryError: ``days`` is less than 1.
        UnknownNameError: no such ``by``.
        SiteError: a segment rule is wrong, or fails with these customers.
        StoreError: the store cannot be read.
    """
    mail = ask_mail(source, filters, site, days)
    found = traced(mail.asked, mail.sent, mail.site.mail)
    rows = recipients(mail.sent, found, mail.site.mail).filter("is_delivered")
    waits = _waits(mail, rows, by)
    frame = _told(waits).with_columns(pl.lit(by, pl.String).alias("by"))
    order = ["part_order", "number", "name", "event_order", "hour"]
    whole = mail.beside(frame).sort(order, nulls_last=True)
    missing = [name for name in _columns() if name not in whole.columns]
    whole = whole.with_columns(pl.lit(None).alias(name) for name in missing)
    warnings = [*about_traces(found, mail.sent, mail.site.mail), *about_days(mail.sent)]
    summary = whole.filter(part="summary")
    few = int(summary["small"].sum())
    if few:
        warnings.append(ReportWarning("small_groups", {"small": few, "cells": summary.height}))
    skipped = {"no_bounces", "no_unsubscribes"}
    told = [warning for warning in warnings if warning.code not in skipped]
    return mail.answer("mail_times", whole, COLUMNS, *told)


def _columns() -> list[str]:
    return [column.name for column in COLUMNS]


def _waits(mail: MailAsked, rows: pl.DataFrame, by: str | None) -> pl.DataFrame:
    """Return ``number``, ``name``, ``event``, ``hours`` and ``is_bought``, a row per wait."""
    ends = until_seen(mail.sent).select("number", "sent", "seen_until")
    named = rows.with_columns(pl.lit(None, pl.String).alias("name"))
    if by is not None:
        sent = mail.sent
        names = attribute(mail.asked.snapshot, mail.site, sent.mailings, sent.deliveries, by)
        named = rows.join(names, on="row", maintain_order="left")
    watched = named.join(ends, on="number").filter(pl.col("seen_until") > pl.col("sent"))
    known = {"opened": "opens", "clicked": "clicks"}
    return pl.concat(
        watched.filter(pl.col(known[event]).is_not_null()).select(
            "number",
            "name",
            pl.lit(event).alias("event"),
            pl.lit(place).alias("event_order"),
            (
                (pl.coalesce(at, "seen_until") - pl.col("sent")).dt.total_microseconds() / _HOUR
            ).alias("hours"),
            pl.col(at).is_not_null().alias("is_bought"),
        )
        for place, (event, at) in enumerate(EVENTS.items())
    )


def _told(waits: pl.DataFrame) -> pl.DataFrame:
    keys = ["number", "name", "event", "event_order"]
    cells = waits.select(keys).unique().sort(keys, nulls_last=True).with_row_index("cell")
    own = waits.join(cells, on=keys, nulls_equal=True)
    whole = pl.col("hours").floor().cast(pl.Int64)
    curve = kaplan_meier(own.with_columns(whole.alias("days")), "cell")
    after = pl.col("hours").filter("is_bought")
    quartiles = (("hours_q1", 0.25), ("hours_median", 0.5), ("hours_q3", 0.75), ("hours_p90", 0.9))
    summary = (
        own.group_by("cell")
        .agg(
            pl.len().cast(pl.Int64).alias("delivered"),
            pl.col("is_bought").sum().cast(pl.Int64).alias("happened"),
            *(after.quantile(share, "linear").alias(name) for name, share in quartiles),
        )
        .join(_by_shares(curve), on="cell", how="left")
        .with_columns(
            pl.lit("summary").alias("part"),
            pl.lit(0).alias("part_order"),
            (pl.col("delivered") < SMALL).alias("small"),
        )
    )
    steps = curve.rename({"day": "hour", "bought": "happened_then"}).with_columns(
        pl.lit("curve").alias("part"),
        pl.lit(1).alias("part_order"),
        (pl.col("at_risk") < SMALL).alias("small"),
    )
    both = pl.concat([summary, steps.drop("censored")], how="diagonal_relaxed")
    return both.join(cells, on="cell", how="left").drop("cell")


def _by_shares(curve: pl.DataFrame) -> pl.DataFrame:
    """Return the hour by whose end each of :data:`SHARES` had done it."""
    hours = (
        (pl.col("day").filter(pl.col("share") >= share - 1e-12).min() + 1.0).alias(
            f"q{share * 100:.0f}"
        )
        for share in SHARES
    )
    return curve.group_by("cell").agg(*hours)
