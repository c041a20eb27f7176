"""Two sides of sessions, measure by measure: sums per visitor, and what differs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl

from reports.ask import SMALL
from reports.clusters import SIDES, both_sums, differences, own_sums
from reports.compact import places_in
from reports.contents import beside
from reports.discovery import beyond_chance
from reports.query import check_limit
from reports.spec import Unit


@dataclass(frozen=True, slots=True)
class Side:
    """One side: its sessions, and which categories and products they viewed.

    Attributes:
        sessions: as :func:`reports.load.sessions` returns them.
        viewed: "category" and "product" to pairs as :func:`reports.contents.viewed` returns
            them, of these sessions.
    """

    sessions: pl.DataFrame
    viewed: dict[str, pl.DataFrame]

    @property
    def by_visitor(self) -> Side:
        """The same, a visitor's sessions together."""
        return Side(self.sessions.sort("visitor", maintain_order=True), self.viewed)


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
    "sessions": pl.len(),
    "visitors": pl.lit(1).first(),
    "new": pl.col("is_new").sum(),
    "page_views": pl.col("page_views").sum(),
    "logins": pl.col("logins").sum(),
    "logged_in": (pl.col("logins") > 0).sum(),
    "visitors_logged_in": (pl.col("logins") > 0).any(),
    "bounces": pl.col("is_bounce").sum(),
    "engaged": pl.col("is_engaged").sum(),
    "converted": (pl.col("conversions") > 0).sum(),
    "conversions": pl.col("conversions").sum(),
    "value": pl.col("value").sum(),
}
"""What is summed of a visitor's sessions on a side."""

