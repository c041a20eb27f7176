"""Log lines to hits: formats, sources, parsing, classification, the store, the command line.

The door of the library::

    import weblog, sessionize, reports

    site = weblog.load_site("site.toml")
    store = weblog.open_store("weblog-store", create=True)
    weblog.ingest(store, ["access.log", "access.log.1.gz"], site)
    sessionize.update(store, site)
    reports.site_status(store).frame

Names are imported when they are first used: ``weblog --help`` must not wait for polars.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from weblog.errors import WeblogError
    from weblog.ingestion import IngestSummary, ingest
    from weblog.site import Site, load_site
    from weblog.store import Snapshot, Store, open_store

__version__ = "1.0.0"

__all__ = [
    "IngestSummary",
    "Site",
    "Snapshot",
    "Store",
    "WeblogError",
    "ingest",
    "load_site",
    "open_store",
]

_HOMES = {
    "IngestSummary": "weblog.ingestion",
    "Site": "weblog.site",
    "Snapshot": "weblog.store",
    "Store": "weblog.store",
    "WeblogError": "weblog.errors",
    "ingest": "weblog.ingestion",
    "load_site": "weblog.site",
    "open_store": "weblog.store",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'weblog' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
