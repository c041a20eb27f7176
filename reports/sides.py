"""Two sides of sessions, measure by measure: sums per visitor, and what differs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl

from reports.ask import SMALL
from reports.clusters import BOTH, OWN, SIDES, differences
from reports.discovery import beyond_chance
from reports.moments import Moments, moments
from reports.query import check_limit
from reports.spec import Unit
from reports.viewers import Viewing, viewers


@dataclass(frozen=True, slots=True)
class Side:
    """One side: its sessions, and which categories and products they viewed.

    Attributes:
        sessions: as :func:`reports.load.sessions` returns them.
        viewed: "category" and "product" to pairs as :func:`reports.contents.viewed` returns
            them, of these sessions and maybe others, who do not count.
    """

    sessions: pl.DataFrame
    viewed: dict[str, pl.DataFrame]


@dataclass(frozen=True, slots=True)
class Compared:
    """One measure to compare: what is summed per visitor, over what; a total has no ``over``."""

    name: str
    unit: Unit
    summed: str
    over: str | None = None

    @property
    def kind(self) -> str:
        """What :func:`reports.clusters.differences` has to know of it."""
        if self.over is None:
            return "total"
        return "rate" if self.unit == "rate" else "ratio"


SUMMED: Final = {
    "sessions": pl.lit(1),
    "new": pl.col("is_new"),
    "page_views": pl.col("page_views"),
    "logins": pl.col("logins"),
    "logged_in": pl.col("logins") > 0,
    "bounces": pl.col("is_bounce"),
    "engaged": pl.col("is_engaged"),
    "converted": pl.col("conversions") > 0,
    "conversions": pl.col("conversions"),
    "value": pl.col("value"),
}
"""What is summed of a visitor's sessions on a side."""

DERIVED: Final = {
    "visitors": pl.col("sessions") > 0,
    "visitors_logged_in": pl.col("logged_in") > 0,
}
"""What follows of a visitor from these sums."""

LOOKED_AT: Final = tuple(
    dict.fromkeys(root for each in SUMMED.values() for root in each.meta.root_names())
)
"""Columns of the sessions frame that :data:`SUMMED` looks at."""

COMPARED: Final = (
    Compared("sessions", "count", "sessions"),
    Compared("visitors", "count", "visitors"),
    Compared("new_visitors", "count", "new"),
    Compared("page_views", "count", "page_views"),
    Compared("logins", "count", "logins"),
    Compared("visitors_logged_in", "count", "visitors_logged_in"),
    Compared("sessions_logged_in", "count", "logged_in"),
    Compared("bounces", "count", "bounces"),
    Compared("engaged", "count", "engaged"),
    Compared("converted", "count", "converted"),
    Compared("conversions", "count", "conversions"),
    Compared("value", "money", "value"),
    Compared("sessions_per_visitor", "ratio", "sessions", "visitors"),
    Compared("views_per_session", "ratio", "page_views", "sessions"),
    Compared("logins_per_session", "ratio", "logins", "sessions"),
    Compared("logins_per_visitor", "ratio", "logins", "visitors_logged_in"),
    Compared("conversions_per_session", "ratio", "conversions", "sessions"),
    Compared("value_per_session", "money", "value", "sessions"),
    Compared("logged_in_rate", "rate", "logged_in", "sessions"),
    Compared("bounce_rate", "rate", "bounces", "sessions"),
    Compared("engagement_rate", "rate", "engaged", "sessions"),
    Compared("conversion_rate", "rate", "converted", "sessions"),
)
"""Every measure compared: totals first, then what does not follow from a side's size."""

CONTENT: Final = ("category", "product")
PARTS: Final = ("measure", *CONTENT)
"""Parts of the rows, in order."""

_NAMED: Final = tuple(zip(SIDES, ("left", "right"), strict=True))
_SAID: Final = ("difference", "low", "high", "z", "p")


def compared(one: Side, other: Side, *, totals: bool, limit: int | None) -> pl.DataFrame:
    """Return a row per measure, category and product, with what differs.

    Args:
        one: the left side.
        other: the right side.
        totals: whether totals, too, can differ by chance: not those of two segments.
        limit: so many categories, and products, with most sessions on both sides; None: all.

    Returns:
        ``part``, ``name``, ``unit``, ``left``, ``right``, the numerator and denominator of
        each, ``difference``, ``low``, ``high``, ``z``, ``p``, ``beyond_chance`` and ``small``;
        no row if neither side has a session.

    Raises:
        QueryError: ``limit`` is less than 1.
    """
    check_limit(limit)
    # In the order of visitors, as reports.load has them: then sorting is looking.
    one, other = (Side(_by_visitor(side.sessions), side.viewed) for side in (one, other))
    found = moments((one.sessions, other.sessions), SUMMED, DERIVED)
    rows = [_measured(found), *(_content(part, (one, other), found, limit) for part in CONTENT)]
    sums = _with_people(pl.concat(rows, how="diagonal_relaxed"), found)
    if one.sessions.is_empty() and other.sessions.is_empty():
        sums = sums.clear()
    return _concluded(differences(sums), totals=totals)


