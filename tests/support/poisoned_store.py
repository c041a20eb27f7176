"""The sample company as strangers would have written it: every free text of every table is nasty.

The same text becomes the same nasty text in all tables, so that what belonged together still
does: a poisoned campaign has its poisoned banners, a poisoned customer its poisoned purchases.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import polars as pl

from weblog.schema import TABLES
from weblog.store import Store, open_store

RAN = "window.hacked=1"

NASTY = (
    f"<script>{RAN}</script>",
    f"</script><script>{RAN}</script>",
    f'"><img src=x onerror={RAN}>',
    f"<svg onload={RAN}>",
    f"<a href='javascript:{RAN}'>x</a><b>",
    f"javascript:{RAN}//",
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-1+1",
    "@SUM(1+1)",
    "\t=1+1",
    "\r=1+1",
    "{{7*7}}${7*7}%(x)s{0}",
    "a\0b",
    "\u202egnp.exe\u2066\u200f",
    "\ufeff\u2028\u2029",
    "' or 1=1 --",
    "../../etc/passwd",
    "\x1b]0;hacked\x07\x1b[31m",
)
"""Texts that are markup, formulas, control characters, other directions, or ways elsewhere."""

LONG = "<b>가" * 2_500
"""Ten thousand characters; some few values are as long."""

POISONED = {
    "sessions": (
        "customer_id segment entry_page exit_page source medium campaign term content"
        " referrer_host browser os device country host"
    ),
    "page_views": "path category product goal",
    "customers": "customer_id grade name email phone sex occupation",
    "purchases": "purchase_id customer_id product sold_through",
    "campaigns": "campaign title medium product",
    "banners": "banner campaign portal position",
    "mailings": "mailing title campaign product",
    "deliveries": "mailing customer_id variant bounced",
    "contacts": "customer_id list rule offer stratum",
}
"""Table to its columns of free text; channels and kinds are of our own lists."""

SPARED = "H10048271"
"""A customer whose number stays as it is, for addresses that name one."""


def nasty(values: Iterable[str], *, long_ones: int = 0) -> dict[str, str]:
    """Return what each value becomes; the rarest end is as long as strangers like."""
    found = {value: NASTY[place % len(NASTY)] + value for place, value in enumerate(sorted(values))}
    for value in list(found)[:long_ones]:
        found[value] = LONG + value
    return found


def poisoned_store(clean: Store, folder: Path) -> Store:
    """Return a store of its own in ``folder``: ``clean``, its texts nasty."""
    shutil.copytree(clean.folder, folder)
    store, snapshot = open_store(folder), clean.snapshot()
    frames = {name: snapshot.scan(name).collect() for name in POISONED}
    frames["customers"] = _named(frames["customers"])
    frames["contacts"] = _contacted(frames["customers"])
    texts: set[str] = set()
    for name, columns in POISONED.items():
        for column in columns.split():
            texts |= set(frames[name][column].drop_nulls().unique())
    # Of some 5,000 texts, the few longest to begin with: paths, which stand on several pages.
    table = nasty(texts - {SPARED}, long_ones=3)
    old, new = pl.Series(list(table)), pl.Series(list(table.values()))
    for name, columns in POISONED.items():
        changed = [pl.col(column).replace(old, new) for column in columns.split()]
        frame = frames[name].with_columns(changed).select(TABLES[name].schema.keys())
        store.replace_all(name, frame)
    store.publish()
    return store


def _named(customers: pl.DataFrame) -> pl.DataFrame:
    """Give the customers, whom the sample's register does not name, names and addresses."""
    number = pl.col("customer_id").rank("dense") % len(NASTY)
    return customers.with_columns(
        name=pl.format("name-{}", number),
        email=pl.format("mail-{}@example.com", number),
        phone=pl.format("010-1234-{}", number + 5000),
        birth_date=pl.lit(date(1980, 5, 6)),
    )


def _contacted(customers: pl.DataFrame) -> pl.DataFrame:
    """Let some customers have been chosen by a rule."""
    chosen = customers.unique("customer_id", keep="first", maintain_order=True).head(200)
    place = pl.int_range(pl.len())
    return chosen.select(
        "customer_id",
        day=pl.lit(date(2025, 11, 10)),
        list=pl.lit("list-name"),
        channel=pl.lit("email"),
        rule=pl.format("rule-{}", place % 3),
        offer=pl.lit("offer-name"),
        stratum=pl.format("stratum-{}", place % 2),
        is_held_out=place % 5 == 0,
        run=pl.lit("0123abcd"),
    )
