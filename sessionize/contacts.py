"""Contacts with customers: those of target lists, those made elsewhere, and mailings.

Contacts of the company's own mailings (tables mailings and deliveries) count like those in table
contacts, but for a delivery whose customer has a contact of that day and channel already: then
the list was what the mailing was sent to.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Final

import polars as pl

from sessionize.register_load import RegisterLoad, loaded, opened
from sessionize.register_source import RegisterSource
from weblog.contact_tables import CONTACTS
from weblog.erasure.blocked import blocked_in
from weblog.site.rules import Site
from weblog.store import Snapshot, Store

CHANGE: Final = "change"
"""Mark of table contacts that every change moves: of two at once the second computes again."""

OWN: Final = ("list", "day", "channel")
"""What tells one list of one day from all others."""


def contact_history(snapshot: Snapshot, time_zone: str) -> pl.DataFrame:
    """Return who was contacted when: ``customer_id``, ``day``, ``channel``, ``list``.

    Nobody who was held out. A mailing's ``list`` is its name, its day that of ``time_zone``.
    """
    recorded = snapshot.scan("contacts")
    columns = ("customer_id", "day", "channel", "list")
    is_held_out = pl.col("is_held_out").fill_null(value=False)
    mailed = (
        snapshot.scan("deliveries")
        .filter(~is_held_out, pl.col("customer_id").is_not_null())
        .join(snapshot.scan("mailings").select("mailing", "sent"), on="mailing")
        .select(
            "customer_id",
            pl.col("sent").dt.convert_time_zone(time_zone).dt.date().alias("day"),
            pl.lit("email").alias("channel"),
            pl.col("mailing").alias("list"),
        )
        .join(recorded, on=["customer_id", "day", "channel"], how="anti")
    )
    return pl.concat([recorded.filter(~is_held_out).select(columns), mailed]).collect()


def recorded_list(snapshot: Snapshot, name: str, day: date, channel: str) -> pl.DataFrame:
    """Return the contacts recorded for a list of a day."""
    return snapshot.scan("contacts").filter(_own(name, day, channel)).collect()


def record_list(
    store: Store,
    name: str,
    day: date,
    channel: str,
    make: Callable[[Snapshot], pl.DataFrame],
) -> None:
    """Record the contacts of a list in place of those recorded for it before, in one commit.

    Args:
        store: the store.
        name: the list.
        day: whose it is.
        channel: how its customers are written to.
        make: computes the contacts from the newest state; called again where another list, or a
            load of contacts, came between, so that no limit is passed by two at once.

    Raises:
        ConcurrentIngestError: others kept changing contacts.
    """

    def rows() -> tuple[pl.DataFrame, Mapping[str, int]]:
        head = store.head()
        made = make(head).select(pl.col(n).cast(dtype) for n, dtype in CONTACTS.schema.items())
        of_day = head.scan("contacts").filter(pl.col("day") == day)
        others = of_day.filter(~_own(name, day, channel)).collect()
        return pl.concat([others, made]), _moved(head)

    store.replace_days("contacts", [day], rows)


def load_contacts(
    store: Store | Callable[[], Store], site: Site, source: RegisterSource
) -> RegisterLoad:
    """Load contacts made elsewhere; needed are ``customer_id``, ``day``, ``list``, ``channel``.

    A contact that is known is corrected; columns that ``source`` lacks stay what they were.
    Arguments and errors are those of :func:`sessionize.register_load.load_customers`.
    """
    read = source.read(CONTACTS, site.time_zone, required=CONTACTS.key)
    good, counts = read.good, (0, 0, 0)
    given = [name for name in read.given if name != "run"]

    def rows() -> tuple[pl.DataFrame, Mapping[str, int]]:
        nonlocal counts
        head = written.head()
        stored = head.scan("contacts").filter(pl.col("day").is_in(days)).collect()
        kept = [name for name in CONTACTS.schema if name not in given]
        known = stored.select(*CONTACTS.key, *kept)
        new = blocked_in(head.folder).without(good).drop(kept)
        made = new.join(known, on=CONTACTS.key, how="left").select(CONTACTS.schema.names())
        first = made.join(stored, on=CONTACTS.key, how="anti").height
        same = made.join(stored, on=made.columns, how="semi", nulls_equal=True).height
        counts = (first, made.height - first - same, same)
        others = stored.join(made, on=CONTACTS.key, how="anti")
        return pl.concat([others, made]), _moved(head)

    if not good.is_empty():
        written = opened(store, site)
        days = good["day"].unique().sort().to_list()
        written.replace_days("contacts", days, rows)
    return loaded("contacts", source, read, counts)


def _own(name: str, day: date, channel: str) -> pl.Expr:
    same = (pl.col("list") == name) & (pl.col("day") == day) & (pl.col("channel") == channel)
    return same.fill_null(value=False)


def _moved(head: Snapshot) -> dict[str, int]:
    return {CHANGE: head.marks("contacts").get(CHANGE, 0) + 1}
