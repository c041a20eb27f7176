"""Many random comparisons at once: visitors with a rate of their own, some on both sides."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from reports.clusters import both_sums, differences, own_sums

COMES = 0.1
"""Of a total's visitors so many come at all: few of many, as Poisson has it."""


@dataclass(frozen=True, slots=True)
class World:
    """What is drawn: how many visitors on each side and on both, and what their sessions do.

    ``means`` are the true rates of both sides (or means per session); ``alike`` is how alike
    sessions of one visitor are, from 0 (independent) to 1 (all the same).
    """

    kind: str
    means: tuple[float, float]
    visitors: tuple[int, int]
    on_both: int
    alike: float


def compared(world: World, times: int, seed: int) -> pl.DataFrame:
    """Return ``times`` comparisons as :func:`reports.clusters.differences` makes them."""
    random = np.random.default_rng(seed)
    least = min(world.visitors)
    shared = min(world.on_both, least)
    luck = random.random((times, shared))
    sides = []
    for mean, count in zip(world.means, world.visitors, strict=True):
        own = random.random((times, count - shared))
        sides.append(_visitors(random, world, mean, np.hstack([luck, own])))
    parts = []
    for end, side in zip("12", sides, strict=True):
        over = None if world.kind == "total" else "d"
        sums = side.group_by("time").agg(*own_sums("n", over), pl.len().alias("visitors"))
        parts.append(sums.rename({name: name + end for name in sums.columns if name != "time"}))
    both = sides[0].join(sides[1], on=["time", "visitor"], suffix="_2")
    both = both.filter(pl.col("visitor") < shared)
    shared_sums = both.group_by("time").agg(
        both_sums("n", None if world.kind == "total" else "d", "_2")
    )
    rows = parts[0].join(parts[1], on="time").join(shared_sums, on="time", how="left")
    return differences(rows.fill_null(0.0).with_columns(pl.lit(world.kind).alias("kind")))


def _visitors(
    random: np.random.Generator, world: World, mean: float, luck: np.ndarray
) -> pl.DataFrame:
    """Return ``time``, ``visitor``, ``d`` (sessions) and ``n`` (what is counted of them)."""
    times, count = luck.shape
    sessions = random.geometric(0.6, (times, count))
    if world.kind == "rate":
        # With this chance a visitor's sessions all do what the visitor does.
        constant = random.random((times, count)) < world.alike
        counted = np.where(constant, sessions * (luck < mean), random.binomial(sessions, mean))
    else:
        # A visitor's own mean, the same on both sides up to the sides' means.
        own = mean * (1 - world.alike + world.alike * -np.log1p(-luck))
        counted = random.poisson(sessions * own)
    here = np.ones((times, count), dtype=bool)
    if world.kind == "total":
        here = random.random((times, count)) < COMES
    time, visitor = np.nonzero(here)
    return pl.DataFrame(
        {
            "time": time,
            "visitor": visitor,
            "d": sessions[here].astype(float),
            "n": counted[here].astype(float),
        }
    )
