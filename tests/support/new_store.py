"""New stores for tests that are not about making one: copies of an empty one.

Making the tables of a store takes longer than most of what a test does with them.
"""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from weblog.store import Store, open_store

KEY = b"k" * 32
"""The same visitors in every store."""


@cache
def _empty(key: bytes) -> tuple[Path, TemporaryDirectory[str]]:
    home = TemporaryDirectory()  # removed when the process ends
    return open_store(Path(home.name) / "S", create=True, key=key).folder, home


def new_store(folder: Path, key: bytes = KEY) -> Store:
    """Return a new store in a folder that is not there yet."""
    template, _ = _empty(key)
    return Store(shutil.copytree(template, folder.absolute()))
