"""Which rule took which traces of mails for a machine's."""

from __future__ import annotations

import polars as pl

from reports.breakdown import text
from reports.mail.answered import ask_mail, count, number
from reports.mail.machines import PERSON, RULES
from reports.mail.recipients import about_traces, traced
from reports.mail.traces import TRACES
from reports.query import EVERYTHING, Filters
from reports.result import Report
from weblog.site.rules import Site
from weblog.store import Snapshot, Store

COLUMNS = (
    text("trace", f"What the log shows of a mail: {', '.join(TRACES)}"),
    text("rule", "Which rule took it for a machine's, the first that holds; null: a person's"),
    count("traces", "How many"),
    number("share", "rate", "traces / all traces of the kind"),
    count("deliveries", "Mails they are of"),
    count("only_machines", "Of these, mails nobody else left such a trace of: raw counts them"),
    text("meaning_en", "What the rule says, in English"),
    text("meaning_ko", "What the rule says, in Korean"),
)


def mail_robots(
    source: Store | Snapshot,
    filters: Filters = EVERYTHING,
    *,
    days: int | None = None,
    site: Site | None = None,
) -> Report:
    """Tell which opens, clicks and visits of mails machines made, by which rule.

    A row per kind of trace and rule, in the order in which rules are asked; people's come first,
    with a null rule. Of mailings sent in the period, to those they were delivered to, within
    ``days`` of sending as in ``mailings``: raw counts there hold all rows, the others people's
    alone. The thresholds stand in ``[mail]`` of the site's rules. A person who is quick, or follows
    every link at once, is taken for a machine: the share tells how much hangs on a rule.
    Columns, units and meanings: ``COLUMNS``.

    Raises:
        QueryError: ``days`` is less than 1.
        StoreError: the store cannot be read.
    """
    mail = ask_mail(source, filters, site, days)
    found = traced(mail.asked, mail.sent, mail.site.mail)
    own = found.traces.filter(~pl.col("is_held_out"), ~pl.col("is_bounced"))
    is_person = pl.col("rule").is_null()
    some = own.with_columns(is_person.any().over("row", "trace").alias("by_person"))
    counted = some.group_by("trace", "rule").agg(
        pl.len().cast(pl.Int64).alias("traces"),
        pl.col("row").n_unique().cast(pl.Int64).alias("deliveries"),
        pl.col("row").filter(~pl.col("by_person")).n_unique().cast(pl.Int64).alias("only_machines"),
    )
    meanings = pl.DataFrame(
        {
            "rule": [None, *RULES],
            "order": range(len(RULES) + 1),
            "meaning_en": [PERSON[0], *(english for english, _ in RULES.values())],
            "meaning_ko": [PERSON[1], *(korean for _, korean in RULES.values())],
        }
    )
    order = pl.col("trace").replace_strict({name: n for n, name in enumerate(TRACES)}, default=9)
    frame = (
        counted.join(meanings, on="rule", how="left", nulls_equal=True)
        .with_columns((pl.col("traces") / pl.col("traces").sum().over("trace")).alias("share"))
        .sort(order, "order")
    )
    more = about_traces(found, mail.sent, mail.site.mail)
    told = [warning for warning in more if warning.code not in {"no_bounces", "no_unsubscribes"}]
    return mail.answer("mail_robots", frame, COLUMNS, *told)
