"""``weblog ingest --follow``."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from types import FrameType
from typing import TYPE_CHECKING

from weblog.cli.follow_words import FollowWords

if TYPE_CHECKING:
    from weblog.site import Site
    from weblog.store import Store


def follow_all(
    store: Store,
    files: Sequence[str],
    site: Site,
    *,
    log_format: str | None,
    force: bool,
    every: float,
    metrics: str | None,
    quiet: bool,
) -> None:
    """Load the site's tables, then follow logs until a signal says to stop.

    Tables are loaded again when their files change. ``metrics`` is where to serve metrics.
    """
    import sessionize
    from weblog import logs
    from weblog.erasure import refuse_if_pending
    from weblog.ingestion import Settings
    from weblog.ingestion.follow import Follower

    words = FollowWords(quiet)
    tell = words.notice

    with store.lock("ingest --follow", waiting=lambda them: tell(f"waiting for {them[0]}")):
        refuse_if_pending(store)
        store.pin()
        sessionize.load_tables(store, site)
    tables = _Tables(site)
    tables.changed()

    def finish() -> None:
        if tables.changed():
            _load_again(store, site, tell)
        sessionize.update(store, site)

    follower = Follower(
        store,
        tuple(files),
        site,
        finish,
        tell=tell,
        settings=Settings(log_format=log_format, force=force),
        every=every,
    )
    logs.event("following", logs=list(files), every=every)
    words.beside(f"Following {', '.join(files)} into {store.folder}; Ctrl+C or SIGTERM ends it.")
    with stopped_by_signals() as stop, ExitStack() as held:
        if metrics:
            from weblog.monitoring import monitored

            words.beside(f"Metrics at {held.enter_context(monitored(follower, metrics))}")
        done = follower.run(stop)
    words.stopped(done)


def _load_again(store: Store, site: Site, tell: Callable[[str], None]) -> None:
    """Load tables that changed; a fault in them must not keep logs from being read."""
    import sessionize
    from weblog.errors import SeveralErrors, TableError

    try:
        sessionize.load_tables(store, site)
    except (TableError, SeveralErrors) as error:
        tell(f"{error}\nThe tables stay as they were.")


@dataclass
class _Tables:
    """The files of the site's tables, and whether they changed since they were last asked."""

    site: Site
    _seen: dict[str, tuple[int, int] | None] = field(default_factory=dict)

    def changed(self) -> bool:
        """Say whether a file has changed since the last call."""
        named = self.site.tables.model_dump().values()
        now = {name: self._look(name) for name in named if isinstance(name, str)}
        changed, self._seen = now != self._seen, now
        return changed

    def _look(self, name: str) -> tuple[int, int] | None:
        try:
            seen = (Path(self.site.folder) / name).stat()
        except OSError:
            return None
        return seen.st_mtime_ns, seen.st_size


@contextmanager
def stopped_by_signals() -> Iterator[Event]:
    """Yield an event that SIGTERM and SIGINT set; a second one ends the process as usual."""
    stop = Event()
    before = {}

    def stopping(number: int, _: FrameType | None) -> None:
        if stop.is_set():
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        before[number] = signal.signal(number, stopping)
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
