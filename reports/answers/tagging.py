"""Links without tags, or with wrong ones."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import polars as pl

from reports.ask import Asked, ask
from reports.breakdown import text
from reports.campaign.advice import ADVICE
from reports.campaign.mistagged import FINDINGS, in_tags
from reports.campaign.tags import tags
from reports.campaign.untagged import LOOKED_AT, in_sessions
from reports.query import EVERYTHING, Filters, check_limit
from reports.result import Report
from reports.spec import ColumnSpec
from reports.warning import ReportWarning
from weblog.classify.scrub import scrubbed
from weblog.classify.sources import source_types
from weblog.site.privacy import EVERY_PATTERN
from weblog.site.rules import Site
from weblog.store import Snapshot, Store, layout

READ_DAYS: Final = 14
"""For so many days after it was sent a mailing is taken to be read."""

LONGEST: Final = 160
"""Characters of an example."""

COLUMNS = (
    text("finding", f"What is wrong: {', '.join(FINDINGS)}"),
    text("field", "Where: source, medium, campaign, content, keyword, link or entry_page"),
    text("value", "As it is written"),
    text("meant", "What was probably meant; null: nothing known"),
    ColumnSpec("count", pl.Int64(), "count", "How often it was seen"),
    text("counted", "What is counted: page views that arrived by such a link, or sessions"),
    text("example", "A link, or the page where such visits begin, without personal data"),
    text("to_do", "What to do about it"),
    text("to_do_ko", "The same in Korean"),
)


def tagging(
    source: Store | Snapshot,
    filters: Filters = EVERYTHING,
    *,
    limit: int | None = 100,
    site: Site | None = None,
) -> Report:
    """Find links that are not tagged, or wrongly: each with a count, an example, what to do.

    Of links: spellings that differ by case or by what separates words; typos, by Damerau's and
    Levenshtein's distance (:func:`reports.campaign.edits.distances`): one edit, or two from 8
    characters on, from a name seen 20 times as often or one of the company's own tables;
    placeholders nobody filled in; tagged links of the site itself; a source without a medium, a
    campaign without a source. Of sessions: mediums that no channel rule knows; campaigns that
    the campaigns table does not know, and those that run but were not seen; visits from mail
    clients without tags up to 14 days after a mailing; sites that send more visits without tags
    on days with a campaign of theirs than on others, beyond chance; visits without tags to a
    page that is a campaign's own. ``site`` tells the campaign parameters and the site's hosts.
    Ranked by what is wrong, then by count.

    Links are those of the whole period, whatever the filters; hits that are no longer stored
    cannot tell. Columns, units and meanings: ``COLUMNS``.

    Raises:
        QueryError: the filters contradict themselves, or ``limit`` is less than 1.
        StoreError: the store cannot be read.
    """
    check_limit(limit)
    asked = ask(source, filters, LOOKED_AT, ())
    rules = site or Site()
    links = tags(asked.snapshot, asked.query.current, rules)
    found = pl.concat(
        [
            in_tags(links, _known(asked.snapshot)),
            in_sessions(asked.sessions, _planned(asked), _mailing_days(asked)),
        ]
    )
    rank = pl.col("finding").replace_strict(
        {name: place for place, name in enumerate(FINDINGS)}, return_dtype=pl.Int8
    )
    ranked = (
        _worth_telling(found)
        .sort(rank, -pl.col("count"), "field", "value", nulls_last=True)
        .head(limit or found.height)
    )
    frame = ranked.with_columns(
        _private(ranked[name]) for name in ("value", "meant", "example")
    ).with_columns(
        pl.col("example").str.slice(0, LONGEST),
        *(
            pl.col("finding")
            .replace_strict(
                {name: said[place] for name, said in ADVICE.items()}, return_dtype=pl.String
            )
            .alias(column)
            for place, column in enumerate(("to_do", "to_do_ko"))
        ),
    )
    return asked.answer(
        "tagging", frame.select(column.name for column in COLUMNS), *_warnings(asked, links, frame)
    )


def _private(texts: pl.Series) -> pl.Series:
    return scrubbed(texts, EVERY_PATTERN)


def _worth_telling(found: pl.DataFrame) -> pl.DataFrame:
    """Leave out what AI assistants write themselves, and what another finding explains."""
    no_medium = pl.col("finding") == "no_medium"
    values = found.filter(no_medium)["value"].unique()
    machines = values.filter((source_types(values) == "ai").fill_null(value=False))
    explained = found.filter(pl.col("finding").is_in(["typo", "separator_variant", "template"]))
    twice = (
        found.select("field", "value", "finding")
        .join(explained.select("field", "value").unique(), on=["field", "value"], how="semi")
        .filter(pl.col("finding").is_in(["unknown_campaign", "unknown_medium"]))
    )
    return found.filter(~(no_medium & pl.col("value").is_in(machines.implode()))).join(
        twice, on=["field", "value", "finding"], how="anti"
    )


def _known(snapshot: Snapshot) -> dict[str, list[str]]:
    """Return the names of the company's tables, lower-cased, by field."""
    columns = {
        "campaign": (("campaigns", "campaign"),),
        "content": (("banners", "banner"), ("mailings", "mailing")),
        "source": (("banners", "portal"),),
    }
    found = {}
    for field, places in columns.items():
        parts = [snapshot.scan(table).select(pl.col(name).alias("name")) for table, name in places]
        names = pl.concat(parts).select(pl.col("name").str.to_lowercase().drop_nulls().unique())
        found[field] = names.collect()["name"].sort().to_list()
    return found


