"""Who viewed what, in numbers: arrays that measures of taste are computed on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from reports.compact import distinct, places_in

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Seen:
    """Who viewed what, in numbers: a place per row of views, in the order of the names.

    ``customer``, ``session`` and ``name`` are places in ``customers``, ``owner`` and ``names``;
    ``owner`` and ``length`` are each session's customer and number of views, ``aged`` its weight.
    """

    customers: pl.Series
    names: pl.Series
    customer: Ints
    session: Ints
    name: Ints
    n: Floats
    owner: Ints
    length: Floats
    aged: Floats

    @classmethod
    def of(cls, views: pl.DataFrame) -> Seen:
        """Number the views of a frame as :func:`affinity` takes it."""
        customers, customer = numbered(views["customer"])
        names, name = numbered(views["name"])
        session = (views["session"].rank("dense") - 1).cast(pl.Int64).to_numpy()
        order = _order(customer, session, name)  # sums must not depend on the rows' order
        n = views["n"].cast(pl.Float64).to_numpy()[order]
        customer, session, name = customer[order], session[order], name[order]
        count = int(session.max(initial=-1)) + 1
        owner, aged = np.zeros(count, dtype=np.int64), np.ones(count)
        owner[session] = customer
        aged[session] = views["aged"].cast(pl.Float64).to_numpy()[order]
        length = sums(session, n, count)
        return cls(customers, names, customer, session, name, n, owner, length, aged)

    @classmethod
    def in_order(cls, views: pl.DataFrame, aged: pl.Series) -> Seen:
        """Number views that stand in the order of customers, sessions and names already.

        Args:
            views: as :func:`reports.customer_views.viewed` returns them.
            aged: the weight of each one's session.
        """
        customers, customer = _runs(views["customer"])
        sessions, session = _runs(views["session"])
        names, name = numbered(views["name"])
        n = views["n"].cast(pl.Float64).to_numpy()
        return cls(
            views["customer"].gather(customers).cast(pl.String),
            names,
            customer,
            session,
            name,
            n,
            customer[sessions.to_numpy()],
            sums(session, n, len(sessions)),
            aged.gather(sessions).to_numpy(),
        )

    def summed(self, weights: Floats) -> Floats:
        """Return the sums of what stands beside each view, shape (customers, names)."""
        size = (len(self.customers), len(self.names))
        return sums(self.customer * size[1] + self.name, weights, size[0] * size[1]).reshape(size)


def _runs(values: pl.Series) -> tuple[pl.Series, Ints]:
    """Return the first row of each run of the same value, and the number of each row's run."""
    codes = values.to_physical()
    begins = (codes != codes.shift(1)).fill_null(value=True)
    return begins.arg_true(), (begins.cast(pl.Int64).cum_sum() - 1).to_numpy()


def _order(customer: Ints, session: Ints, name: Ints) -> Ints:
    """Return the order by customer, session and name: sorted as one number where that fits."""
    sizes = [int(part.max(initial=-1)) + 1 for part in (customer, session, name)]
    if sizes[0] * sizes[1] * sizes[2] >= 1 << 63:
        return np.lexsort((name, session, customer))
    key = (customer * sizes[1] + session) * sizes[2] + name
    place = pl.arg_sort_by("key", maintain_order=True).cast(pl.Int64)
    return pl.DataFrame({"key": key}).select(place).to_series().to_numpy()


def numbered(texts: pl.Series) -> tuple[pl.Series, Ints]:
    """Return the values in order (null first), and the place of each row's among them."""
    coded = texts.cast(pl.String).cast(pl.Categorical) if texts.dtype != pl.Categorical else texts
    shown = distinct(coded)
    shown = shown.gather(shown.cast(pl.String).arg_sort())
    known, places = shown.cast(pl.String), places_in(shown, coded).cast(pl.Int64).to_numpy()
    if not texts.null_count():
        return known, places
    values = pl.concat([pl.Series(known.name, [None], dtype=pl.String), known])
    return values, np.where(texts.is_null().to_numpy(), 0, places + 1)


def sums(place: Ints, values: Floats, count: int) -> Floats:
    """Return the sum of the values in each of ``count`` places."""
    summed: Floats = np.bincount(place, values, minlength=count).astype(np.float64)
    return summed
