"""What a mailing changed: those written to against those held out by lot."""

from __future__ import annotations

from typing import Final

import polars as pl

from reports.ask import SMALL
from reports.breakdown import text
from reports.discovery import FALSE_DISCOVERIES
from reports.mail.answered import MAILING, NAMED, ask_mail, count, number
from reports.mail.effect import LEAST_CONVERSIONS, VERDICTS, effects
from reports.mail.groups import AGAINST, HELD_OUT, OTHER_VARIANTS, histogram, units
from reports.mail.outcomes import GOAL, PRODUCT, PURCHASE, outcomes
from reports.mail.recipients import about_days
from reports.mail.resampling import RESAMPLES
from reports.mail.sent import Sent, attribute, is_empty
from reports.mail.verdicts import sentences
from reports.query import EVERYTHING, Filters
from reports.result import Report
from reports.spec import ColumnSpec
from reports.warning import Fact, ReportWarning
from weblog.errors import QueryError, UnknownNameError
from weblog.site.rules import Site
from weblog.store import Snapshot, Store

MOST_RESAMPLES: Final = 100_000

COLUMNS = (
    *MAILING,
    *NAMED,
    text("outcome", "What was asked: product, purchase, goal or visit"),
    text("goal", "Which goal; null: any, or another outcome"),
    text("against", "Compared with: held_out or other_variants"),
    count("days", "Days after sending within which it counts, that of sending included"),
    count("days_seen", "Of them, those the data cover; fewer: not over yet"),
    count("written", "Customers chosen and written to, whether the mail arrived or not"),
    count("written_converted", "Of them, those who did it"),
    number("written_rate", "rate", "written_converted / written"),
    number("written_low", "rate", "Lower end of that rate's 95 % interval (Wilson)"),
    number("written_high", "rate", "Upper end of that rate's interval"),
    count("control", "Customers compared with: chosen too, but by lot not written to"),
    count("control_converted", "Of them, those who did it"),
    number("control_rate", "rate", "control_converted / control"),
    number("control_low", "rate", "Lower end of that rate's 95 % interval (Wilson)"),
    number("control_high", "rate", "Upper end of that rate's interval"),
    number("difference", "points", "The lift: written_rate - control_rate"),
    number("difference_low", "points", "Lower end of its 95 % interval (Newcombe)"),
    number("difference_high", "points", "Upper end of its interval"),
    number("ratio", "ratio", "written_rate / control_rate; null if nobody held out did it"),
    number("ratio_low", "ratio", "Lower end of its 95 % interval (Koopman)"),
    number("ratio_high", "ratio", "Upper end of its interval; null if without end"),
    number("p", "", "Chance of such a difference, or a larger one, if the mailing did nothing"),
    number("extra", "count", "Customers who did it because of the mailing: difference x written"),
    number("extra_low", "count", "Lower end of its 95 % interval"),
    number("extra_high", "count", "Upper end of its interval"),
    number("written_value", "money", "Value per customer written to, of all of them"),
    number("control_value", "money", "Value per customer compared with"),
    number("value_difference", "money", "written_value - control_value, per customer"),
    number("value_low", "money", "Lower end of its 95 % interval (bootstrap)"),
    number("value_high", "money", "Upper end of its interval; null if too few have a value"),
    number("cost", "money", "Cost of the whole mailing"),
    number("detectable", "points", "Least lift that groups of this size show in 4 of 5 cases"),
    count("needed_written", "Customers to write to, to show the difference seen in 4 of 5 cases"),
    count("needed_control", "And to hold out, in the same proportion"),
    ColumnSpec(
        "small",
        pl.Boolean(),
        "",
        f"Fewer than {SMALL} customers in a group, or {LEAST_CONVERSIONS} conversions: few",
    ),
    ColumnSpec(
        "beyond_chance",
        pl.Boolean(),
        "",
        f"Not small, and at most {FALSE_DISCOVERIES:.0%} of what is called so is chance",
    ),
    text("verdict", f"One of: {', '.join(VERDICTS)}"),
    text("sentence_en", "The row as a sentence in English"),
    text("sentence_ko", "The row as a sentence in Korean"),
)


