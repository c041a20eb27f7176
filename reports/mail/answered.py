"""What the reports about mailings share: the question, columns, and how they answer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import polars as pl

from reports.ask import Asked, ask
from reports.breakdown import text
from reports.mail.sent import Sent, about_filters, about_sent, sent_in
from reports.query import Filters
from reports.result import Report
from reports.spec import ColumnSpec, Unit
from reports.warning import ReportWarning
from weblog.errors import QueryError
from weblog.site.rules import Site
from weblog.store import Snapshot, Store


def count(name: str, meaning: str) -> ColumnSpec:
    """Return a count's declaration."""
    return ColumnSpec(name, pl.Int64(), "count", meaning)


def number(name: str, unit: Unit, meaning: str) -> ColumnSpec:
    """Return a number's declaration."""
    return ColumnSpec(name, pl.Float64(), unit, meaning)


def day(name: str, meaning: str) -> ColumnSpec:
    """Return a day's declaration."""
    return ColumnSpec(name, pl.Date(), "day", meaning)


MAILING: Final = (
    text("mailing", "Which mailing"),
    text("title", "Its subject"),
    text("campaign", "Its campaign"),
    text("product", "What it sells"),
    day("sent_on", "Day it was sent, in the site's time zone"),
)

NAMED: Final = (
    text("by", "What the rows of a mailing are broken down by; null: nothing"),
    text("name", "Which of these the customers were when it was sent; null: not known"),
)


@dataclass(frozen=True, slots=True)
class MailAsked:
    """A question about mailings: what was sent in the period, and what to warn of."""

    asked: Asked
    site: Site
    sent: Sent
    warnings: tuple[ReportWarning, ...]

    def answer(
        self, name: str, frame: pl.DataFrame, columns: tuple[ColumnSpec, ...], *more: ReportWarning
    ) -> Report:
        """Return the report, its columns as declared."""
        typed = frame.select(pl.col(column.name).cast(column.dtype) for column in columns)
        query = self.asked.query
        key = self.asked.snapshot.key
        return Report(name, typed, query, key, (*query.warnings, *self.warnings, *more))

    def beside(self, rows: pl.DataFrame, *columns: str) -> pl.DataFrame:
        """Put columns of the mailings beside rows with their ``number``."""
        named = ("mailing", "title", "campaign", "product", "sent_on", "days", "days_seen")
        own = self.sent.mailings.select("number", *named, *columns)
        return rows.join(own, on="number", how="left", maintain_order="left")


def ask_mail(
    source: Store | Snapshot, filters: Filters, site: Site | None, days: int | None = None
) -> MailAsked:
    """Resolve the filters, and read what was sent.

    Raises:
        QueryError: ``days`` is less than 1.
        SiteError: a segment rule is wrong, or fails with these customers.
        StoreError: the store cannot be read.
    """
    if days is not None and days < 1:
        raise QueryError(f"days is {days}: expected at least 1")
    asked = ask(source, replace(filters, compare="none"), ("session",), ())
    rules = site or Site()
    sent = sent_in(asked, rules, days)
    warnings = [
        *about_filters(filters),
        *about_sent(asked.snapshot, sent),
    ]
    return MailAsked(asked, rules, sent, tuple(warnings))
