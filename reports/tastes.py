"""What groups viewed of what, summed by visitor: all that a preference is reckoned from.

Page views stand in the order of visitors (:mod:`reports.ordered`), so one pass of the compiled
part sums them up. Without it, and of views that come in no order, one sort by visitor and numpy
find the same, in some thirty times the time.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from reports import runs
from reports.compact import distinct, in_any, places_in
from reports.seen import Ints, numbered, sums
from weblog.parse.library import library

_CELL: Final = np.dtype(
    [
        *((name, "i8") for name in ("page_views", "sessions", "visitors")),
        *((name, "f8") for name in ("weighted_views", "own", "cross")),
    ]
)
_GROUP: Final = np.dtype(
    [
        ("group_visitors", "i8"),
        *((name, "f8") for name in ("group_weight", "group_square", "whole")),
    ]
)
"""As in native.c."""


@dataclass(frozen=True, slots=True)
class Tastes:
    """The sums of groups, and those of everybody in any of them.

    Each frame has a row per ``group`` ("" for everybody) and ``name`` viewed: ``page_views``,
    ``weighted_views``, ``visitors``, ``sessions``; ``own``, the sum over visitors of (their
    weighted views here)^2, ``cross`` of (these) x (all theirs in the group); and of the whole
    group ``group_views``, ``group_visitors``, ``group_weight``, ``group_square`` (of weights) and
    ``whole``, the sum over visitors of (all their weighted views in it)^2.
    """

    groups: pl.DataFrame
    everyone: pl.DataFrame


@dataclass(frozen=True, slots=True)
class Looks:
    """Page views in the order of visitors, those of a session together, and their groups.

    Attributes:
        views: ``visitor`` (u32, ascending), ``session`` (u32, its number), ``name`` (u32, place
            in ``names``; their number for none), ``dwell_s`` (f64, null where unknown).
        group: u32, by the number of a session: place in ``groups``; their number for none.
        groups: texts, each once, in order.
        weight: f64, by the number of a session, that of each of its views; None for 1.
        names: texts, each once, in order.
    """

    views: pl.DataFrame
    group: pl.Series
    groups: pl.Series
    weight: pl.Series | None
    names: pl.Series

    @property
    def dwells(self) -> pl.DataFrame:
        """``group``, ``name``, ``dwell_s`` and ``n``: how many views took how long."""
        width, none = len(self.names) + 1, len(self.groups)
        cell = self._cells
        shown = pl.DataFrame([cell.alias("cell"), self.views["dwell_s"]]).drop_nulls()
        told = shown.group_by("cell", "dwell_s").agg(pl.len().cast(pl.Int64).alias("n"))
        place = told["cell"]
        kept = (place // width < none) & (place % width < len(self.names))
        told = told.filter(kept)
        return told.select(
            self.groups.gather(told["cell"] // width).alias("group"),
            self.names.gather(told["cell"] % width).alias("name"),
            "dwell_s",
            "n",
        )

    @property
    def _cells(self) -> pl.Series:
        """Which group and name each view is of: one number."""
        first = (self.group * (len(self.names) + 1)).cast(pl.UInt32)
        return first.gather(self.views["session"]) + self.views["name"]

    @property
    def dwell_times(self) -> pl.DataFrame:
        """``group``, ``name`` and ``dwell_s``, the median; no row where it is unknown."""
        width, none = len(self.names) + 1, len(self.groups)
        cell = self._cells
        place = np.arange((none + 1) * width)
        return pl.DataFrame(
            {
                "group": pl.concat([self.groups, _NONE]).gather(place // width),
                "name": pl.concat([self.names, _NONE]).gather(place % width),
                "dwell_s": runs.medians(self.views["dwell_s"], cell, len(place)),
            }
        ).drop_nulls()


_NONE: Final = pl.Series([None], dtype=pl.String)


def looks_of(
    views: pl.DataFrame, kind: str, members: pl.DataFrame, aged: pl.DataFrame | None
) -> tuple[Looks, Looks]:
    """Return the looks of groups, and those of everybody in any of them.

    Args:
        views: ``session``, ``visitor``, ``kind`` (categorical) and ``dwell_s``, as
            :func:`reports.load.page_views` returns them.
        kind: the column of what has names.
        members: ``session`` and ``group`` (categorical, not null), each pair once.
        aged: ``session``, each once, and ``aged``, the weight of each of its views; None: 1.
    """
    names, name = _numbered(views[kind])
    groups, group = _numbered(members["group"])
    rows = pl.DataFrame([views["visitor"], views["session"], name.alias("name"), views["dwell_s"]])
    numbered_by = (views, members) if aged is None else (views, members, aged)
    end = _end(*(part["session"] for part in numbered_by))
    of_session = _by_number(members["session"], group, end, len(groups))
    weight = None if aged is None else _by_number(aged["session"], aged["aged"], end, 0.0)
    is_known = of_session < len(groups)
    nobody = (~is_known).cast(pl.UInt32)
    everyone = Looks(rows, nobody, pl.Series("group", [""]), weight, names)
    if int(is_known.sum()) == members.height:
        return Looks(rows, of_session, groups, weight, names), everyone
    if weight is not None:
        weight = weight.gather(members["session"])
    return Looks(_for_each(rows, members["session"]), group, groups, weight, names), everyone


def tastes(of_groups: Looks, of_everyone: Looks) -> Tastes:
    """Sum up what groups, and everybody in any of them, looked at."""
    with ThreadPoolExecutor(1) as beside:
        everyone = beside.submit(_summed, of_everyone)
        return Tastes(_summed(of_groups), everyone.result())


def added_up(parts: Sequence[Tastes]) -> Tastes:
    """Return what parts of the visitors looked at together: all are sums over visitors."""
    return Tastes(
        _added([each.groups for each in parts]), _added([each.everyone for each in parts])
    )


def _added(parts: Sequence[pl.DataFrame]) -> pl.DataFrame:
    in_groups = [*(_GROUP.names or ()), "group_views"]
    rows = pl.concat(part.with_columns(part=number) for number, part in enumerate(parts))
    groups = rows.unique(["group", "part"]).group_by("group").agg(pl.col(in_groups).sum())
    cells = rows.group_by("group", "name").agg(pl.col(_CELL.names or ()).sum())
    return cells.join(groups, on="group").sort("group", "name").select(parts[0].columns)


def medians_of(counted: pl.DataFrame) -> pl.DataFrame:
    """Return ``group``, ``name`` and the median ``dwell_s`` of counts (:attr:`Looks.dwells`)."""
    values = counted.group_by("group", "name", "dwell_s").agg(pl.col("n").sum())
    reached = values.sort("group", "name", "dwell_s").with_columns(
        pl.col("n").cum_sum().over("group", "name").alias("up_to"),
        pl.col("n").sum().over("group", "name").alias("all"),
    )
    low = (pl.col("up_to") > (pl.col("all") - 1) // 2).arg_max()
    high = (pl.col("up_to") > pl.col("all") // 2).arg_max()
    middle = (pl.col("dwell_s").get(low) + pl.col("dwell_s").get(high)) / 2
    return reached.group_by("group", "name", maintain_order=True).agg(middle.alias("dwell_s"))


def tastes_of(views: pl.DataFrame, members: pl.DataFrame) -> Tastes:
    """Sum up views in any order.

    Args:
        views: ``session``, ``visitor``, ``name`` (not null), ``n`` (views), ``weight`` (their
            weights' sum) and ``square`` (their squares' sum), a row per session and name.
        members: ``session`` and ``group`` (not null); a session may be in several groups.
    """
    known = views.join(members.select("session").unique(), on="session", how="semi")
    return Tastes(
        _clustered(known.join(members.select("session", "group"), on="session")),
        _clustered(known.with_columns(pl.lit("").alias("group"))),
    )


def _summed(looks: Looks) -> pl.DataFrame:
    groups, width = looks.groups, len(looks.names)
    size = len(groups) * width
    if not runs.is_counted(size):
        return _clustered(_joined(looks))
    cells, wholes = np.zeros(size, dtype=_CELL), np.zeros(len(groups), dtype=_GROUP)
    rows = [series.to_numpy() for series in looks.views.select("visitor", "session", "name")]
    of_session = looks.group.to_numpy()
    weight = None if looks.weight is None else looks.weight.to_numpy()
    done = library().weblog_sum_tastes(
        *(numbers.ctypes.data for numbers in rows),
        len(rows[0]),
        of_session.ctypes.data,
        None if weight is None else weight.ctypes.data,
        len(of_session),
        len(groups),
        width,
        cells.ctypes.data,
        wholes.ctypes.data,
    )
    runs.check(done, len(rows[0]))
    place = np.arange(size)
    named = {"group": groups.gather(place // width), "name": looks.names.gather(place % width)}
    beside = {name: wholes[name][place // width] for name in _GROUP.names or ()}
    views = cells["page_views"].reshape(len(groups), width).sum(axis=1)
    found = pl.DataFrame(
        named
        | {name: cells[name] for name in _CELL.names or ()}
        | beside
        | {"group_views": views[place // width]}
    )
    return found.filter(pl.col("page_views") > 0)


def _joined(looks: Looks) -> pl.DataFrame:
    """Return views as :func:`_clustered` takes them."""
    number = pl.int_range(len(looks.group), dtype=pl.UInt32, eager=True).alias("session")
    weight = pl.lit(1.0) if looks.weight is None else looks.weight
    every = pl.DataFrame([number, looks.group.alias("group")]).with_columns(weight.alias("weight"))
    weights, n = pl.col("weight"), pl.col("n")
    views = (
        looks.views.filter(pl.col("name") < len(looks.names))
        .group_by("session", "name", "visitor")
        .agg(pl.len().cast(pl.Int64).alias("n"))
        .join(every.filter(pl.col("group") < len(looks.groups)), on="session")
        .with_columns((n * weights).alias("weight"), (n * weights**2).alias("square"))
    )
    return views.with_columns(
        looks.groups.gather(views["group"]).alias("group"),
        looks.names.gather(views["name"]).alias("name"),
    )


def _clustered(views: pl.DataFrame) -> pl.DataFrame:
    """Return the sums of views with a ``group`` each: a sort, and sums over runs."""
    groups, group = numbered(views["group"].cast(pl.String))
    names, name = numbered(views["name"].cast(pl.String))
    width, size = len(names), len(groups) * len(names)
    cell, visitor = group * width + name, views["visitor"].to_numpy()
    order = np.lexsort((cell, visitor))
    cell, visitor = cell[order], visitor[order]
    n, weight, square = (
        views[column].cast(pl.Float64).to_numpy()[order] for column in ("n", "weight", "square")
    )
    # A run is a visitor's sessions with one name, a whole all of a visitor's in one group.
    runs = np.flatnonzero(_changes(visitor) | _changes(cell))
    x, at, who = np.add.reduceat(weight, runs), cell[runs], visitor[runs]
    wholes = np.flatnonzero(_changes(who) | _changes(at // width))
    total = np.add.reduceat(x, wholes)
    theirs = np.repeat(total, np.diff(np.append(wholes, len(x))))
    of = at[wholes] // width
    in_groups = pl.DataFrame(
        {
            "group": groups,
            "group_visitors": np.bincount(of, minlength=len(groups)),
            "group_weight": sums(of, total, len(groups)),
            "whole": sums(of, total**2, len(groups)),
            "group_views": sums(cell // width, n, len(groups)).astype(np.int64),
            "group_square": sums(cell // width, square, len(groups)),
        }
    )
    place = np.arange(size)
    cells = pl.DataFrame(
        {
            "group": groups.gather(place // width),
            "name": names.gather(place % width),
            "page_views": sums(cell, n, size).astype(np.int64),
            "weighted_views": sums(cell, weight, size),
            "visitors": np.bincount(at, minlength=size),
            "sessions": np.bincount(cell, minlength=size),
            "own": sums(at, x**2, size),
            "cross": sums(at, x * theirs, size),
        }
    )
    return cells.join(in_groups, on="group")


def _changes(values: Ints) -> NDArray[np.bool_]:
    """Return where a value differs from the one before, the first included."""
    changed = np.ones(len(values), dtype=np.bool_)
    changed[1:] = values[1:] != values[:-1]
    return changed


def _numbered(values: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Return the values as texts in order, and the place of each among them (none: at the end)."""
    shown = distinct(values)
    shown = shown.gather(shown.cast(pl.String).arg_sort())
    return shown.cast(pl.String), places_in(shown, values)


def _end(*numbers: pl.Series) -> int:
    return max((int(part.max()) for part in numbers if len(part)), default=-1) + 1  # type: ignore[arg-type]


def _by_number(number: pl.Series, values: pl.Series, end: int, none: float) -> pl.Series:
    """Return ``values`` by the number they stand beside; ``none`` where there is no such."""
    return pl.repeat(none, end, dtype=values.dtype, eager=True).scatter(number, values)


def _for_each(rows: pl.DataFrame, session: pl.Series) -> pl.DataFrame:
    """Return a row for each member that views are of, ``session`` being the member's number."""
    members = session.to_frame().with_row_index("member")
    inside = rows.filter(in_any(rows["session"], session))
    joined = inside.join(members, on="session", maintain_order="left")
    return joined.drop("session").rename({"member": "session"})
