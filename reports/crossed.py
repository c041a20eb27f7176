"""Two dimensions crossed: how many sessions a cell has, and how many it would have by chance.

Were row and column independent, a cell of a row with n_i of the n sessions and a column with n_j
would have e = n_i n_j / n. Haberman's adjusted residual is (o - e) / sqrt(e (1 - n_i / n) (1 - n_j
/ n)), standard normal if every session were somebody else's. Sessions of one visitor are not, so
it is divided by the root of the cell's design effect: how much more o - e varies if summed per
visitor first. With u = (in row - n_i / n) (in column - n_j / n) of a session, o - e = sum of u,
and the design effect is sum over visitors of (sum of their u)^2 / sum of u^2, 1 at least.

Sources: Haberman (1973), "The analysis of residuals in cross-classified tables", Biometrics 29;
Rao and Scott (1981), "The analysis of categorical data from complex sample surveys", JASA 76.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from reports.contents import beside
from reports.crossed_sums import Coded, CrossedSums, crossed_sums
from reports.dimensions import Dimension
from reports.discovery import two_sided
from reports.runs import tally


def crossed(sessions: pl.DataFrame, rows: Dimension, columns: Dimension) -> pl.DataFrame:
    """Return a row per cell of the whole grid, empty ones too, in the order of the labels.

    Args:
        sessions: as :func:`reports.load.sessions` returns them.
        rows: the dimension of the rows.
        columns: the dimension of the columns.

    Returns:
        ``row`` and ``column`` (codes), ``row_value``, ``column_value``, ``row_is_other``,
        ``column_is_other``, ``row_sessions``, ``column_sessions``, ``sessions``, ``visitors``,
        ``engaged``, ``converted``, ``expected`` (f64), ``effect`` (design effect), ``z``, ``p``.
    """
    own = beside(rows.sessions.rename({"code": "row"}), sessions, "visitor")
    across = beside(columns.sessions.rename({"code": "column"}), sessions, "visitor")
    both = beside(
        _paired(own, across, sessions.height), sessions, "is_engaged", "conversions"
    ).with_columns((pl.col("row") * pl.lit(columns.end, pl.UInt32) + pl.col("column")).alias(CELL))
    grid = _labels(rows, "row").join(_labels(columns, "column"), how="cross", maintain_order="left")
    grid = grid.with_columns((pl.col("row") * columns.end + pl.col("column")).alias(CELL))
    whole = max(sessions.height, 1)
    found = crossed_sums(
        sessions["visitor"],
        Coded(own["visitor"], own["row"], rows.end),
        Coded(across["visitor"], across["column"], columns.end),
        Coded(both["visitor"], both[CELL], rows.end * columns.end),
    )
    counted = {"visitors": found.cells["visitors"], **_counted(both, rows.end * columns.end)}
    frame = _beside(grid, CELL, **counted).with_columns(
        (pl.col("row_sessions") * (pl.col("column_sessions") / whole)).alias("expected"),
        (pl.col("row_sessions") / whole).alias("pi"),
        (pl.col("column_sessions") / whole).alias("pj"),
    )
    effects = _effects(frame, found, sessions.height)
    pi, pj, e = (pl.col(name) for name in ("pi", "pj", "expected"))
    variance = e * (1 - pi) * (1 - pj) * pl.col("effect")
    z = (pl.col("sessions") - e) / pl.when(variance > 0).then(variance).sqrt()
    return effects.with_columns(z.alias("z")).with_columns(two_sided(pl.col("z")).alias("p"))


CELL: Final = "cell"
"""The column of the cell's number: row x columns + column."""


def _counted(both: pl.DataFrame, end: int) -> dict[str, pl.Series]:
    """Return what is counted of the sessions of each cell."""
    cell = both[CELL]
    return {
        "sessions": tally(cell, end),
        "engaged": tally(cell.filter(both["is_engaged"]), end),
        "converted": tally(cell.filter(both["conversions"] > 0), end),
    }


