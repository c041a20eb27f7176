"""The store: Delta tables, exactly-once commits, snapshots for readers."""

from weblog.store.opening import open_as_is, open_store
from weblog.store.snapshot import Snapshot
from weblog.store.store import Store

__all__ = ["Snapshot", "Store", "open_as_is", "open_store"]
