"""Ingestion: sources to committed hits and rejects, each line exactly once."""

from weblog.ingestion.one_source import Settings, SourceResult
from weblog.ingestion.run import IngestSummary, ingest

__all__ = ["IngestSummary", "Settings", "SourceResult", "ingest"]
