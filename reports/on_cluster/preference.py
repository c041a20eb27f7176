"""``preference`` on a cluster: sums of what groups look at, part by part of the visitors.

What comes back has a row for each group and thing viewed, however many hits there are.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import polars as pl

from reports.answers.preference import answered, looks, with_dwell_times
from reports.ask import Asked
from reports.on_cluster.parts import ByParts, Part
from reports.query import EVERYTHING, Filters
from reports.result import Report
from reports.tastes import Tastes, added_up, medians_of, tastes
from weblog.cluster.session import Cluster
from weblog.store import Snapshot, Store


@dataclass(frozen=True, slots=True)
class OnCluster(ByParts):
    """Sums up on a cluster (:class:`reports.answers.preference.Counting`)."""

    def cells(
        self, asked: Asked, kind: str, of: str, half_life: float | None, *, previous: bool = False
    ) -> pl.DataFrame:
        """Return the cells of a period.

        Raises:
            ClusterError: a job failed for good.
        """
        task = partial(sum_looks, kind, of, half_life, previous)
        return cells_of(self.told(task, asked, "what groups look at"))


def cells_of(told: Sequence[tuple[Tastes, pl.DataFrame]]) -> pl.DataFrame:
    """Return the cells that follow from what :func:`sum_looks` told of every part."""
    seen = added_up([each for each, _ in told])
    return with_dwell_times(seen, medians_of(pl.concat(dwells for _, dwells in told)))


def preference(
    cluster: Cluster,
    source: Store | Snapshot,
    filters: Filters = EVERYTHING,
    *,
    of: str = "segment",
    kind: str = "category",
    half_life: float | None = None,
    limit: int | None = 20,
) -> Report:
    """Answer :func:`reports.preference` by a cluster: the same rows.

    Counts are equal; what is reckoned from them is to ten digits and more, since fractions come
    out otherwise in the fifteenth where they are added in another order.

    Raises:
        ClusterError: a job failed for good.
        UnknownNameError, QueryError, StoreError: as there.
    """
    return answered(source, filters, of, kind, half_life, limit, OnCluster(cluster))


# what runs on the executors


def sum_looks(  # noqa: PLR0917  what a partial of it is given
    kind: str, of: str, half_life: float | None, previous: bool, question: Part, part: int
) -> Iterator[bytes]:
    """Tell the sums of a part of the visitors, and how long their views took."""
    of_groups, of_everyone = looks(question.asked(part), kind, of, half_life, previous=previous)
    summed: Tastes = tastes(of_groups, of_everyone)
    yield pickle.dumps((summed, of_groups.dwells))