def _planned(asked: Asked) -> pl.DataFrame:
    """Return the company's campaigns, and whether each runs in the period."""
    first, last = asked.query.start, asked.query.end
    runs = pl.col("start").is_not_null() & pl.col("end").is_not_null()
    runs &= (pl.col("start") <= pl.lit(last)) & (pl.col("end") >= pl.lit(first))
    if asked.query.filters.chosen or first is None:
        runs = pl.lit(value=False)  # those left out may have been seen
    return (
        asked.snapshot.scan("campaigns")
        .select(pl.col("campaign").str.to_lowercase(), runs.alias("is_running"))
        .collect()
    )


def _mailing_days(asked: Asked) -> pl.DataFrame:
    zone = layout.time_zone(asked.snapshot.folder) or "UTC"
    sent = pl.col("sent").dt.convert_time_zone(zone).dt.date()
    return (
        asked.snapshot.scan("mailings")
        .filter(pl.col("sent").is_not_null())
        .select(pl.date_ranges(sent, sent + timedelta(days=READ_DAYS - 1)).alias("date"))
        .explode("date")
        .unique()
        .collect()
    )


def _warnings(asked: Asked, links: pl.DataFrame, frame: pl.DataFrame) -> list[ReportWarning]:
    if asked.sessions.is_empty():
        return []
    warnings = []
    if links.is_empty():
        warnings.append(ReportWarning("no_tags"))
    elif frame.is_empty():
        warnings.append(ReportWarning("nothing_mistagged", {"views": int(links["views"].sum())}))
    if asked.query.filters.chosen:
        warnings.append(ReportWarning("links_counted_whole"))
    empty = [table for table in _HELD_AGAINST if _is_empty(asked.snapshot, table)]
    if empty:
        loads = ", ".join(f"`weblog {table} load FILE`" for table in empty)
        warnings.append(
            ReportWarning("tagging_tables", {"tables": ", ".join(empty), "loads": loads})
        )
    return warnings


_HELD_AGAINST: Final = ("campaigns", "banners", "mailings")
"""Tables of the company's own names, which links are held against."""


def _is_empty(snapshot: Snapshot, table: str) -> bool:
    return snapshot.scan(table).head(1).collect().is_empty()
