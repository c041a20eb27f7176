"""What is put into the lists by hand: new and picked items, on the days they are meant for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl

from reports.recommendations.settings import Picked

ORDER = ("person", "kind", "rank")


def with_picked(
    rows: pl.DataFrame,
    picked: Sequence[Picked],
    people: pl.DataFrame,
    excluded: pl.DataFrame,
    *,
    day: date,
    most: int,
) -> pl.DataFrame:
    """Put the picked items of ``day`` into lists, at their place; the rest moves down.

    What somebody holds or has read is not put into that list. An item that stands lower in the
    list moves up to the picked place; one that stands higher stays. Of two items picked for one
    place, the one that stands first in the file does.

    Args:
        rows: ``person``, ``kind``, ``rank``, ``item``, ``score`` and the columns of reasons.
        picked: as the settings have them.
        people: ``person`` and ``segment`` of those the lists are for.
        excluded: ``person``, ``kind``, ``item`` of what must not be suggested.
        day: of the list.
        most: length of a list.
    """
    chosen = picked_on(picked, day)
    if not chosen:
        return rows
    added = pl.concat(_rows_for(one, number, people) for number, one in enumerate(chosen))
    added = added.join(excluded, on=["person", "kind", "item"], how="anti")
    added = added.unique(["person", "kind", "item"], keep="first", maintain_order=True)
    added = added.join(
        rows.select("person", "kind", "item", "rank", "score"),
        on=["person", "kind", "item"],
        how="left",
        maintain_order="left",
    ).filter(pl.col("rank").is_null() | (pl.col("rank") > pl.col("place")))
    added = added.drop("rank")
    kept = rows.join(added, on=["person", "kind", "item"], how="anti").sort(ORDER)
    # Ranked items fill the places that no picked one takes.
    places = _settled(added, most)
    free = (
        kept.select("person", "kind")
        .unique()
        .join(pl.DataFrame({"rank": range(1, most + 1)}, schema={"rank": pl.Int64}), how="cross")
        .join(places, on=["person", "kind", "rank"], how="anti")
        .sort(ORDER)
        .with_columns(pl.int_range(pl.len()).over("person", "kind").alias("turn"))
    )
    moved = (
        kept.with_columns(pl.int_range(pl.len()).over("person", "kind").alias("turn"))
        .drop("rank")
        .join(free, on=["person", "kind", "turn"])
        .drop("turn")
    )
    whole = pl.concat([moved.select(rows.columns), _complete(places, rows)])
    # Where there is too little to fill the places before a picked one, it moves up.
    ranks = pl.col("rank").rank("ordinal").over("person", "kind").cast(pl.Int64)
    return whole.sort(ORDER).with_columns(ranks.alias("rank"))


def picked_on(picked: Sequence[Picked], day: date) -> tuple[Picked, ...]:
    """Return the items that are meant for ``day``."""
    return tuple(one for one in picked if _is_on(one, day))


def _is_on(one: Picked, day: date) -> bool:
    return (one.first is None or one.first <= day) and (one.until is None or day <= one.until)


def _rows_for(one: Picked, number: int, people: pl.DataFrame) -> pl.DataFrame:
    whom = people.filter(pl.col("segment").is_in(one.segments)) if one.segments else people
    return whom.select(
        "person",
        pl.lit(one.kind).alias("kind"),
        pl.lit(one.item).alias("item"),
        pl.lit(one.why).alias("reason"),
        pl.lit(one.place, pl.Int64).alias("place"),
        pl.lit(number, pl.Int64).alias("number"),
    )


def _settled(added: pl.DataFrame, most: int) -> pl.DataFrame:
    """Give each picked item a rank of its own: its place, or the next one that is free."""
    ordered = added.sort("person", "kind", "place", "number")
    turn = pl.int_range(pl.len()).over("person", "kind")
    # The k-th of items sorted by place stands at max over i <= k of (place_i + k - i).
    rank = (pl.col("place") - turn).cum_max().over("person", "kind") + turn
    return ordered.with_columns(rank.alias("rank")).filter(pl.col("rank") <= most)


def _complete(places: pl.DataFrame, like: pl.DataFrame) -> pl.DataFrame:
    missing = [
        pl.lit(None, dtype).alias(name)
        for name, dtype in like.schema.items()
        if name not in places.columns
    ]
    return places.with_columns(missing).select(
        pl.col(name).cast(dtype) for name, dtype in like.schema.items()
    )
