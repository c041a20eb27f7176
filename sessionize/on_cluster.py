"""Cut the hits of days into sessions on a cluster: the same functions, keyed by day and bucket.

Executors read the files of the days, keep what sessions are made of, and hand it on by day (small
days together, and all where midnight does not end sessions) and by a bucket of visitors: a
visitor's hits of a day are in one place, and :func:`sessionize.make_sessions` cuts them there.
Whether a place's pages come with assets all visitors of a day tell together: that is counted
first, by a job of its own. Page views, which are many, are written where they are made; sessions
come back to this process, since whether a visitor is new and of which segment a customer is
follows from other days.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

import polars as pl
import pyarrow as pa

from sessionize.parts import ATTACHED, CORE
from sessionize.reading import days_read
from sessionize.robots import added_up, takers
from sessionize.rules import SessionRules
from sessionize.sessions import CORE_COLUMNS, Sessionized, make_sessions
from sessionize.update import Made
from weblog.cluster.session import Cluster, collected, evenly
from weblog.remote.place import place
from weblog.schema import HITS, PAGE_VIEWS, PLACES, ROBOTS, SESSIONS
from weblog.store import Snapshot
from weblog.store.commit import WrittenFiles, written_parts

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

PORTION_ROWS: Final = 20_000_000
"""Hits worked through at once: what comes back of them is a tenth, in this process's memory."""

BUCKET_ROWS: Final = 250_000
"""Hits of a bucket, on average: a task's memory follows it, but for one visitor with more."""

LEAST_ROWS: Final = 20_000
"""Hits of a bucket at least, where there are few: a task costs more than these."""

FILE_ROWS: Final = 500_000
"""Hits that one task reads."""

_COLUMNS: Final = (*CORE_COLUMNS, "method")
_KEYED: Final = "unit bigint, bucket bigint, hits binary"
_TOLD: Final = "kind string, payload binary"


