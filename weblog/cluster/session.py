"""The cluster: one Spark session, and jobs of it whose tasks are functions of this package."""

from __future__ import annotations

import os
import shutil
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import polars as pl
import pyarrow as pa

import weblog
from weblog.cluster_errors import ClusterError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

Task = Callable[[int], Iterable[bytes]]
"""What an executor does with the task of a number: it yields what it has to tell."""

KeyedTask = Callable[[int], Iterable[tuple[int, bytes]]]
"""The same, of a job in two steps: what it tells belongs to a key, a number."""

Fold = Callable[[Sequence[bytes]], bytes]
"""What an executor makes of all that was told of one key, in no order."""

SETTINGS: Final = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.session.timeZone": "UTC",
    "spark.log.level": "ERROR",
    # One task, one core: polars would else start a thread for every core in every task.
    "spark.executorEnv.POLARS_MAX_THREADS": "1",
}
"""What holds unless the caller or spark-submit says otherwise."""

PIECE: Final = "spark.weblog.pieceBytes"
PIECE_BYTES: Final = 64 << 20
"""Some 200,000 lines: a second's work."""

_PAYLOAD: Final = "payload binary"
_KEYED: Final = f"key long, {_PAYLOAD}"


@dataclass(frozen=True, slots=True)
class Cluster:
    """A Spark session to run jobs in. Make it with :func:`cluster`."""

    spark: SparkSession

    @property
    def slots(self) -> int:
        """How many tasks run at once."""
        said = self.spark.conf.get("spark.default.parallelism", None)
        return int(said) if said else max(int(self.spark.sparkContext.defaultParallelism), 1)

    @property
    def piece_bytes(self) -> int:
        """Bytes of a plain file that one task reads: :data:`PIECE`, or as the settings have it."""
        return int(self.spark.conf.get(PIECE, "") or PIECE_BYTES)

    def run(self, task: Task, count: int, about: str) -> list[tuple[int, bytes]]:
        """Run tasks 0 to ``count`` - 1, and return what each told, in order, with its number.

        A task that fails is tried again, also on another machine; what failed tries told is lost.

        Args:
            task: a function of this package, or a :func:`functools.partial` of one: it is sent to
                the executors by its name, with its arguments.
            count: how many tasks.
            about: what they do, in Spark's pages and event log.

        Raises:
            ClusterError: a task failed several times.
        """
        if not count:
            return []
        numbers = self.spark.range(0, count, 1, numPartitions=count)
        told = numbers.mapInArrow(partial(_told, task, versions()), f"task long, {_PAYLOAD}")
        rows = collected(told, about)
        order = sorted(range(len(rows)), key=lambda place: rows[place][0])  # stable
        return [rows[place] for place in order]

    def gathered(
        self, task: KeyedTask, count: int, fold: Fold, keys: int, about: str
    ) -> list[tuple[int, bytes]]:
        """Run tasks, bring together what they told of each key, and return what is made of it.

        Args:
            task: a function of this package, or a :func:`functools.partial` of one.
            count: how many tasks.
            fold: likewise; it gets all of one key.
            keys: how many keys there are at most.
            about: what they do, in Spark's pages and event log.

        Returns:
            Keys, ascending, of which something was told, and what ``fold`` made of it.

        Raises:
            ClusterError: a task failed several times.
        """
        if not count:
            return []
        numbers = self.spark.range(0, count, 1, numPartitions=count)
        told = numbers.mapInArrow(partial(_told_by_key, task, versions()), _KEYED)
        # A function without annotations: pyspark cannot read those that are texts.
        folding = lambda table: _folded(fold, table)  # noqa: E731
        grouped = told.repartition(keys, "key").groupBy("key")
        return sorted(collected(grouped.applyInArrow(folding, _KEYED), about))


def collected(frame: Any, about: str) -> list[tuple[Any, ...]]:
    """Run a job and return the rows it makes; ``about`` is what Spark calls it.

    Raises:
        ClusterError: it failed.
    """
    from py4j.protocol import Py4JError  # noqa: PLC0415  only where there is a cluster
    from pyspark.errors import PySparkException  # noqa: PLC0415  likewise

    try:
        frame.sparkSession.sparkContext.setJobDescription(about)
        return [tuple(row) for row in frame.collect()]
    except (PySparkException, Py4JError, ConnectionError) as error:
        raise ClusterError(_shortly(str(error)), _advice(str(error))) from error


def versions() -> str:
    """Return what has to be the same everywhere: with another polars, texts hash otherwise."""
    return f"{weblog.__version__} with polars {pl.__version__}"


