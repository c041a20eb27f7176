"""Sessions to answers: each report a function of a store and filters, and its figure.

::

    import reports

    report = reports.site_status(store, reports.Filters(segments=("VIP",)))
    report.frame  # a polars DataFrame
    report.figure()  # a Plotly figure
"""

from __future__ import annotations

from reports.answers.activity import activity
from reports.answers.anomalies import anomalies
from reports.answers.associations import associations
from reports.answers.attribution import attribution
from reports.answers.banner_gap import banner_gap
from reports.answers.banners import banners
from reports.answers.bots import bots
from reports.answers.campaign_effect import campaign_effect
from reports.answers.campaign_paths import campaign_paths
from reports.answers.campaign_results import campaign_results
from reports.answers.campaigns import campaigns
from reports.answers.categories import categories
from reports.answers.changes import changes
from reports.answers.channels import channels
from reports.answers.cohorts import cohorts
from reports.answers.compare import compare
from reports.answers.creatives import creatives
from reports.answers.cross import cross
from reports.answers.customer_preference import customer_preference
from reports.answers.definitions import definitions
from reports.answers.devices import devices
from reports.answers.entry_pages import entry_pages
from reports.answers.exit_pages import exit_pages
from reports.answers.flows import flows
from reports.answers.funnel import funnel
from reports.answers.goals import goals
from reports.answers.history import history
from reports.answers.interest_gap import interest_gap
from reports.answers.interest_to_purchase import interest_to_purchase
from reports.answers.landing_pages import landing_pages
from reports.answers.lifecycle import lifecycle
from reports.answers.live import live
from reports.answers.mail_recipients import mail_recipients
from reports.answers.mail_robots import mail_robots
from reports.answers.mail_times import mail_times
from reports.answers.mailing_effect import mailing_effect
from reports.answers.mailings import mailings
from reports.answers.next_pages import next_pages
from reports.answers.pages import pages
from reports.answers.paths import paths
from reports.answers.preference import preference
from reports.answers.products import products
from reports.answers.recommendation_quality import recommendation_quality
from reports.answers.reconciliation import reconciliation
from reports.answers.search_terms import search_terms
from reports.answers.segment_table import segment_table
from reports.answers.segments import segments
from reports.answers.segments_by import segments_by
from reports.answers.site_status import site_status
from reports.answers.sources import sources
from reports.answers.summary import summary
from reports.answers.tagging import tagging
from reports.answers.time_to_purchase import time_to_purchase
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
    "activity",
    "anomalies",
    "associations",
    "attribution",
    "banner_gap",
    "banners",
    "bots",
    "campaign_effect",
    "campaign_paths",
    "campaign_results",
    "campaigns",
    "categories",
    "changes",
    "channels",
    "choices",
    "cohorts",
    "compare",
    "creatives",
    "cross",
    "customer_preference",
    "definitions",
    "devices",
    "entry_pages",
    "exit_pages",
    "flows",
    "funnel",
    "goals",
    "history",
    "interest_gap",
    "interest_to_purchase",
    "landing_pages",
    "lifecycle",
    "live",
    "mail_recipients",
    "mail_robots",
    "mail_times",
    "mailing_effect",
    "mailings",
    "next_pages",
    "pages",
    "paths",
    "preference",
    "products",
    "recommendation_quality",
    "reconciliation",
    "resolve",
    "search_terms",
    "segment_table",
    "segments",
    "segments_by",
    "site_status",
    "sources",
    "summary",
    "tagging",
    "time_to_purchase",
    "transitions",
]
