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

import polars as pl

from reports.contents import beside
from reports.dimensions import Dimension
from reports.discovery import two_sided

KEY: Final = ["row", "column"]

COUNTED: Final = (
    pl.len().cast(pl.Int64).alias("sessions"),
    pl.col("visitor").n_unique().cast(pl.Int64).alias("visitors"),
    pl.col("is_engaged").sum().cast(pl.Int64).alias("engaged"),
    (pl.col("conversions") > 0).sum().cast(pl.Int64).alias("converted"),
)
"""What is counted in each cell."""


def crossed(sessions: pl.DataFrame, rows: Dimension, columns: Dimension) -> pl.DataFrame:
    """Return a row per cell of the whole grid, empty ones too, in the order of the labels.

    Args:
        sessions: as :func:`reports.load.sessions` returns them.
        rows: the dimension of the rows.
        columns: the dimension of the columns.

    Returns:
        ``row`` and ``column`` (codes), ``row_value``, ``column_value``, ``row_is_other``,
        ``column_is_other``, ``row_sessions``, ``column_sessions``, what :data:`COUNTED` says,
        ``expected`` (f64), ``effect`` (design effect), ``z`` and ``p``.
    """
    count = pl.len().cast(pl.Float64).alias("m")
    many = sessions.group_by("visitor").agg(count).filter(pl.col("m") > 1)
    base = sessions.select("session", "visitor", "is_engaged", "conversions").join(
        many, on="visitor", how="left", maintain_order="left"
    )
    own = beside(rows.sessions.rename({"code": "row"}), base, "visitor", "m")
    across = beside(columns.sessions.rename({"code": "column"}), base, "visitor", "m")
    both = beside(_paired(own, across, sessions.height), base, "is_engaged", "conversions")
    grid = _labels(rows, "row").join(_labels(columns, "column"), how="cross")
    counted = both.group_by(KEY).agg(COUNTED)
    names = [expression.meta.output_name() for expression in COUNTED]
    whole = max(sessions.height, 1)
    frame = grid.join(counted, on=KEY, how="left", maintain_order="left").with_columns(
        pl.col(names).fill_null(0),
        (pl.col("row_sessions") * (pl.col("column_sessions") / whole)).alias("expected"),
        (pl.col("row_sessions") / whole).alias("pi"),
        (pl.col("column_sessions") / whole).alias("pj"),
    )
    theirs = [part.filter(pl.col("m").is_not_null()) for part in (own, across, both)]
    effects = _effects(frame, many, *theirs, whole=sessions.height)
    pi, pj, e = (pl.col(name) for name in ("pi", "pj", "expected"))
    variance = e * (1 - pi) * (1 - pj) * pl.col("effect")
    z = (pl.col("sessions") - e) / pl.when(variance > 0).then(variance).sqrt()
    return effects.with_columns(z.alias("z")).with_columns(two_sided(pl.col("z")).alias("p"))


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
    return own.join(across.select("session", "column"), on="session")


def _effects(
    frame: pl.DataFrame,
    many: pl.DataFrame,
    own: pl.DataFrame,
    across: pl.DataFrame,
    both: pl.DataFrame,
    *,
    whole: int,
) -> pl.DataFrame:
    """Add ``effect`` to each cell.

    With o, a, b and m a visitor's sessions in the cell, its row, its column and at all, the sum
    of a visitor's u is o - pj a - pi b + pi pj m. Of a visitor with one session products of these
    are what they are of a session, so only what others add to that is summed.
    """
    a = _per_visitor(own, ["row"], "a")
    b = _per_visitor(across, ["column"], "b")
    o = _per_visitor(both, KEY, "o")
    sums = (
        _added(o, KEY, "o", "o", "oo"),
        _added(o.join(a, on=["visitor", "row"]), KEY, "o", "a", "oa"),
        _added(o.join(b, on=["visitor", "column"]), KEY, "o", "b", "ob"),
        _added(o.join(many, on="visitor"), KEY, "o", "m", "om"),
        a.join(b, on="visitor").group_by(KEY).agg((pl.col("a") * pl.col("b")).sum().alias("ab")),
        o.group_by(KEY).agg(pl.col("o").sum().alias("om_many")),
        _added(a, ["row"], "a", "a", "aa"),
        _added(a.join(many, on="visitor"), ["row"], "a", "m", "am"),
        _added(b, ["column"], "b", "b", "bb"),
        _added(b.join(many, on="visitor"), ["column"], "b", "m", "bm"),
    )
    for part in sums:
        keys = [name for name in KEY if name in part.columns]
        frame = frame.join(part, on=keys, how="left", maintain_order="left")
    extra = ("oo", "oa", "ob", "om", "ab", "om_many", "aa", "am", "bb", "bm")
    mm = pl.lit(float((many["m"] ** 2 - many["m"]).sum()))
    frame = frame.with_columns(pl.col(extra).fill_null(0.0))
    alone = _squares(mm=pl.lit(0.0), added=False, whole=whole)
    together = _squares(mm=mm, added=True, whole=whole)
    effect = pl.when(alone > 0).then(together / alone).otherwise(1.0).clip(lower_bound=1.0)
    return frame.with_columns(effect.alias("effect")).drop(extra)


def _per_visitor(frame: pl.DataFrame, by: list[str], name: str) -> pl.DataFrame:
    """Count sessions by visitor and ``by``."""
    return frame.group_by("visitor", *by).agg(pl.len().cast(pl.Float64).alias(name))


def _added(frame: pl.DataFrame, by: list[str], one: str, other: str, name: str) -> pl.DataFrame:
    """Sum what products of two counts are more than the first count is."""
    product = pl.col(one) * pl.col(other) - pl.col(one)
    return frame.group_by(by).agg(product.sum().alias(name))


def _squares(*, mm: pl.Expr, added: bool, whole: int) -> pl.Expr:
    """Return the sum of squares of u, of sessions; or, with what visitors add, of visitors."""
    pi, pj = pl.col("pi"), pl.col("pj")
    o, a, b = (pl.col(name) for name in ("sessions", "row_sessions", "column_sessions"))

    def more(name: str) -> pl.Expr:
        return pl.col(name) if added else pl.lit(0.0)

    ab = o - pl.col("om_many") + pl.col("ab") if added else o
    return (
        (o + more("oo"))
        + pj**2 * (a + more("aa"))
        + pi**2 * (b + more("bb"))
        + pi**2 * pj**2 * (whole + mm)
        - 2 * pj * (o + more("oa"))
        - 2 * pi * (o + more("ob"))
        + 2 * pi * pj * (o + more("om") + ab)
        - 2 * pi * pj**2 * (a + more("am"))
        - 2 * pi**2 * pj * (b + more("bm"))
    )
