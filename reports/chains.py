"""Steps in their order: who took how many of them, and when.

Functions of frames; no disk, no clock. The same said slowly, by trying every start:
``tests/support/slow_chains.py``.
"""

from __future__ import annotations

import polars as pl


def chains(
    rows: pl.DataFrame, steps: int, *, window: int | None = None, strict: bool = False
) -> pl.DataFrame:
    """Find how far each unit (a session, a person) came, one chain for each.

    A chain begins at any row that is the first step; each further step is the earliest later
    row that is that step, and at most ``window`` after the chain's begin. The unit's chain is
    the longest; of several, the one that begins first. Rows are later than others by their
    place, so that two at the same time have an order; one row is one step of a chain at most.
    With ``strict`` the next step must come before any other page is viewed.

    Args:
        rows: ``unit`` (the rows of one stand together, in order of time), ``at`` (i64,
            milliseconds), ``is_0`` ... which step a row is (boolean, several may hold); with
            ``strict`` also ``pages`` (views of another page so far) and ``is_new`` (such a view).
        steps: how many steps there are.
        window: milliseconds; None: no limit.
        strict: as above.

    Returns:
        A row per unit that has the first step, in order: ``unit``, ``depth`` (u32, steps
        reached, 1 at least), ``r0`` ... the rows of its chain (null beyond).
    """
    placed = rows.with_row_index("row")
    starts = placed.filter("is_0").select("row", "unit", "at")
    is_one_each = window is None and not strict
    if is_one_each:
        # Whatever a later begin reaches, the first one does too.
        starts = _first_of_each(starts)
    reached = [starts["row"].alias("r0")]
    for number in range(1, steps):
        later = placed.select(
            pl.when(f"is_{number}").then("row").shift(-1).backward_fill().alias("later")
        )["later"]
        here = reached[-1]
        there = later.gather(here)
        holds = rows["unit"].gather(there) == starts["unit"]
        if window is not None:
            holds &= rows["at"].gather(there) - starts["at"] <= window
        if strict:
            others = rows["pages"].gather(there) - rows["is_new"].gather(there).cast(pl.UInt32)
            holds &= others == rows["pages"].gather(here)
        kept = pl.select(pl.when(holds.fill_null(value=False)).then(there)).to_series()
        reached.append(kept.alias(f"r{number}"))
    found = pl.DataFrame([starts["unit"], *reached])
    depth = pl.sum_horizontal(pl.col(f"r{number}").is_not_null() for number in range(steps))
    found = found.with_columns(depth.cast(pl.UInt32).alias("depth"))
    if not is_one_each:
        longest = pl.col("depth") == pl.col("depth").max().over("unit")
        found = _first_of_each(found.filter(longest))
    return found.select("unit", "depth", *(f"r{number}" for number in range(steps)))


def _first_of_each(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the first row of each unit; those of one stand together."""
    return rows.filter((pl.col("unit") != pl.col("unit").shift(1)).fill_null(value=True))
