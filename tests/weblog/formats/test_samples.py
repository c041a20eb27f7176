"""Every format's sample file, written by its documentation, is read back as the hits it tells."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sample_column_writers import HEADERS
from sample_visits import Visit, visits
from sample_writers import WRITERS

from weblog.formats import NAMED, NamedFormat, format_named
from weblog.parse import Chunk, Parsed, parse_chunk

ROOT = Path(__file__).parents[3]
SAMPLES = Path(__file__).parent / "samples"


def parsed(data: bytes, name: str) -> Parsed:
    return parse_chunk(Chunk(data, 0, 1), format_named(name))


@pytest.mark.parametrize("name", NAMED)
def test_every_format_has_a_sample_of_twenty_lines_and_reads_it_all(name: str) -> None:
    data = (SAMPLES / f"{name}.log").read_bytes()
    found = parsed(data, name)
    assert found.rejects.height == 0
    assert found.rows.height >= 20
    assert found.rows["ts"].null_count() == 0


@pytest.mark.parametrize("row", NAMED.values(), ids=lambda row: row.name)
def test_the_lines_shown_in_the_registry_are_read(row: NamedFormat) -> None:
    found = parsed("\n".join(row.samples).encode() + b"\n", row.name)
    assert found.rejects.height == 0
    assert found.rows.height >= 1


@pytest.mark.parametrize("row", NAMED.values(), ids=lambda row: row.name)
def test_every_format_is_documented(row: NamedFormat) -> None:
    page = (ROOT / "docs" / "formats.md").read_text("utf-8")
    assert f"| `{row.name}` | {row.title} |" in page
    assert f"({row.source})" in page
    assert f"{row.text}\n```\n\n```text\n{row.samples[0]}" in page
    assert f"| `{row.name}` | no sample" not in page


@pytest.mark.parametrize("name", WRITERS)
def test_the_sample_is_what_the_writer_writes(name: str) -> None:
    lines = (SAMPLES / f"{name}.log").read_text("utf-8").splitlines()
    assert lines == [*HEADERS.get(name, []), *(WRITERS[name](visit) for visit in visits())]


@pytest.mark.parametrize("name", WRITERS)
def test_every_field_of_a_sample_is_what_the_hit_was(name: str) -> None:
    rows = parsed((SAMPLES / f"{name}.log").read_bytes(), name).rows.sort("line")
    told = rows.select(column for column in rows if column.null_count() < rows.height)
    for row, visit in zip(told.to_dicts(), visits(), strict=True):
        assert differences(row, visit) == {}


def differences(row: dict[str, Any], visit: Visit) -> dict[str, tuple[object, object]]:
    """Return what a row says otherwise than the hit was, leaving out what it does not say."""
    wrong = {}
    for field, allowed in expected(visit).items():
        nothing = [None] if {"-", "", None} & set(allowed) else []
        if field in row and row[field] not in [*allowed, *nothing]:
            wrong[field] = (row[field], allowed)
    return wrong


def expected(visit: Visit) -> dict[str, list[object]]:
    """Return for each field the values that a format may tell of a hit."""
    second = visit.time.replace(microsecond=0)
    protocols = ("HTTP/1.1", "HTTP/2.0")
    return {
        "ts": [visit.time, second, second + timedelta(milliseconds=visit.time.microsecond // 1000)],
        "client": [visit.client, f"{visit.client}:41342", f"[{visit.client}]:41342"],
        "user": [visit.user, visit.user.strip("-")],
        "host": [visit.host, f"{visit.host}:443"],
        "request": [
            f"{visit.method} {target} {protocol}"
            for target in (visit.target, visit.url)
            for protocol in protocols
        ],
        "method": [visit.method],
        "target": [visit.target, visit.url, visit.path],
        "query": [visit.query, visit.query or "-", f"?{visit.query}", ""],
        "status": [visit.status],
        "bytes": [visit.size, visit.size or 0],
        "referrer": [visit.referrer],
        "user_agent": [visit.agent],
        "duration_ms": [visit.ms, visit.ms // 1000 * 1000],
        "header:x-forwarded-for": ["203.0.113.9, 10.0.0.1", "-", visit.client],
        "header:cookie": ["WLID=9f2c; theme=dark"],
    }