@dataclass(frozen=True, slots=True)
class ClusterCutter:
    """Cuts the hits of days into sessions on a cluster, as :data:`sessionize.update.Cutter`.

    ``bucket_rows`` and ``file_rows`` are sizes, for tests.
    """

    cluster: Cluster
    bucket_rows: int = BUCKET_ROWS
    file_rows: int = FILE_ROWS

    def __call__(self, snapshot: Snapshot, days: Sequence[date], rules: SessionRules) -> Made:
        """Return sessions that count on ``days``, their page views, robots and places.

        Raises:
            ClusterError: a job failed for good.
        """
        read = days_read(snapshot, days, rules)
        files = _files(snapshot, read)
        rows = sum(file.rows for file in files)
        if not rows:
            none = (table.empty() for table in (SESSIONS, PAGE_VIEWS, ROBOTS, PLACES))
            return Made(*none)
        grouped = self._grouped(snapshot, files, rows, rules)
        try:
            places = self._places(grouped)
            return self._made(grouped, snapshot, days, rules, places)
        finally:
            grouped.unpersist()

    def _grouped(
        self, snapshot: Snapshot, files: Sequence[HitFile], rows: int, rules: SessionRules
    ) -> DataFrame:
        """Return what sessions are made of, by ``unit`` of days and ``bucket`` of visitors."""
        from pyspark.storagelevel import StorageLevel  # noqa: PLC0415  an extra

        target = min(self.bucket_rows, max(rows // (2 * self.cluster.slots), LEAST_ROWS))
        units = units_of(files, target, together=not rules.ends_at_midnight)
        groups = evenly([file.rows for file in files], self.file_rows)
        paths = [[(files[at].path, *units[files[at].day]) for at in group] for group in groups]
        spark = self.cluster.spark
        read = partial(read_hits, str(snapshot.folder.resolve()), paths)
        keyed = spark.range(0, len(paths), 1, numPartitions=len(paths)).mapInArrow(read, _KEYED)
        count = sum(buckets for _, buckets in set(units.values()))
        return keyed.repartition(count, "unit", "bucket").persist(StorageLevel.DISK_ONLY)

    def _places(self, grouped: DataFrame) -> pl.DataFrame:
        """Count who takes assets where, all visitors together."""
        # Functions without annotations: pyspark cannot read those that are texts.
        count = lambda table: count_takers(table)  # noqa: E731, PLW0108
        told = grouped.groupBy("unit", "bucket").applyInArrow(count, _TOLD)
        counts = [pickle.loads(payload) for _, payload in collected(told, "who takes assets")]  # noqa: S301
        return added_up(counts) if counts else PLACES.empty()

    def _made(
        self,
        grouped: DataFrame,
        snapshot: Snapshot,
        days: Sequence[date],
        rules: SessionRules,
        places: pl.DataFrame,
    ) -> Made:
        folder = str(snapshot.folder.resolve() / PAGE_VIEWS.name)
        cut = lambda table: cut_sessions(folder, tuple(days), rules, places, table)  # noqa: E731
        told = collected(grouped.groupBy("unit", "bucket").applyInArrow(cut, _TOLD), "cut sessions")
        found: dict[str, list[Any]] = {"sessions": [], "robots": [], "files": []}
        for kind, payload in told:
            found[kind].append(pickle.loads(payload))  # noqa: S301  this run's own
        return Made(
            pl.concat([SESSIONS.empty(), *found["sessions"]]),
            WrittenFiles(tuple(action for actions in found["files"] for action in actions)),
            pl.concat([ROBOTS.empty(), *found["robots"]]),
            places.filter(pl.col("date").is_in(sorted(days))),
        )


@dataclass(frozen=True, slots=True)
class HitFile:
    """A file of hits: its path in the table's folder, its day, and how many there are."""

    path: str
    day: date
    rows: int


def _files(snapshot: Snapshot, days: Sequence[date]) -> list[HitFile]:
    """Return the files of hits of some days, in order."""
    actions = snapshot.delta(HITS.name).get_add_actions(flatten=True)
    if not actions.num_rows:
        return []
    known = pl.DataFrame(actions).filter(pl.col("partition.date").is_in(sorted(days)))
    rows = known.select("path", "partition.date", pl.col("num_records").cast(pl.Int64))
    return [HitFile(*row) for row in rows.sort("partition.date", "path").rows()]


def units_of(
    files: Sequence[HitFile], target: int, *, together: bool
) -> dict[date, tuple[int, int]]:
    """Return for each day its unit, and into how many buckets of visitors that is cut.

    Args:
        files: of the days.
        target: hits of a bucket.
        together: sessions reach over days: all are one unit.
    """
    rows: dict[date, int] = {}
    for file in files:
        rows[file.day] = rows.get(file.day, 0) + file.rows
    days = sorted(rows)
    found: dict[date, tuple[int, int]] = {}
    units = [[*range(len(days))]] if together else evenly([rows[day] for day in days], target)
    for unit, places in enumerate(units):
        total = sum(rows[days[place]] for place in places)
        found |= {days[place]: (unit, max(-(-total // target), 1)) for place in places}
    return found


# what runs on the executors


def read_hits(
    folder: str, groups: Sequence[Sequence[tuple[str, int, int]]], batches: Iterator[pa.RecordBatch]
) -> Iterator[pa.RecordBatch]:
    """Read the hits of some files that take part in sessions; put them up by unit and bucket.

    The hits of a bucket are one value to Spark, packed: rows that Java takes apart, column by
    column, cost several times as much as making sessions of them.
    """
    snapshot = Snapshot(place(folder), {})
    is_visit = pl.col("visitor_id").is_not_null() & pl.col("kind").is_in([*CORE, *ATTACHED])
    for batch in batches:
        for number in batch.column(0).to_pylist():
            units: dict[tuple[int, int], list[str]] = {}
            for path, unit, buckets in groups[number]:
                units.setdefault((unit, buckets), []).append(path)
            for (unit, buckets), paths in units.items():
                rows = snapshot.scan_files(HITS.name, paths, is_visit).select(_COLUMNS).collect()
                for bucket, hits in in_buckets(rows, buckets):
                    yield pa.RecordBatch.from_pydict(
                        {
                            "unit": pa.array([unit], pa.int64()),
                            "bucket": pa.array([bucket], pa.int64()),
                            "hits": pa.array([packed(hits)], pa.binary()),
                        }
                    )


def in_buckets(rows: pl.DataFrame, buckets: int) -> Iterator[tuple[int, pl.DataFrame]]:
    """Yield the hits of each bucket of visitors; the same on every executor."""
    bucket = pl.col("visitor_id").hash() % buckets
    parts = rows.with_columns(bucket.cast(pl.Int64).alias("bucket")).partition_by(
        "bucket", as_dict=True, include_key=False
    )
    for (number,), part in sorted(parts.items()):
        yield number, part


def packed(rows: pl.DataFrame) -> bytes:
    """Return rows as one value."""
    target = BytesIO()
    rows.write_ipc(target, compression="lz4")
    return target.getvalue()


def unpacked(values: Iterable[bytes]) -> pl.DataFrame:
    """Return the rows of values that :func:`packed` made, one after the other."""
    return pl.concat(pl.read_ipc(BytesIO(each)) for each in values)


def count_takers(table: pa.Table) -> pa.Table:
    """Count by place the visitors of a bucket, and those who take assets."""
    return _told([("places", takers(_hits(table)))])


def cut_sessions(
    folder: str, days: Sequence[date], rules: SessionRules, places: pl.DataFrame, table: pa.Table
) -> pa.Table:
    """Cut the hits of a bucket into sessions; page views are written, the rest is told."""
    made: Sessionized = make_sessions(_hits(table), rules, places)
    sessions, views, robots = (
        frame.filter(pl.col("date").is_in(sorted(days)))
        for frame in (made.sessions, made.page_views, made.robots)
    )
    files = written_parts(place(folder), views, PAGE_VIEWS).actions
    return _told([("sessions", sessions), ("robots", robots), ("files", files)])


def _hits(table: pa.Table) -> pl.DataFrame:
    return unpacked(each.as_buffer() for each in table.column("hits"))


def _told(rows: Sequence[tuple[str, object]]) -> pa.Table:
    kinds = [kind for kind, _ in rows]
    payloads = [pickle.dumps(told) for _, told in rows]
    return pa.table({"kind": pa.array(kinds), "payload": pa.array(payloads, pa.binary())})
