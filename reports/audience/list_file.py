"""What stands in the file of a target list: a row per customer to be written to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl

from reports.audience.cells import csv_bytes, parquet_bytes
from reports.audience.columns import SCHEMA
from reports.audience.message import filled
from reports.audience.rule_book import Rule
from reports.audience.target import WRITTEN, Target
from sessionize.duplicates import states_on
from weblog.errors import UnknownNameError, UsageError, shown_path

PERSONAL: Final = ("name", "email", "phone")
"""Columns of the register that are in no profile; on a list only where they are asked for."""

SUFFIXES: Final = (".csv", ".parquet")


@dataclass(frozen=True, slots=True)
class Output:
    """Where a list goes, and what stands in it beside id, rule, offer and texts.

    ``columns``: of the profile, or of :data:`PERSONAL`. ``with_mark``: CSV begins with the byte
    order mark, for Excel. ``replace``: what was recorded or written before may become another.
    """

    file: Path
    columns: tuple[str, ...] = ()
    with_mark: bool = False
    replace: bool = False

    def check(self) -> None:
        """Make sure that a file like this can be written.

        Raises:
            UsageError: it is neither CSV nor Parquet, or its folder is not there.
            UnknownNameError: a column is none.
        """
        shown = shown_path(self.file)
        if self.file.suffix.lower() not in SUFFIXES:
            raise UsageError(f"{shown}: expected a name that ends in .csv or .parquet")
        if not self.file.parent.is_dir():
            raise UsageError(f"{shown}: its folder is not there")
        known = [*SCHEMA.names(), *PERSONAL]
        for column in self.columns:
            if column not in known:
                raise UnknownNameError("column", column, known)

    def content(self, rows: pl.DataFrame) -> bytes:
        """Return the bytes of the file."""
        if self.file.suffix.lower() == ".csv":
            return csv_bytes(rows, with_mark=self.with_mark)
        return parquet_bytes(rows)


def rows_of(
    target: Target, profile: pl.DataFrame, customers: pl.DataFrame, columns: Sequence[str]
) -> pl.DataFrame:
    """Return the customers of a list who are to be written to, ordered by id.

    Args:
        target: the list.
        profile: customers as of its day.
        customers: the states of the register.
        columns: what else to tell of each.

    Returns:
        ``customer_id``, ``list``, ``rule``, ``offer``, ``channel``; ``message_en`` and
        ``message_ko`` where a rule has such texts; then ``columns``.
    """
    asked = target.wanted
    written = target.customers.filter(pl.col("outcome") == WRITTEN)
    rows = written.select(
        "customer_id",
        pl.lit(asked.name).alias("list"),
        "rule",
        "offer",
        pl.lit(asked.contact.channel).alias("channel"),
    )
    known = rows.select("customer_id", "rule").join(
        profile, on="customer_id", how="left", maintain_order="left"
    )
    if any(name in PERSONAL for name in columns):
        states = states_on(customers, asked.day).select("customer_id", *PERSONAL)
        known = known.join(states, on="customer_id", how="left", maintain_order="left")
    texts = [
        _message(asked.rules, language, profile.schema).alias(f"message_{language}")
        for language in ("en", "ko")
        if any(getattr(rule.message, language) is not None for rule in asked.rules)
    ]
    more = [pl.col(name) for name in dict.fromkeys(columns) if name not in rows.columns]
    return pl.concat([rows, known.select(*texts, *more)], how="horizontal")


def _message(rules: Sequence[Rule], language: str, schema: pl.Schema) -> pl.Expr:
    text: pl.Expr = pl.lit(None, pl.String)
    for rule in rules:
        template = getattr(rule.message, language)
        if template is not None:
            text = (
                pl.when(pl.col("rule") == rule.rule).then(filled(template, schema)).otherwise(text)
            )
    return text
