"""A machine without a compiler gets the same store, row for row."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from sample_logs import generate_combined
from weblog.ingestion import Settings, distinct, ingest
from weblog.ingestion.results import IngestSummary
from weblog.parse import lines as lines_module
from weblog.parse import parse, unquote
from weblog.parse.library import is_compiled
from weblog.store import open_store

START = '192.0.2.7 - - [17/May/2015:10:05:03 +0000] "GET /a?b=c HTTP/1.1" 200 512'
ODD = [
    f'{START} "-" "a \\"quoted\\" agent"',
    f'{START} "https://example.com/?q=\\xea\\xb0\\x90" "-"',
    f'{START} "-" "of two\\nlines"',
    f'{START} "" ""',
    f'1.2.3.4, 5.6.7.8 - kim min {START[14:]} "-" "Mozilla/5.0 (가)"',
    f'{START} "-" "cut off',
    f'{START.replace("512", "-")} "-" "Mozilla/5.0"',
    f'{START.replace("May", "Mai")} "-" "Mozilla/5.0"',
    "",
    "no line of a log",
]


def write_log(path: Path) -> None:
    """Write lines of every kind: regular ones, those that patterns read, and rejects."""
    generate_combined(path, lines=4_000)
    usual = path.read_bytes().splitlines(keepends=True)
    odd = [line.encode() + b"\n" for line in ODD] + [START.encode() + b' "-" "\xb0\xa1"\r\n']
    for i, line in enumerate(odd):
        usual.insert((i + 1) * 300, line)
    path.write_bytes(b"".join([*usual, *odd]))


def stored(store: Path, logs: list[Path]) -> tuple[dict[str, pl.DataFrame], IngestSummary]:
    """Ingest with small chunks, and return what is stored."""
    opened = open_store(store, create=True, key=b"the same for both")
    settings = Settings(chunk_bytes=50_000, batch_lines=1_500)
    summary = ingest(opened, [str(log) for log in logs], settings=settings)
    assert summary.errors == ()
    tables = {}
    for name in ("hits", "rejects"):
        rows = opened.head().scan(name).collect()
        dropped = [each for each in rows.columns if each == "ingest_date"]
        tables[name] = rows.drop(dropped).sort("log_source", "line")
    return tables, summary


def test_the_store_is_the_same_without_the_library(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = tmp_path / "a.log", tmp_path / "b.log"
    write_log(first)
    lines = first.read_bytes().splitlines(keepends=True)[:1_000]
    second.write_bytes(b"".join(b"shop%d.example:443 %s" % (i % 3, a) for i, a in enumerate(lines)))
    assert is_compiled()
    compiled, told = stored(tmp_path / "compiled", [first, second])
    for module in (parse, lines_module, distinct, unquote):
        monkeypatch.setattr(module, "is_compiled", lambda: False)
    plain, told_plain = stored(tmp_path / "plain", [first, second])
    assert told.sources == told_plain.sources  # counts, formats and notes
    for name, table in compiled.items():
        assert table.height > 0
        assert table.equals(plain[name]), name
    assert compiled["hits"].height > 4_900
    assert compiled["hits"]["log_source"].n_unique() == 2