def periods_compared(pairs: Mapping[str, tuple[pl.DataFrame, pl.DataFrame]]) -> pl.DataFrame:
    """Return a row per measure of each pair of periods; what is beyond chance is told of all.

    Args:
        pairs: what a pair is called to the sessions of the one period and of the other, which
            have as many days.

    Returns:
        ``pair`` and what :func:`compared` returns.
    """
    rows = []
    for pair, (one, other) in pairs.items():
        found = moments((_by_visitor(one), _by_visitor(other)), SUMMED, DERIVED)
        sums = _with_people(_measured(found), found)
        rows.append(differences(sums).with_columns(pl.lit(pair).alias("pair")))
    return _concluded(pl.concat(rows), totals=True)


def _by_visitor(sessions: pl.DataFrame) -> pl.DataFrame:
    return sessions.sort("visitor", maintain_order=True)


def _with_people(sums: pl.DataFrame, found: Moments) -> pl.DataFrame:
    return sums.with_columns(
        pl.lit(float(visitors)).alias(f"visitors{s}")
        for s, visitors in zip(SIDES, found.visitors, strict=True)
    )


def _concluded(rows: pl.DataFrame, *, totals: bool) -> pl.DataFrame:
    """Say which differences are beyond chance, and of which nothing can be said."""
    is_total = pl.col("kind") == "total"
    cases = [pl.min_horizontal(f"visitors{s}", pl.when(~is_total).then(f"d{s}")) for s in SIDES]
    is_said = pl.lit(value=True) if totals else ~is_total
    return (
        rows.with_columns(small=pl.min_horizontal(cases) < SMALL)
        .with_columns(
            pl.when(is_said | (pl.lit(name) == "difference")).then(name).alias(name)
            for name in _SAID
        )
        .with_columns(
            beyond_chance(pl.when(~pl.col("small")).then("p")),
            *(pl.col(f"n{s}").alias(f"{side}_numerator") for s, side in _NAMED),
            *(pl.when(~is_total).then(f"d{s}").alias(f"{side}_denominator") for s, side in _NAMED),
        )
    )


def _measured(found: Moments) -> pl.DataFrame:
    """Return the sums of every measure."""
    place = {name: number for number, name in enumerate((*SUMMED, *DERIVED))}
    rows = []
    for measure in COMPARED:
        over = None if measure.over is None else place[measure.over]
        said = {"part": PARTS[0], "name": measure.name, "unit": measure.unit, "kind": measure.kind}
        rows.append(said | _sums(found, place[measure.summed], over))
    return pl.DataFrame(rows)


def _sums(found: Moments, n: int, d: int | None) -> dict[str, float]:
    """Return what :func:`reports.clusters.differences` takes; without d all with d is 0."""
    sums: dict[str, float] = {}
    for s, first, second, third in zip(SIDES, found.first, found.second, found.third, strict=True):
        own = (first[n], 0.0, second[n, n], *([0.0] * 5))
        if d is not None:
            squares = (second[n, n], second[n, d], second[d, d])
            own = (first[n], first[d], *squares, third[n, d], third[d, n], third[d, d])
        sums |= {f"{name}{s}": float(x) for name, x in zip(OWN, own, strict=True)}
    both = (found.both[n, n], 0.0, 0.0, 0.0)
    if d is not None:
        both = (found.both[n, n], found.both[n, d], found.both[d, n], found.both[d, d])
    return sums | {name: float(x) for name, x in zip(BOTH, both, strict=True)}


def _content(
    part: str, sides: tuple[Side, Side], found: Moments, limit: int | None
) -> pl.DataFrame:
    """Return the sums of the share of sessions that viewed a category or product, of each."""
    rows = viewers([Viewing(side.sessions, side.viewed[part]) for side in sides]).sort(
        pl.col("n1") + pl.col("n2"), "value", descending=[True, False]
    )
    sessions = list(SUMMED).index("sessions")
    of_all = _sums(found, sessions, sessions)
    return rows.head(limit or rows.height).select(
        pl.lit(part).alias("part"),
        pl.col("value").alias("name"),
        pl.lit("rate").alias("unit"),
        pl.lit("rate").alias("kind"),
        pl.exclude("value"),
        *(
            pl.lit(of_all[f"{name}{s}"]).alias(f"{name}{s}")
            for s in SIDES
            for name in ("d", "dd", "ddd")
        ),
        pl.lit(of_all["d1d2"]).alias("d1d2"),
    )
