"""The store: Delta tables, exactly-once commits, snapshots for readers."""

from weblog.store.snapshot import Snapshot
from weblog.store.store import Store, open_store

__all__ = ["Snapshot", "Store", "open_store"]
