"""What the same lines are under one set of rules and under another."""

from __future__ import annotations

from typing import Final

import polars as pl

from weblog.preview import Preview

SKIPPED: Final = "skipped"
"""What a line is that a rule leaves out."""

JUDGED: Final = (
    "line_is", "bot_reason", "category", "product", "goal", "channel", "source", "medium",
    "campaign", "device", "customer_known",
)  # fmt: skip
"""What is compared of each line: its kind (or that it is rejected, and why, or skipped), and what
rules say of a hit; null where nothing does."""

EXAMPLE: Final = 120
"""Characters of a path that is shown as an example."""


def judged(seen: Preview) -> pl.DataFrame:
    """Return a row for each line: its number ``line``, its ``path``, and :data:`JUDGED`."""
    of_hits = {
        "line_is": pl.col("kind"),
        "customer_known": pl.col("customer_id").is_not_null(),
    }
    hits = seen.hits.select(
        "line",
        pl.col("path").cast(pl.String),
        *(of_hits.get(name, pl.col(name)).cast(pl.String).alias(name) for name in JUDGED),
    )
    rejects = seen.rejects.select("line", line_is=pl.lit("reject: ") + pl.col("reason"))
    whole = pl.concat([hits, rejects], how="diagonal")
    lines = pl.DataFrame({"line": pl.int_range(1, seen.lines + 1, eager=True)})
    found = lines.join(whole, on="line", how="left")
    return found.with_columns(pl.col("line_is").fill_null(SKIPPED))


def compared(before: Preview, after: Preview) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Compare what the first lines of one log are under two sets of rules.

    Returns:
        The counts: ``line_is`` (see :data:`JUDGED`), ``before``, ``after`` (lines), most first.
        The changes: ``what`` of :data:`JUDGED`, ``before``, ``after`` (text; null: nothing),
        ``lines``, ``example`` (the path of the first such line; null where neither set made a
        hit of it), most first.
    """
    one, other = judged(before), judged(after)
    counts = _counted(one, "before").join(
        _counted(other, "after"), on="line_is", how="full", coalesce=True
    )
    both = one.join(other, on="line", suffix="_after")
    path = pl.coalesce("path", "path_after").str.slice(0, EXAMPLE)
    changes = [
        both.filter(pl.col(name).ne_missing(pl.col(f"{name}_after")))
        .with_columns(example=path)
        .sort("line")
        .group_by(before=pl.col(name), after=pl.col(f"{name}_after"))
        .agg(pl.len().cast(pl.Int64).alias("lines"), pl.col("example").drop_nulls().first())
        .select(pl.lit(name).alias("what"), "before", "after", "lines", "example")
        for name in JUDGED
    ]
    return (
        counts.with_columns(pl.col("before", "after").fill_null(0)).sort(
            "before", "after", "line_is", descending=[True, True, False]
        ),
        pl.concat(changes).sort(
            "lines", "what", "before", "after", descending=[True, False, False, False]
        ),
    )


def _counted(lines: pl.DataFrame, name: str) -> pl.DataFrame:
    return lines.group_by("line_is").agg(pl.len().cast(pl.Int64).alias(name))
