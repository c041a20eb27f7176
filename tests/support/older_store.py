"""A store as a version made it that did not know some tables yet."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import polars as pl

from weblog.company_tables import CAMPAIGNS
from weblog.store import Store, open_store

NEW = ("campaign_costs", "contacts")


def as_older(folder: Path, *, published: bool) -> Store:
    """Make a store as a version would that knew nothing of the tables ``NEW``."""
    store = open_store(folder, create=True)
    store.upsert("campaigns", one_campaign("autumn"))
    if published:
        store.publish()
        versions = json.loads((folder / "published.json").read_text())
        kept = {name: number for name, number in versions.items() if name not in NEW}
        (folder / "published.json").write_text(json.dumps(kept))
    for name in NEW:
        shutil.rmtree(folder / name)
    (folder / "store.json").write_text('{"weblog_store": 1, "tables": "of before"}')
    return open_store(folder)


def one_campaign(name: str) -> pl.DataFrame:
    row = dict.fromkeys(CAMPAIGNS.schema) | {"campaign": name}
    return pl.DataFrame([row], schema=CAMPAIGNS.schema)
