"""Sums, over visitors, of products of what is counted of each: what variances are reckoned from.

Two sides of sessions in the order of visitors are walked together, a stretch of visitors at a
time, so that no table of all visitors is ever held; the products of all measures with all are
one matrix product for each stretch.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from reports.seen import Floats, Ints

STRETCH: Final = 1 << 17
"""Sessions of a side that are walked at once, about: what is reckoned of them stays in caches."""

Pair = tuple[pl.DataFrame, pl.DataFrame]


@dataclass(frozen=True, slots=True)
class Moments:
    """Sums over the visitors of each side, of measures x in their order.

    Attributes:
        visitors: how many a side has.
        first: of x, shape (sides, measures).
        second: of x y, shape (sides, measures, measures).
        third: of x^2 y, likewise.
        both: of x on the one side times y on the other, of visitors on both.
    """

    visitors: Floats
    first: Floats
    second: Floats
    third: Floats
    both: Floats

    def __add__(self, other: Moments) -> Moments:
        return Moments(
            self.visitors + other.visitors,
            self.first + other.first,
            self.second + other.second,
            self.third + other.third,
            self.both + other.both,
        )


def moments(sides: Pair, summed: Mapping[str, pl.Expr], derived: Mapping[str, pl.Expr]) -> Moments:
    """Return the moments of visitors on two sides.

    Args:
        sides: sessions of either side, in ascending order of their ``visitor``.
        summed: measures summed over a visitor's sessions, of the columns of these.
        derived: measures of a visitor, of those summed.
    """
    size = len(summed) + len(derived)
    square = (2, size, size)
    total = Moments(
        np.zeros(2), np.zeros((2, size)), np.zeros(square), np.zeros(square), np.zeros(square[1:])
    )
    with ThreadPoolExecutor(pl.thread_pool_size()) as threads:
        parts = threads.map(lambda pair: _of_stretch(pair, summed, derived), _stretches(sides))
        return sum(parts, total)


def _stretches(sides: Pair) -> Iterator[Pair]:
    """Yield the sessions of the same visitors on either side, some after the other."""
    visitors = [side["visitor"].to_numpy() for side in sides]
    cuts = np.unique(np.concatenate([numbers[STRETCH::STRETCH] for numbers in visitors]))
    begins = [0, 0]
    for ends in zip(*([*np.searchsorted(v, cuts), len(v)] for v in visitors), strict=True):
        one, other = (
            side.slice(int(begin), int(end - begin))
            for side, begin, end in zip(sides, begins, ends, strict=True)
        )
        yield one, other
        begins = list(ends)


def _of_stretch(
    pair: Pair, summed: Mapping[str, pl.Expr], derived: Mapping[str, pl.Expr]
) -> Moments:
    people = [_per_visitor(side, summed, derived) for side in pair]
    (one, mine), (other, theirs) = people
    place = np.searchsorted(one, other)
    is_shared = place < len(one)
    is_shared[is_shared] = one[place[is_shared]] == other[is_shared]
    return Moments(
        np.array([len(one), len(other)], dtype=np.float64),
        np.stack([x.sum(axis=1) for _, x in people]),
        np.stack([x @ x.T for _, x in people]),
        np.stack([x**2 @ x.T for _, x in people]),
        mine[:, place[is_shared]] @ theirs[:, is_shared].T,
    )


def _per_visitor(
    sessions: pl.DataFrame, summed: Mapping[str, pl.Expr], derived: Mapping[str, pl.Expr]
) -> tuple[np.ndarray, Floats]:
    """Return the visitors, ascending, and their measures: a line each."""
    visitor = sessions["visitor"].to_numpy()
    starts = np.flatnonzero(np.append(True, visitor[1:] != visitor[:-1])[: len(visitor)])
    if not len(starts):
        return visitor, np.zeros((len(summed) + len(derived), 0))
    each = sessions.select(what.alias(name) for name, what in summed.items())
    ends = np.append(starts[1:], len(visitor)) - 1
    sums = {name: _of_runs(each[name].to_numpy(), starts, ends) for name in summed}
    frame = pl.DataFrame(sums)
    more = frame.select(what.cast(pl.Float64).alias(name) for name, what in derived.items())
    return visitor[starts], np.stack([*sums.values(), *(more[name].to_numpy() for name in derived)])


def _of_runs(values: np.ndarray, starts: Ints, ends: Ints) -> Floats:
    """Return the sum of the values of each run, from where it starts to where it ends."""
    if values.dtype.kind == "f":
        return np.add.reduceat(values, starts)
    # Whole numbers lose nothing in running sums, which take a third of the time.
    upto = values.cumsum(dtype=np.int64)[ends]
    upto[1:] -= upto[:-1].copy()
    return upto.astype(np.float64)
