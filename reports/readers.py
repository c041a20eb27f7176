"""Who read what and viewed what: visitors counted once in each, by how many pages they read.

One pass of the compiled part along page views, a visitor's together; without it polars joins what
was read with what was viewed, in some ten times the time.
"""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from math import prod

import numpy as np
import polars as pl

from reports import runs
from reports.compact import distinct, places_by_code, places_in
from weblog.parse.library import library


@dataclass(frozen=True, slots=True)
class Readers:
    """What :func:`readers` finds: visitors, each counted once in each number (all i64).

    Attributes:
        contents: what is read (String), by its place.
        products: what is viewed (String), by its place.
        sizes: by stratum, who read a page about no product.
        readers: by content and stratum (content x strata + stratum), who read it.
        takers: by product and stratum, who viewed it and read a page about no product.
        both: by content, stratum and product, who did both.
    """

    contents: pl.Series
    products: pl.Series
    sizes: pl.Series
    readers: pl.Series
    takers: pl.Series
    both: pl.Series


def readers(views: pl.DataFrame, starts: pl.Series) -> Readers:
    """Count who read and viewed what.

    Args:
        views: ``visitor`` (u32; the same stand together), ``category`` and ``product``
            (categorical): what is read is the category of page views without a product.
        starts: u32, ascending from 0: the least pages about no product of each stratum.
    """
    contents, products = (distinct(views[name]) for name in ("category", "product"))
    shape = (len(contents), len(starts), len(products))
    if not runs.is_counted(prod(shape)):
        return _joined(views, starts, contents, products)
    visitor, least = views["visitor"].to_numpy(), starts.to_numpy()
    held = [_codes(shown, views[shown.name]) for shown in (contents, products)]
    told = [_What(*(a.ctypes.data for a in pair), len(pair[1]), pair[1][-1]) for pair in held]
    sizes, read, takers, both = (
        np.zeros(size, dtype=np.int64)
        for size in (shape[1], shape[:2], (shape[2], shape[1]), shape)
    )
    done = library().weblog_count_readers(
        visitor.ctypes.data,
        len(visitor),
        *map(ctypes.addressof, told),
        least.ctypes.data,
        len(least),
        *(found.ctypes.data for found in (sizes, read, takers, both)),
    )
    runs.check(done, len(visitor))
    found = (pl.Series(numbers.ravel()) for numbers in (sizes, read, takers, both))
    return Readers(contents.cast(pl.String), products.cast(pl.String), *found)


class _What(ctypes.Structure):
    _fields_ = (
        *((name, ctypes.c_void_p) for name in ("codes", "places")),
        *((name, ctypes.c_uint32) for name in ("codes_end", "end")),
    )


def _codes(shown: pl.Series, values: pl.Series) -> tuple[np.ndarray, np.ndarray]:
    """Return the code of each of ``values``, and the place in ``shown`` of each code.

    The last code is that of null, whose place is the number of those shown.
    """
    null = int(shown.to_physical().max() or 0) + 1  # type: ignore[arg-type]
    places = places_by_code(shown, null, len(shown))
    return values.to_physical().fill_null(null).to_numpy(), places.to_numpy()


def _joined(
    views: pl.DataFrame, starts: pl.Series, contents: pl.Series, products: pl.Series
) -> Readers:
    """Return the same by joining."""
    ends = len(contents), len(products)
    content, product = (
        places_in(shown, views[shown.name]).alias(name)
        for name, shown in (("content", contents), ("product", products))
    )
    coded = pl.DataFrame([views["visitor"], content, product])
    without = coded.filter(pl.col("product") == ends[1])
    pages = without.group_by("visitor").len("pages")
    stratum = starts.search_sorted(pages["pages"], side="right").cast(pl.UInt32) - 1
    strata = pl.DataFrame([pages["visitor"], stratum.alias("stratum")])
    read, took = (
        rows.filter(pl.col(name) < end).select("visitor", name).unique().join(strata, on="visitor")
        for name, end, rows in zip(("content", "product"), ends, (without, coded), strict=True)
    )
    both = read.join(took.drop("stratum"), on="visitor")
    line, size = pl.col("content") * len(starts) + pl.col("stratum"), ends[0] * len(starts)
    counted = (
        (strata, pl.col("stratum"), len(starts)),
        (read, line, size),
        (took, pl.col("product") * len(starts) + pl.col("stratum"), ends[1] * len(starts)),
        (both, line * ends[1] + pl.col("product"), size * ends[1]),
    )
    return Readers(
        contents.cast(pl.String),
        products.cast(pl.String),
        *(runs.tally(rows.select(of).to_series(), end) for rows, of, end in counted),
    )
