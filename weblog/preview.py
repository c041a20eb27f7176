"""What the rules would make of real lines, before anything is stored: ``weblog check``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from weblog.errors import SourceError
from weblog.ingestion.beginning import JUDGED_LINES, judge
from weblog.ingestion.hits import HitMaker
from weblog.ingestion.reading import fitting_format
from weblog.ingestion.selection import Selection, selected
from weblog.parse import Chunk, parse_chunk
from weblog.site.rules import Site
from weblog.sources import Reader, open_source

_KEY = b"preview: nothing of this is stored"


@dataclass(frozen=True, slots=True)
class Preview:
    """What the rules make of a file's first lines.

    ``hits`` and ``rejects`` are as they would be stored (the visitor hash is another).
    ``skipped_by`` counts lines left out, by the rule.
    ``detected`` is the format found and by what evidence, empty where it was given; ``notes`` are
    sentences for people.
    """

    path: str
    log_format: str
    lines: int
    skipped_by: Mapping[str, int]
    hits: pl.DataFrame
    rejects: pl.DataFrame
    detected: str = ""
    notes: tuple[str, ...] = ()


def preview(
    path: str | Path, site: Site, *, log_format: str | None, lines: int, force: bool = False
) -> Preview:
    """Parse and classify the first ``lines`` lines of a log.

    Raises:
        SourceError: it cannot be read, or is empty.
        FormatError: no format fits, or not most lines (unless ``force``): as ingesting it would.
    """
    source = open_source(path, final=True)
    try:
        reader = Reader(source)
        head, _ = reader.head()
        data = _first_lines(reader, max(lines, 2 * JUDGED_LINES))
    finally:
        source.close()
    if not head:
        problem = reader.damage or "empty"
        raise SourceError(source.shown, f"{problem}: nothing to read", "Name a log that has lines.")
    if reader.damage:
        advice = "`weblog ingest` reads what comes before that."
        raise SourceError(source.shown, reader.damage, advice)
    compiled, found = fitting_format(log_format or site.log_format, head, source.shown)
    if not force:
        judge([Chunk(data, 0, 1)], compiled, source.shown)
    parsed = parse_chunk(Chunk(_cut(data, lines), 0, 1), compiled)
    rows, skipped = selected(parsed.rows, Selection.of(site))
    hits = HitMaker(site, _KEY).hits(rows.with_columns(log_source=pl.lit(source.shown)))
    shown = (source.shown, compiled.text, parsed.lines, {**parsed.skipped, **skipped})
    evidence = (found.why, tuple(found.notes)) if found else ("", ())
    return Preview(*shown, hits.drop("offset"), parsed.rejects, *evidence)


def _first_lines(reader: Reader, lines: int) -> bytes:
    parts: list[bytes] = []
    count = 0
    for chunk in reader.chunks(0, 1, 1 << 20):
        parts.append(chunk.data)
        count += chunk.lines
        if count >= lines:
            break
    data = b"".join(parts)
    return _cut(data, lines)


def _cut(data: bytes, lines: int) -> bytes:
    parts = data.split(b"\n", lines)
    if len(parts) > lines:
        return b"\n".join(parts[:lines]) + b"\n"
    return data if data.endswith(b"\n") else data + b"\n"


def likely_hosts(hits: pl.DataFrame) -> tuple[str, ...]:
    """Guess the site's own host names.

    The pages of a site load its own style sheets and pictures: the host that refers to most
    of them is the site's.
    """
    if not hits["host"].is_null().all():
        named = hits["host"].cast(pl.String).drop_nulls().value_counts(sort=True)
        return tuple(named.columns and named["host"].head(3))
    host = pl.col("referrer").cast(pl.String).str.extract(r"^https?://([^/:?#]+)", 1)
    assets = hits.filter(pl.col("kind").cast(pl.String) == "static").select(host=host)
    counts = assets.drop_nulls().group_by("host").len().sort("len", "host", descending=True)
    if counts.is_empty() or counts["len"][0] * 2 < counts["len"].sum():
        return ()
    name: str = counts["host"][0]
    bare = name.removeprefix("www.")
    return tuple(dict.fromkeys((name, bare, f"www.{bare}")))[:2]
