"""Where every line went."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from reports.ask import ask
from reports.breakdown import text
from reports.line_sentences import with_sentences
from reports.load import CACHE, key_of
from reports.query import EVERYTHING, Filters, Span
from reports.result import Report
from reports.spec import ColumnSpec
from reports.warning import ReportWarning
from weblog.schema import KINDS
from weblog.store import Snapshot, Store

_KIND_MEANINGS = {
    "page": "Page views",
    "event": "Events: things people did that are no page view",
    "static": "Files that are part of a page",
    "bot": "Hits of robots",
    "error": "Requests that failed",
    "internal": "The company's own traffic",
    "other": "Hits of no other kind, such as redirects",
}

COUNTED = (
    ColumnSpec("part", pl.String(), "", "'day', 'other days', 'undated' or 'total'"),
    ColumnSpec("date", pl.Date(), "day", "Day in the site's time zone; null for other parts"),
    ColumnSpec("lines", pl.Int64(), "count", "Log lines: in the total, as counted when read"),
    *(ColumnSpec(kind, pl.Int64(), "count", _KIND_MEANINGS[kind]) for kind in KINDS),
    ColumnSpec("rejects", pl.Int64(), "count", "Lines that could not be parsed"),
    ColumnSpec("skipped", pl.Int64(), "count", "Empty lines and those a rule of the site left out"),
    ColumnSpec("erased", pl.Int64(), "count", "Lines erased with a person (`weblog erase`)"),
)

COLUMNS = (
    *COUNTED,
    text("sentence_en", "The last day and the total as a sentence in English; else null"),
    text("sentence_ko", "The last day and the total as a sentence in Korean; else null"),
)


def reconciliation(source: Store | Snapshot, filters: Filters = EVERYTHING) -> Report:
    """Account for every line: page views, events, static, bots, errors, internal, other, lost.

    lines = page + event + static + bot + error + internal + other + rejects + skipped +
    erased, in every row. A row per day of the period; one for the days outside it; one for
    rejected, skipped and erased lines, which carry no readable day; and the total, whose
    ``lines`` are what the ledger counted while reading. Of the filters only the period applies.
    The last day and the total are also told in words, the day's page views beside those of the
    same weekday of the four weeks before. Columns, units and meanings: ``COLUMNS``.

    Raises:
        QueryError: the filters contradict themselves.
        StoreError: the store cannot be read.
    """
    asked = ask(source, filters)
    snapshot = asked.snapshot
    kinds = CACHE.get(key_of(snapshot, "hits", "kinds"), lambda: _by_kind(snapshot))
    counted = pl.col("lines", "skipped", "erased").sum()
    lines, skipped, erased = snapshot.scan("ledger").select(counted).collect().row(0)
    rejects = int(snapshot.scan("rejects").select(pl.len()).collect().item())
    undated = {"rejects": rejects, "skipped": int(skipped), "erased": int(erased)}
    frame = accounts(kinds, asked.query.current, int(lines), undated)
    warnings = [ReportWarning("filters_ignored")] if filters.chosen else []
    told, accounted = _compared(frame)
    if told != accounted:
        facts = {"lines": told, "accounted": accounted}
        warnings.append(ReportWarning("does_not_add_up", facts))
    return asked.answer("reconciliation", with_sentences(frame, kinds), *warnings)


def accounts(
    kinds: pl.DataFrame, span: Span | None, lines: int, undated_lines: Mapping[str, int]
) -> pl.DataFrame:
    """Return the rows, from hits per date and kind, and lines without a day by what they are."""
    inside = pl.lit(value=False) if span is None else pl.col("date").is_between(*span)
    by_day = kinds.filter(inside).sort("date").with_columns(pl.lit("day").alias("part"))
    outside = kinds.filter(~inside).select(pl.col(KINDS).sum())
    other = outside.with_columns(pl.lit("other days").alias("part"))
    undated = pl.DataFrame({"part": "undated", **undated_lines})
    total = kinds.select(pl.col(KINDS).sum()).with_columns(
        pl.lit("total").alias("part"), **{name: pl.lit(n) for name, n in undated_lines.items()}
    )
    counted = tuple(undated_lines)
    rows = pl.concat([by_day, other, undated, total], how="diagonal_relaxed").with_columns(
        pl.col(*KINDS, *counted).fill_null(0).cast(pl.Int64)
    )
    is_total = pl.col("part") == "total"
    summed = pl.sum_horizontal(*KINDS, *counted)
    return rows.with_columns(
        pl.when(is_total).then(lines).otherwise(summed).cast(pl.Int64).alias("lines")
    ).select(pl.col(column.name).cast(column.dtype) for column in COUNTED)


def _compared(frame: pl.DataFrame) -> tuple[int, int]:
    total = frame.filter(pl.col("part") == "total").row(0, named=True)
    accounted = sum(total[name] for name in (*KINDS, "rejects", "skipped", "erased"))
    return int(total["lines"]), int(accounted)


def _by_kind(snapshot: Snapshot) -> pl.DataFrame:
    counted = [(pl.col("kind") == kind).sum().cast(pl.Int64).alias(kind) for kind in KINDS]
    return snapshot.scan("hits").group_by("date").agg(counted).collect()
