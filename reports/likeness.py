"""How much alike the views of one visit, and of one customer, are: measured, name by name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from reports.seen import Floats, Ints, Seen, sums

_LEAST: Final = 0.01
"""Customers are taken to resemble themselves at least so much, or nothing could be learnt."""

_MOST: Final = 0.99

_BORROWED: Final = 50
"""A name's own likeness counts as its viewers, that of all names like this many more."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """The correlation of "is it this name" between two views, an entry per name.

    0 as between strangers, 1 always the same: ``within`` a visit, ``between`` two visits of a
    customer.
    """

    within: Floats
    between: Floats

    @property
    def prior_views(self) -> Floats:
        """How many independent views what is known of the segment is worth, by name."""
        prior: Floats = (1 - self.between) / self.between
        return prior

    def at(self, name: Ints) -> Likeness:
        """Return the likeness of the names in these places."""
        return Likeness(self.within[name], self.between[name])


def worth(alike: Likeness, length: Floats) -> Floats:
    """Return how many independent views a visit of ``length`` views is worth.

    Given the customer's taste a view varies by 1 - b and the mean of m views of a visit by (w - b)
    + (1 - w) / m, w and b being the likeness within and between visits: the quotient. That is m
    where visits do not differ (w = b), and never more than (1 - b) / (w - b).
    """
    w, b = alike.within, alike.between
    views: Floats = (1 - b) / ((w - b) + (1 - w) / length)
    return views


def likeness_of(seen: Seen) -> Likeness:
    """Measure the likeness of views on who viewed what.

    For each name the chance that two views of a pair are both of it, less that of two strangers'
    views, over what it would be were they always alike: an intraclass correlation by pairs. A
    visit (a customer) weighs as its views, not as its pairs, or the busiest would speak for all.
    Few viewers lean on the likeness of all names together. Ageing plays no part. Where nobody came
    twice, visits are taken to be half as alike as the views of one.
    """
    names, people = len(seen.names), len(seen.customers)
    mine = seen.summed(seen.n)
    views = sums(seen.owner, seen.length, people)
    pairs = views**2 - sums(seen.owner, seen.length**2, people)
    between = _between(mine**2 - seen.summed(seen.n**2), pairs, views, mine)
    inside = _within(seen)
    viewers = (mine > 0).sum(axis=0)
    within = np.full(names, _LEAST) if inside is None else _pooled(inside, viewers)
    within = np.clip(within, _LEAST, _MOST)
    across = within / 2 if between is None else _pooled(between, viewers)
    return Likeness(within, np.clip(across, _LEAST, within))


def _within(seen: Seen) -> tuple[Floats, Floats] | None:
    """Return covariance and variance of two views of one session, by name; None without pairs."""
    m, names = seen.length[seen.session], len(seen.names)
    long = m > 1
    weight = float(seen.length[seen.length > 1].sum())
    if not weight:
        return None
    n, name = seen.n[long], seen.name[long]
    both = sums(name, n * (n - 1) / (m[long] - 1), names) / weight
    p = sums(name, n, names) / weight
    return both - p**2, p * (1 - p)


def _between(
    agree: Floats, pairs: Floats, views: Floats, mine: Floats
) -> tuple[Floats, Floats] | None:
    """Return covariance and variance of two views of a customer's different sessions, by name."""
    some = pairs > 0
    weight = float(views[some].sum())
    if not weight:
        return None
    both = (views[some] / pairs[some]) @ agree[some] / weight
    p = mine[some].sum(axis=0) / weight
    return both - p**2, p * (1 - p)


def _pooled(measured: tuple[Floats, Floats], viewers: Ints) -> Floats:
    """Return the correlations, each drawn toward that of all names by its number of viewers."""
    covariance, variance = measured
    total = float(variance.sum())
    whole = float(covariance.sum()) / total if total > 0 else _LEAST
    own = np.divide(covariance, variance, out=np.full_like(variance, whole), where=variance > 0)
    pooled: Floats = (viewers * own + _BORROWED * whole) / (viewers + _BORROWED)
    return pooled
