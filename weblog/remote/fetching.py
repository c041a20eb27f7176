"""Fetch many small objects ahead of their reading, several at a time.

An answer takes some ten milliseconds however small the object is: ten thousand of them, one
after the other, would be waited for five minutes.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from typing import Final

from weblog.remote.bucket import Found, content_of

SMALL: Final = 2 << 20
"""Bytes up to which an object is fetched whole and ahead; larger ones are streamed."""

AT_ONCE: Final = 16
AHEAD: Final = 48
"""Objects fetched and not read yet: bounded, like all that is kept in memory."""

Content = Callable[[], bytes]


def fetched(
    paths: Iterable[str | Path], objects: Mapping[str, Found]
) -> Iterator[tuple[str | Path, Content | None]]:
    """Yield each path, and what gives its content where it is fetched ahead.

    What gives the content raises the SourceError of an object that cannot be read.
    """
    if not objects:
        yield from ((path, None) for path in paths)
        return
    waiting: deque[tuple[str | Path, Future[bytes] | None]] = deque()
    iterator = iter(paths)
    with ThreadPoolExecutor(AT_ONCE, "weblog-fetch") as pool:
        try:
            while True:
                for path in islice(iterator, AHEAD - len(waiting)):
                    found = objects.get(str(path))
                    is_small = found is not None and 0 <= found.size <= SMALL
                    waiting.append(
                        (path, pool.submit(content_of, found) if is_small and found else None)
                    )
                if not waiting:
                    return
                path, future = waiting.popleft()
                yield path, None if future is None else future.result
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
