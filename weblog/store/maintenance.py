"""Put a whole store in order: few files, short logs, nothing that no reader needs."""

from __future__ import annotations

from dataclasses import dataclass

from weblog.schema import TABLES
from weblog.store.compaction import COMPACTED, compact
from weblog.store.leftovers import KEEP, clear
from weblog.store.lock import Waiting
from weblog.store.store import Store


@dataclass(frozen=True, slots=True)
class TableWork:
    """What was done to one table.

    ``files`` and ``bytes`` are those of its newest version, before and after; ``removed`` are
    files no reader needs any more, ``removed_bytes`` theirs, ``commits`` files of its log.
    """

    table: str
    files_before: int
    files_after: int
    bytes_before: int
    bytes_after: int
    removed: int
    removed_bytes: int
    commits: int


def put_in_order(
    store: Store, *, now: float, keep: float = KEEP, waiting: Waiting | None = None
) -> list[TableWork]:
    """Merge small files, write checkpoints, remove what is older than ``keep`` seconds.

    No row changes, and readers of what is published read on. Writers wait meanwhile.

    Args:
        store: the store.
        now: the time, in seconds since 1970.
        keep: seconds for which what readers may have opened stays readable.
        waiting: told of those who have to end first.

    Raises:
        LockedError: others kept working in the store.
        StoreError: a table cannot be read.
    """
    with store.lock("compact", exclusive=True, waiting=waiting):
        before = {name: _size(store, name) for name in TABLES}
        was_published = store.is_published()
        for name in COMPACTED:
            compact(store, name)
        if was_published:
            store.publish()
        done = []
        for name in TABLES:
            store.delta(name).create_checkpoint()
            removed = clear(store, name, now=now, keep=keep)
            done.append(
                TableWork(
                    name,
                    before[name][0],
                    _size(store, name)[0],
                    before[name][1],
                    _size(store, name)[1],
                    removed.files,
                    removed.bytes,
                    removed.commits,
                )
            )
    return done


def _size(store: Store, name: str) -> tuple[int, int]:
    """Return the number of files of a table's newest version, and their bytes."""
    actions = store.delta(name).get_add_actions(flatten=True)
    if not actions.num_rows:
        return 0, 0
    return actions.num_rows, sum(actions.column("size_bytes").to_pylist())
