"""Whether those who read one thing look at (or buy) another more than like readers do.

Functions of frames; no disk, no clock. One visitor, one vote.
"""

from __future__ import annotations

from functools import cache
from typing import Final

import polars as pl

from reports.discovery import beyond_chance, two_sided
from reports.intervals import Z95
from reports.readers import readers

LEAST: Final = 5.0
"""Common cases expected below which nothing is concluded (Cochran's rule)."""

_EXACT: Final = 20
"""Numbers of other pages read are strata of their own up to this; above, by fifths of a decade."""

_FIFTHS: Final = 42
"""So many fifths of a decade above that lie within the numbers of 32 bits."""

_STRATUM: Final = (
    pl.when(pl.col("pages") <= _EXACT)
    .then(pl.col("pages").cast(pl.Float64))
    .otherwise(_EXACT + ((pl.col("pages") / _EXACT).log(10) * 5).floor())
)

_PAIR: Final = ["content", "product"]

SCHEMA: Final = pl.Schema(
    {
        "content": pl.String(),
        "product": pl.String(),
        **dict.fromkeys(("people", "readers", "takers", "both"), pl.Int64()),
        **dict.fromkeys(
            ("support", "confidence", "expected", "lift", "low", "high", "z", "p"), pl.Float64()
        ),
        **dict.fromkeys(("small", "beyond_chance"), pl.Boolean()),
    }
)
"""Columns of :func:`associations`."""


def associations(read: pl.DataFrame, took: pl.DataFrame, others: pl.DataFrame) -> pl.DataFrame:
    """Return a row per content and product, the highest lift first.

    Args:
        read: ``person`` and ``content``, each pair once: who read what; with a column ``product``
            if it depends on that, since only what was read before taking it counts.
        took: ``person`` and ``product``, each pair once: who viewed (or bought) what.
        others: ``person``, ``product`` (null: whatever the product) and ``pages``: how many pages
            about no product the person read, before taking it if that matters. Everybody with a
            chance to be in ``read``.

    Returns:
        :data:`SCHEMA`. ``lift`` = both / expected both, within strata of people who read as many
        pages: who is busy sees much of everything, which is no association. Test: Mantel and
        Haenszel (1959, "Statistical aspects of the analysis of data from retrospective studies",
        JNCI 22) over the strata, two-sided, without continuity correction. Interval: delta method
        on ln(lift), every person one observation.
    """
    if read.is_empty() or took.is_empty() or others.is_empty():
        return pl.DataFrame(schema=SCHEMA)
    strata = _strata(others)
    products = took.select("product").unique()
    by_product = strata.filter(pl.col("product").is_not_null())
    for_all = strata.filter(pl.col("product").is_null()).drop("product")
    people = pl.concat([by_product, for_all.join(products, how="cross").select(by_product.columns)])
    bought = took.join(people, on=["person", "product"])
    takers = bought.group_by("product").agg(pl.len().alias("takers"))
    totals = people.group_by("product").agg(pl.len().alias("people"))
    wholes = totals.join(takers, on="product", how="left").with_columns(
        pl.col("takers").fill_null(0)
    )
    wholes = wholes.with_columns(pl.col("product").cast(pl.String))
    return _judged(_measured(_cells(read, bought, people)).join(wholes, on="product"))


