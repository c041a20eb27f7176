"""Which steps of visits keep their names: the commonest, and what was asked for."""

from __future__ import annotations

import polars as pl

from reports.runs import tally
from reports.trail import Trail
from reports.visit_paths import Labels, PathQuestion, anchors, names_of
from reports.walk_counts import step_counts


def choose_labels(
    trail: Trail, before: Trail | None, question: PathQuestion, most: int | None
) -> Labels:
    """Return labels for the commonest ``most`` names (None: all) of the stretches asked about.

    What visits must have keeps its name, however rare. Ties are broken by name.
    """
    trails = [trail] if before is None else [trail, before]
    named = pl.concat(_named(each, question) for each in trails)
    kept = named.group_by("name").agg(pl.col("kept").any())
    if most is None:
        return Labels(kept["name"].sort())
    if question.anchor is None:
        viewed = tally(trail.steps["what"], trail.whats.height).alias("n").to_frame()
        own = _named(trail, question)
        counted = viewed.with_row_index("what").join(own, on="what").select("name", "n")
    else:
        every = Labels(kept["name"].sort())
        met = pl.Series("n", step_counts(trail, question, every).sum(axis=0))
        counted = pl.DataFrame([every.names.alias("name"), met.head(len(every.names))])
    ranked = (
        kept.join(counted.group_by("name").agg(pl.col("n").sum()), on="name", how="left")
        .with_columns(pl.col("n").fill_null(0))
        .sort("kept", "n", "name", descending=[True, True, False])
    )
    shown = ranked.head(max(most, int(ranked["kept"].sum())))
    folded = ranked.slice(shown.height).filter(pl.col("n") > 0)
    return Labels(shown["name"].sort(), folded.height)


def _named(trail: Trail, question: PathQuestion) -> pl.DataFrame:
    """Return ``what``, ``name`` and ``kept`` of whatever can be a step with a name."""
    is_anchor = anchors(trail, question)
    kept = is_anchor if question.anchor else is_anchor & False
    return (
        pl.DataFrame([names_of(trail, question.level).alias("name"), kept.alias("kept")])
        .with_row_index("what")
        .filter((is_anchor | trail.whats["is_page"]) & pl.col("name").is_not_null())
    )
