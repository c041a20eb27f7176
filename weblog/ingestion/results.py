"""What an ingest did, source by source."""

from __future__ import annotations

from dataclasses import dataclass, field

from weblog.errors import WeblogError
from weblog.formats import Detection
from weblog.logs import event


@dataclass
class SourceResult:
    """What one source gave.

    ``lines``, ``hits``, ``rejects`` and ``skipped`` count what is new (lines = hits + rejects
    + skipped), and ``skipped_by`` those skipped by the name of the rule; ``already`` are lines
    that were in the store before. ``unfinished`` are bytes of a last line without an end, left
    for the next run. ``detected`` is the format found and by what evidence, empty where it was
    given or known. ``notes`` are sentences for people.
    """

    path: str
    log_source: str | None = None
    log_format: str = ""
    detected: str = ""
    lines: int = 0
    hits: int = 0
    rejects: int = 0
    skipped_by: dict[str, int] = field(default_factory=dict)
    already: int = 0
    unfinished: int = 0
    notes: list[str] = field(default_factory=list)

    @property
    def skipped(self) -> int:
        """New lines left out by a rule."""
        return sum(self.skipped_by.values())

    def told(self, detection: Detection) -> None:
        """Note by what evidence the format was found, and what to know of it."""
        self.detected = detection.why
        self.notes += detection.notes


def tell_read(result: SourceResult) -> None:
    """Tell what became of a log, where somebody wants to hear of events."""
    counts = {"lines": result.lines, "hits": result.hits, "rejects": result.rejects}
    event("log_read", log=result.path, **counts, skipped=result.skipped, already=result.already)


@dataclass(frozen=True, slots=True)
class IngestSummary:
    """What an ingest did: a result for each source that could be read, an error for each other.

    ``notes`` are sentences about what was found in folders and archives and left out.
    """

    sources: tuple[SourceResult, ...]
    errors: tuple[WeblogError, ...]
    notes: tuple[str, ...] = ()

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
        """New lines left out by a rule: blank ones, headers, what the site does not want."""
        return sum(source.skipped for source in self.sources)
