"""What is popular, with everybody and with customers alike, backing off where that is thin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from reports.ask import SMALL
from reports.recommendations.associations import Floats

LEVELS: Final = (("segment",), ("segment", "sex"), ("segment", "sex", "age_band"))
"""From the widest group to the narrowest."""


@dataclass(frozen=True, slots=True)
class Popularity:
    """How items are shared out among what customers turned to.

    Attributes:
        groups: the narrowest groups: the columns of the last of :data:`LEVELS` and ``group``.
        base: share of each item with all customers, shape (items,).
        shares: share of each item in each group, shape (groups, items).
        level: shape (groups,): how many levels down at least 30 customers stand behind the
            share: 0 for none, else 1 to 3.
        people: shape (groups,): how many customers those are.
    """

    groups: pl.DataFrame
    base: Floats
    shares: Floats
    level: NDArray[np.int64]
    people: NDArray[np.int64]

    @property
    def log_lift(self) -> Floats:
        """Log of each group's shares over everybody's, shape (groups, items)."""
        lifts: Floats = np.log(self.shares) - np.log(self.base)
        return lifts


def popularity(
    turned: pl.DataFrame, customers: pl.DataFrame, items: int, strength: float
) -> Popularity:
    """Count what customers turned to, in all and by group.

    A group's share of an item is shrunk toward that of the next wider group, and that of all
    customers toward that of all people, each by ``strength`` counts (Dirichlet prior, as in
    :mod:`reports.recommendations.associations`): hierarchical back-off, so that a group nobody
    knows anything of has the shares of the wider one.

    Args:
        turned: ``person`` and ``to`` (code of the item), each pair once; people of all sorts.
        customers: ``person`` and the columns of the narrowest level; null where not known.
        items: how many there are.
        strength: of the prior.
    """
    columns = list(LEVELS[-1])
    groups = customers.select(columns).unique().sort(columns, nulls_last=True)
    groups = groups.with_row_index("group")
    theirs = turned.join(customers, on="person").join(groups, on=columns, nulls_equal=True)
    cells = theirs.group_by("group", "to").len()
    counts = np.zeros((groups.height, items))
    counts[cells["group"].to_numpy(), cells["to"].to_numpy()] = cells["len"].to_numpy()
    active = theirs.select("person", "group").unique().group_by("group").len()
    heads = np.zeros(groups.height, dtype=np.int64)
    heads[active["group"].to_numpy()] = active["len"].to_numpy()

    everybody = np.bincount(turned["to"].to_numpy(), minlength=items) + 1.0
    known = counts.sum(axis=0)
    base = (known + strength * everybody / everybody.sum()) / (known.sum() + strength)
    shares = np.broadcast_to(base, counts.shape)
    level = np.zeros(groups.height, dtype=np.int64)
    people = np.full(groups.height, int(heads.sum()))
    for number, names in enumerate(LEVELS, start=1):
        cells = groups.select(names).unique().sort(names, nulls_last=True).with_row_index("wide")
        joined = groups.join(cells, on=names, nulls_equal=True, maintain_order="left")
        wide = joined["wide"].to_numpy()
        summed, sizes = np.zeros((cells.height, items)), np.zeros(cells.height, dtype=np.int64)
        np.add.at(summed, wide, counts)
        np.add.at(sizes, wide, heads)
        size = sizes[wide]
        cell = summed[wide]
        shares = (cell + strength * shares) / (cell.sum(axis=1, keepdims=True) + strength)
        level = np.where(size >= SMALL, number, level)
        people = np.where(size >= SMALL, size, people)
    return Popularity(groups, base, shares, level, people)
