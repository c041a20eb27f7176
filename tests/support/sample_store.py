"""A store of the sample company, made as `weblog demo` makes it."""

from __future__ import annotations

from pathlib import Path

from shared import copied

import sample_logs
import sessionize
import weblog
from weblog.store import Store


def company_logs(folder: Path) -> list[Path]:
    """Return the log files, each server's oldest first."""
    rotated = folder.glob("web*/access.log.*.gz")
    oldest_first = sorted(rotated, key=lambda path: -int(path.name.split(".")[2]))
    return sorted([*oldest_first, *folder.glob("web*/access.log")], key=lambda path: path.parent)


def company_store(folder: Path) -> Store:
    """Return a store of the sample company in ``folder``, which is not there yet."""
    return Store(copied("company", _made, folder))


def _made(folder: Path) -> None:
    """Ingest the sample company into a new store, and make its sessions."""
    data = sample_logs.data_folder()
    site = weblog.load_site(data / "site.toml")
    store = weblog.open_store(folder, create=True)
    summary = weblog.ingest(store, company_logs(data), site, publish=False)
    assert summary.errors == ()
    sessionize.load_tables(store, site)
    sessionize.update(store, site)
