"""A view as a Delta table: rows of days replaced in one commit, readers see all of it or none."""

from __future__ import annotations

import time
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl
from deltalake import DeltaTable, Schema
from deltalake.transaction import AddAction

from reports.mart.changes import ALL
from reports.mart.view import DAY
from weblog.store import Store
from weblog.store.commit import written_file
from weblog.store.leftovers import clear
from weblog.store.rewrite import files_of, forget_history, replace_files
from weblog.table import Table


@dataclass(slots=True)
class DeltaFolder:
    """The table of one view in the folder of a mart, and the files about to become part of it."""

    mart: Path
    table: Table
    _added: list[AddAction] = field(default_factory=list)

    @property
    def root(self) -> Path:
        """The table's own folder."""
        return self.mart / self.table.name

    @property
    def is_there(self) -> bool:
        """Whether there is such a table, with these columns."""
        return DeltaTable.is_deltatable(str(self.root)) and self._fits(DeltaTable(self.root))

    def write(self, part: str, rows: pl.DataFrame) -> None:
        """Write the rows of a part, none of which anybody sees yet."""
        if rows.is_empty():
            return
        values = {} if part == ALL else {DAY: part}
        file = rows.drop(values) if values else rows
        self._added.append(written_file(self.root, file, values, self.table))

    def commit(self, kept: Collection[str]) -> None:
        """Let readers see what was written beside the parts ``kept``, and nothing else."""
        delta = self._opened()
        if self._fits(delta):
            old = [f for f in files_of(delta, self.table) if f.values.get(DAY, ALL) not in kept]
            if old or self._added:
                replace_files(delta, self.table, old, self._added, {})
        else:
            wanted = Schema.from_arrow(self.table.schema)
            by = list(self.table.partition_by)
            delta.create_write_transaction([*self._added], "overwrite", wanted, by)
        self._added = []

    def tidy(self, *, forget: bool) -> None:
        """Remove what no reader needs: files of old versions, at once if they are to be forgotten.

        Else those stay that readers may have opened a while ago.
        """
        if forget:
            forget_history(DeltaTable(self.root))
        else:
            clear(Store(self.mart), self.table.name, now=time.time())

    def scan(self) -> pl.LazyFrame:
        """Return the rows readers see."""
        return pl.scan_delta(DeltaTable(self.root))

    def _fits(self, delta: DeltaTable) -> bool:
        """Say whether a table has the columns of the view: another version's may not."""
        fields = delta.schema().fields, Schema.from_arrow(self.table.schema).fields
        there, wanted = ([(each.name, str(each.type)) for each in part] for part in fields)
        return there == wanted

    def _opened(self) -> DeltaTable:
        if DeltaTable.is_deltatable(str(self.root)):
            return DeltaTable(self.root)
        return DeltaTable.create(
            self.root,
            schema=Schema.from_arrow(self.table.schema),
            partition_by=list(self.table.partition_by),
            name=self.table.name,
            description=self.table.grain,
        )
