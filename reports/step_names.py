"""Which steps of visits keep their names: the commonest, and what was asked for."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from reports.runs import tally
from reports.trail import Trail
from reports.visit_paths import Labels, PathQuestion, anchors, names_of
from reports.walk_counts import step_counts


def labels_of(found: Iterable[pl.DataFrame], most: int | None) -> Labels:
    """Return labels for the commonest ``most`` names (None: all) of the stretches asked about.

    What visits must have keeps its name, however rare. Ties are broken by name.

    Args:
        found: of each part of the visits, as :func:`name_counts` returns them.
        most: how many names are told apart.
    """
    every = pl.concat(found).group_by("name").agg(pl.col("kept").any(), pl.col("n").sum())
    if most is None:
        return Labels(every["name"].sort())
    ranked = every.sort("kept", "n", "name", descending=[True, True, False])
    shown = ranked.head(max(most, int(ranked["kept"].sum())))
    folded = ranked.slice(shown.height).filter(pl.col("n") > 0)
    return Labels(shown["name"].sort(), folded.height)


def name_counts(trail: Trail, question: PathQuestion, *, counted: bool) -> pl.DataFrame:
    """Return whatever can be a step with a name.

    Returns:
        ``name``; ``kept``: visits must have it; ``n`` (i64): how often the stretches asked about
        have it, 0 unless ``counted``. A name may stand in several rows.
    """
    named = _named(trail, question)
    if not counted:
        return named.select("name", "kept", pl.lit(0, pl.Int64).alias("n"))
    if question.anchor is None:
        viewed = tally(trail.steps["what"], trail.whats.height).cast(pl.Int64)
        met = named.with_columns(viewed.gather(named["what"]).alias("n"))
        return met.select("name", "kept", "n")
    kept = named.group_by("name").agg(pl.col("kept").any())
    every = Labels(kept["name"].sort())
    counts = step_counts(trail, question, every).sum(axis=0)[: len(every.names)]
    of_names = pl.DataFrame({"name": every.names, "n": counts}, schema_overrides={"n": pl.Int64})
    return kept.join(of_names, on="name").select("name", "kept", "n")


def _named(trail: Trail, question: PathQuestion) -> pl.DataFrame:
    """Return ``what``, ``name`` and ``kept`` of whatever can be a step with a name."""
    is_anchor = anchors(trail, question)
    kept = is_anchor if question.anchor else is_anchor & False
    return (
        pl.DataFrame([names_of(trail, question.level).alias("name"), kept.alias("kept")])
        .with_row_index("what")
        .filter((is_anchor | trail.whats["is_page"]) & pl.col("name").is_not_null())
    )
