"""Who walks the visits of a question, and counts them by their steps: this process, or a cluster.

What ``paths`` and ``flows`` ask of visits is here in three sums over visits: how often what can
be a step occurs, how often each step is met where, and how many visits took which steps. Each is
the same whether all visits are walked at once or part by part (:mod:`reports.on_cluster.paths`).
"""

from __future__ import annotations

from typing import Protocol

import polars as pl

from reports.ask import Asked
from reports.step_names import labels_of, name_counts
from reports.trail import Trail, current_trail, previous_trail
from reports.visit_paths import Labels, PathQuestion
from reports.walk_counts import Counts, Shown, step_counts, walk_counts


class Walking(Protocol):
    """Walks visits: here, or elsewhere."""

    def labels(
        self, asked: Asked, question: PathQuestion, most: int | None, *, both: bool
    ) -> Labels:
        """Return labels of steps: the commonest ``most`` keep their names (None: all).

        With ``both``, names of the period compared with are labels, too.
        """

    def steps(self, asked: Asked, question: PathQuestion, labels: Labels) -> Counts:
        """Return :func:`reports.walk_counts.step_counts` of the period."""

    def walks(
        self,
        asked: Asked,
        question: PathQuestion,
        labels: Labels,
        *,
        shown: Shown | None = None,
        previous: bool = False,
    ) -> pl.DataFrame:
        """Return :func:`reports.walk_counts.walk_counts` of the period, or of the previous one.

        Which visits converted is counted where the question asks for sessions' ``conversions``.
        """

    def sized(self, asked: Asked) -> Asked:
        """Return the question as one that knows how many sessions it is about."""


class Here:
    """Walks in this process, one question after the other; trails are kept between its steps."""

    def __init__(self) -> None:
        self._trails: dict[bool, tuple[Asked, Trail]] = {}

    def labels(
        self, asked: Asked, question: PathQuestion, most: int | None, *, both: bool
    ) -> Labels:
        """Return labels of steps."""
        return labels_of([self.names(asked, question, most, both=both)], most)

    def names(
        self, asked: Asked, question: PathQuestion, most: int | None, *, both: bool
    ) -> pl.DataFrame:
        """Return what can be a step, as :func:`reports.step_names.name_counts` does.

        Names are counted in the period asked about, and only where ``most`` makes it matter.
        """
        found = [name_counts(self._trail(asked), question, counted=most is not None)]
        if both and asked.query.previous is not None:
            found.append(name_counts(self._trail(asked, previous=True), question, counted=False))
        return pl.concat(found)

    def steps(self, asked: Asked, question: PathQuestion, labels: Labels) -> Counts:
        """Return how often each step is met where."""
        return step_counts(self._trail(asked), question, labels)

    def walks(
        self,
        asked: Asked,
        question: PathQuestion,
        labels: Labels,
        *,
        shown: Shown | None = None,
        previous: bool = False,
    ) -> pl.DataFrame:
        """Return how many visits took which steps."""
        won = None
        if not previous and "conversions" in asked.session_columns:
            won = _won(asked.sessions)
        trail = self._trail(asked, previous=previous)
        return walk_counts(trail, question, labels, won=won, shown=shown)

    @staticmethod
    def sized(asked: Asked) -> Asked:
        """Return the question as it is."""
        return asked

    def _trail(self, asked: Asked, *, previous: bool = False) -> Trail:
        known = self._trails.get(previous)
        if known is not None and known[0] is asked:
            return known[1]
        found = previous_trail(asked) if previous else current_trail(asked)
        if found is None:
            raise AssertionError("a period compared with was asked of a query that has none")
        self._trails[previous] = asked, found
        return found


def _won(sessions: pl.DataFrame) -> pl.Series:
    """Return by number of session whether it converted."""
    reached = sessions.filter(pl.col("conversions") > 0)["session"]
    most = int(sessions["session"].max() or 0)  # type: ignore[arg-type]
    return pl.repeat(False, most + 1, eager=True).scatter(reached, True)
