"""What lies in the folder: small files, their rights, tables, and the files they consist of."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import polars as pl

from weblog.doctor.finding import BACKUP, COMPACT, COMPLETE, ERASE, Finding
from weblog.erasure.journal import refuse_if_pending
from weblog.errors import ErasureCutShortError, StoreError
from weblog.schema import TABLES
from weblog.store import Store, layout
from weblog.store.commit import local_path
from weblog.store.declared import present_tables
from weblog.store.leftovers import orphans
from weblog.store.snapshot import open_table

_OWNER_ONLY: Final = 0o077


def small_files(store: Store) -> Iterator[Finding]:
    """Marker, key, published versions are there, whole and protected; no erasure is half done."""
    key = store.folder / layout.KEY
    try:
        layout.check_store(store.folder)
        layout.visitor_key(store.folder)
    except StoreError as error:
        yield Finding("files", "fault", "", error.problem, "Restore it from a backup.")
    if key.exists() and stat.S_IMODE(key.stat().st_mode) & _OWNER_ONLY:
        problem = f"{layout.KEY} can be read by others: who has it can test for addresses"
        yield Finding("files", "fault", "", problem, f"chmod 600 {key}")
    try:
        refuse_if_pending(store)
    except ErasureCutShortError as error:
        problem = f"erasure {error.number}, begun at {error.begun}, was cut short"
        yield Finding("erasure", "fault", "", problem, ERASE)
    except StoreError as error:
        advice = "Remove that file, and ask for the erasure again."
        yield Finding("erasure", "fault", "", error.problem, advice)
    try:
        published = layout.published_versions(store.folder)
    except StoreError as error:
        advice = f"Remove {layout.PUBLISHED} and run `weblog ingest`."
        yield Finding("published", "fault", "", error.problem, advice)
        return
    for name, version in (published or {}).items():
        if name not in TABLES:
            continue
        try:
            open_table(store.folder, name, version)
        except StoreError:
            problem = f"version {version} is published and cannot be opened"
            yield Finding("published", "fault", name, problem, _republish())


def _republish() -> str:
    return f"Remove {layout.PUBLISHED} and run `weblog ingest`: readers then see the newest."


def tables(store: Store) -> Iterator[Finding]:
    """Every table can be opened; a note where an older version knew it not yet."""
    present = present_tables(store.folder)
    for name in (name for name in TABLES if name not in present):
        problem = "is not there: an older version made this store"
        yield Finding("tables", "note", name, problem, COMPLETE)
    for name in present:
        try:
            store.delta(name)
        except StoreError as error:
            yield Finding("tables", "fault", name, error.problem, BACKUP)


def data_files(store: Store, *, deep: bool) -> Iterator[Finding]:
    """The files of every table exist and have their size; ``deep`` decodes them."""
    for name in present_tables(store.folder):
        delta = store.delta(name)
        actions = delta.get_add_actions(flatten=True)
        if not actions.num_rows:
            continue
        root = local_path(delta.table_uri)
        rows = pl.DataFrame(actions).select("path", "size_bytes", "num_records")
        for path, size, count in rows.rows():
            problem = _problem(root / path, size, count, deep=deep)
            if problem:
                yield Finding("files", "fault", name, f"{name}/{path}: {problem}", BACKUP)


def undecodable(store: Store, most: int) -> tuple[Finding | None, bool]:
    """Return the first data file that cannot be decoded, and whether all were looked at.

    Args:
        store: the store, all of whose files are there and have their size.
        most: bytes of files decoded at the most, those of small files first.
    """
    files: list[tuple[int, int | None, str, str, Path]] = []
    for name in present_tables(store.folder):
        delta = store.delta(name)
        actions = delta.get_add_actions(flatten=True)
        if actions.num_rows:
            root = local_path(delta.table_uri)
            rows = pl.DataFrame(actions).select("size_bytes", "num_records", "path").rows()
            files += [(size, count, name, path, root / path) for size, count, path in rows]
    for size, count, name, path, file in sorted(files, key=lambda each: (each[0], each[3])):
        most -= size
        if most < 0:
            return None, False
        if problem := _problem(file, size, count, deep=True):
            return Finding("files", "fault", name, f"{name}/{path}: {problem}", BACKUP), True
    return None, True


def _problem(file: Path, size: int, rows: int | None, *, deep: bool) -> str:
    """Return what is wrong with a data file, or nothing."""
    if not file.exists():
        return "is missing"
    if file.stat().st_size != size:
        return f"has {file.stat().st_size:,} bytes, expected {size:,}"
    try:
        if deep:
            scanned = pl.scan_parquet(file, hive_partitioning=False)
            found = scanned.select(pl.len(), pl.all().hash().null_count().name.prefix("nulls "))
            count = found.collect(engine="streaming")["len"].item()
        else:
            count = pl.scan_parquet(file, hive_partitioning=False).select(pl.len()).collect().item()
    except (OSError, pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        return f"cannot be read ({' '.join(str(error).split())[:200]})"
    if rows is not None and count != rows:
        return f"has {count:,} rows, expected {rows:,}"
    return ""


def left_over(store: Store) -> Iterator[Finding]:
    """No file is there that nothing refers to: killed runs leave some."""
    for name in present_tables(store.folder):
        found = orphans(store, name)
        if found:
            problem = f"{len(found):,} files belong to no version, as killed runs leave them"
            yield Finding("orphans", "note", name, problem, COMPACT, len(found))
