"""Sessions by what their links carry, with what varies by chance: counts and sums per visitor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

import polars as pl

from reports.breakdown import grouped
from reports.campaign.costs import LINKS
from reports.measures import counts
from weblog.errors import QueryError, did_you_mean

LEVELS: Final = ("channel", *LINKS[1:3], "campaign", *LINKS[3:])
"""What rows can be of: channel, source, medium, campaign, content, keyword."""

TAGGED: Final = ("campaign", "content", "keyword")
"""Levels that only tagged links have: a report by one is about sessions that have it."""

COUNTED: Final = (
    *("sessions", "visitors", "new_visitors", "bounces", "engaged"),
    *("converted", "conversions", "value"),
)
"""Measures counted of each row."""


NEEDED: Final = (
    *("is_new", "is_bounce", "is_engaged"),
    *("conversions", "value"),
)
"""What is counted of a session."""


def levels_of(by: str | Sequence[str]) -> list[str]:
    """Return the levels named, in the order of :data:`LEVELS`; text may hold several, by commas.

    Raises:
        QueryError: one of them is no level, or none is named.
    """
    names = by.split(",") if isinstance(by, str) else list(by)
    named = [name.strip() for name in names if name.strip()]
    for name in named:
        if name not in LEVELS:
            near = did_you_mean(name, list(LEVELS))
            raise QueryError(
                f"by has {name!r}: expected one or several of {', '.join(LEVELS)}.{near}"
            )
    if not named:
        raise QueryError(f"by names no level: expected one or several of {', '.join(LEVELS)}")
    return [level for level in LEVELS if level in named]


def carrying(sessions: pl.DataFrame, levels: Sequence[str]) -> pl.DataFrame:
    """Return the sessions a report by these levels is about: see :data:`TAGGED`."""
    asked = [level for level in levels if level in TAGGED]
    if not asked:
        return sessions
    return sessions.filter(pl.any_horizontal(pl.col(asked).is_not_null()))


def needed(sessions: pl.DataFrame, keys: Sequence[str], levels: Sequence[str]) -> pl.DataFrame:
    """Return the columns a report by these reads: the fewer, the faster they are filtered."""
    names = ["key", "visitor", *NEEDED, *LINKS, *keys, *levels]
    return sessions.select(name for name in dict.fromkeys(names) if name in sessions.columns)


def most(
    current: pl.DataFrame, previous: pl.DataFrame | None, levels: Sequence[str], limit: int | None
) -> pl.DataFrame | None:
    """Return the ``limit`` values of the levels with most sessions; None: there are no more."""
    if limit is None:
        return None
    parts = [current, *([] if previous is None else [previous])]
    totals = [part.group_by(levels).len(f"n{place}") for place, part in enumerate(parts)]
    ranked = totals[0]
    if len(totals) > 1:
        ranked = ranked.join(
            totals[1], on=list(levels), how="full", coalesce=True, nulls_equal=True
        )
    numbers = [pl.col(f"n{place}").fill_null(0) for place in range(len(parts))]
    texts = [pl.col(level).cast(pl.String) for level in levels]
    if ranked.height <= limit:
        return None
    descending = [True] * len(numbers) + [False] * len(texts)
    return (
        ranked.sort(*numbers, *texts, descending=descending, nulls_last=True)
        .head(limit)
        .select(levels)
    )


_HOW: Final[tuple[Literal["semi"], Literal["anti"]]] = ("semi", "anti")


def measured(
    sessions: pl.DataFrame,
    converting: pl.DataFrame,
    keys: Sequence[str],
    levels: Sequence[str],
    kept: pl.DataFrame | None,
) -> pl.DataFrame:
    """Return a row per combination of ``keys`` and ``levels``; those not kept, as ``is_other``.

    Args:
        sessions: to count.
        converting: those of them that converted, with ``signups``.
        keys: columns that no limit applies to: date, segment.
        levels: columns it does.
        kept: combinations of levels that have rows of their own; None: all.

    Returns:
        ``keys``, ``levels`` (as text), ``is_other``, :data:`COUNTED`, ``signups``, and by visitor
        ``converters``, ``conversion_squares`` and ``value_squares``.
    """
    if kept is None:
        return _rows(sessions, converting, [*keys, *levels], is_other=False)
    by = list(levels)
    inside, outside = (
        (
            sessions.join(kept, on=by, how=how, nulls_equal=True),
            converting.join(kept, on=by, how=how, nulls_equal=True),
        )
        for how in _HOW
    )
    rows = _rows(*inside, [*keys, *levels], is_other=False)
    if outside[0].is_empty():
        return rows
    return pl.concat([rows, _rows(*outside, list(keys), is_other=True)], how="diagonal")


def _rows(
    sessions: pl.DataFrame, converting: pl.DataFrame, by: list[str], *, is_other: bool
) -> pl.DataFrame:
    whole = pl.lit(0).alias(":all")
    groups = by or [":all"]
    if not by:
        sessions, converting = sessions.with_columns(whole), converting.with_columns(whole)
    n, v = pl.col("conversions").cast(pl.Float64), pl.col("value")
    people = (
        converting.sort("visitor", "key")
        .group_by([*groups, "visitor"], maintain_order=True)
        .agg(n.sum(), v.sum(), pl.col("signups").sum())
        .group_by(groups, maintain_order=True)
        .agg(
            pl.col("signups").sum(),
            (n > 0).sum().cast(pl.Int64).alias("converters"),
            (n**2).sum().alias("conversion_squares"),
            (v**2).sum().alias("value_squares"),
        )
    )
    texts = [name for name in by if name != "date"]
    return (
        grouped(sessions, groups, counts(*COUNTED))
        .join(people, on=groups, how="left", nulls_equal=True)
        .drop([] if by else groups)
        .with_columns(
            *(pl.col(name).cast(pl.String) for name in texts),
            pl.lit(value=is_other).alias("is_other"),
            pl.col("signups", "converters").fill_null(0).cast(pl.Int64),
            pl.col("conversion_squares", "value_squares").fill_null(0.0),
        )
    )


def before(
    sessions: pl.DataFrame, keys: Sequence[str], levels: Sequence[str], kept: pl.DataFrame | None
) -> pl.DataFrame:
    """Return ``previous_sessions`` of each row :func:`measured` would have of these sessions."""
    by = [*keys, *levels]
    number = [pl.len().cast(pl.Int64).alias("previous_sessions")]
    rows = grouped(sessions, by, number).with_columns(pl.lit(value=False).alias("is_other"))
    if kept is not None:
        inside = rows.join(kept, on=list(levels), how="semi", nulls_equal=True)
        rest = rows.join(kept, on=list(levels), how="anti", nulls_equal=True)
        others = rest.with_columns(
            pl.lit(value=True).alias("is_other"),
            *(pl.lit(None, rest.schema[level]).alias(level) for level in levels),
        )
        summed = others.group_by([*by, "is_other"]).agg(pl.col("previous_sessions").sum())
        rows = pl.concat([inside, summed.select(inside.columns)])
    return rows.with_columns(pl.col(name).cast(pl.String) for name in by if name != "date")


def cube(sessions: pl.DataFrame, by: Sequence[str], known: Sequence[str]) -> pl.DataFrame:
    """Return the number of sessions by ``by`` and :data:`LINKS`, to set costs against.

    Of links only the campaign and what is ``known`` of any cost are told; the others are null.
    """
    asked = [name for name in dict.fromkeys([*by, "campaign", *known]) if name in sessions.columns]
    carrying_one = sessions.select(asked).filter(pl.col("campaign").is_not_null())
    counted = grouped(carrying_one, asked, [pl.len().cast(pl.Float64).alias("sessions")])
    return counted.with_columns(
        *(pl.col(name).cast(pl.String) for name in asked if name != "date"),
        *(pl.lit(None, pl.String).alias(name) for name in LINKS if name not in asked),
    )
