"""Heavy reports on a cluster: executors sum up parts of the visitors, this process concludes.

Each task reads the sessions and page views of its part of the visitors and sums them up by the
functions that one machine runs. No visitor is in two parts, so sums over visitors add up, and
what follows from them (shares, intervals, what is beyond chance) is reckoned here, once. What
comes back has a row for each group and thing viewed, however many hits there are.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import polars as pl

from reports.answers.preference import answered, looks, with_dwell_times
from reports.ask import Asked
from reports.ordered import VISITOR
from reports.query import EVERYTHING, Filters, Query
from reports.result import Report
from reports.tastes import Tastes, added_up, medians_of, tastes
from weblog.cluster.session import Cluster
from weblog.errors import UsageError
from weblog.remote.place import place
from weblog.store import Snapshot, Store

PART_ROWS: Final = 20_000_000
"""Page views of a part: a task takes about a hundred bytes of memory for each."""

_OF_VISITORS: Final = ("sessions", "page_views")


@dataclass(frozen=True, slots=True)
class PartSnapshot(Snapshot):
    """A snapshot with the sessions and page views of one part of the visitors."""

    part: int = 0
    parts: int = 1

    def scan(self, name: str) -> pl.LazyFrame:
        """Return the rows of a table, of the visitors of this part where it tells of visitors."""
        rows = Snapshot.scan(self, name)
        return rows.filter(VISITOR % self.parts == self.part) if name in _OF_VISITORS else rows

    def identity(self, name: str) -> tuple[str, int]:
        """Return what tells this part of a table from all others, and from the whole."""
        table, version = Snapshot.identity(self, name)
        return f"{table} {self.part} of {self.parts}", version


@dataclass(frozen=True, slots=True)
class Part:
    """A question as it is sent to the executors, which ask it of their parts."""

    folder: str
    versions: dict[str, int]
    parts: int
    query: Query
    sessions: tuple[str, ...]
    page_views: tuple[str, ...]

    def asked(self, part: int) -> Asked:
        """Return the question, asked of one part of the visitors."""
        seen = PartSnapshot(place(self.folder), self.versions, part=part, parts=self.parts)
        return Asked(seen, self.query, self.sessions, self.page_views)


@dataclass(frozen=True, slots=True)
class Sized(Asked):
    """A question that was counted elsewhere: none of its rows is read here."""

    sessions_told: int = 0
    has_told: Callable[[str], bool] | None = None

    @property
    def session_count(self) -> int:
        """How many sessions the period asked about has."""
        return self.sessions_told

    def has(self, column: str) -> bool:
        """Say whether some page view of the period asked about has a value in ``column``."""
        return self.has_told is not None and self.has_told(column)


@dataclass(frozen=True, slots=True)
class OnCluster:
    """Sums up on a cluster (:class:`reports.answers.preference.Counting`).

    ``part_rows`` is a size, for tests.
    """

    cluster: Cluster
    part_rows: int = PART_ROWS

    def cells(
        self, asked: Asked, kind: str, of: str, half_life: float | None, *, previous: bool = False
    ) -> pl.DataFrame:
        """Return the cells of a period.

        Raises:
            ClusterError: a job failed for good.
        """
        task = partial(sum_looks, kind, of, half_life, previous)
        return cells_of(self._told(task, asked, "what groups look at"))

    def sized(self, asked: Asked) -> Asked:
        """Return the question with its number of sessions.

        Raises:
            ClusterError: a job failed for good.
        """
        count = sum(self._told(count_sessions, asked, "count sessions"))

        def has(column: str) -> bool:
            return any(self._told(partial(has_values, column), asked, "look for values"))

        return Sized(
            asked.snapshot, asked.query, asked.session_columns, asked.view_columns, count, has
        )

    def _told(self, task: Callable[..., Iterator[bytes]], asked: Asked, about: str) -> list[Any]:
        snapshot = asked.snapshot
        rows = sum(snapshot.rows_by_day("page_views").values())
        parts = max(self.cluster.slots, -(-rows // self.part_rows))
        question = Part(
            str(snapshot.folder),
            dict(snapshot.versions),
            parts,
            asked.query,
            tuple(asked.session_columns),
            tuple(asked.view_columns),
        )
        found = self.cluster.run(partial(task, question), parts, about)
        return [pickle.loads(payload) for _, payload in found]  # noqa: S301  the executors' own


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


REPORTS: Final = {"preference": preference}
"""Reports that are answered by a cluster, too."""


def check_known(names: Sequence[str]) -> None:
    """Refuse reports that run on one machine only.

    Raises:
        UsageError: there is one among ``names``.
    """
    for name in names:
        if name not in REPORTS:
            raise UsageError(
                f"report {name} runs on one machine; --engine spark knows: {', '.join(REPORTS)}"
            )


# what runs on the executors


def sum_looks(  # noqa: PLR0917  what a partial of it is given
    kind: str, of: str, half_life: float | None, previous: bool, question: Part, part: int
) -> Iterator[bytes]:
    """Tell the sums of a part of the visitors, and how long their views took."""
    of_groups, of_everyone = looks(question.asked(part), kind, of, half_life, previous=previous)
    summed: Tastes = tastes(of_groups, of_everyone)
    yield pickle.dumps((summed, of_groups.dwells))


def count_sessions(question: Part, part: int) -> Iterator[bytes]:
    """Tell how many sessions a part has."""
    yield pickle.dumps(question.asked(part).session_count)


def has_values(column: str, question: Part, part: int) -> Iterator[bytes]:
    """Tell whether some page view of a part has a value in ``column``."""
    yield pickle.dumps(question.asked(part).has(column))
