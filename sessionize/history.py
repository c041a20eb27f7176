"""What the days so far say of visitors and customers, carried from day to day."""

from __future__ import annotations

from datetime import date

import polars as pl

from sessionize.facts import last_visits, product_days
from sessionize.visitors import KnownVisitors, seen
from weblog.schema import VISITORS
from weblog.store import Snapshot


class History:
    """What the days so far say; begins with none.

    Attributes:
        visitors: who was seen.
        visits: ``customer_id``, ``last_visit`` (:func:`sessionize.facts.last_visits`).
        viewed: ``customer_id``, ``date``, ``product_views``
            (:func:`sessionize.facts.product_days`).
        logins: distinct ``visitor_id`` and ``customer_id``, in pieces that may overlap.
        unsure: ids of visitors whose customers are still to be looked up (:meth:`complete`).
    """

    def __init__(self) -> None:
        none = pl.LazyFrame(
            schema={"customer_id": pl.String, "date": pl.Date, "product_views": pl.Int64}
        )
        self.visitors = KnownVisitors()
        self.visits = last_visits(none).collect()
        self.viewed = product_days(none).collect()
        self.logins: list[pl.DataFrame] = []
        self.unsure = pl.Series("visitor_id", [], dtype=pl.String)

    @classmethod
    def before(cls, head: Snapshot, day: date, *, is_settled: bool) -> History:
        """Return the history of all days before ``day``.

        Args:
            head: the store.
            day: the first day that is not part of it.
            is_settled: the table visitors agrees with the sessions as they are now. Then it is
                read, and not every session there ever was.
        """
        history = cls()
        sessions = head.scan("sessions")
        earlier = sessions.filter(pl.col("date") < day)
        visits, viewed = pl.collect_all([last_visits(earlier), product_days(earlier)])
        history.visits, history.viewed = visits, viewed
        if is_settled:
            history._recall(head, sessions.filter(pl.col("date") >= day))
        else:
            visitors, logins = pl.collect_all([seen(earlier), pairs(earlier)])
            history.visitors.add(visitors)
            history.logins.append(logins)
        return history

    def _recall(self, head: Snapshot, later: pl.LazyFrame) -> None:
        """Take what the table visitors says, less what it says because of ``later`` sessions.

        Of visitors that have later ones the last session before them is not known then, nor
        which customers they had: :meth:`complete` looks it up if it is needed.
        """
        undone = later.group_by("visitor_id").agg(pl.len().cast(pl.Int64).alias("undone"))
        table = head.scan("visitors").join(undone, on="visitor_id", how="left")
        count = pl.col("sessions") - pl.col("undone").fill_null(0)
        others = table.with_columns(sessions=count).filter(pl.col("sessions") > 0)
        found = others.sort("visitor_id").collect()
        is_unsure = pl.col("undone").is_not_null()
        self.visitors.remember(
            found.with_columns(last_seen=pl.when(~is_unsure).then("last_seen")).select(
                "visitor_id", "first_seen", "last_seen", "sessions"
            )
        )
        had = found.filter(pl.col("customers").list.len() > 0)
        self.unsure = had.filter(is_unsure)["visitor_id"]
        sure = had.filter(~is_unsure).select("visitor_id", customer_id="customers")
        self.logins.append(sure.explode("customer_id"))

    def add(self, sessions: pl.DataFrame) -> None:
        """Add the sessions of later days."""
        self.visitors.add_sessions(sessions)
        rows = sessions.lazy()
        visits, viewed, logins = pl.collect_all(
            [last_visits(rows), product_days(rows), pairs(rows)]
        )
        if visits.height:
            latest = pl.concat([self.visits, visits]).group_by("customer_id")
            self.visits = latest.agg(pl.col("last_visit").max())
            self.logins.append(logins)
        if viewed.height:
            self.viewed = product_days(pl.concat([self.viewed, viewed]).lazy()).collect()

    def complete(self, head: Snapshot, day: date) -> None:
        """Look up what :meth:`before` left open of the days before ``day``."""
        earlier = head.scan("sessions").filter(pl.col("date") < day)
        open_ends = self.visitors.last_unknown()
        if len(open_ends):
            rows = seen(earlier.filter(pl.col("visitor_id").is_in(open_ends.implode())))
            self.visitors.add(rows.with_columns(sessions=pl.lit(0, pl.Int64)).collect())
        if len(self.unsure):
            rows = earlier.filter(pl.col("visitor_id").is_in(self.unsure.implode()))
            self.logins.append(pairs(rows).collect())

    def table(self) -> pl.DataFrame:
        """Return the visitors as :data:`weblog.schema.VISITORS`, ordered by id."""
        customers = (
            pl.concat([pairs(pl.LazyFrame(schema=_PAIR)).collect(), *self.logins])
            .unique()
            .group_by("visitor_id")
            .agg(pl.col("customer_id").sort().alias("customers"))
        )
        none = pl.lit([], dtype=pl.List(pl.String))
        return (
            self.visitors.table()
            .join(customers, on="visitor_id", how="left", maintain_order="left")
            .with_columns(pl.col("customers").fill_null(none))
            .select(pl.col(name).cast(dtype) for name, dtype in VISITORS.schema.items())
        )


_PAIR = {"visitor_id": pl.String, "customer_id": pl.String}


def pairs(sessions: pl.LazyFrame) -> pl.LazyFrame:
    """Return distinct ``visitor_id`` and ``customer_id`` of sessions that have both."""
    known = sessions.filter(pl.col("customer_id").is_not_null())
    return known.select("visitor_id", "customer_id").unique()
