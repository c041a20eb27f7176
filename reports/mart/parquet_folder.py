"""A view as plain Parquet files, for programs that know no Delta: ``FOLDER/VIEW/*.parquet``.

``VIEW`` is a link to a folder of files, one for each day, that nobody ever writes to again: a new
state is a new folder beside it, which shares the files that did not change (hard links), and the
link is replaced at once. Files are named by their content: a reader that lists one state and
opens its files in the next misses one, and says so, instead of reading half of each.
"""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl

from weblog.errors import StoreError, shown_path
from weblog.table import Table

STATES: Final = "states"
"""The folder, beside the links, with the folders they lead to."""


@dataclass(slots=True)
class ParquetFolder:
    """The files of one view in the folder of a mart, and a state about to be seen."""

    mart: Path
    table: Table
    _new: Path | None = None

    @property
    def root(self) -> Path:
        """What readers open."""
        return self.mart / self.table.name

    @property
    def is_there(self) -> bool:
        """Whether there is such a view, with these columns."""
        files = sorted(self.root.glob("*.parquet")) if self.root.is_dir() else []
        return bool(files) and pl.read_parquet_schema(files[0]) == dict(self.table.schema)

    def write(self, part: str, rows: pl.DataFrame) -> None:
        """Write the rows of a part, none of which anybody sees yet.

        Raises:
            StoreError: the disk is full.
        """
        if rows.is_empty():
            return
        file = self._begun() / f"{part}.{secrets.token_hex(6)}.parquet"
        try:
            rows.write_parquet(file, compression="zstd")
        except pl.exceptions.ComputeError as error:  # how polars tells of a disk that is full
            raise StoreError(shown_path(self.mart), f"cannot be written ({error})") from error

    def commit(self, kept: Collection[str]) -> None:
        """Let readers see what was written beside the parts ``kept``, and nothing else."""
        new = self._begun()
        before = sorted(self.root.resolve().glob("*.parquet")) if self.root.is_dir() else []
        for file in before:
            if file.name.partition(".")[0] in kept:
                os.link(file, new / file.name)
        if not any(new.glob("*.parquet")):  # a folder without a file has no columns
            self.table.empty().write_parquet(new / "empty.parquet")
        link = self.mart / f".new-{self.table.name}-{secrets.token_hex(4)}"
        link.symlink_to(new.relative_to(self.mart), target_is_directory=True)
        link.replace(self.root)
        self._new = None

    def tidy(self, *, forget: bool) -> None:
        """Remove the states before the one readers see, but the last of them unless ``forget``.

        Readers may still be reading it.
        """
        now = self.root.resolve()
        states = [each for each in (self.mart / STATES).glob(f"{self.table.name}.*") if each != now]
        before = sorted((each for each in states if each.name < now.name), key=lambda e: e.name)
        kept = [] if forget else before[-1:]
        for state in states:
            if state not in kept:
                shutil.rmtree(state)

    def scan(self) -> pl.LazyFrame:
        """Return the rows readers see."""
        return pl.scan_parquet(self.root / "*.parquet")

    def _begun(self) -> Path:
        if self._new is None:
            number = 1
            if self.root.is_dir():
                number = int(self.root.resolve().name.rpartition(".")[2]) + 1
            self._new = self.mart / STATES / f"{self.table.name}.{number:08d}"
            if self._new.exists():  # of a run that was killed
                shutil.rmtree(self._new)
            self._new.mkdir(parents=True)
        return self._new
