"""What belongs to a visitor, worked out from the visitor's number: address, agent, customer id."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from benchmarks import weblog_words as words

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

_HEXES: Final = [f"{n:x}" for n in range(0x10000)]
_NETWORKS: Final = np.array(
    [1, 14, 27, 39, 49, 58, 61, 110, 112, 118, 121, 175, 183, 203, 211, 220]
)


def mixed_bits(number: Ints, salt: int = 0) -> Ints:
    """Mix numbers into 62 bits that look random (the finalizer of splitmix64)."""
    mixed = number.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(
        (salt * 0xD1B54A32D192ED03 + 1) & 0xFFFFFFFFFFFFFFFF
    )
    mixed = (mixed ^ mixed >> np.uint64(30)) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ mixed >> np.uint64(27)) * np.uint64(0x94D049BB133111EB)
    return ((mixed ^ mixed >> np.uint64(31)) >> np.uint64(2)).astype(np.int64)


def zipf(share: Floats, count: int, power: float = 1.0) -> Ints:
    """Turn numbers in [0, 1) into places in a list of ``count``, the first ones most often."""
    weights = 1.0 / np.arange(2, count + 2) ** power
    upto = np.cumsum(weights)
    return np.searchsorted(upto, share * upto[-1], side="right").clip(0, count - 1)


def picked(texts: Sequence[str], places: Ints) -> pl.Series:
    """Return the texts at the given places."""
    return pl.Series(list(texts), dtype=pl.String).gather(pl.Series(places))


def clients(who: Ints, rng: np.random.Generator) -> pl.Series:
    """Return the address of each visitor: one in fifteen IPv6, one in five a carrier's pool."""
    moved = np.where(rng.random(len(who)) < 0.12, rng.integers(1, 4, len(who)), 0)
    mixed = mixed_bits(who * 4 + moved, 11)
    pooled = mixed % 5 == 0
    low = np.where(pooled, mixed >> 8 & 0x3FFF, mixed >> 8 & 0xFFFFFF)
    first = np.where(pooled, 223, _NETWORKS[mixed >> 40 & 15])
    return addresses(first, low, mixed, mixed % 15 == 1)


def addresses(first: Ints, low: Ints, mixed: Ints, is_six: NDArray[np.bool_]) -> pl.Series:
    """Write addresses: from a first number and the 24 bits below it, or IPv6 from other bits."""
    parts = [
        pl.Series(n).cast(pl.String) for n in (first, low >> 16 & 255, low >> 8 & 255, low & 255)
    ]
    four = parts[0] + "." + parts[1] + "." + parts[2] + "." + parts[3]
    groups = [picked(_HEXES, mixed >> shift & 0xFFFF) for shift in (4, 20, 36)]
    six = "2001:e60:" + groups[0] + ":" + groups[1] + "::" + groups[2]
    return six.zip_with(pl.Series(is_six), four)


def users(who: Ints) -> pl.Series:
    """Return the customer id of those who log in, else ``-``."""
    mixed = mixed_bits(who, 3)
    named = "K" + pl.Series(1_000_000 + mixed % 9_000_000).cast(pl.String)
    nobody = pl.Series(["-"]).new_from_index(0, len(who))
    return named.zip_with(pl.Series(mixed >> 30 & 0xFF) < 16, nobody)


def agents_of(who: Ints) -> pl.Series:
    """Return the user agent of each visitor."""
    mixed = mixed_bits(who, 7)
    share, tail = (mixed & 0xFFFFF) / 0x100000, (mixed >> 20 & 0xFFFFFFFF) / 0x100000000
    upto, agents = 0.0, pl.Series(["-"]).new_from_index(0, len(who))
    for part, family in words.PEOPLE:
        chosen = pl.Series((share >= upto) & (share < upto + part))
        agents = picked(family, zipf(tail, len(family), 1.6)).zip_with(chosen, agents)
        upto += part
    return agents
