"""The store: Delta tables, exactly-once commits, snapshots for readers."""

from weblog.store.opening import open_store, open_whole
from weblog.store.snapshot import Snapshot
from weblog.store.store import Store

__all__ = ["Snapshot", "Store", "open_store", "open_whole"]
