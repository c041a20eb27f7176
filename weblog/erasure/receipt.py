"""The receipt of an erasure: what was asked, what went, and that nothing is found any more.

It names nobody: what was asked for stands in it as a hash keyed with the store's visitor key,
so that whoever has both the key and the id can check it, and nobody else.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from weblog.erasure.journal import Journal
from weblog.erasure.search import Searched
from weblog.store.layout import write_atomically


def receipt_of(
    journal: Journal,
    searched: Searched,
    files: Mapping[str, int],
    versions: Mapping[str, int],
    now: datetime,
) -> dict[str, Any]:
    """Return the receipt, as what JSON can hold.

    Args:
        journal: what was asked and done.
        searched: what the search found.
        files: files of older versions removed, by table.
        versions: versions of the tables afterwards.
        now: when it was completed.
    """
    return {
        "erasure": journal.number,
        "begun": journal.begun,
        "completed": now.isoformat(timespec="seconds"),
        "asked": {
            "hash": "BLAKE2b, 64 bits, keyed with the store's visitor.key, "
            "of KIND, a line feed and the id",
            **journal.asked,
        },
        "visitors": len(journal.person.visitors),
        "lines": {
            source: {"hits": hits, "rejects": rejects}
            for source, (hits, rejects) in sorted(journal.lines.items())
        },
        "tables": {
            name: {
                "rows_removed": counts["removed"],
                "rows_changed": counts["changed"],
                "files_rewritten": counts["files"],
                "old_files_removed": files.get(name, 0),
                "version_before": counts["version"],
                "version_after": versions[name],
            }
            for name, counts in sorted(journal.done.items())
        },
        "search": {
            "for": len(journal.person.sought),
            "files": searched.files,
            "bytes": searched.bytes,
            "values": searched.values,
            "found": list(searched.found),
        },
    }


def make_folder(folder: Path) -> None:
    """Make the folder for receipts, and try whether it takes one: later it would be too late.

    Raises:
        OSError: it does not.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=folder):
        pass


def written(receipt: Mapping[str, Any], folder: Path, number: str) -> tuple[Path, str]:
    """Write a receipt to ``folder``; return its path and the SHA-256 of its bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(receipt, indent=2, ensure_ascii=False) + "\n"
    path = folder / f"erasure-{number}.json"
    write_atomically(path, text)
    return path, sha256(text.encode()).hexdigest()
