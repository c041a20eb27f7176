"""Tell which files of a day hold the rows that were added since something was made of it.

What is made of a day's rows bears a mark that says how many there were. Rows are only ever added
while logs are read, so their number tells one state of the day from all others: going back
through the commits finds it. Where rows were removed meanwhile, or old ones and new ones merged
into one file, nothing is told, and all of the day has to be looked at.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final

import polars as pl

from weblog.schema import TABLES
from weblog.store.snapshot import Snapshot

MERGED: Final = "weblog.merged"
"""What a commit is said to be that only merges files: it changes no row."""

FURTHEST: Final = 200
"""Commits that are gone back through at most."""


@dataclass(frozen=True, slots=True)
class Additions:
    """Files of a day: those that hold the rows of before, and those that were added."""

    before: tuple[str, ...]
    added: tuple[str, ...]
    rows_before: int
    rows_added: int


@dataclass
class _Commit:
    """What one commit did to the files of a day: rows by file added, files removed."""

    added: dict[str, int] = field(default_factory=dict)
    removed: set[str] = field(default_factory=set)
    is_merge: bool = False


def additions(head: Snapshot, name: str, day: date, was: Callable[[int], bool]) -> Additions | None:
    """Return the files with the rows that came since the day had as many as ``was`` accepts.

    Args:
        head: the store as it is now.
        name: a table that is partitioned by day.
        day: the day.
        was: says of a number of rows whether it is that of before.

    Returns:
        None where the commits do not tell.
    """
    table = TABLES[name]
    actions = pl.DataFrame(head.delta(name).get_add_actions(flatten=True))
    column = f"partition.{table.partition_by[0]}"
    now = actions.filter(pl.col(column) == day).select("path", "num_records")
    files = dict(zip(now["path"], now["num_records"].cast(pl.Int64), strict=True))
    folder = f"{table.partition_by[0]}={day.isoformat()}/"
    since = _since(head, name, folder, sum(files.values()), was)
    if since is None:
        return None
    fresh: dict[str, int] = {}
    for commit in reversed(since):
        if commit.is_merge:
            old = commit.removed - fresh.keys()
            if old and commit.removed & fresh.keys():
                return None
            for path in commit.removed:
                fresh.pop(path, None)
            if old:
                continue
        fresh |= commit.added
    if not fresh.keys() <= files.keys():
        return None
    added = sum(fresh.values())
    before = tuple(path for path in files if path not in fresh)
    return Additions(before, tuple(fresh), sum(files.values()) - added, added)


def _since(
    head: Snapshot, name: str, folder: str, rows: int, was: Callable[[int], bool]
) -> list[_Commit] | None:
    """Return the commits after the state that is looked for, newest first."""
    log = head.folder / name / "_delta_log"
    found: list[_Commit] = []
    for commit in _backwards(log, head.versions[name], folder):
        if was(rows):
            return found
        if commit is None or (commit.removed and not commit.is_merge):
            return None
        found.append(commit)
        if not commit.is_merge:
            rows -= sum(commit.added.values())
    return None


def _backwards(log: Path, version: int, folder: str) -> Iterator[_Commit | None]:
    """Yield what the newest commits did, newest first; None where one is not there any more."""
    for number in range(version, max(version - FURTHEST, -1), -1):
        try:
            text = (log / f"{number:020d}.json").read_text(encoding="utf-8")
        except FileNotFoundError:
            yield None
            return
        yield _read(text, folder)


def _read(text: str, folder: str) -> _Commit:
    commit = _Commit()
    for line in text.splitlines():
        action: dict[str, Any] = json.loads(line)
        if "commitInfo" in action:
            commit.is_merge = MERGED in action["commitInfo"]
        if (new := action.get("add")) and new["path"].startswith(folder):
            commit.added[new["path"]] = int(json.loads(new["stats"])["numRecords"])
        if (gone := action.get("remove")) and gone["path"].startswith(folder):
            commit.removed.add(gone["path"])
    return commit
