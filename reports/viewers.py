"""Who viewed what, of two sides of sessions: sums over visitors of in how many sessions.

One pass over the sessions, and what they viewed beside them, in the compiled part; without it
polars groups what was viewed by visitor, in some thirty times the time.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from reports import runs
from reports.clusters import SIDES
from reports.compact import distinct, places_in
from reports.contents import beside
from weblog.parse.library import library

_OWN: Final = ("n", "nn", "nd", "nnd", "ndd")
SUMS: Final = (*(f"{name}{s}" for s in SIDES for name in _OWN), "n1n2", "n1d2", "d1n2")
"""What is summed, as in native.c: n and n^2 of a visitor's sessions that viewed it, and their
products with d, all of the visitor's sessions on the side; at the end of visitors on both."""


@dataclass(frozen=True, slots=True)
class Viewing:
    """Sessions, and what they viewed.

    Attributes:
        sessions: ``session`` and ``visitor`` (u64), both ascending.
        pairs: ``session``, ascending, and ``value`` (categorical), each pair once; those of
            other sessions do not count.
    """

    sessions: pl.DataFrame
    pairs: pl.DataFrame


def viewers(sides: Sequence[Viewing]) -> pl.DataFrame:
    """Return a row per ``value`` (text) that two sides viewed, with :data:`SUMS`."""
    one, other = (side.pairs["value"] for side in sides)
    is_same = sides[0].pairs is sides[1].pairs
    values = distinct(one) if is_same else pl.concat([distinct(one), distinct(other)]).unique()
    codes = places_in(values, one)
    coded = [codes, codes if is_same else places_in(values, other)]
    counted = _walked if runs.is_counted(len(values)) else _joined
    named = pl.DataFrame({"value": values.cast(pl.String)})
    found = named.hstack(counted(sides, coded, len(values)))
    return found.filter(pl.col("n1") + pl.col("n2") > 0)


class _Side(ctypes.Structure):
    _fields_ = (
        *((name, ctypes.c_void_p) for name in ("visitors", "sessions")),
        ("count", ctypes.c_int64),
        *((name, ctypes.c_void_p) for name in ("viewed", "codes")),
        ("views", ctypes.c_int64),
    )


def _walked(sides: Sequence[Viewing], coded: list[pl.Series], end: int) -> pl.DataFrame:
    sums = np.zeros((end, len(SUMS)))
    held: list[np.ndarray] = []
    told: list[_Side] = []
    for side, codes in zip(sides, coded, strict=True):
        visitor, session = (side.sessions[name].to_numpy() for name in ("visitor", "session"))
        viewed, code = side.pairs["session"].to_numpy(), codes.to_numpy()
        arrays = (visitor, session, viewed, code)
        held += arrays  # as long as their addresses are used
        places = [array.ctypes.data for array in arrays]
        told.append(_Side(*places[:2], len(visitor), *places[2:], len(viewed)))
    done = library().weblog_sum_viewers(*map(ctypes.addressof, told), end, sums.ctypes.data)
    runs.check(done, sum(side.sessions.height for side in sides))
    return pl.DataFrame(sums, schema=list(SUMS))


def _joined(sides: Sequence[Viewing], coded: list[pl.Series], end: int) -> pl.DataFrame:
    """Return the same by grouping."""
    visits = [
        side.sessions.group_by("visitor").agg(pl.len().cast(pl.Float64).alias("d"))
        for side in sides
    ]
    views = [
        beside(side.pairs.with_columns(code.alias("code")), side.sessions, "visitor")
        .group_by("visitor", "code")
        .agg(pl.len().cast(pl.Float64).alias("n"))
        .join(of_all, on="visitor")
        for side, code, of_all in zip(sides, coded, visits, strict=True)
    ]
    n, d = pl.col("n"), pl.col("d")
    own = (n, n**2, n * d, n**2 * d, n * d**2)
    rows = pl.DataFrame({"code": pl.int_range(end, dtype=pl.UInt32, eager=True)})
    parts = [
        view.group_by("code").agg(
            what.sum().alias(f"{name}{s}") for name, what in zip(_OWN, own, strict=True)
        )
        for s, view in zip(SIDES, views, strict=True)
    ]
    product = (n * pl.col("n_2")).sum()
    shared = views[0].join(views[1], on=["visitor", "code"], suffix="_2")
    parts.append(shared.group_by("code").agg(product.alias("n1n2")))
    for name, view, of_all in (("n1d2", views[0], visits[1]), ("d1n2", views[1], visits[0])):
        met = view.join(of_all, on="visitor", suffix="_2")
        parts.append(met.group_by("code").agg((n * pl.col("d_2")).sum().alias(name)))
    for part in parts:
        rows = rows.join(part, on="code", how="left", maintain_order="left")
    return rows.select(pl.col(SUMS).fill_null(0.0))
