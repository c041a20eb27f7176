"""What Spark's processes used, and what its event log tells of tasks."""

from __future__ import annotations

import heapq
import json
import os
import threading
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Used:
    """Processor seconds so far: of this process and the Pythons it started, and of Java."""

    python: float
    java: float


@dataclass(frozen=True, slots=True)
class Stage:
    """Tasks that begin when all of the stage before have ended: what they do, and seconds."""

    about: str
    seconds: tuple[float, ...]

    @property
    def figures(self) -> dict[str, float]:
        """How many tasks, their seconds together, and those of the longest."""
        return {
            "tasks": len(self.seconds),
            "seconds": round(sum(self.seconds), 1),
            "longest": round(max(self.seconds), 2),
        }


class Meter:
    """Counts what this process and all it started use, while a block runs.

    It looks several times a second: a process that ends takes its count with it, since Spark's
    daemon of Pythons does not wait for them.
    """

    def __init__(self) -> None:
        self._seen: dict[tuple[int, str], float] = {}
        self._java: set[tuple[int, str]] = set()
        self._ended = threading.Event()
        self._looking = threading.Thread(target=self._look_on, daemon=True)

    def __enter__(self) -> Meter:
        self._looking.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._looking.join()

    @property
    def used(self) -> Used:
        """What was used so far."""
        self._look()
        java = sum((self._seen[each] for each in self._java), 0.0)
        return Used(time.process_time() + sum(self._seen.values()) - java, java)

    def _look_on(self) -> None:
        while not self._ended.wait(0.3):
            self._look()

    def _look(self) -> None:
        children: dict[int, list[tuple[int, str]]] = {}
        spent: dict[tuple[int, str], float] = {}
        for status in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = status.read_text("utf-8", "replace").rpartition(")")[2].split()
            except OSError:
                continue  # it has ended
            one = int(status.parent.name), fields[19]  # when it began: numbers come again
            children.setdefault(int(fields[1]), []).append(one)
            spent[one] = sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")
        waiting = [os.getpid()]
        while waiting:
            for one in children.get(waiting.pop(), []):
                waiting.append(one[0])
                if one not in self._java and _is_java(one[0]):  # it began as a shell
                    self._java.add(one)
                self._seen[one] = max(self._seen.get(one, 0.0), spent[one])


def _is_java(pid: int) -> bool:
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
    return command.split(b"\0")[0].endswith(b"java")


def stages_of(log: Path, start: float, end: float) -> list[Stage]:
    """Return the stages of the jobs that began between two instants, in order, from an event log.

    Stages that do the same, wave by wave, stay apart: each waits for its own longest task.
    """
    about: dict[int, str] = {}
    seconds: dict[int, list[float]] = {}
    for line in log.read_text("utf-8").splitlines():
        event = json.loads(line)
        if event["Event"] == "SparkListenerJobStart":
            if start <= event["Submission Time"] / 1e3 <= end:
                what = event["Properties"].get("spark.job.description", "")
                for stage in event["Stage IDs"]:
                    about.setdefault(stage, what)
        elif event["Event"] == "SparkListenerTaskEnd" and event["Stage ID"] in about:
            info = event["Task Info"]
            taken = (info["Finish Time"] - info["Launch Time"]) / 1e3
            seconds.setdefault(event["Stage ID"], []).append(taken)
    return [Stage(about[stage], tuple(seconds[stage])) for stage in sorted(seconds)]


def together(stages: list[Stage]) -> list[Stage]:
    """Return one stage for all that do the same."""
    found: dict[str, tuple[float, ...]] = {}
    for stage in stages:
        found[stage.about] = (*found.get(stage.about, ()), *stage.seconds)
    return [Stage(about, seconds) for about, seconds in found.items()]


def reckoned(stages: list[Stage], slots: int) -> float:
    """Return the seconds until all have ended, tasks being given out in order to so many slots."""
    whole = 0.0
    for stage in stages:
        free = [0.0] * slots
        for taken in stage.seconds:
            heapq.heapreplace(free, free[0] + taken)
        whole += max(free)
    return whole
