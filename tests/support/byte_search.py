"""Where words stand in a store: the oracle of erasing, which knows nothing of how that works.

It reads every file as bytes, and decodes every Parquet file with pyarrow.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq


def strings_in(value: Any) -> list[str]:
    """Return all texts within a value of a Parquet file."""
    if isinstance(value, bytes):
        return [value.decode("utf-8", "replace")]
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for key, each in value.items() for text in (key, *strings_in(each))]
    if isinstance(value, list | tuple):
        return [text for each in value for text in strings_in(each)]
    return []


def places_of(folder: Path, *words: str) -> list[str]:
    """Return where in a store any word stands: bytes, names, decoded values, dictionaries.

    As a whole: ``K100012`` is not ``K10001``.
    """
    any_word = "|".join(map(re.escape, words))
    whole = re.compile(f"(?:{any_word})(?![0-9A-Za-z])", re.IGNORECASE)
    found = []
    for file in sorted(folder.rglob("*")):
        if whole.search(file.name):
            found.append(f"name of {file}")
        if not file.is_file():
            continue
        if whole.search(file.read_bytes().decode("latin-1")):
            found.append(f"bytes of {file}")
        if file.suffix == ".parquet":
            texts = [
                name
                for name, dtype in zip(*_schema(file), strict=True)
                if pa.types.is_string(dtype)
            ]
            table = pq.read_table(file.open("rb"), partitioning=None, read_dictionary=texts)
            for name in table.column_names:
                for chunk in table[name].chunks:
                    kept = chunk.dictionary if isinstance(chunk, pa.DictionaryArray) else chunk
                    if any(whole.search(text) for text in strings_in(kept.to_pylist())):
                        found.append(f"{file}, {name}")
    return found


def _schema(file: Path) -> tuple[list[str], list[pa.DataType]]:
    schema = pq.read_schema(file.open("rb"))
    return schema.names, schema.types
