"""The quality of the register: of each column, what share of its values follows each rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import polars as pl

from sessionize.clarity import unreadable
from sessionize.duplicates import states_on
from sessionize.quality_rules import TEXTS, WORDS, Rule, customer_rules, purchase_rules
from weblog.company_tables import CUSTOMERS, PURCHASES
from weblog.site.rules import Site
from weblog.store import Snapshot

SHARES: Final = pl.Schema(
    {
        "table": pl.String(),
        "column": pl.String(),
        "dimension": pl.String(),
        "expected": pl.String(),
        "right": pl.Int64(),
        "checked": pl.Int64(),
        "share": pl.Float64(),
    }
)
"""A rule: of the ``checked`` values ``right`` ones are as ``expected``; ``share`` is the quotient,
a fraction of 1, null where nothing was checked. Completeness checks every row, the other
dimensions the rows that have the values they are about."""

OFFENDERS: Final = pl.Schema(
    {
        "table": pl.String(),
        "id": pl.String(),
        "column": pl.String(),
        "dimension": pl.String(),
        "value": pl.String(),
        "expected": pl.String(),
    }
)
"""A value that is not as expected: of which customer or purchase, in which column."""


@dataclass(frozen=True, slots=True)
class Quality:
    """How good the register is.

    ``shares`` by rule (:data:`SHARES`), and every offending value in ``offenders``
    (:data:`OFFENDERS`), in the order of rules, then of ids.
    """

    shares: pl.DataFrame
    offenders: pl.DataFrame


def quality(snapshot: Snapshot, site: Site, day: date) -> Quality:
    """Measure the register as of ``day``: each customer's state on it, and all purchases.

    Rules and their sources: :mod:`sessionize.quality_rules`, and docs/register.md.
    """
    states = snapshot.scan("customers").collect()
    sessions = snapshot.scan("sessions").filter(pl.col("customer_id").is_not_null())
    first = sessions.group_by("customer_id").agg(pl.col("date").min().alias("first_session"))
    customers = states_on(states, day).join(first.collect(), on="customer_id", how="left")
    known = states["customer_id"].unique().implode()
    purchases = snapshot.scan("purchases").collect().sort("purchase_id")
    purchases = purchases.with_columns(is_known=pl.col("customer_id").is_in(known))
    products = sorted({each.product for each in site.products})
    asked = (
        (CUSTOMERS.name, "customer_id", customers, customer_rules(day)),
        (PURCHASES.name, "purchase_id", purchases, purchase_rules(day, products)),
    )
    measured = [_measured(table, ident, rows, rules) for table, ident, rows, rules in asked]
    return Quality(
        pl.concat([each.shares for each in measured]),
        pl.concat([each.offenders for each in measured]),
    )


def _measured(table: str, ident: str, rows: pl.DataFrame, rules: Sequence[Rule]) -> Quality:
    facts = _facts(table, rows)
    shares, offenders = [], []
    for each in rules:
        checked = facts.select(
            pl.col(ident).alias("id"),
            pl.col(each.column).cast(pl.String).alias("value"),
            each.applies.fill_null(value=False).alias("applies"),
            each.holds.fill_null(value=False).alias("holds"),
        ).filter("applies")
        wrong = checked.filter(~pl.col("holds"))
        size, right = checked.height, checked.height - wrong.height
        share = right / size if size else None
        told = (table, each.column, each.dimension, each.expected)
        shares.append((*told, right, size, share))
        about = dict(zip(("table", "column", "dimension", "expected"), told, strict=True))
        offenders.append(wrong.with_columns(pl.lit(v).alias(k) for k, v in about.items()))
    return Quality(
        pl.DataFrame(shares, schema=SHARES, orient="row"),
        pl.concat(
            [pl.DataFrame(schema=OFFENDERS), *(o.select(OFFENDERS.names()) for o in offenders)]
        ),
    )


def _facts(table: str, rows: pl.DataFrame) -> pl.DataFrame:
    """Add to each text whether it can be read, and to each word how most rows spell it."""
    return rows.with_columns(
        *(
            pl.col(name).is_in(unreadable(rows[name]).implode()).alias(f"{name}:unreadable")
            for name in TEXTS[table]
        ),
        *(_usual(rows, name).alias(f"{name}:usual") for name in WORDS[table]),
    )


def _usual(rows: pl.DataFrame, name: str) -> pl.Series:
    """Return how most rows spell each word, whatever its case, width and blanks."""
    word = pl.col(name).str.normalize("NFKC").str.to_lowercase().str.replace_all(r"[\s_-]+", "")
    usual = (
        rows.group_by(name)
        .agg(pl.len().alias("rows"))
        .drop_nulls(name)
        .sort("rows", name, descending=[True, False])
        .with_columns(word.alias("word"))
        .with_columns(pl.col(name).first().over("word").alias("usual"))
    )
    return rows.select(name).join(
        usual.select(name, "usual"), on=name, how="left", maintain_order="left"
    )["usual"]