def _beside(frame: pl.DataFrame, by: str, **sums: pl.Series) -> pl.DataFrame:
    """Add to each row what stands in ``sums`` at the number in its column ``by``."""
    return frame.with_columns(found.gather(frame[by]).alias(name) for name, found in sums.items())


def _labels(dimension: Dimension, name: str) -> pl.DataFrame:
    return dimension.labels.select(
        pl.col("code").alias(name),
        pl.col("value").alias(f"{name}_value"),
        pl.col("is_other").alias(f"{name}_is_other"),
        pl.col("total").alias(f"{name}_sessions"),
    )


def _paired(own: pl.DataFrame, across: pl.DataFrame, sessions: int) -> pl.DataFrame:
    """Return the pairs of a row and a column that some session is in, each session once in each."""
    if across.height == sessions:  # one column for each session
        return beside(own, across, "column")
    if own.height == sessions:
        return beside(across, own, "row")
    last = max(int(side["session"].max() or 0) for side in (own, across))  # type: ignore[arg-type]
    each = tally(across["session"], last + 1)
    own = own.with_columns(each.gather(own["session"]).alias("n"))
    begin = (each.cum_sum() - each).gather(own["session"]) - (own["n"].cum_sum() - own["n"])
    # Those of one session stand together: here from where they begin.
    n = own["n"].to_numpy()
    at = pl.Series(np.repeat(begin.to_numpy(), n)) + pl.int_range(int(n.sum()), eager=True)
    repeated = [
        pl.Series(name, np.repeat(own[name].to_numpy(), n))
        for name in ("session", "visitor", "row")
    ]
    return pl.DataFrame([*repeated, across["column"].gather(at)])


def _effects(frame: pl.DataFrame, found: CrossedSums, sessions: int) -> pl.DataFrame:
    """Add ``effect`` to each cell.

    With o, a, b and m a visitor's sessions in the cell, its row, its column and at all, the sum
    of a visitor's u is o - pj a - pi b + pi pj m. Products of these are summed over visitors; of
    sessions each is 0 or 1, and so the product of two is the smaller.
    """
    of_cells = {name: found.cells[name] for name in ("oo", "oa", "ob", "om", "ab")}
    of_rows = {name: found.rows[name] for name in ("aa", "am")}
    of_columns = {name: found.columns[name] for name in ("bb", "bm")}
    frame = _beside(frame, CELL, **of_cells)
    frame = _beside(_beside(frame, "row", **of_rows), "column", **of_columns)
    together = {name: pl.col(name) for name in (*of_cells, *of_rows, *of_columns)}
    together["mm"] = pl.lit(found.mm)
    o, a, b = (pl.col(name) for name in ("sessions", "row_sessions", "column_sessions"))
    alone = {"oo": o, "oa": o, "ob": o, "om": o, "ab": o, "aa": a, "am": a, "bb": b, "bm": b}
    alone["mm"] = pl.lit(sessions)
    one, more = _squares(alone), _squares(together)
    effect = pl.when(one > 0).then(more / one).otherwise(1.0).clip(lower_bound=1.0)
    return frame.with_columns(effect.alias("effect")).drop(CELL, *of_cells, *of_rows, *of_columns)


def _squares(sums: dict[str, pl.Expr]) -> pl.Expr:
    """Return the sum of squares of u, of the sums of products of what it is made of."""
    pi, pj = pl.col("pi"), pl.col("pj")
    return (
        sums["oo"]
        + pj**2 * sums["aa"]
        + pi**2 * sums["bb"]
        + pi**2 * pj**2 * sums["mm"]
        - 2 * pj * sums["oa"]
        - 2 * pi * sums["ob"]
        + 2 * pi * pj * (sums["om"] + sums["ab"])
        - 2 * pi * pj**2 * sums["am"]
        - 2 * pi**2 * pj * sums["bm"]
    )
