"""Parts of the visitors, each asked the same question by one task of a cluster.

No visitor is in two parts, so sums over visitors add up. Each task reads all files of the period
and keeps its part: memory is divided among tasks, reading is not.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import polars as pl

from reports.ask import Asked
from reports.ordered import VISITOR
from reports.query import Query
from weblog.cluster.session import Cluster
from weblog.remote.place import place
from weblog.store import Snapshot

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


def parted(cluster: Cluster, asked: Asked, part_rows: int = PART_ROWS) -> Part:
    """Return a question as executors ask it, of at least a part for each task at once.

    Args:
        cluster: whose executors they are.
        asked: the question.
        part_rows: page views of a part; a size, for tests.
    """
    snapshot = asked.snapshot
    rows = sum(snapshot.rows_by_day("page_views").values())
    return Part(
        str(snapshot.folder),
        dict(snapshot.versions),
        max(cluster.slots, -(-rows // part_rows)),
        asked.query,
        tuple(asked.session_columns),
        tuple(asked.view_columns),
    )


@dataclass(frozen=True, slots=True)
class ByParts:
    """Asks a cluster; ``part_rows``, page views of a part, is a size, for tests."""

    cluster: Cluster
    part_rows: int = PART_ROWS

    def told(self, task: Callable[..., Iterator[bytes]], asked: Asked, about: str) -> list[Any]:
        """Return what a task tells of each part, in order.

        Raises:
            ClusterError: the job failed for good.
        """
        question = parted(self.cluster, asked, self.part_rows)
        found = self.cluster.run(partial(task, question), question.parts, about)
        return [pickle.loads(payload) for _, payload in found]  # noqa: S301  the executors' own

    def sized(self, asked: Asked) -> Asked:
        """Return the question with its number of sessions.

        Raises:
            ClusterError: a job failed for good.
        """
        count = sum(self.told(count_sessions, asked, "count sessions"))

        def has(column: str) -> bool:
            return any(self.told(partial(has_values, column), asked, "look for values"))

        columns = asked.session_columns, asked.view_columns
        return Sized(asked.snapshot, asked.query, *columns, count, has)


# what runs on the executors


def count_sessions(question: Part, part: int) -> Iterator[bytes]:
    """Tell how many sessions a part has."""
    yield pickle.dumps(question.asked(part).session_count)


def has_values(column: str, question: Part, part: int) -> Iterator[bytes]:
    """Tell whether some page view of a part has a value in ``column``."""
    yield pickle.dumps(question.asked(part).has(column))
