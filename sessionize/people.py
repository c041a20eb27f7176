"""What in a store is one person's: the browsers, the hits, the words that mean nobody else.

A browser belongs to a customer if no other customer ever logged in on it. On one that others
use, too, only the hits that carry the customer's id and the sessions the customer logged in
during are the customer's; what nobody logged in during stays, since nobody knows whose it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import polars as pl

from sessionize.rules import SessionRules
from weblog.erasure import Person
from weblog.schema import REGISTER, TABLES
from weblog.site.rules import Site
from weblog.store import Snapshot

NAMING: Final = ("email", "phone", "name")
"""Columns of the register that name a person outside the company, too."""


def person_of(
    snapshot: Snapshot,
    site: Site,
    customers: Sequence[str],
    visitors: Sequence[str] = (),
    texts: Sequence[str] = (),
) -> Person:
    """Return all that is of these customers and visitors.

    Args:
        snapshot: the store; its sessions agree with its hits.
        site: the site's rules.
        customers: ids in the register.
        visitors: browsers, whoever used them.
        texts: further words that mean the person: an address, a telephone number.
    """
    alone, shared = _browsers(snapshot, customers)
    alone = sorted({*alone, *visitors})
    shared = sorted({*shared} - {*visitors})
    lines = _lines_on(snapshot, shared, customers, SessionRules.from_site(site))
    person = Person(
        customers=tuple(sorted(set(customers))),
        visitors=tuple(alone),
        lines={
            str(source): tuple(part["line"].sort().to_list())
            for (source,), part in lines.partition_by("log_source", as_dict=True).items()
        },
        texts=tuple(sorted({*texts, *_words(snapshot, customers)})),
    )
    return replace(person, clients=_clients(snapshot, person))


def is_known(snapshot: Snapshot, person: Person) -> bool:
    """Say whether anything in the store is of this person's."""
    for name in TABLES:
        rows = snapshot.scan(name)
        conditions = [
            pl.col(column).is_in(list(ids))
            for column, ids in (("customer_id", person.customers), ("visitor_id", person.visitors))
            if column in TABLES[name].schema and ids
        ]
        if (
            conditions
            and not rows.filter(pl.any_horizontal(conditions)).head(1).collect().is_empty()
        ):
            return True
    return False


def _browsers(snapshot: Snapshot, customers: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the visitors these customers alone logged in on, and those that others did, too."""
    logins = (
        pl.concat(
            snapshot.scan(name).select("visitor_id", "customer_id") for name in ("hits", "sessions")
        )
        .drop_nulls()
        .unique()
    )
    own = pl.col("customer_id").is_in(list(customers))
    used = (
        logins.group_by("visitor_id")
        .agg(own.any().alias("is_used"), own.all().alias("is_alone"))
        .filter("is_used")
        .collect(engine="streaming")
    )
    parts = (used.filter("is_alone"), used.filter(~pl.col("is_alone")))
    return parts[0]["visitor_id"].to_list(), parts[1]["visitor_id"].to_list()


def _lines_on(
    snapshot: Snapshot, visitors: Sequence[str], customers: Sequence[str], rules: SessionRules
) -> pl.DataFrame:
    """Return ``log_source`` and ``line`` of the customers' hits on browsers others use, too.

    A hit without a customer is of the session it falls to (:mod:`sessionize.attached`): the
    latest that had begun, if its last page view or event lies within the inactivity limit.
    """
    mine = pl.col("customer_id").is_in(list(customers))
    shared = pl.col("visitor_id").is_in(list(visitors))
    visits = (
        snapshot.scan("sessions")
        .filter(shared)
        .sort("start", "session_id")
        .select("visitor_id", "start", "end", mine.fill_null(value=False).alias("is_mine"))
        .collect()
    )
    hits = (
        snapshot.scan("hits")
        .filter(shared)
        .select("log_source", "line", "visitor_id", "customer_id", "ts")
        .collect(engine="streaming")
        .sort("ts")
    )
    during = (
        hits.filter(pl.col("customer_id").is_null())
        .join_asof(
            visits,
            left_on="ts",
            right_on="start",
            by="visitor_id",
            strategy="backward",
            check_sortedness=False,
        )
        .filter("is_mine", pl.col("ts") - pl.col("end") <= rules.inactivity)
    )
    return pl.concat(part.select("log_source", "line") for part in (hits.filter(mine), during))


def _words(snapshot: Snapshot, customers: Sequence[str]) -> set[str]:
    """Return what names these customers and nobody else: addresses, numbers of contracts."""
    found: set[str] = set()
    for table in REGISTER:
        if "customer_id" not in table.schema:
            continue
        telling = [name for name in NAMING if name in table.schema]
        telling += [name for name in table.key if name not in ("customer_id", "valid_from")]
        rows = snapshot.scan(table.name).select("customer_id", *telling).collect()
        own = rows["customer_id"].is_in(list(customers))
        for name in telling:
            others = rows.filter(~own)[name].drop_nulls().implode()
            values = rows.filter(own)[name].drop_nulls().unique()
            found |= set(values.filter(~values.is_in(others)).to_list())
    return found


def _clients(snapshot: Snapshot, person: Person) -> tuple[str, ...]:
    """Return what is stored of addresses from which nobody but this person came."""
    lines = [
        {"log_source": source, "line": line}
        for source, numbers in person.lines.items()
        for line in numbers
    ]
    chosen = pl.LazyFrame(lines, schema={"log_source": pl.String, "line": pl.Int64}).with_columns(
        is_line=True
    )
    own = (
        pl.col("customer_id").is_in(list(person.customers)).fill_null(value=False)
        | pl.col("visitor_id").is_in(list(person.visitors)).fill_null(value=False)
        | pl.col("is_line").fill_null(value=False)
    )
    found = (
        snapshot.scan("hits")
        .select("client", "customer_id", "visitor_id", "log_source", "line")
        .join(chosen, on=["log_source", "line"], how="left")
        .drop_nulls("client")
        .group_by("client")
        .agg(own.all().alias("is_own"))
        .filter("is_own")
        .collect(engine="streaming")
    )
    return tuple(sorted(found["client"].to_list()))
