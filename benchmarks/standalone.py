"""A real standalone Spark cluster on loopback: one master and two workers, each its own process."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[1]
WORKERS = 2
_WAIT = 300.0

CONF = {
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.memory": "512m",
    "spark.executor.memory": "512m",
    # A worker that dies is noticed at once where its process ends; the master's patience is short.
    "spark.task.maxFailures": "4",
}
QUICK_TO_START = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
"""For processes that live a few seconds: no time is spent on making their code fast."""


@dataclass
class SparkCluster:
    """``url`` is the master's; ``workers`` are the processes of the workers."""

    folder: Path
    url: str = ""
    master: subprocess.Popen[bytes] | None = None
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def options(self) -> list[str]:
        """What ``weblog ingest`` is given to work here."""
        settings = [f"--spark-conf={name}={value}" for name, value in CONF.items()]
        return ["--engine", "spark", "--master", self.url, *settings]

    @property
    def environment(self) -> dict[str, str]:
        """What the processes of the cluster, and commands that use it, are started with."""
        return {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "SPARK_LOCAL_IP": "127.0.0.1",
            "JAVA_TOOL_OPTIONS": QUICK_TO_START,
        }

    def add_worker(self) -> None:
        """Start one more worker, and wait until the master knows it."""
        number = len(list(self.folder.glob("worker*.log")))
        work = self.folder / f"work{number}"
        arguments = ("--host", "127.0.0.1", "--port", "0", "--webui-port", "0")
        log = self.folder / f"worker{number}.log"
        self.workers.append(
            self._start(
                "worker.Worker", *arguments, "--cores", "1", "--memory", "600m",
                "--work-dir", str(work), self.url, log=log,
            )
        )  # fmt: skip
        until(lambda: "Successfully registered" in log.read_text("utf-8"), f"{log} to register")

    def kill(self, worker: subprocess.Popen[bytes]) -> None:
        """Kill a worker with all it started, as when its machine loses power."""
        for pid in [worker.pid, *descendants(worker.pid)]:
            kill(pid)
        worker.wait()
        self.workers.remove(worker)

    def _start(self, name: str, *arguments: str, log: Path) -> subprocess.Popen[bytes]:
        home = _home()
        command = [str(home / "bin" / "spark-class"), f"org.apache.spark.deploy.{name}"]
        settings = {"SPARK_DAEMON_MEMORY": "256m", "SPARK_HOME": str(home)}
        with log.open("wb") as output:
            return subprocess.Popen(
                [*command, *arguments],
                env={**self.environment, **settings},
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=self.folder,
            )

    def start(self) -> None:
        """Start the master and the workers."""
        log = self.folder / "master.log"
        port = str(free_port())
        self.master = self._start(
            "master.Master", "--host", "127.0.0.1", "--port", port, "--webui-port", "0", log=log
        )
        self.url = f"spark://127.0.0.1:{port}"
        until(
            lambda: re.search("I have been elected leader", log.read_text("utf-8")) is not None,
            "a master",
        )
        for _ in range(WORKERS):
            self.add_worker()


@contextmanager
def spark_cluster(folder: Path) -> Iterator[SparkCluster]:
    """Start a cluster in ``folder``, and end every process of it."""
    found = SparkCluster(folder)
    try:
        found.start()
        yield found
    finally:
        for worker in list(found.workers):
            found.kill(worker)
        if found.master is not None:
            found.master.kill()
            found.master.wait()


def _home() -> Path:
    import pyspark  # noqa: PLC0415  an extra

    return Path(pyspark.__file__).parent


def until(holds: Callable[[], bool], what: str) -> None:
    """Wait until something holds.

    Raises:
        TimeoutError: it did not, for five minutes: Java starts slowly on a busy machine.
    """
    end = time.monotonic() + _WAIT
    while not holds():
        if time.monotonic() > end:
            raise TimeoutError(f"waited for {what}")
        time.sleep(0.05)


def descendants(pid: int) -> list[int]:
    """Return the processes that one started, and those started by them."""
    parents: dict[int, list[int]] = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text("utf-8", "replace").rpartition(")")[2].split()
        except OSError:
            continue  # it has ended
        parents.setdefault(int(fields[1]), []).append(int(status.parent.name))
    found, waiting = [], [pid]
    while waiting:
        children = parents.get(waiting.pop(), [])
        found += children
        waiting += children
    return found


def kill(pid: int) -> None:
    """Kill a process, unless it has ended."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def free_port() -> int:
    """Return a port of this machine that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