LOOKED_AT: Final = tuple(
    dict.fromkeys(root for summed in SUMMED.values() for root in summed.meta.root_names())
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
    sides = (one.by_visitor, other.by_visitor)
    people = (_per_visitor(sides[0].sessions), _per_visitor(sides[1].sessions))
    rows = [_measured(people)]
    rows += [_content(part, sides, people, limit) for part in CONTENT]
    sums = _with_people(pl.concat(rows, how="diagonal_relaxed"), people)
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
        people = (_per_visitor(one), _per_visitor(other))
        sums = _with_people(_measured(people), people)
        rows.append(differences(sums).with_columns(pl.lit(pair).alias("pair")))
    return _concluded(pl.concat(rows), totals=True)


def _with_people(sums: pl.DataFrame, people: tuple[pl.DataFrame, pl.DataFrame]) -> pl.DataFrame:
    return sums.with_columns(
        pl.lit(person.height, pl.Float64).alias(f"visitors{s}")
        for s, person in zip(SIDES, people, strict=True)
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


def _per_visitor(sessions: pl.DataFrame) -> pl.DataFrame:
    """Return a row per visitor of a side, as they stand in ``sessions``, with :data:`SUMMED`."""
    return sessions.group_by("visitor", maintain_order=True).agg(
        expression.cast(pl.Float64).alias(name) for name, expression in SUMMED.items()
    )


def _measured(people: tuple[pl.DataFrame, pl.DataFrame]) -> pl.DataFrame:
    """Return the sums of every measure, of rows per visitor of either side."""
    shared = people[0].join(people[1], on="visitor", suffix="_2")

    def row(measure: Compared) -> pl.DataFrame:
        named = pl.DataFrame(
            {
                "part": PARTS[0],
                "name": measure.name,
                "unit": measure.unit,
                "kind": measure.kind,
            }
        )
        sums = [
            _ended(side.select(own_sums(measure.summed, measure.over)), s)
            for s, side in zip(SIDES, people, strict=True)
        ]
        both = shared.select(both_sums(measure.summed, measure.over, "_2"))
        return pl.concat([named, *sums, both], how="horizontal")

    return pl.concat(row(measure) for measure in COMPARED)


def _ended(frame: pl.DataFrame, end: str) -> pl.DataFrame:
    return frame.rename(lambda name: name + end)


def _content(
    part: str,
    sides: tuple[Side, Side],
    people: tuple[pl.DataFrame, pl.DataFrame],
    limit: int | None,
) -> pl.DataFrame:
    """Return the sums of the share of sessions that viewed a category or product, of each."""
    top = _most_viewed([side.viewed[part] for side in sides], limit)
    views = [_viewers(side, part, top["value"]) for side in sides]
    shared = _shared(people)
    parts = [
        _own_views(view, person["sessions"], s)
        for s, view, person in zip(SIDES, views, people, strict=True)
    ]
    parts += _shared_views(views, shared, people)
    rows = top.with_row_index("code")
    for sums in parts:
        rows = rows.join(sums, on="code", how="left")
    return rows.sort("code").select(
        pl.lit(part).alias("part"),
        pl.col("value").cast(pl.String).alias("name"),
        pl.lit("rate").alias("unit"),
        pl.lit("rate").alias("kind"),
        pl.exclude("code", "value").fill_null(0.0),
        *(
            pl.lit(float((person["sessions"] ** power).sum())).alias(f"{'d' * power}{s}")
            for s, person in zip(SIDES, people, strict=True)
            for power in (1, 2, 3)
        ),
        pl.lit(float((shared["d1"] * shared["d2"]).sum())).alias("d1d2"),
    )


def _viewers(side: Side, part: str, top: pl.Series) -> pl.DataFrame:
    """Return who viewed which of ``top``, and in how many sessions.

    Returns:
        ``person`` (row of :func:`_per_visitor`), ``code`` (place in ``top``) and ``n``.
    """
    size = max(len(top), 1)
    person = side.sessions.select("session", pl.col("visitor").rle_id().alias("person"))
    pairs = beside(side.viewed[part], person, "person")
    code = places_in(top, pairs["value"])
    pairs = (
        pairs.select("person").with_columns(code.alias("code")).filter(pl.col("code") < len(top))
    )
    key, n = pl.col("person").cast(pl.UInt64) * size + pl.col("code"), pl.len().cast(pl.Float64)
    counted = pairs.select(key.alias("key")).group_by("key").agg(n.alias("n"))
    return counted.select(
        (pl.col("key") // size).cast(pl.UInt32).alias("person"),
        (pl.col("key") % size).cast(pl.UInt32).alias("code"),
        "n",
    )


def _shared(people: tuple[pl.DataFrame, pl.DataFrame]) -> pl.DataFrame:
    """Return the visitors on both sides: ``person1``, ``person2`` and their sessions on either."""
    one, other = (
        person.select("visitor", f"d{s}").with_row_index(f"person{s}")
        for s, person in (
            (s, person.rename({"sessions": f"d{s}"}))
            for s, person in zip(SIDES, people, strict=True)
        )
    )
    return one.join(other, on="visitor")


def _own_views(views: pl.DataFrame, sessions: pl.Series, end: str) -> pl.DataFrame:
    """Return the sums of a side with n in them, of each code; who did not view it adds 0."""
    n, d = pl.col("n"), pl.col("d")
    rows = views.with_columns(sessions.gather(views["person"]).alias("d"))
    return rows.group_by("code").agg(
        n.sum().alias(f"n{end}"),
        (n**2).sum().alias(f"nn{end}"),
        (n * d).sum().alias(f"nd{end}"),
        (n**2 * d).sum().alias(f"nnd{end}"),
        (n * d**2).sum().alias(f"ndd{end}"),
    )


def _shared_views(
    views: list[pl.DataFrame], shared: pl.DataFrame, people: tuple[pl.DataFrame, pl.DataFrame]
) -> list[pl.DataFrame]:
    """Return the sums over visitors on both sides with n in them, of each code."""
    one, other = shared["person1"], shared["person2"]
    nowhere = pl.Series("place", [None], dtype=pl.UInt32)
    places = nowhere.new_from_index(0, people[0].height).scatter(one, other)
    none = [pl.repeat(0.0, person.height, eager=True) for person in people]
    theirs = (none[0].scatter(one, shared["d2"]), none[1].scatter(other, shared["d1"]))
    sums = [
        view.with_columns(d.gather(view["person"]).alias("d"))
        .group_by("code")
        .agg((pl.col("n") * pl.col("d")).sum().alias(name))
        for view, d, name in zip(views, theirs, ("n1d2", "d1n2"), strict=True)
    ]
    seen = views[0].with_columns(places.gather(views[0]["person"]).alias("person"))
    both = seen.drop_nulls("person").join(views[1], on=["person", "code"], suffix="_2")
    return [
        both.group_by("code").agg((pl.col("n") * pl.col("n_2")).sum().alias("n1n2")),
        *sums,
    ]


def _most_viewed(pairs: list[pl.DataFrame], limit: int | None) -> pl.DataFrame:
    """Return the values with most sessions on both sides, equals in alphabetical order."""
    ranked = (
        pl.concat(pair.group_by("value").len("n") for pair in pairs)
        .group_by("value")
        .agg(pl.col("n").sum())
        .sort("n", pl.col("value").cast(pl.String), descending=[True, False])
    )
    return ranked.head(limit or ranked.height).select("value")
