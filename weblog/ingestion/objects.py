"""Objects of buckets that were read before: known by name, size and tag, and not asked for again.

What decides whether a line is counted is the content, as for any log (:mod:`weblog.ingestion.
books`). This only saves requests: a bucket of ten thousand objects, of which ten are new, costs
ten listings' pages and ten objects. Where it is lost, all are read again and add nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import polars as pl

from weblog.remote.bucket import Found
from weblog.schema import OBJECTS
from weblog.sources import Expanded
from weblog.store import Store


def unread(found: Expanded, store: Store | None) -> Expanded:
    """Return what is found without the objects that were read to their end before."""
    if store is None or not found.objects:
        return found
    addresses = list(found.objects)
    listed = pl.DataFrame(
        [(each.address, each.size, each.etag) for each in found.objects.values()],
        schema={"address": pl.String, "size": pl.Int64, "etag": pl.String},
        orient="row",
    )
    # The span of addresses lets a year's other objects be passed over while they are read.
    known = (
        store.head("objects")
        .scan("objects")
        .filter(pl.col("address").is_between(pl.lit(min(addresses)), pl.lit(max(addresses))))
        .select("address", "size", "etag")
        .unique()
        .collect()
    )
    read = listed.join(known, on=["address", "size", "etag"], how="semi")["address"]
    before = set(read)
    if not before:
        return found
    note = (
        f"{len(before):,} of {len(addresses):,} objects were read before (same name, size and tag)"
    )
    return replace(
        found,
        files=[file for file in found.files if file not in before],
        objects={name: each for name, each in found.objects.items() if name not in before},
        notes=[*found.notes, note],
    )


def remember(store: Store, finished: Sequence[Found]) -> None:
    """Write down objects that were read to their end; what they held was committed before."""
    tagged = [each for each in finished if each.etag is not None]
    if not tagged:
        return
    now = datetime.now(UTC)
    rows = [(each.address, each.size, each.etag, now) for each in tagged]
    frame = pl.DataFrame(rows, schema=OBJECTS.schema, orient="row").sort("address")
    store.append_marked(OBJECTS.name, frame, {}, {})
