"""``paths`` and ``flows`` on a cluster: visits are walked part by part of the visitors.

First all parts agree on which steps keep their names, then each counts its visits by their steps.
What comes back has a row for each name, and for each different walk, of each part.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
import polars as pl

from reports.answers import flows as flows_report
from reports.answers import paths as paths_report
from reports.ask import Asked
from reports.on_cluster.parts import ByParts, Part
from reports.query import EVERYTHING, Filters
from reports.result import Report
from reports.step_names import labels_of
from reports.visit_paths import Labels, PathQuestion
from reports.walk_counts import SUMS, Counts, Shown
from reports.walking import Here
from sessionize.on_cluster import packed, unpacked
from weblog.cluster.session import Cluster
from weblog.store import Snapshot, Store


@dataclass(frozen=True, slots=True)
class OnCluster(ByParts):
    """Walks visits on a cluster (:class:`reports.walking.Walking`)."""

    def labels(
        self, asked: Asked, question: PathQuestion, most: int | None, *, both: bool
    ) -> Labels:
        """Return labels of steps.

        Raises:
            ClusterError: a job failed for good.
        """
        task = partial(count_names, question, most, both)
        return labels_of([unpacked(self.told(task, asked, "names of steps"))], most)

    def steps(self, asked: Asked, question: PathQuestion, labels: Labels) -> Counts:
        """Return how often each step is met where.

        Raises:
            ClusterError: a job failed for good.
        """
        task = partial(count_steps, question, labels)
        parts = np.stack(self.told(task, asked, "steps of visits"))
        return np.asarray(parts.sum(axis=0), dtype=np.int64)

    def walks(
        self,
        asked: Asked,
        question: PathQuestion,
        labels: Labels,
        *,
        shown: Shown | None = None,
        previous: bool = False,
    ) -> pl.DataFrame:
        """Return how many visits took which steps.

        Raises:
            ClusterError: a job failed for good.
        """
        task = partial(count_walks, question, labels, shown, previous)
        return walks_of(unpacked(self.told(task, asked, "ways of visits")), question)


def walks_of(parts: pl.DataFrame, question: PathQuestion) -> pl.DataFrame:
    """Return the walks of all parts, each different one once."""
    walks = parts.group_by(question.columns).agg(pl.col(SUMS).sum())
    return walks.select(*question.columns, *SUMS)


def paths(
    cluster: Cluster,
    source: Store | Snapshot,
    filters: Filters = EVERYTHING,
    *,
    start: str | None = None,
    end: str | None = None,
    goal: str | None = None,
    around: str | None = None,
    level: str = "page",
    depth: int = 4,
    nodes: int | None = 100,
    limit: int | None = 20,
) -> Report:
    """Answer :func:`reports.paths` by a cluster: the same rows.

    Raises:
        ClusterError: a job failed for good.
        QueryError, UnknownNameError, StoreError: as there.
    """
    question = PathQuestion(start, end, goal, around, level=level, depth=depth)
    return paths_report.answered(source, filters, question, nodes, limit, OnCluster(cluster))


def flows(
    cluster: Cluster,
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
    """Answer :func:`reports.flows` by a cluster: the same rows.

    Raises:
        ClusterError: a job failed for good.
        QueryError, UnknownNameError, StoreError: as there.
    """
    question = PathQuestion(start, end, goal, around, level=level, depth=depth)
    return flows_report.answered(source, filters, question, nodes, OnCluster(cluster))


# what runs on the executors


def count_names(
    question: PathQuestion, most: int | None, both: bool, asked: Part, part: int
) -> Iterator[bytes]:
    """Tell what can be a step in a part of the visits, each name once."""
    found = Here().names(asked.asked(part), question, most, both=both)
    each = found.group_by("name").agg(pl.col("kept").any(), pl.col("n").sum())
    yield pickle.dumps(packed(each))


def count_steps(question: PathQuestion, labels: Labels, asked: Part, part: int) -> Iterator[bytes]:
    """Tell how often each step is met where, in a part of the visits."""
    yield pickle.dumps(Here().steps(asked.asked(part), question, labels))


def count_walks(  # noqa: PLR0917  what a partial of it is given
    question: PathQuestion,
    labels: Labels,
    shown: Shown | None,
    previous: bool,
    asked: Part,
    part: int,
) -> Iterator[bytes]:
    """Tell how many visits of a part took which steps."""
    found = Here().walks(asked.asked(part), question, labels, shown=shown, previous=previous)
    yield pickle.dumps(packed(found))
