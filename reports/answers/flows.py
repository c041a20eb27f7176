"""From step to step: the links of a Sankey diagram."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

import polars as pl

from reports.answers.paths import NONE, REST, check_nodes, warnings_of
from reports.ask import SMALL, ask
from reports.breakdown import text
from reports.query import EVERYTHING, Filters
from reports.result import Report
from reports.spec import ColumnSpec
from reports.trail import current_trail
from reports.visit_paths import Labels, PathQuestion, choose_labels, walked
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
    check_nodes(nodes)
    question = PathQuestion(start, end, goal, around, level=level, depth=depth)
    asked = ask(source, filters, ("session",))
    trail = current_trail(asked)
    labels = choose_labels(trail, None, question, None)
    walks = walked(trail, question, labels)
    frame = links(walks, question, labels, nodes)
    return asked.answer("flows", frame, *warnings_of(asked, walks.height, question, labels))


def links(
    walks: pl.DataFrame, question: PathQuestion, labels: Labels, nodes: int | None
) -> pl.DataFrame:
    """Return the links between walks' steps, side by side as :func:`walked` returns them."""
    columns = question.columns
    numbers = []
    for name in columns:
        walks, folded = _with_rare_folded(walks, name, labels, nodes)
        numbers.append(folded)
    parts = [_links(walks, a, b).with_columns(place=place) for place, (a, b) in
             enumerate(pairwise(columns))]  # fmt: skip
    earlier, began, more, left = map(pl.lit, ("earlier", "began", "more", "left"))
    if question.is_backward or question.around:
        cut_before = pl.col("is_cut" if question.is_backward else "is_cut_before")
        first = _edge(walks, columns[0], "b", pl.when(cut_before).then(earlier).otherwise(began))
        parts.insert(0, first.with_columns(place=-1))
    if not question.is_backward:
        last = _edge(walks, columns[-1], "a", pl.when("is_cut").then(more).otherwise(left))
        parts.append(last.with_columns(place=len(columns) - 1))
    every = [0, *numbers, 0]
    rows = pl.concat(part.select("place", "a", "b", "kind", "n") for part in parts)
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
            (pl.col("n") / (walks.height or None)).alias("share"),
            (pl.col("n") < SMALL).alias("small"),
        )
        .sort(
            ["step", "sessions", "from", "to", "kind"],
            descending=[False, True, False, False, False],
            nulls_last=True,
        )
        .select(column.name for column in COLUMNS)
    )


def _with_rare_folded(
    walks: pl.DataFrame, name: str, labels: Labels, nodes: int | None
) -> tuple[pl.DataFrame, int]:
    """Fold the labels of one step beyond the ``nodes`` commonest; return how many they are."""
    if nodes is None:
        return walks, 0
    counted = walks.group_by(name).len().drop_nulls().sort("len", name, descending=[True, False])
    rare = counted.slice(nodes)[name]
    if rare.len() <= 1:  # one is named as briefly as "other"
        return walks, 0
    new = pl.Series(range(labels.count), dtype=pl.UInt32).scatter(rare, labels.other)
    return walks.with_columns(new.gather(walks[name]).alias(name)), rare.len()


def _links(walks: pl.DataFrame, a: str, b: str) -> pl.DataFrame:
    counted = walks.group_by(pl.col(a).alias("a"), pl.col(b).alias("b")).agg(pl.len().alias("n"))
    kind = (
        pl.when(pl.col("b").is_null())
        .then(pl.lit("left"))
        .when(pl.col("a").is_null())
        .then(pl.lit("began"))
        .otherwise(pl.lit("next"))
    )
    either = pl.col("a").is_not_null() | pl.col("b").is_not_null()
    return counted.filter(either).with_columns(kind.alias("kind"))


def _edge(walks: pl.DataFrame, name: str, side: str, kind: pl.Expr) -> pl.DataFrame:
    """Return the links that lead out of the first or last step shown."""
    nowhere = pl.lit(None, pl.UInt32).alias("b" if side == "a" else "a")
    return (
        walks.filter(pl.col(name).is_not_null())
        .group_by(pl.col(name).alias(side), kind.alias("kind"))
        .agg(pl.len().alias("n"))
        .with_columns(nowhere)
    )
