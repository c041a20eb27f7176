"""What a list can show: which lift its groups would reveal, and how large they would have to be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import polars as pl

from reports.audience.sample_size import detectable, needed
from reports.audience.target import HELD_OUT, WRITTEN, Target
from weblog.store import Snapshot

FEW: Final = 30
"""Held out: of fewer, the normal distribution behind the figures says little."""

SPAN: Final = timedelta(days=30)
"""Days within which a purchase counts as the outcome."""


@dataclass(frozen=True, slots=True)
class Power:
    """Whether a list is large enough, two-sided at 5 % with a power of 80 %.

    ``base``: the rate expected of those held out, e.g. 0.02. ``least``: the least lift that the
    list's groups show, in points; None where they show none. ``needed``: how many would have to be
    written to and held out for the ``lift`` hoped for; None where none was told or nobody is held
    out.
    """

    base: float
    written: int
    held_out: int
    least: float | None
    lift: float | None
    needed: tuple[int, int] | None


def power_of(target: Target, base: float, lift: float | None = None) -> Power:
    """Return what a list can show over the rate ``base``, and what a ``lift`` would take.

    Raises:
        ValueError: ``base`` or ``base + lift`` is no rate, or ``lift`` is 0.
    """
    counts, share = target.counts, target.wanted.contact.held_out
    written, held = counts[WRITTEN], counts[HELD_OUT]
    wanted = needed(base, lift, share) if lift is not None and share > 0 else None
    return Power(base, written, held, detectable(base, written, held), lift, wanted)


def expected_power(
    snapshot: Snapshot,
    target: Target,
    day: date,
    base: float | None = None,
    lift: float | None = None,
) -> Power | None:
    """Return what a list can show over ``base``; without it, over the register's :func:`base_rate`.

    None where no rate is known to begin with: nobody is in the register, or everybody bought.

    Raises:
        ValueError: ``base`` or ``base + lift`` is no rate, or ``lift`` is 0.
    """
    if base is None:
        bought, customers = base_rate(snapshot, day)
        if not customers or bought == customers:
            return None
        base = bought / customers
    return power_of(target, base, lift)


def base_rate(snapshot: Snapshot, day: date) -> tuple[int, int]:
    """Return how many of the register's customers bought in the 30 days before ``day``.

    Returns:
        Customers with a purchase in these days, and customers the register knew before them: the
        rate expected of a list of which nothing better is known.
    """
    known = (
        snapshot.scan("customers")
        .filter(pl.col("valid_from") <= day - SPAN)
        .select(pl.col("customer_id").unique())
    )
    bought = snapshot.scan("purchases").filter(
        pl.col("purchased").is_between(day - SPAN, day, closed="left")
    )
    buyers = known.join(bought, on="customer_id", how="semi").select(pl.len())
    counts = pl.collect_all([buyers, known.select(pl.len())])
    return int(counts[0].item()), int(counts[1].item())
