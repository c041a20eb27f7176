"""The hits that only count: which session each falls to."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sessionize.rules import SessionRules


def attached_counts(keys: pl.DataFrame, others: pl.DataFrame, rules: SessionRules) -> pl.DataFrame:
    """Count, for each session in order, the other hits that fall to it, and its logins in them.

    A hit falls to the visitor's latest session that began before it or with it, if it came
    within the inactivity limit of that session's last page view or event before it and, where
    midnight ends sessions, on the same day. A login that falls to none counts in the session
    it opens: the next one, if that begins within the same limits.
    """
    hits = others.select("visitor", "ts", "date", "is_login")
    before = _last_before(keys, hits)
    around = {
        name: pl.select(
            pl.when(pl.Series(place).is_between(0, keys.height - 1)).then(pl.Series(place))
        ).to_series()
        for name, place in (("before", before), ("after", before + 1))
    }
    hits = hits.with_columns(**around)
    running = _near(hits, keys, "before", rules)
    astray = running.filter(pl.col("session").is_null() & pl.col("is_login"))
    opened = _near(astray.drop("session"), keys, "after", rules).drop_nulls("session")
    counts = (
        running.drop_nulls("session")
        .group_by("session")
        .agg(
            pl.len().cast(pl.Int64).alias("other_hits"),
            pl.col("is_login").sum().cast(pl.Int64).alias("other_logins"),
            pl.col("is_login").is_not_null().any().alias("others_tell_logins"),
        )
    )
    opening = opened.group_by("session").agg(pl.len().cast(pl.Int64).alias("opening_logins"))
    logins = pl.col("other_logins").fill_null(0) + pl.col("opening_logins").fill_null(0)
    return (
        keys.select(pl.col("session").filter("is_start"))
        .join(counts, on="session", how="left", maintain_order="left")
        .join(opening, on="session", how="left", maintain_order="left")
        .select(
            pl.col("other_hits").fill_null(0),
            logins.alias("other_logins"),
            pl.col("others_tell_logins").fill_null(value=False)
            | pl.col("opening_logins").is_not_null(),
        )
    )


def _last_before(keys: pl.DataFrame, hits: pl.DataFrame) -> NDArray[np.int64]:
    """Return the place in ``keys`` of the last row not after each hit, -1 for none.

    Rows are compared by visitor, then time: it may be another visitor's.
    """
    both = pl.concat([keys.select("visitor", "ts"), hits.select("visitor", "ts")])
    if both.is_empty():
        return np.empty(0, dtype=np.int64)
    visitors = both["visitor"].to_numpy().astype(np.int64)
    instants = both["ts"].to_physical().to_numpy()
    instants = instants - instants.min()
    if int(visitors.max()) * int(instants.max()) >= 1 << 62:
        # Not the instants, then, but their places among each other.
        instants = np.unique(instants, return_inverse=True)[1]
    # One number for visitor and time: the rows of keys are in its order.
    numbers = visitors * (instants.max() + 1) + instants
    places: NDArray[np.int64] = np.searchsorted(
        numbers[: keys.height], numbers[keys.height :], side="right"
    )
    return places - 1


def _near(hits: pl.DataFrame, keys: pl.DataFrame, name: str, rules: SessionRules) -> pl.DataFrame:
    """Add the ``session`` of the page view or event whose place in ``keys`` is column ``name``.

    Null unless it is the same visitor's, within the limit and, where that counts, that day.
    """
    beside = keys.select(
        pl.col("visitor").gather(hits[name]).alias("whose"),
        pl.col("ts").gather(hits[name]).alias("at"),
        pl.col("date").gather(hits[name]).alias("day"),
        pl.col("session").gather(hits[name]),
    )
    is_near = (pl.col("visitor") == pl.col("whose")) & (
        (pl.col("ts") - pl.col("at")).abs() <= rules.inactivity
    )
    if rules.ends_at_midnight:
        is_near &= pl.col("date") == pl.col("day")
    session = pl.when(is_near).then("session").alias("session")
    return hits.hstack(beside).with_columns(session).drop("whose", "at", "day")
