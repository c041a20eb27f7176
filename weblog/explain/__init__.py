"""Every decision on one line, each with its reason: ``weblog explain``."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from weblog.explain import what, whence, who
from weblog.explain.decision import Decision, Line, text
from weblog.formats import AUTO
from weblog.ingestion.hits import HitMaker
from weblog.ingestion.reading import fitting_format
from weblog.ingestion.selection import Selection, selected
from weblog.parse import Chunk, parse_chunk
from weblog.rejects.advice import advice
from weblog.site.rules import Site

__all__ = ["Decision", "explain"]

_KEY = b"explain: nothing of this is stored"

_STEPS = (
    *(who.client, who.visitor, who.agent),
    *(what.request, what.rules, what.kind),
    *(whence.referrer, whence.campaign, whence.channel),
)


def explain(line: bytes, site: Site, log_format: str | None = None) -> tuple[Decision, ...]:
    """Say what would become of a log line, step by step; nothing is stored.

    Args:
        line: the line, without its end.
        site: the site's rules.
        log_format: a name or the text of a format, None to take the site's, else to detect it.

    Raises:
        FormatError: no format fits the line.
        SourceError: the line is blank.
    """
    return tuple(_decisions(line, site, log_format))


def _decisions(line: bytes, site: Site, log_format: str | None) -> Iterator[Decision]:
    given = log_format or site.log_format
    data = line + b"\n"
    compiled, found = fitting_format(given, data, "this line")
    why = "as --format says" if log_format and log_format != AUTO else "as site.toml says"
    yield Decision("format", "format", compiled.text, found.why if found else why)
    parsed = parse_chunk(Chunk(data, 0, 1), compiled)
    if parsed.rejects.height:
        reason = parsed.rejects["reason"][0]
        yield Decision("line", "rejected", reason, advice([line], reason, compiled.text))
        return
    for rule in parsed.skipped:
        yield Decision("line", "skipped", rule, "lines of that sort hold no request")
    if parsed.rows.is_empty():
        return
    row = parsed.rows
    for name in row.columns:
        value = row[name].item()
        if name not in ("line", "offset") and value is not None:
            yield Decision("fields", name, text(value), "as logged")
    left, skipped = selected(row, Selection.of(site))
    for rule in skipped:
        yield Decision("line", "skipped", rule, "left out by that [[skip]] or [[keep]] rule")
    if left.is_empty():
        return
    hits = HitMaker(site, _KEY).hits(row.with_columns(log_source=pl.lit("this line")))
    texts = pl.selectors.categorical()
    explained = Line(row, hits.with_columns(texts.cast(pl.String)).row(0, named=True), site)
    day = text(explained.hit["date"])
    yield Decision("fields", "day", day, f"in the site's time zone, {site.time_zone}")
    for step in _STEPS:
        yield from step(explained)
