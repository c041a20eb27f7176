"""Let a stage run ahead of the next one in a thread of its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from queue import Empty, Full, Queue
from threading import Event, Semaphore, Thread
from typing import TypeVar

T = TypeVar("T")

_WAIT = 0.2


class _End:
    """Marks the end of the items, with the error that ended them."""

    def __init__(self, error: BaseException | None) -> None:
        self.error = error


def ahead(items: Iterable[T], depth: int = 1) -> Iterator[T]:
    """Yield ``items`` in order, made by a thread that stays at most ``depth`` items ahead.

    With a depth of 0 it makes an item while the caller works on the one before, and no other
    until that was taken: two are in memory, not three. An error in the making is raised here,
    at its place. When the caller stops early the thread ends, too.
    """
    queue: Queue[T | _End] = Queue(maxsize=max(depth, 1))
    stopped = Event()
    taken = Semaphore(0)

    def put(item: T | _End) -> bool:
        while not stopped.is_set():
            try:
                queue.put(item, timeout=_WAIT)
            except Full:
                continue
            del item
            return depth > 0 or was_taken()
        return False

    def was_taken() -> bool:
        while not stopped.is_set():
            if taken.acquire(timeout=_WAIT):
                return True
        return False

    def make() -> None:
        error: BaseException | None = None
        try:
            for item in items:
                if not put(item):
                    return
                del item  # what was handed over is the other side's to let go of
        except BaseException as caught:  # handed to the caller
            error = caught
        put(_End(error))

    maker = Thread(target=make, name="weblog-ahead", daemon=True)
    maker.start()
    try:
        while True:
            try:
                item = queue.get(timeout=_WAIT)
            except Empty:
                continue
            taken.release()
            if isinstance(item, _End):
                if item.error is not None:
                    raise item.error
                return
            yield item
            del item
    finally:
        stopped.set()
        maker.join()
