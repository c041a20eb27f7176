"""What is asked of the paths of visits, and the walks that answer it.

Shared by the reports ``paths`` (whole paths, ranked) and ``flows`` (from step to step).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import polars as pl

from reports import walks
from reports.trail import Trail
from weblog.errors import QueryError, UnknownNameError

Level = Literal["page", "category"]
LEVELS: Final = ("page", "category")
DEEPEST: Final = 10
"""More steps than these are shared by hardly any two visits."""


@dataclass(frozen=True, slots=True)
class PathQuestion:
    """Which stretch of each visit is looked at, and as what.

    Attributes:
        start: a path pattern: from the first view of such a page on.
        end: a path pattern: up to the first view of such a page.
        goal: a goal's name: up to where it was first reached.
        around: a path pattern: on both sides of the first view of such a page.
        level: steps are pages, or content categories.
        depth: how many steps; with ``around`` so many on either side of it.

    Raises:
        QueryError: more than one of start, end, goal and around, or a depth out of range.
        UnknownNameError: no such level.
    """

    start: str | None = None
    end: str | None = None
    goal: str | None = None
    around: str | None = None
    level: str = "page"
    depth: int = 4

    def __post_init__(self) -> None:
        given = [name for name in ("start", "end", "goal", "around") if getattr(self, name)]
        if len(given) > 1:
            raise QueryError(
                f"{' and '.join(given)} are given: expected one of them; for visits that "
                "begin on a page and reach a goal, filter by entry_pages and give the goal"
            )
        if self.level not in LEVELS:
            raise UnknownNameError("level of paths", self.level, list(LEVELS))
        if not 1 <= self.depth <= DEEPEST:
            raise QueryError(f"depth is {self.depth}: expected 1 to {DEEPEST} steps")

    @property
    def anchor(self) -> str | None:
        """What visits must have, as people type it; None: nothing, all visits count."""
        for name in ("start", "end", "around"):
            if getattr(self, name):
                return f"page={getattr(self, name)}"
        return f"goal={self.goal}" if self.goal else None

    @property
    def is_backward(self) -> bool:
        """Whether the steps lead up to something."""
        return bool(self.end or self.goal)

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns of steps side by side, in the order of the visit."""
        if self.is_backward:
            return tuple(f"s{number}" for number in reversed(range(self.depth)))
        if self.around:
            before = tuple(f"b{number}" for number in range(self.depth, 0, -1))
            return (*before, *(f"s{number}" for number in range(self.depth + 1)))
        return tuple(f"s{number}" for number in range(self.depth))

    @property
    def first_number(self) -> int:
        """Number of the first column's step: 1 onwards; 0 is the page asked about, or the goal."""
        if self.is_backward:
            return 1 - self.depth
        return -self.depth if self.around else 1


def anchors(trail: Trail, question: PathQuestion) -> pl.Series:
    """Return which rows of ``trail.whats`` are what visits must have."""
    if question.goal:
        return (trail.whats["goal"] == question.goal).fill_null(value=False)
    pattern = question.start or question.end or question.around
    if pattern is None:
        return pl.repeat(True, trail.whats.height, eager=True) & trail.whats["is_page"]
    return trail.fits(pattern) & trail.whats["is_page"]


def names_of(trail: Trail, level: str) -> pl.Series:
    """Return what each row of ``trail.whats`` is called as a step; null: no category."""
    return trail.whats["path" if level == "page" else "category"]


@dataclass(frozen=True, slots=True)
class Labels:
    """Steps as numbers: ``names`` in order, then "other", then "no category".

    The same in both periods, so that what has one name has one number.
    """

    names: pl.Series
    folded: int = 0

    @property
    def other(self) -> int:
        """The label of steps too rare to be named."""
        return len(self.names)

    @property
    def none(self) -> int:
        """The label of pages without a category."""
        return len(self.names) + 1

    @property
    def count(self) -> int:
        """How many labels there are."""
        return len(self.names) + 2

    def of(self, names: pl.Series) -> pl.Series:
        """Return the label of each name."""
        numbered = pl.DataFrame({"name": self.names}).with_row_index("label")
        found = pl.DataFrame({"name": names}).join(
            numbered, on="name", how="left", maintain_order="left"
        )
        other = pl.when(pl.col("name").is_null()).then(self.none).otherwise(self.other)
        return found.select(pl.coalesce("label", other).cast(pl.UInt32))["label"]

    def told(self, labels: pl.Series, other: str, none: str) -> pl.Series:
        """Return the names of labels; null where there is no step."""
        names = pl.concat([self.names, pl.Series([other, none], dtype=pl.String)])
        return names.gather(labels)


def walked(trail: Trail, question: PathQuestion, labels: Labels) -> pl.DataFrame:
    """Return a row per visit that has what is asked: its steps side by side.

    Returns:
        ``walk`` (the session), the steps (:attr:`PathQuestion.columns`) as labels, null before
        the visit began and after it ended; ``is_cut``: the visit goes on beyond its last step
        shown, or with steps that lead up to something, began before its first; with ``around``
        ``is_cut_before`` and ``is_cut``; ``has_loop``.
    """
    is_anchor = anchors(trail, question)
    shown = trail.whats["is_page"] | is_anchor
    steps = trail.steps if shown.all() else trail.steps.filter(shown.gather(trail.steps["what"]))
    numbers = labels.of(names_of(trail, question.level))
    rows = steps.select(
        pl.col("session").alias("walk"), numbers.gather(steps["what"]).alias("label")
    )
    if question.anchor is None:
        return walks.first_steps(walks.folded(rows), question.depth)
    is_one = is_anchor.gather(steps["what"])
    if question.is_backward:
        before = walks.folded(walks.up_to(rows, is_one))
        return walks.last_steps(before, question.depth)
    after = walks.first_steps(
        walks.folded(walks.onwards(rows, is_one)), question.depth + bool(question.around)
    )
    if question.start:
        return after
    before = walks.last_steps(walks.folded(walks.up_to(rows, is_one)), question.depth + 1)
    renamed = {f"s{number}": f"b{number}" for number in range(question.depth + 1)}
    joined = after.join(before.rename(renamed), on="walk", suffix="_before").drop("b0")
    loop = pl.col("has_loop") | pl.col("has_loop_before")
    return joined.with_columns(loop.alias("has_loop")).drop("has_loop_before")
