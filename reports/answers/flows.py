"""From step to step: the links of a Sankey diagram."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import numpy as np
import polars as pl

from reports.answers.paths import NONE, REST, check_nodes, warnings_of
from reports.ask import SMALL, ask
from reports.breakdown import text
from reports.query import EVERYTHING, Filters
from reports.result import Report
from reports.spec import ColumnSpec
from reports.visit_paths import Labels, PathQuestion
from reports.walk_counts import Counts, Shown
from reports.walking import Here, Walking
from weblog.store import Snapshot, Store

KINDS: Final = {
    "next": "from one step to the next",
    "left": "the visit ended",
    "more": "it went on beyond the steps shown",
    "began": "the visit began with `to`",
    "earlier": "it began before the steps shown",
}
"""What a link is."""

COLUMNS = (
    ColumnSpec(
        "step",
        pl.Int64(),
        "",
        "Number of the step `from`: 1 is the first; counted back from 0, what was asked for",
    ),
    text("from", f"Page or category; {REST!r}: the rarer ones of this step; null: none"),
    text("to", "That of the next step; null: none, see kind"),
    text("kind", "; ".join(f"{name!r}: {meaning}" for name, meaning in KINDS.items())),
    ColumnSpec("from_names", pl.Int64(), "count", "How many pages or categories `from` stands for"),
    ColumnSpec("to_names", pl.Int64(), "count", "How many `to` stands for"),
    ColumnSpec("sessions", pl.Int64(), "count", "Sessions that went this way"),
    ColumnSpec("share", pl.Float64(), "rate", "Part of all sessions that have what was asked"),
    ColumnSpec("small", pl.Boolean(), "", f"Fewer than {SMALL} sessions: no conclusion"),
)


def flows(
    source: Store | Snapshot,
    filters: Filters = EVERYTHING,
    *,
    start: str | None = None,
    end: str | None = None,
    goal: str | None = None,
    around: str | None = None,
    level: str = "page",
    depth: int = 4,
    nodes: int | None = 7,
) -> Report:
    """Count the sessions that went from each step to the next: the links of a Sankey diagram.

    Steps and their options are those of :func:`reports.paths`. At each step the ``nodes``
    commonest pages or categories are named (None: all), the others are one, whose number is
    told, unless they are but one. Nothing is lost: at each step but the first and the last,
    sessions that came to a node (next, began, earlier) are those that went from it (next, left,
    more). Steps up to a page or goal end with it: what came after is not shown. Columns, units
    and meanings: ``COLUMNS``.

    Raises:
        QueryError: the filters contradict themselves; more than one of start, end, goal and
            around; a depth or nodes out of range.
        UnknownNameError: no such level.
        StoreError: the store cannot be read.
    """
    question = PathQuestion(start, end, goal, around, level=level, depth=depth)
    return answered(source, filters, question, nodes, Here())


def answered(
    source: Store | Snapshot,
    filters: Filters,
    question: PathQuestion,
    nodes: int | None,
    walking: Walking,
) -> Report:
    """Answer :func:`flows`, whoever walks the visits.

    Raises:
        QueryError, StoreError: as there.
    """
    check_nodes(nodes)
    asked = ask(source, filters, ("session",))
    labels = walking.labels(asked, question, None, both=False)
    shown, folded = None, [0] * len(question.columns)
    if nodes is not None:
        shown, folded = _with_rare_folded(walking.steps(asked, question, labels), labels, nodes)
    walks = walking.walks(asked, question, labels, shown=shown)
    frame = links(walks, question, labels, folded)
    sessions = int(walks["sessions"].sum())
    asked = walking.sized(asked)
    return asked.answer("flows", frame, *warnings_of(asked, sessions, question, labels))


def links(
    walks: pl.DataFrame, question: PathQuestion, labels: Labels, folded: Sequence[int]
) -> pl.DataFrame:
    """Return the links between walks' steps.

    Args:
        walks: as :func:`reports.walk_counts.walk_counts` returns them.
        question: which steps they are.
        labels: of the steps.
        folded: of each column, how many labels are shown as "other".
    """
    columns = question.columns
    parts = [_links(walks, a, b).with_columns(place=place) for place, (a, b) in
             enumerate(pairwise(columns))]  # fmt: skip
    if question.is_backward or question.around:
        first = _edge(walks, (columns[0], "b"), "cut_before", ("earlier", "began"))
        parts.insert(0, first.with_columns(place=-1))
    if not question.is_backward:
        last = _edge(walks, (columns[-1], "a"), "cut_after", ("more", "left"))
        parts.append(last.with_columns(place=len(columns) - 1))
    every = [0, *folded, 0]
    rows = pl.concat(part.select("place", "a", "b", "kind", "n") for part in parts)
    whole = int(walks["sessions"].sum())
    place, other = pl.col("place"), labels.other

    def stands_for(label: str, shift: int) -> pl.Expr:
        of_step = (place + shift).replace_strict(dict(enumerate(every)), return_dtype=pl.Int64)
        many = pl.when(pl.col(label) == other).then(of_step).otherwise(1)
        return pl.when(pl.col(label).is_not_null()).then(many).cast(pl.Int64)

    return (
        rows.with_columns(
            (place + question.first_number).cast(pl.Int64).alias("step"),
            labels.told(rows["a"], REST, NONE).alias("from"),
            labels.told(rows["b"], REST, NONE).alias("to"),
            stands_for("a", 1).alias("from_names"),
            stands_for("b", 2).alias("to_names"),
            pl.col("n").cast(pl.Int64).alias("sessions"),
            (pl.col("n") / (whole or None)).alias("share"),
            (pl.col("n") < SMALL).alias("small"),
        )
        .sort(
            ["step", "sessions", "from", "to", "kind"],
            descending=[False, True, False, False, False],
            nulls_last=True,
        )
        .select(column.name for column in COLUMNS)
    )


def _with_rare_folded(counts: Counts, labels: Labels, nodes: int) -> tuple[Shown, list[int]]:
    """Fold the labels of each step beyond the ``nodes`` commonest.

    Returns:
        By column and label what it is shown as; of each column how many are folded.
    """
    shown = np.tile(np.arange(labels.count, dtype=np.uint32), (len(counts), 1))
    folded = []
    for column, met in zip(shown, counts, strict=True):
        # Labels are in the order of names, which breaks ties.
        ranked = np.argsort(-met, kind="stable")
        rare = ranked[nodes : np.count_nonzero(met)]
        folded.append(rare.size if rare.size > 1 else 0)
        if folded[-1]:  # one is named as briefly as "other"
            column[rare] = labels.other
    return shown, folded


def _links(walks: pl.DataFrame, a: str, b: str) -> pl.DataFrame:
    sessions = pl.col("sessions").sum().alias("n")
    counted = walks.group_by(pl.col(a).alias("a"), pl.col(b).alias("b")).agg(sessions)
    kind = (
        pl.when(pl.col("b").is_null())
        .then(pl.lit("left"))
        .when(pl.col("a").is_null())
        .then(pl.lit("began"))
        .otherwise(pl.lit("next"))
    )
    either = pl.col("a").is_not_null() | pl.col("b").is_not_null()
    return counted.filter(either).with_columns(kind.alias("kind"))


def _edge(
    walks: pl.DataFrame, step: tuple[str, str], cut: str, kinds: tuple[str, str]
) -> pl.DataFrame:
    """Return the links that lead out of the first or last step shown: of those cut, and others."""
    (name, side), other = step, "b" if step[1] == "a" else "a"
    sums = (pl.col(cut).sum(), (pl.col("sessions") - pl.col(cut)).sum())
    return (
        walks.filter(pl.col(name).is_not_null())
        .group_by(pl.col(name).alias(side))
        .agg(count.alias(kind) for kind, count in zip(kinds, sums, strict=True))
        .unpivot(on=kinds, index=side, variable_name="kind", value_name="n")
        .filter(pl.col("n") > 0)
        .with_columns(pl.lit(None, pl.UInt32).alias(other))
    )
