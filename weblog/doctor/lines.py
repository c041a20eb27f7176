"""Every line once, and every line accounted for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import polars as pl

from weblog.doctor.finding import BACKUP, INGEST, Finding
from weblog.ingestion.days import days_of
from weblog.schema import TABLES
from weblog.store import Snapshot, Store

_LINE: Final = ("log_source", "line")
_COUNTED: Final = ("hits", "rejects")


def balance(head: Snapshot) -> Iterator[Finding]:
    """Of each source, lines = hits + rejects + skipped + erased, and so many are there."""
    books = (
        head.scan("ledger")
        .group_by("log_source")
        .agg(pl.col("lines", "hits", "rejects", "skipped", "erased").sum())
        .collect()
    )
    parts = pl.sum_horizontal("hits", "rejects", "skipped", "erased")
    for row in books.filter(pl.col("lines") != parts).to_dicts():
        problem = f"{row['log_source']}: {row['lines']:,} lines are not the sum of what they became"
        yield Finding("balance", "fault", "ledger", problem, INGEST)
    for name in _COUNTED:
        rows = head.scan(name).select(_LINE)
        told = books.lazy().select("log_source", "lines", told=name)
        joined = rows.join(told, on="log_source", how="left")
        within = pl.col("line") <= pl.col("lines").fill_null(0)
        there = joined.group_by("log_source").agg(
            within.sum().alias("there"), (~within).sum().alias("beyond")
        )
        both = told.join(there, on="log_source", how="full", coalesce=True)
        found = both.with_columns(pl.col("told", "there", "beyond").fill_null(0)).collect()
        for row in found.filter(pl.col("told") != pl.col("there")).sort("log_source").to_dicts():
            problem = (
                f"{row['log_source']}: {row['there']:,} {name} are there, "
                f"the ledger tells of {row['told']:,}"
            )
            yield Finding("balance", "fault", name, problem, INGEST)
        if beyond := int(found["beyond"].sum()):
            problem = f"{beyond:,} lines were stored by a run that was cut short"
            yield Finding("balance", "note", name, problem, INGEST, beyond)


def gaps(head: Snapshot) -> Iterator[Finding]:
    """Chunks of the ledger follow each other without gap, and end where its mark is."""
    chunks = head.scan("ledger").filter(pl.col("lines") > 0).sort("log_source", "from_offset")
    before = pl.col("to_offset").shift(1).over("log_source").fill_null(0)
    line = (pl.col("from_line") + pl.col("lines")).shift(1).over("log_source").fill_null(1)
    torn = chunks.filter((pl.col("from_offset") != before) | (pl.col("from_line") != line))
    for row in torn.collect().to_dicts():
        problem = (
            f"{row['log_source']}: the chunk from byte {row['from_offset']:,} does not begin "
            "where the one before ends"
        )
        yield Finding("ledger", "fault", "ledger", problem, BACKUP)
    marks = head.marks("ledger")
    ends = chunks.group_by("log_source").agg(pl.col("to_offset").max()).sort("log_source").collect()
    for source, end in ends.rows():
        if marks.get(source) != end:
            problem = f"{source}: its mark is {marks.get(source)}, its last chunk ends at {end:,}"
            yield Finding("marks", "fault", "ledger", problem, BACKUP)


def marks(head: Snapshot) -> Iterator[Finding]:
    """Hits and rejects are marked up to where the ledger tells of some, which comes last."""
    chunks = head.scan("ledger").filter(pl.col("lines") > 0)
    known = chunks.select("log_source").unique()
    introduced = head.scan("sources").select("log_source")
    strangers = known.join(introduced, on="log_source", how="anti").collect()["log_source"]
    for source in strangers.sort():
        problem = f"{source}: the ledger tells of it, table sources does not"
        yield Finding("marks", "fault", "sources", problem, BACKUP)
    for name in _COUNTED:
        reached = head.marks(name)
        ends = chunks.filter(pl.col(name) > 0).group_by("log_source").agg(pl.col("to_offset").max())
        for source, end in ends.sort("log_source").collect().rows():
            mark = reached.get(source, 0)
            if mark < end:
                problem = f"{source}: marked up to byte {mark:,}, the ledger reaches {end:,}"
                yield Finding("marks", "fault", name, problem, BACKUP)


def twice(head: Snapshot) -> Iterator[Finding]:
    """No line of a source is there twice, be it as a hit or as a reject."""
    both = pl.concat([head.scan(name).select(_LINE) for name in _COUNTED])
    counts = both.group_by(_LINE).agg(pl.len().alias("times")).filter(pl.col("times") > 1)
    found = counts.group_by("log_source").agg(pl.len().alias("lines")).sort("log_source")
    for source, lines in found.collect(engine="streaming").rows():
        problem = f"{source}: {lines:,} lines are there more than once"
        yield Finding("once", "fault", "hits", problem, BACKUP, lines)


def keys(head: Snapshot) -> Iterator[Finding]:
    """No key of a table is there twice."""
    for name, table in TABLES.items():
        if not table.key or name in ("hits", "rejects", "ledger", "sources", "page_views"):
            continue
        rows = head.scan(name).group_by(table.key).agg(pl.len().alias("times"))
        double = rows.filter(pl.col("times") > 1).select(pl.len()).collect().item()
        if double:
            problem = f"{double:,} keys ({', '.join(table.key)}) are there more than once"
            yield Finding("keys", "fault", name, problem, BACKUP, double)


def dates(store: Store, head: Snapshot) -> Iterator[Finding]:
    """Hits lie on the day of their time; the register's dates are in order."""
    zone = store.time_zone or "UTC"
    wrong = 0
    for day in sorted(head.rows_by_day("hits")):
        rows = head.scan("hits").filter(pl.col("date") == day).select("ts").collect()
        wrong += int((days_of(rows["ts"], zone) != day).sum())
    if wrong:
        problem = f"{wrong:,} hits lie on another day than their time in {zone}"
        yield Finding("dates", "fault", "hits", problem, BACKUP, wrong)
    ended = head.scan("purchases").filter(pl.col("ended") < pl.col("purchased"))
    if count := ended.select(pl.len()).collect().item():
        problem = f"{count:,} purchases ended before they were made"
        advice = "Mend the register and load it again."
        yield Finding("dates", "fault", "purchases", problem, advice, count)
    undated = head.scan("customers").filter(pl.col("valid_from").is_null())
    if count := undated.select(pl.len()).collect().item():
        problem = f"{count:,} states of customers have no day from which they are valid"
        advice = "Mend the register and load it again."
        yield Finding("dates", "fault", "customers", problem, advice, count)
