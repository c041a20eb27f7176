"""``python -m benchmarks.serial LOG STORE``: the main job in one thread, its time by stage.

Prints JSON: seconds of processor time by stage, lines, and the peak memory of the process in MB
when all hits were written and at its end. To be started with ``POLARS_MAX_THREADS=1``; what runs
at once in the real job runs one after the other here, so that each second is one stage's.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from typing import Any

STAGES = {
    "read and cut into chunks": ("weblog.sources.chunks", "Reader.chunks"),
    "parse": ("weblog.ingestion.segments", "parse_chunk"),
    "look texts up, classify new ones": ("weblog.ingestion.hits", "HitMaker.known"),
    "make hits": ("weblog.ingestion.hits", "HitMaker.made"),
    "write hits": ("weblog.ingestion.writing", "Writer.write"),
    "sessions, visitors, segments": ("sessionize", "update"),
}
"""The stages, and the function that is each."""


class Meter:
    """Processor time by stage; that of a stage within another is not counted twice."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self._open = ["start-up and the rest"]
        self._since = 0.0  # the process's start

    def enter(self, stage: str) -> None:
        """Count for ``stage`` from now on."""
        self._count()
        self._open.append(stage)

    def leave(self) -> None:
        """Count for the stage before again."""
        self._count()
        self._open.pop()

    def _count(self) -> None:
        now = time.process_time()
        self.seconds[self._open[-1]] += now - self._since
        self._since = now

    def metered(self, stage: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return ``function``, its time counted; of a generator that until each item."""

        def called(*args: Any, **named: Any) -> Any:
            self.enter(stage)
            try:
                found = function(*args, **named)
            finally:
                self.leave()
            return self._each(stage, found) if isinstance(found, Iterator) else found

        return called

    def _each(self, stage: str, items: Iterator[Any]) -> Iterator[Any]:
        while True:
            self.enter(stage)
            try:
                item = next(items)
            except StopIteration:
                return
            finally:
                self.leave()
            yield item


def serially(items: Iterable[Any], **_: int) -> Iterator[Any]:
    """Stand in for :func:`weblog.prefetch.ahead`: in the same thread, nothing ahead."""
    yield from items


def main(log: str, folder: str) -> None:
    """Read ``log`` into a new store, and print where the time went."""
    import sessionize  # noqa: PLC0415  counted as start-up, as everything that is imported
    import weblog  # noqa: PLC0415
    from weblog.cli.tuning import tune  # noqa: PLC0415

    tune()
    meter = Meter()
    for stage, (module, path) in STAGES.items():
        owner: Any = import_module(module)
        *classes, name = path.split(".")
        for each in classes:
            owner = getattr(owner, each)
        setattr(owner, name, meter.metered(stage, getattr(owner, name)))
    for module in ("weblog.ingestion.run", "weblog.sources.blocks", "sessionize.update"):
        import_module(module).ahead = serially  # type: ignore[attr-defined]
    store = weblog.open_store(folder, create=True)
    site = weblog.Site()
    summary = weblog.ingest(store, [log], site, publish=False)
    after_hits = _peak()
    sessionize.update(store, site)
    meter.enter("")
    told = {
        "seconds": meter.seconds,
        "lines": sum(each.lines for each in summary.sources),
        "peak_mb": {"hits written": after_hits, "end": _peak()},
    }
    print(json.dumps(told))


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
