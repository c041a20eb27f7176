"""Hits to sessions, page views, visitors and segments.

::

    import weblog, sessionize

    site = weblog.load_site("site.toml")
    store = weblog.open_store("weblog-store")
    sessionize.load_tables(store, site)
    sessionize.update(store, site)
"""

from sessionize.as_of import counted_segments, customers_on, segments_on_days
from sessionize.consent import Allowed, allowed, consenting
from sessionize.duplicates import duplicates, states_on
from sessionize.explain import Explanation, explain_segment
from sessionize.handed import data_of, hand_over
from sessionize.people import person_of
from sessionize.quality import Quality, quality
from sessionize.register import LoadedTable, check_tables, load_tables
from sessionize.register_load import (
    RegisterLoad,
    load_banners,
    load_campaigns,
    load_customers,
    load_deliveries,
    load_mailings,
    load_purchases,
)
from sessionize.register_source import RegisterSource
from sessionize.rules import SessionRules
from sessionize.segments import segment_faults, validate_segments
from sessionize.sessions import Sessionized, make_sessions
from sessionize.update import UpdateSummary, update

__all__ = [
    "Allowed",
    "Explanation",
    "LoadedTable",
    "Quality",
    "RegisterLoad",
    "RegisterSource",
    "SessionRules",
    "Sessionized",
    "UpdateSummary",
    "allowed",
    "check_tables",
    "consenting",
    "counted_segments",
    "customers_on",
    "data_of",
    "duplicates",
    "explain_segment",
    "hand_over",
    "load_banners",
    "load_campaigns",
    "load_customers",
    "load_deliveries",
    "load_mailings",
    "load_purchases",
    "load_tables",
    "make_sessions",
    "person_of",
    "quality",
    "segment_faults",
    "segments_on_days",
    "states_on",
    "update",
    "validate_segments",
]
