"""Ingestion: sources to committed hits and rejects, each line exactly once."""

from weblog.ingestion.reading import Settings
from weblog.ingestion.results import IngestSummary, SourceResult
from weblog.ingestion.run import ingest

__all__ = ["IngestSummary", "Settings", "SourceResult", "ingest"]
