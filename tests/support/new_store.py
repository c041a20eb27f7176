"""New stores for tests that are not about making one: copies of an empty one.

Making the tables of a store takes longer than most of what a test does with them.
"""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from weblog.remote.place import is_in_bucket
from weblog.store import Store, open_store

KEY = b"k" * 32
"""The same visitors in every store."""


@cache
def _empty(key: bytes) -> tuple[Path, TemporaryDirectory[str]]:
    home = TemporaryDirectory()  # removed when the process ends
    return open_store(Path(home.name) / "S", create=True, key=key).folder, home


def new_store(folder: Path, key: bytes = KEY) -> Store:
    """Return a new store in a folder, or prefix of a bucket, that is not there yet."""
    template, _ = _empty(key)
    copy_store(template, folder.absolute())
    return Store(folder.absolute())


def copy_store(folder: Path, to: Path) -> None:
    """Copy a store nobody writes to, into another folder or a bucket."""
    if not is_in_bucket(to):
        shutil.copytree(folder, to)
        return
    for file in folder.rglob("*"):
        if file.is_file() and file.parent.name != "locks":  # they are leases in a bucket
            (to / file.relative_to(folder)).write_bytes(file.read_bytes())
