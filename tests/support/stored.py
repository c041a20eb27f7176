"""What two stores are compared by: the tables an ingest writes, and an order of their rows."""

from __future__ import annotations

ORDER = {
    "hits": ("log_source", "line"),
    "rejects": ("log_source", "line"),
    "sessions": ("session_id",),
    "page_views": ("log_source", "line"),
    "visitors": ("visitor_id",),
}
"""Columns that tell the rows of a table apart."""

COMPARED = {**ORDER, "robots": ("date", "visitor_id"), "places": ("date", "host")}
"""The same, with the tables that an ingest writes of days."""
