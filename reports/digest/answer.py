"""The plain answer of a report, in a sentence or two, from its rows."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Final

import polars as pl

from reports.digest.words import column_name, word
from reports.figures import numbers
from reports.figures.words import word as figure_word
from reports.result import Report

TOLD: Final = ("sessions", "visitors", "page_views", "conversions", "conversion_rate")
"""Measures of the summary that are told in words."""

NO_LABELS: Final = frozenset({"kind", "by", "part", "direction", "cost_from"})
"""Text columns that do not name what a row is of."""

SENTENCES: Final = 3
"""So many rows at most are told in words; the table has the others."""

Named = Callable[[str, str | None], str]
"""What a value of a column is called."""


def answer(report: Report, language: str, named: Named) -> tuple[str, ...]:
    """Return what the rows say: of rows too few for a conclusion, nothing is concluded."""
    frame = report.frame
    columns = set(frame.columns)
    if frame.is_empty():
        told: tuple[str, ...] = (word("nothing", language),)
    elif {"measure", "unit", "spark"} <= columns:
        told = (_summed(frame, language),)
    elif "sentence_en" in columns:
        told = _sentences(frame, language)
    elif {"target", "state"} <= columns:
        told = _targets(frame, language, named)
    elif "day_index" in columns:
        told = _by_day(frame, language)
    elif "lag_days_median" in columns:  # its sessions are those that converted
        told = ()
    elif "is_other" in columns and {"sessions", "page_views"} & columns:
        told = _ranked(frame, language, named)
    elif "beyond_chance" in columns:
        odd = frame["beyond_chance"].drop_nulls()
        told = (word("beyond", language, count=int(odd.sum()), rows=odd.len()),)
    elif {"step", "reached", "overall_rate"} <= columns:
        told = _funnel(frame, language)
    else:  # the figure says more than a count of rows
        told = ()
    return told


def _sentences(frame: pl.DataFrame, language: str) -> tuple[str, ...]:
    """Return the rows that speak for themselves: those that are no chance first."""
    sure = pl.col("beyond_chance").fill_null(value=False)
    told = frame.filter(~pl.col("small")).sort(sure, descending=True, maintain_order=True)
    return tuple(told[f"sentence_{language}"].head(SENTENCES))


def _targets(frame: pl.DataFrame, language: str, named: Named) -> tuple[str, ...]:
    rows = frame.filter(pl.col("target").is_not_null() & pl.col("number").is_not_null())
    return tuple(
        word(
            "target_told",
            language,
            target=row["target"],
            so_far=numbers.number(row["so_far"], language),
            number=numbers.number(row["number"], language),
            state=named("state", row["state"]),
        )
        for row in rows.to_dicts()
    )


def _funnel(frame: pl.DataFrame, language: str) -> tuple[str, ...]:
    steps = frame.filter(pl.col("name").is_null()).sort("step")
    if steps.height < 2 or not steps["reached"][0]:
        return ()
    reached = steps["reached"].to_list()
    rates = [after / before if before else 1.0 for before, after in pairwise(reached)]
    worst = rates.index(min(rates))
    names = steps["step_name"].to_list()
    return (
        word(
            "funnel",
            language,
            began=numbers.number(reached[0], language),
            ended=numbers.number(reached[-1], language),
            rate=numbers.rate(reached[-1] / reached[0]),
        ),
        word(
            "funnel_worst",
            language,
            before=names[worst],
            after=names[worst + 1],
            rate=numbers.rate(1 - rates[worst]),
        ),
    )


def _summed(frame: pl.DataFrame, language: str) -> str:
    rows = {row["measure"]: row for row in frame.to_dicts()}
    parts = []
    for name in TOLD:
        row = rows[name]
        value = numbers.shown(row["value"], row["unit"], language)
        key = "without_change" if row["change"] is None else "and_change"
        change = numbers.change(row["change"], row["unit"], language)
        parts.append(
            word(key, language, name=figure_word(name, language), value=value, change=change)
        )
    return ", ".join(parts) + "."


def _by_day(frame: pl.DataFrame, language: str) -> tuple[str, ...]:
    now = frame.filter(pl.col("period") == "current").sort("sessions", "date")
    before = frame.filter(pl.col("period") == "previous")
    if now.is_empty():
        return (word("nothing", language),)
    total = int(now["sessions"].sum())
    most = now.sort("sessions", "date", descending=[True, False])
    told = word(
        "days_told",
        language,
        total=numbers.number(total, language),
        days=now.height,
        mean=numbers.number(round(total / now.height), language),
        high_day=numbers.day(most["date"][0], language),
        high=numbers.number(most["sessions"][0], language),
        low_day=numbers.day(now["date"][0], language),
        low=numbers.number(now["sessions"][0], language),
    )
    earlier = int(before["sessions"].sum())
    if not earlier:
        return (told,)
    value, change = numbers.number(earlier, language), numbers.change(total / earlier - 1)
    return (told, word("before_told", language, value=value, change=change))


def _ranked(frame: pl.DataFrame, language: str, named: Named) -> tuple[str, ...]:
    measure = "page_views" if "previous_page_views" in frame.columns else "sessions"
    if measure not in frame.columns:
        return ()
    texts = [name for name, dtype in frame.schema.items() if dtype == pl.String]
    rows = frame.filter(~pl.col("is_other"))
    labels = [n for n in texts if n not in NO_LABELS and rows[n].null_count() < rows.height]
    if rows.height and not labels:
        labels = [name for name in texts if name not in NO_LABELS][:1]
    if not labels or rows.is_empty():
        return (word("nothing", language),)
    first = rows.row(0, named=True)
    places = {
        "name": _name(first, labels, named),
        "value": numbers.number(first[measure], language),
        "measure": column_name(measure, language).lower(),
        "share": numbers.rate(first.get("share")),
    }
    told = [word("leads" if first.get("share") is not None else "leads_plain", language, **places)]
    if {"change", "small"} <= set(frame.columns):
        sure = rows.filter(~pl.col("small"), pl.col("change").is_not_null()).sort("change", *labels)
        for key, row in (("rose", sure.tail(1)), ("fell", sure.head(1))):
            change = row["change"].to_list()
            if change and (change[0] > 0) == (key == "rose") and change[0]:
                name = _name(row.row(0, named=True), labels, named)
                told.append(word(key, language, name=name, change=numbers.change(change[0])))
    return tuple(told)


def _name(row: dict[str, object], labels: list[str], named: Named) -> str:
    """Return all that a row is of, as a campaign and where it led; null where it is of nothing."""
    known = [(label, str(row[label])) for label in labels if row[label] is not None]
    return " · ".join(named(label, value) for label, value in known) or named(labels[0], None)