def mailing_effect(
    source: Store | Snapshot,
    filters: Filters = EVERYTHING,
    *,
    outcome: str = PRODUCT,
    goal: str | None = None,
    days: int | None = None,
    by: str | None = None,
    against: str = HELD_OUT,
    bootstrap: int = RESAMPLES,
    site: Site | None = None,
) -> Report:
    """Compare customers written to with those held out: the lift of each mailing.

    A row per mailing sent in the period, the earliest first; with ``by`` "variant", "segment",
    "age_band", "sex", "occupation", "children" or "product_held" one for each of these, as the
    register knew the customers at the start of the day of sending. By intention to treat: all
    customers chosen count where the lots put them, whether the mail bounced, was read or not, for
    only the lots made the groups alike. ``outcome`` is "product" (bought what the mailing sells),
    "purchase" (bought anything), "goal" (reached a goal, or the one called ``goal``, in a session
    of theirs) or "visit" (had a session). Only purchases of the register and sessions of known
    customers count, since visits known by the dispatch id alone those held out cannot have.
    Within ``days`` of sending: by default those of table mailings (conversion_days), else those
    of the site. A purchase has a day and no hour: it counts from the day of sending on. Sessions
    count from the instant on.

    Rates with Wilson's interval, their difference with Newcombe's hybrid score interval (1998),
    their ratio with Koopman's score interval (1984), p by the two-sample score test with pooled
    variance, value per customer by ``bootstrap`` resamples (bootstrap-t, Efron and Tibshirani
    1993; 0: none). ``detectable`` and ``needed`` are for a two-sided test at 5 % with a power of
    80 % (Fleiss, Levin and Paik 2003). beyond_chance by Benjamini and Hochberg (1995) over all
    rows of the answer that are not small. ``against`` "other_variants" (with ``by`` "variant")
    compares the customers sent one version with those sent another, where versions were drawn by
    lot. Where nobody is held out the row is observational: rates, and no lift. Of the filters,
    campaigns, segments, customers and those on the register apply, each as of the day of sending.
    Columns, units and meanings: ``COLUMNS``.

    Raises:
        QueryError: ``days`` is less than 1, ``bootstrap`` is negative or too large, ``goal`` is
            given with another outcome, or ``against`` other variants without ``by`` "variant".
        UnknownNameError: no such ``outcome``, ``by`` or ``against``.
        SiteError: a segment rule is wrong, or fails with these customers.
        StoreError: the store cannot be read.
    """
    _check(outcome, goal, by, against, bootstrap)
    mail = ask_mail(source, filters, site, days)
    snapshot, sent = mail.asked.snapshot, mail.sent
    did = outcomes(snapshot, sent, outcome, goal)
    names = attribute(snapshot, mail.site, sent.mailings, sent.deliveries, by) if by else None
    people = units(sent, did, names)
    torn = people.filter("is_torn").select("number", "customer").unique().height
    counted = histogram(people.filter(~pl.col("is_torn")), by, against)
    rows = effects(counted, sent.mailings["mailing"].to_list(), bootstrap)
    frame = mail.beside(rows, "cost").with_columns(
        pl.lit(by, pl.String).alias("by"),
        pl.lit(outcome).alias("outcome"),
        pl.lit(goal, pl.String).alias("goal"),
        pl.lit(against).alias("against"),
    )
    frame = frame.sort("sent_on", "number", "name", nulls_last=True).with_columns(
        sentences(frame.sort("sent_on", "number", "name", nulls_last=True), language).alias(
            f"sentence_{language}"
        )
        for language in ("en", "ko")
    )
    warnings = [*_about_groups(sent, frame, against), *about_days(sent)]
    if outcome in {PRODUCT, PURCHASE} and is_empty(snapshot, "purchases"):
        frame = frame.clear()  # that nobody bought is not known
        warnings.append(ReportWarning("no_purchases_at_all"))
    if torn:
        warnings.append(ReportWarning("both_groups", {"customers": torn}))
    few = int(frame["small"].sum())
    if few:
        warnings.append(ReportWarning("small_groups", {"small": few, "cells": frame.height}))
    return mail.answer("mailing_effect", frame, COLUMNS, *warnings)


def _check(outcome: str, goal: str | None, by: str | None, against: str, bootstrap: int) -> None:
    if goal is not None and outcome != GOAL:
        raise QueryError(f"goal is {goal!r}, but outcome is {outcome!r}: expected 'goal'")
    if against not in AGAINST:
        raise UnknownNameError("group to compare mailings against", against, list(AGAINST))
    if against == OTHER_VARIANTS and by != "variant":
        raise QueryError(f"against is {against!r}, but by is {by!r}: expected 'variant'")
    if not 0 <= bootstrap <= MOST_RESAMPLES:
        raise QueryError(f"bootstrap is {bootstrap}: expected 0 to {MOST_RESAMPLES}")


def _about_groups(sent: Sent, frame: pl.DataFrame, against: str) -> list[ReportWarning]:
    """Warn of mailings nobody was held out of, or that have one version."""
    alone = frame.group_by("mailing").agg((pl.col("control") == 0).all()).filter("control")
    if alone.is_empty():
        return []
    names = ", ".join(alone["mailing"].sort().head(3))
    facts: dict[str, Fact] = {
        "without": alone.height,
        "mailings": sent.mailings.height,
        "names": names,
    }
    return [ReportWarning("no_holdout" if against == HELD_OUT else "no_variants", facts)]
