"""Ingest logs into a store: the door of the library, and what ``weblog ingest`` calls."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from weblog.errors import ConcurrentIngestError, FormatError, SourceError, WeblogError
from weblog.ingestion.hits import HitMaker
from weblog.ingestion.one_source import Settings, SourceResult, ingest_source
from weblog.site.rules import Site
from weblog.sources import open_source
from weblog.store import Store

Progress = Callable[[str, int, int | None], None]
"""Told the source's name, the bytes of it read so far, and its size on disk (None: unknown)."""


@dataclass(frozen=True, slots=True)
class IngestSummary:
    """What an ingest did: a result for each source that could be read, an error for each other."""

    sources: tuple[SourceResult, ...]
    errors: tuple[WeblogError, ...]

    @property
    def lines(self) -> int:
        """New lines read; lines = hits + rejects + skipped."""
        return sum(source.lines for source in self.sources)

    @property
    def hits(self) -> int:
        """New lines that became hits."""
        return sum(source.hits for source in self.sources)

    @property
    def rejects(self) -> int:
        """New lines that could not be parsed and are kept verbatim."""
        return sum(source.rejects for source in self.sources)

    @property
    def skipped(self) -> int:
        """New lines left out: blank ones."""
        return sum(source.skipped for source in self.sources)


def ingest(
    store: Store,
    paths: Iterable[str | Path],
    site: Site | None = None,
    *,
    log_format: str | None = None,
    final: bool = False,
    publish: bool = True,
    progress: Progress | None = None,
    settings: Settings | None = None,
) -> IngestSummary:
    """Ingest logs into ``store``, each line exactly once.

    A source is recognised by its content: a file that was read before adds nothing, under
    whatever name or compression; one that has grown adds what is new. A source that cannot be
    read does not keep the others from being read.

    Args:
        store: where to.
        paths: files, plain or compressed; ``-`` is standard input.
        site: the site's rules; by default those of a site that wrote none.
        log_format: name or LogFormat string; by default the site's, else it is detected.
        final: take an unfinished last line of a plain file too.
        publish: let readers see the new hits at once. Set it to False where sessions follow:
            :func:`sessionize.update` publishes both together.
        progress: called from time to time.
        settings: sizes of chunks and batches, for tests.

    Returns:
        What became of each source. Look at ``errors``: they are not raised.
    """
    rules = site or Site()
    chosen = log_format or rules.log_format
    base = settings or Settings()
    sized = Settings(chosen, base.chunk_bytes, base.batch_rows)
    maker = HitMaker(rules, store.visitor_key)
    if not publish and store.is_published():
        store.publish()  # pins what readers see while this run is under way
    results: list[SourceResult] = []
    errors: list[WeblogError] = []
    for path in paths:
        try:
            results.append(_one(store, path, maker, sized, final=final, progress=progress))
        except (SourceError, FormatError, ConcurrentIngestError) as error:
            errors.append(error)
    if publish:
        store.publish()
    return IngestSummary(tuple(results), tuple(errors))


def _one(
    store: Store,
    path: str | Path,
    maker: HitMaker,
    settings: Settings,
    *,
    final: bool,
    progress: Progress | None,
) -> SourceResult:
    source = open_source(path, final=final)

    def moved(position: int) -> None:
        if progress is not None:
            progress(source.shown, position, source.size)

    try:
        return ingest_source(store, source, maker, settings, moved)
    finally:
        source.close()
