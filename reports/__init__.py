"""Sessions to answers: each report a function of a store and filters, and its figure.

::

    import reports

    report = reports.site_status(store, reports.Filters(segments=("VIP",)))
    report.frame  # a polars DataFrame
    report.figure()  # a Plotly figure
"""

from __future__ import annotations

from reports.answers.attribution import attribution
from reports.answers.bots import bots
from reports.answers.campaigns import campaigns
from reports.answers.categories import categories
from reports.answers.changes import changes
from reports.answers.channels import channels
from reports.answers.definitions import definitions
from reports.answers.devices import devices
from reports.answers.entry_pages import entry_pages
from reports.answers.exit_pages import exit_pages
from reports.answers.pages import pages
from reports.answers.products import products
from reports.answers.reconciliation import reconciliation
from reports.answers.segments import segments
from reports.answers.segments_by import segments_by
from reports.answers.site_status import site_status
from reports.answers.sources import sources
from reports.answers.summary import summary
from reports.answers.transitions import transitions
from reports.choices import choices
from reports.query import Filters, Query
from reports.resolution import resolve
from reports.result import Report
from reports.warning import ReportWarning

__all__ = [
    "Filters",
    "Query",
    "Report",
    "ReportWarning",
    "attribution",
    "bots",
    "campaigns",
    "categories",
    "changes",
    "channels",
    "choices",
    "definitions",
    "devices",
    "entry_pages",
    "exit_pages",
    "pages",
    "products",
    "reconciliation",
    "resolve",
    "segments",
    "segments_by",
    "site_status",
    "sources",
    "summary",
    "transitions",
]
