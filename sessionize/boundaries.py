"""Where a session begins: the rules, as comparisons with the hit before."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import numpy as np
import polars as pl

from sessionize.rules import SessionRules

_NO_LIMIT: Final = 1 << 62
"""Microseconds no log is long."""


def starts(keys: pl.DataFrame, rules: SessionRules) -> pl.Series:
    """Say of each page view or event whether a session begins with it.

    A *run* is what inactivity (and midnight) leave together. Within a run, a customer other
    than the last one seen in it begins a session; the first one seen does not, nor does a
    hit without one. Where the site says so, a campaign other than the last one seen in the
    run, or the first, begins one too. Where a login claims nothing, the first customer seen in a
    run begins one after what came before it without one.

    What is left longer than the site's longest session, or has more hits than its largest, is cut
    from its beginning on: each part begins with the first hit that the part before cannot take.

    Args:
        keys: page views and events, ordered by visitor and time: ``visitor``, ``ts``,
            ``date`` (site time zone), ``customer_id`` and ``campaign`` (any type, null where
            there is none).
        rules: which of these count.

    Returns:
        Boolean, one for each row.
    """
    run = keys.select(_run(rules).fill_null(value=True).alias("is_run"), "customer_id", "campaign")
    begins = pl.col("is_run")
    if rules.ends_when_customer_changes:
        last = _last_in_run("customer_id")
        begins = begins | (pl.col("customer_id") != last).fill_null(value=False)
    if rules.stitching == "none":
        last = _last_in_run("customer_id")
        appears = pl.col("customer_id").is_not_null() & last.is_null() & ~pl.col("is_run")
        begins = begins | appears
    if rules.ends_at_new_campaign:
        last = _last_in_run("campaign")
        arrives = pl.col("campaign").is_not_null() & pl.col("campaign").ne_missing(last)
        begins = begins | arrives
    is_start = run.select(begins.alias("is_start")).to_series()
    return _cut_to_size(is_start, keys["ts"], rules)


def _cut_to_size(is_start: pl.Series, instants: pl.Series, rules: SessionRules) -> pl.Series:
    """Let sessions begin where the one before has its full length or number of hits.

    Where a part begins depends on where the part before did: they are gone through one by one,
    but only those of sessions that are too large, and of each only its beginnings.
    """
    if is_start.is_empty() or (rules.longest is None and rules.most_hits is None):
        return is_start
    times = instants.to_physical().to_numpy()
    begins = is_start.to_numpy().copy()
    first = np.flatnonzero(begins)
    end = np.append(first[1:], times.size)
    longest = _NO_LIMIT if rules.longest is None else rules.longest // timedelta(microseconds=1)
    most = rules.most_hits or times.size
    is_large = (end - first > most) | (times[end - 1] - times[first] > longest)
    for start, stop in zip(first[is_large].tolist(), end[is_large].tolist(), strict=True):
        at = start
        while at < stop:
            begins[at] = True
            too_late = np.searchsorted(times[at:stop], times[at] + longest, side="right")
            at += min(most, int(too_late))
    return pl.Series(is_start.name, begins)


def _run(rules: SessionRules) -> pl.Expr:
    """Tell where a run begins: another visitor, a long wait, another day."""
    begins = (pl.col("visitor") != pl.col("visitor").shift(1)) | (
        pl.col("ts") - pl.col("ts").shift(1) > rules.inactivity
    )
    if rules.ends_at_midnight:
        begins |= pl.col("date") != pl.col("date").shift(1)
    return begins


def _last_in_run(name: str) -> pl.Expr:
    """Return the last known value of a column before each row, within its run."""
    place = pl.int_range(pl.len())
    first = pl.when("is_run").then(place).forward_fill()
    seen_at = pl.when(pl.col(name).is_not_null()).then(place).forward_fill().shift(1)
    return pl.when(seen_at >= first).then(pl.col(name).forward_fill().shift(1))
