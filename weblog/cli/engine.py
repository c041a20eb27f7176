"""``--engine``: what does the work of ingest and heavy reports, this machine or a cluster."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial, wraps
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from reports.result import Report
    from weblog.ingestion import IngestSummary

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Work:
    """The two functions that do it, each called as its local one: ingest, then update."""

    ingest: Callable[..., IngestSummary]
    update: Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Engine:
    """What was chosen: ``local``, or ``spark`` with its address and settings."""

    name: str = "local"
    master: str | None = None
    settings: tuple[tuple[str, str], ...] = ()

    @contextmanager
    def at_work(self) -> Iterator[Work]:
        """Have it at hand while a block runs.

        Raises:
            ClusterError: the cluster cannot be reached.
        """
        import sessionize
        from weblog.ingestion import ingest

        if self.name == "local":
            yield Work(ingest, sessionize.update)
            return
        from sessionize import on_cluster
        from weblog.cluster.ingest import ingest as ingest_on_cluster
        from weblog.cluster.session import cluster

        with cluster(self.master, dict(self.settings)) as found:
            cutter = on_cluster.ClusterCutter(found)
            yield Work(
                partial(ingest_on_cluster, cluster=found),
                partial(sessionize.update, cutter=cutter, portion_rows=on_cluster.PORTION_ROWS),
            )

    @contextmanager
    def answering(
        self, functions: Mapping[str, Callable[..., Report]]
    ) -> Iterator[Mapping[str, Callable[..., Report]]]:
        """Have what answers these reports at hand while a block runs.

        Raises:
            UsageError: a cluster does not answer one of them.
            ClusterError: the cluster cannot be reached.
        """
        if self.name == "local":
            yield functions
            return
        from reports.on_cluster import REPORTS, check_known
        from weblog.cluster.session import cluster

        check_known(list(functions))
        with cluster(self.master, dict(self.settings)) as found:
            yield {name: partial(REPORTS[name], found) for name in functions}


LOCAL = Engine()


def engine_options(command: F) -> F:
    """Add the options that choose the engine; the command gets it as ``engine``."""

    @click.option(
        "--engine",
        "engine_name",
        type=click.Choice(["local", "spark"]),
        default="local",
        show_default=True,
        help="What does the work: this machine, or a Spark cluster (docs/spark.md).",
    )
    @click.option(
        "--master",
        metavar="URL",
        help="With --engine spark: the cluster, e.g. spark://host:7077, yarn or local[4].  "
        "[default: what spark-submit or spark-defaults.conf says]",
    )
    @click.option(
        "--spark-conf",
        "settings",
        multiple=True,
        metavar="NAME=VALUE",
        callback=_pairs,
        help="With --engine spark: a setting of Spark's, e.g. spark.executor.memory=8g.",
    )
    @wraps(command)
    def chosen(
        engine_name: str, master: str | None, settings: tuple[tuple[str, str], ...], **options: Any
    ) -> Any:
        if engine_name == "local" and (master is not None or settings):
            raise click.UsageError("--master and --spark-conf are for --engine spark.")
        return command(**options, engine=Engine(engine_name, master, settings))

    return chosen  # type: ignore[return-value]


def _pairs(
    _: click.Context, __: click.Parameter, values: tuple[str, ...]
) -> tuple[tuple[str, str], ...]:
    pairs = [value.partition("=") for value in values]
    wrong = [name for name, sign, _ in pairs if not sign or not name.startswith("spark.")]
    if wrong:
        raise click.BadParameter(f"{wrong[0]!r}: expected spark.NAME=VALUE.")
    return tuple((name, value) for name, _, value in pairs)
