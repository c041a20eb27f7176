"""Set costs against the sessions they bought: whose links carry what the cost is known of."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Final

import polars as pl

from reports.campaign.costs import FIGURES, LINKS

DROPPED: Final = ("keyword", "content", "medium", "source")
"""What a cost is no longer asked to agree in where no session agrees in all, the first first."""


def allotted(
    costs: pl.DataFrame, everyone: pl.DataFrame, chosen: pl.DataFrame, by: Sequence[str]
) -> pl.DataFrame:
    """Return what the rows of a report cost.

    A cost belongs to the sessions that agree in all it is known of (its day, where rows are
    days). Where they are in several rows, or ``chosen`` are only some of them, each row has its
    part by the number of sessions. A cost that no session agrees with is asked again without its
    keyword, content, medium, source, as far as rows do not tell these apart; what is left stands
    in a row of its own.

    Args:
        costs: as :class:`reports.campaign.costs.Costs` has them.
        everyone: all sessions counted: ``sessions`` by :data:`LINKS` and all of ``by``, with
            "date" if rows are days.
        chosen: the same of the sessions the report is about.
        by: what the rows are.

    Returns:
        ``by``, :data:`FIGURES`, ``origins`` (sorted list), ``is_shared`` (some of it by the
        number of sessions) and ``has_sessions``.
    """
    days = ["date"] if "date" in by else []
    parts = []
    for size in range(len(LINKS) - 1, -1, -1):
        for known in combinations(LINKS[1:], size):
            own = _of_these(costs, known)
            if not own.is_empty():
                parts += _matched(own, everyone, chosen, [*days, "campaign", *known], by)
    return _summed(parts, by)


def _of_these(costs: pl.DataFrame, known: Sequence[str]) -> pl.DataFrame:
    """Return the costs of which just these are known, beside the campaign."""
    return costs.filter(
        pl.col(name).is_not_null() if name in known else pl.col(name).is_null()
        for name in LINKS[1:]
    )


def _matched(
    costs: pl.DataFrame,
    everyone: pl.DataFrame,
    chosen: pl.DataFrame,
    keys: list[str],
    by: Sequence[str],
) -> list[pl.DataFrame]:
    """Return parts of these costs for rows, and what no session agrees with."""
    parts, rest = [], costs
    dropped = [name for name in DROPPED if name in keys and name not in by]
    for gone in range(len(dropped) + 1):
        asked = [name for name in keys if name not in dropped[:gone]]
        sums = rest.group_by(asked).agg(*_sums(), pl.col("origin").unique().alias("origins"))
        wholes = everyone.group_by(asked).agg(pl.col("sessions").sum().alias("whole"))
        own = chosen.group_by(list(dict.fromkeys([*by, *asked]))).agg(pl.col("sessions").sum())
        share = pl.col("sessions") / pl.col("whole")
        parts.append(
            own.join(sums, on=asked)
            .join(wholes, on=asked)
            .select(
                *by,
                *(pl.col(name) * share for name in FIGURES),
                "origins",
                (pl.col("sessions") < pl.col("whole")).alias("is_shared"),
                pl.lit(value=True).alias("has_sessions"),
            )
        )
        rest = rest.join(wholes, on=asked, how="anti")
    lonely = rest.with_columns(
        pl.lit(None, chosen.schema[name]).alias(name) for name in by if name not in rest.columns
    )
    parts.append(
        lonely.group_by(by)
        .agg(*_sums(), pl.col("origin").unique().alias("origins"))
        .with_columns(
            pl.lit(value=False).alias("is_shared"), pl.lit(value=False).alias("has_sessions")
        )
        .select(parts[0].columns)
    )
    return parts


def _sums() -> list[pl.Expr]:
    """Return sums that are null, not 0, where nothing is known."""
    return [
        pl.when(pl.col(name).is_not_null().any()).then(pl.col(name).sum()).alias(name)
        for name in FIGURES
    ]


def _summed(parts: list[pl.DataFrame], by: Sequence[str]) -> pl.DataFrame:
    if not parts:
        texts: dict[str, pl.DataType] = {name: pl.String() for name in by}
        figures = {name: pl.Float64() for name in FIGURES}
        flags = {"is_shared": pl.Boolean(), "has_sessions": pl.Boolean()}
        schema = {**texts, **figures, "origins": pl.List(pl.String()), **flags}
        return pl.DataFrame(schema=schema | ({"date": pl.Date()} if "date" in by else {}))
    return (
        pl.concat(parts)
        .sort(*by, *FIGURES)  # or the last digits of sums would depend on the order of rows
        .group_by(by, maintain_order=True)
        .agg(
            *_sums(),
            pl.col("origins").explode().unique().sort(),
            pl.col("is_shared").any(),
            pl.col("has_sessions").any(),
        )
    )


def with_costs(
    rows: pl.DataFrame,
    found: pl.DataFrame,
    keys: list[str],
    levels: list[str],
    kept: pl.DataFrame | None,
) -> pl.DataFrame:
    """Add costs to rows; a cost without a session has a row of its own, beyond any limit."""
    by = [*keys, *levels, "is_other"]
    is_rest = pl.lit(value=False)
    if kept is not None:
        texts = kept.with_columns(pl.col(levels).cast(pl.String), pl.lit(value=True).alias("kept"))
        found = found.join(texts, on=levels, how="left", nulls_equal=True, maintain_order="left")
        is_rest = pl.col("kept").is_null() & pl.col("has_sessions")
    own = (
        found.with_columns(is_rest.alias("is_other"))
        .with_columns(pl.when(~pl.col("is_other")).then(level).alias(level) for level in levels)
        .group_by(by, maintain_order=True)
        .agg(
            *(_sums()),
            pl.col("origins").explode().unique().sort().str.join(", ").alias("cost_from"),
            pl.col("is_shared").any().alias("cost_shared"),
        )
    )
    joined = rows.join(own, on=by, how="full", coalesce=True, nulls_equal=True)
    counted = [name for name in rows.columns if name not in {*by, "previous_sessions"}]
    return joined.with_columns(
        pl.col(counted).fill_null(0),
        pl.when(pl.col("cost").is_not_null()).then("cost_from").alias("cost_from"),
        pl.when(pl.col("cost").is_not_null()).then("cost_shared").alias("cost_shared"),
    )
