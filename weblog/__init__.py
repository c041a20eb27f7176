"""Log lines to hits: formats, sources, parsing, classification, the store, the command line."""

from __future__ import annotations

__version__ = "0.1.0"
