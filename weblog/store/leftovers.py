"""Remove what no reader needs any more: data files of old versions, commits behind checkpoints.

Readers see published versions; what they opened a while ago they may still be reading. So a
file stays if it is part of the newest version, of the published one, or of any version that was
the newest less than ``keep`` seconds ago. Files nobody refers to, as a killed writer leaves
them, stay that long, too: they may be part of a commit under way.

Delta's own ``vacuum`` knows nothing of published versions, and counts in hours.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import unquote

from deltalake import DeltaTable

from weblog.store.layout import published_versions
from weblog.store.snapshot import newest_version, open_table
from weblog.store.store import Store

KEEP: Final = 15 * 60.0
"""Seconds that what readers may have opened is kept by default."""

COMMITS: Final = 60
"""Commits after which it is worth while to put a checkpoint and remove those before it."""

_LOG: Final = "_delta_log"
_DIGITS: Final = "[0-9]" * 20


@dataclass(frozen=True, slots=True)
class Removed:
    """What was removed of one table: data files, their bytes, and files of its log."""

    table: str
    files: int
    bytes: int
    commits: int


def clear(store: Store, name: str, *, now: float, keep: float = KEEP) -> Removed:
    """Remove what only versions of table ``name`` older than ``keep`` seconds needed.

    Be alone in the store (``store.lock(exclusive=True)``): a writer that read an older version
    would not find its files.

    Args:
        store: the store.
        name: the table.
        now: the time, in seconds since 1970.
        keep: seconds for which versions stay readable.
    """
    root = store.folder / name
    oldest = _oldest_kept(store, name, now - keep)
    needed = _needed(root, oldest, newest_version(store.folder, name), store, name)
    files = size = 0
    for file in _data_files(root):
        if file.relative_to(root).as_posix() in needed:
            continue
        seen = file.stat()
        if seen.st_mtime > now - keep:
            continue
        file.unlink()
        files, size = files + 1, size + seen.st_size
    return Removed(name, files, size, _clear_log(root, oldest))


def orphans(store: Store, name: str) -> list[Path]:
    """Return the data files that no version in the log of table ``name`` refers to."""
    root = store.folder / name
    first = _first_readable(root)
    needed = _needed(root, first, newest_version(store.folder, name), store, name)
    gone = {path for version in _commits(root) for path in _told(root, version, "remove")}
    known = needed | gone
    return [file for file in _data_files(root) if file.relative_to(root).as_posix() not in known]


def _oldest_kept(store: Store, name: str, since: float) -> int:
    """Return the oldest version to keep: the one that was the newest at that time, or published."""
    root = store.folder / name
    kept = newest_version(store.folder, name)
    before = [
        version
        for version in _commits(root)
        if (root / _LOG / f"{version:020d}.json").stat().st_mtime <= since
    ]
    kept = min(kept, max(before, default=_first_readable(root)))
    published = (published_versions(store.folder) or {}).get(name)
    return kept if published is None else min(kept, published)


def _needed(root: Path, oldest: int, newest: int, store: Store, name: str) -> set[str]:
    """Return the files of all versions from ``oldest`` on, relative to the table's folder."""
    needed = _files(open_table(store.folder, name, oldest))
    for version in range(oldest + 1, newest + 1):
        needed |= set(_told(root, version, "add"))
    return needed


def _files(delta: DeltaTable) -> set[str]:
    actions = delta.get_add_actions(flatten=True)
    return set(actions.column("path").to_pylist()) if actions.num_rows else set()


def _told(root: Path, version: int, action: str) -> Iterator[str]:
    """Yield the paths that a commit adds or removes."""
    with (root / _LOG / f"{version:020d}.json").open("rb") as lines:
        for line in lines:
            told = json.loads(line).get(action)
            if told:
                yield unquote(told["path"])


def _clear_log(root: Path, oldest: int) -> int:
    """Remove commits and checkpoints that no version from ``oldest`` on is read from."""
    checkpoints = _checkpoints(root)
    base = max((version for version in checkpoints if version <= oldest), default=None)
    if base is None:
        return 0
    gone = [
        file
        for file in (root / _LOG).iterdir()
        if file.name[:20].isdecimal() and int(file.name[:20]) < base
    ]
    if len(gone) < COMMITS:
        return 0
    for file in gone:
        file.unlink()
    return len(gone)


def _commits(root: Path) -> list[int]:
    return sorted(int(file.stem) for file in (root / _LOG).glob(f"{_DIGITS}.json"))


def _checkpoints(root: Path) -> list[int]:
    return sorted(
        int(file.name[:20]) for file in (root / _LOG).glob(f"{_DIGITS}.checkpoint.parquet")
    )


def _first_readable(root: Path) -> int:
    """Return the oldest version that can still be read."""
    commits = _commits(root)
    if commits[0] == 0:
        return 0
    return min((version for version in _checkpoints(root) if version + 1 >= commits[0]), default=0)


def _data_files(root: Path) -> Iterator[Path]:
    for file in root.rglob("*.parquet"):
        if _LOG not in file.relative_to(root).parts:
            yield file
