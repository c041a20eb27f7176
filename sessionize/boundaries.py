"""Where a session begins: the rules, as comparisons with the hit before."""

from __future__ import annotations

import polars as pl

from sessionize.rules import SessionRules


def starts(keys: pl.DataFrame, rules: SessionRules) -> pl.Series:
    """Say of each page view or event whether a session begins with it.

    A *run* is what inactivity (and midnight) leave together. Within a run, a customer other
    than the last one seen in it begins a session; the first one seen does not, nor does a
    hit without one. Where the site says so, a campaign other than the last one seen in the
    run, or the first, begins one too.

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
    if rules.ends_at_new_campaign:
        last = _last_in_run("campaign")
        arrives = pl.col("campaign").is_not_null() & pl.col("campaign").ne_missing(last)
        begins = begins | arrives
    return run.select(begins.alias("is_start")).to_series()


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
