"""The reports, one per file: its columns, its function, its formula."""

from __future__ import annotations
