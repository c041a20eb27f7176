"""Opened tables that readers share.

To open a table is to read its log, which costs a reader more than most questions do; what is
published seldom changes between two of them.
"""

from __future__ import annotations

from collections import OrderedDict
from pathlib import Path
from threading import Lock
from typing import Final

from deltalake import DeltaTable

from weblog.remote.place import is_in_bucket
from weblog.store.snapshot import commit_file, open_table

KEPT: Final = 64
"""Tables kept open, of each its latest version asked for: those of some stores."""

_Stamp = tuple[int, int, int, int]

_OPENED: Final[OrderedDict[tuple[str, str], tuple[_Stamp, DeltaTable]]] = OrderedDict()
_GUARD: Final = Lock()


def shared_table(folder: Path, name: str, version: int | None) -> DeltaTable:
    """Return one table of the store at a version, opened now or before; it must not be changed.

    A version is the same only while its commit is the same file: a store made anew in the same
    folder is another one, and one that lost the commit is opened anew, and so told of.

    Raises:
        StoreError: it cannot be read.
    """
    stamp = _stamp(folder, name, version)
    if stamp is None:
        return open_table(folder, name, version)
    key = (str(folder), name)
    with _GUARD:
        seen, table = _OPENED.get(key, (None, None))
        if table is not None and seen == stamp:
            _OPENED.move_to_end(key)
            return table
    opened = open_table(folder, name, version)
    with _GUARD:
        _OPENED[key] = (stamp, opened)
        _OPENED.move_to_end(key)
        while len(_OPENED) > KEPT:
            _OPENED.popitem(last=False)
    return opened


def _stamp(folder: Path, name: str, version: int | None) -> _Stamp | None:
    """Return what tells the commit of a version from any other; None where that is not cheap."""
    if version is None or is_in_bucket(folder):
        return None
    try:
        found = commit_file(folder, name, version).stat()
    except OSError:
        return None
    return (version, found.st_ino, found.st_mtime_ns, found.st_size)
