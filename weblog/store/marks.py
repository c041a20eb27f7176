"""Read all marks of a table at once: the application transactions of its transaction log.

``DeltaTable.transaction_version`` answers for one mark, and reads the log for it each time; a
year of days has hundreds. The log is simple enough to read once: the newest checkpoint that
is not newer than the version asked for, then the commits after it (Delta protocol,
"Transaction Identifiers" and "Checkpoints").
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import polars as pl

from weblog.errors import StoreError, shown_path
from weblog.remote.place import location

_DIGITS: Final = "[0-9]" * 20
_CHECKPOINT: Final = ".checkpoint"


def marks_of(folder: Path, name: str, version: int) -> dict[str, int]:
    """Return the marks of table ``name`` as of ``version``: name to number.

    Args:
        folder: the store's.
        name: of the table.
        version: of the table, which must not be newer than its newest commit.

    Raises:
        StoreError: the transaction log cannot be read, or lacks commits.
    """
    return marks_at(folder / name, version)


def marks_at(table: Path, version: int) -> dict[str, int]:
    """Return the marks of the table that lies at ``table``, see :func:`marks_of`.

    Raises:
        StoreError: the transaction log cannot be read, or lacks commits.
    """
    log = table / "_delta_log"
    try:
        base = _newest_checkpoint(log, version)
        marks = {} if base is None else _of_checkpoint(log, base)
        for number in range(0 if base is None else base + 1, version + 1):
            marks |= _of_commit(log / f"{number:020d}.json")
    except (OSError, ValueError, KeyError, pl.exceptions.PolarsError) as error:
        problem = f"the transaction log of table {table.name} cannot be read ({error})"
        raise StoreError(shown_path(table.parent), problem, "Restore it from a backup.") from error
    return marks


def _newest_checkpoint(log: Path, version: int) -> int | None:
    """Return the version of the newest checkpoint that is in one file, as delta-rs writes them."""
    found = (int(file.name[:20]) for file in log.glob(f"{_DIGITS}{_CHECKPOINT}.parquet"))
    return max((number for number in found if number <= version), default=None)


def _of_checkpoint(log: Path, version: int) -> dict[str, int]:
    file = log / f"{version:020d}{_CHECKPOINT}.parquet"
    rows = pl.read_parquet(location(file), columns=["txn"])["txn"].drop_nulls()
    known = rows.struct.unnest() if len(rows) else pl.DataFrame(schema=["appId", "version"])
    return dict(zip(known["appId"], known["version"], strict=True))


def _of_commit(file: Path) -> dict[str, int]:
    marks = {}
    with file.open("rb") as lines:
        for line in lines:
            if b'"txn"' in line and (told := json.loads(line).get("txn")):
                marks[told["appId"]] = told["version"]
    return marks