def of_views(views: pl.DataFrame) -> pl.DataFrame:
    """Return :func:`associations` of who viewed what, people being visitors.

    Args:
        views: ``visitor`` (u32, ascending), ``category`` and ``product``: what was read is the
            categories of page views without a product.
    """
    found = readers(views, _starts())
    if found.contents.is_empty() or found.products.is_empty():
        return pl.DataFrame(schema=SCHEMA)
    strata, end = len(found.sizes), len(found.products)
    at = pl.int_range(len(found.both), dtype=pl.UInt32, eager=True)
    what, line = at % end, at // end
    cells = pl.DataFrame(
        [
            found.contents.gather(line // strata).alias("content"),
            found.products.gather(what).alias("product"),
            (line % strata).alias("stratum"),
            found.sizes.gather(line % strata).alias("n").cast(pl.Float64),
            found.readers.gather(line).alias("x").cast(pl.Float64),
            found.takers.gather(what * strata + line % strata).alias("y").cast(pl.Float64),
            found.both.alias("xy").cast(pl.Float64),
        ]
    )
    cells = cells.filter(pl.col("x") > 0).sort("content", "product", "stratum")
    takers = pl.Series("takers", found.takers.to_numpy().reshape(end, strata).sum(axis=1))
    people = pl.repeat(int(found.sizes.sum()), end, dtype=pl.Int64, eager=True).alias("people")
    wholes = pl.DataFrame([found.products.alias("product"), people, takers])
    return _judged(_measured(cells).join(wholes, on="product"))


@cache
def _starts() -> pl.Series:
    """Return the least number of pages of each stratum (u32), up to the most there can be."""
    near = [int(_EXACT * 10 ** (fifth / 5)) for fifth in range(1, _FIFTHS)]
    pages = sorted({*range(_EXACT + 1), *(least + more for least in near for more in (0, 1))})
    strata = pl.DataFrame({"pages": pages}).with_columns(_STRATUM.alias("stratum"))
    least = strata.group_by("stratum").agg(pl.col("pages").min()).sort("stratum")
    return least["pages"].cast(pl.UInt32)


def _strata(others: pl.DataFrame) -> pl.DataFrame:
    return others.select("person", "product", _STRATUM.cast(pl.Int32).alias("stratum"))


def _cells(read: pl.DataFrame, bought: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    """Return per content, product and stratum with readers: people, readers, takers, both."""
    sizes = people.group_by("product", "stratum").agg(pl.len().alias("n"))
    takers = bought.group_by("product", "stratum").agg(pl.len().alias("y"))
    cell, person = ["content", "product", "stratum"], ["person"]
    if "product" in read.columns:
        person = ["person", "product"]
    readers = read.join(people, on=person).group_by(cell).agg(pl.len().alias("x"))
    both = read.join(bought, on=person).group_by(cell).agg(pl.len().alias("xy"))
    return (
        readers.join(sizes, on=["product", "stratum"])
        .join(takers, on=["product", "stratum"], how="left")
        .join(both, on=["content", "product", "stratum"], how="left")
        .with_columns(pl.col("y", "xy").fill_null(0))
        .with_columns(
            pl.col("n", "x", "y", "xy").cast(pl.Float64),
            pl.col("content", "product").cast(pl.String),
        )
        .sort("content", "product", "stratum")  # sums of fractions depend on their order
    )


def _measured(cells: pl.DataFrame) -> pl.DataFrame:
    n, x, y, xy = (pl.col(name) for name in ("n", "x", "y", "xy"))
    expected = x * y / n
    chance = expected * (n - x) * (n - y) / (n * (n - 1).clip(1))
    wholes = cells.with_columns(expected.alias("e"), chance.alias("v")).with_columns(
        pl.col("xy", "e").sum().over(_PAIR).name.prefix("sum_")
    )
    return (
        wholes.with_columns(_influence().alias("influence"))
        .group_by(_PAIR, maintain_order=True)
        .agg(
            x.sum().alias("readers"),
            xy.sum().alias("both"),
            pl.col("e").sum(),
            pl.col("v").sum(),
            pl.col("influence").sum(),
        )
    )


def _influence() -> pl.Expr:
    """Return the sum over a stratum's people of their squared influence on ln(lift).

    A person moves ln(both) by [both] / both and ln(expected) by ([reads] y / n + [takes] x / n -
    x y / n^2) / expected; there are four sorts of people in a stratum.
    """
    n, x, y, xy = (pl.col(name) for name in ("n", "x", "y", "xy"))
    own, expected = 1 / pl.col("sum_xy").clip(1), pl.col("sum_e")
    base = x * y / n**2
    sorts = (
        (xy, own - (y / n + x / n - base) / expected),
        (x - xy, -(y / n - base) / expected),
        (y - xy, -(x / n - base) / expected),
        (n - x - y + xy, base / expected),
    )
    return pl.sum_horizontal(*(count * moved**2 for count, moved in sorts))


def _judged(rows: pl.DataFrame) -> pl.DataFrame:
    both, e = pl.col("both"), pl.col("e")
    lift = both / pl.when(e > 0).then(e)
    spread = Z95 * pl.col("influence").sqrt()
    small = e < LEAST
    # Nothing in common: the interval is that of a Poisson count of 0, up to -ln(0.025).
    none = both == 0
    judged = rows.with_columns(
        (both / pl.col("people")).alias("support"),
        (both / pl.col("readers")).alias("confidence"),
        (e / pl.col("readers")).alias("expected"),
        lift.alias("lift"),
        pl.when(none).then(0.0).otherwise(lift * (-spread).exp()).alias("low"),
        pl.when(none).then(3.6889 / e).otherwise(lift * spread.exp()).alias("high"),
        ((both - e) / pl.when(pl.col("v") > 0).then(pl.col("v").sqrt())).alias("z"),
        small.alias("small"),
    ).with_columns(two_sided(pl.col("z")).alias("p"))
    found = beyond_chance(pl.when(~pl.col("small")).then("p"))
    return (
        judged.with_columns(found.fill_null(value=False).alias("beyond_chance"))
        .with_columns(pl.col("content", "product").cast(pl.String))
        .sort(
            ["beyond_chance", "small", pl.col("lift").round(9), "content", "product"],
            descending=[True, False, True, False, False],
            nulls_last=True,
        )
        .select(pl.col(name).cast(dtype) for name, dtype in SCHEMA.items())
    )