def _told(task: Task, version: str, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    _check_version(version)
    for number in _numbers(batches):
        for payload in task(number):
            yield pa.RecordBatch.from_pydict(
                {"task": pa.array([number], pa.int64()), "payload": pa.array([payload])}
            )


def _told_by_key(
    task: KeyedTask, version: str, batches: Iterator[pa.RecordBatch]
) -> Iterator[pa.RecordBatch]:
    _check_version(version)
    for number in _numbers(batches):
        for key, payload in task(number):
            yield pa.RecordBatch.from_pydict(
                {"key": pa.array([key], pa.int64()), "payload": pa.array([payload], pa.binary())}
            )


def _folded(fold: Fold, table: pa.Table) -> pa.Table:
    made = fold(table.column("payload").to_pylist())
    key = table.column("key")[:1]
    return pa.table({"key": key, "payload": pa.array([made], pa.binary())})


def _numbers(batches: Iterator[pa.RecordBatch]) -> Iterator[int]:
    return (number for batch in batches for number in batch.column(0).to_pylist())


def _check_version(version: str) -> None:
    if version != versions():
        raise RuntimeError(f"executors run weblog {versions()}, the driver {version}")


def _shortly(text: str) -> str:
    """Return what a job's failure says, without the stacks of two languages around it."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    told = [
        line for line in lines if not line.startswith(("at ", "File ", "Traceback", "^", "..."))
    ]
    named = [
        line for line in told if "Error: " in line or "Exception: " in line or "weblog" in line
    ]
    return (named or told or ["no reason given"])[-1][:500].rstrip(".")


def _advice(text: str) -> str:
    if "No module named" in text:
        return (
            "Every executor needs weblog-insight and what it depends on: ship an environment with "
            "--spark-conf spark.archives, or install the wheel there (docs/spark.md)."
        )
    return "What was committed is safe: run it again when the cluster is in order."


@contextmanager
def cluster(
    master: str | None = None, settings: Mapping[str, str] | None = None
) -> Iterator[Cluster]:
    """Start a Spark session while a block runs; one that runs already is used, and left running.

    Args:
        master: Spark's address of the cluster, such as ``spark://host:7077``, ``yarn``,
            ``k8s://https://host:6443`` or ``local[4]``; by default what spark-submit or
            ``spark-defaults.conf`` says.
        settings: Spark's, by name.

    Raises:
        ClusterError: pyspark or Java is missing, or the cluster cannot be reached.
    """
    try:
        from pyspark.errors import PySparkException  # noqa: PLC0415  an extra
        from pyspark.sql import SparkSession  # noqa: PLC0415  likewise
    except ImportError:
        raise ClusterError(
            "pyspark is not installed", "pip install 'weblog-insight[spark]'"
        ) from None
    running = SparkSession.getActiveSession()
    if running is not None:
        yield Cluster(running)
        return
    _look_for_java()
    # It works with pandas 3 where nothing is handed over by pandas, as here.
    warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)
    builder = SparkSession.builder.appName("weblog ingest")
    if master is not None:
        builder = builder.master(master)
    chosen = {**SETTINGS, **(settings or {})}
    # The executors' Python is by default the driver's; Spark takes it from here alone.
    os.environ.setdefault("PYSPARK_PYTHON", chosen.pop("spark.pyspark.python", sys.executable))
    for name, value in chosen.items():
        builder = builder.config(name, value)
    try:
        spark = builder.getOrCreate()
    except (PySparkException, OSError) as error:
        raise ClusterError(_shortly(str(error)), "Look at --master.") from error
    except Exception as error:  # Java's own, of many classes
        if type(error).__module__.partition(".")[0] != "py4j":
            raise
        raise ClusterError(_shortly(str(error)), "Look at --master.") from error
    try:
        yield Cluster(spark)
    finally:
        spark.stop()


def _look_for_java() -> None:
    home = os.environ.get("JAVA_HOME")
    if shutil.which("java") is None and not (home and Path(home, "bin", "java").exists()):
        raise ClusterError(
            "no Java is installed, which Spark runs on",
            "Install Java 17 or newer, on Debian: apt-get install openjdk-17-jre-headless",
        )


def evenly(weights: Sequence[int], most: int) -> list[list[int]]:
    """Put the places of ``weights`` into groups, in order, of about ``most`` each."""
    groups: list[list[int]] = []
    room = 0
    for place, weight in enumerate(weights):
        if not groups or weight > room:
            groups.append([])
            room = most
        groups[-1].append(place)
        room -= weight
    return groups
