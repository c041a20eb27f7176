"""How good the suggestions are, against what is simply popular."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from reports.ask import SMALL, ask
from reports.breakdown import text
from reports.query import EVERYTHING, Filters
from reports.recommendations.quality import SCHEMA
from reports.recommendations.settings import Recommendations, load_recommendations
from reports.recommendations.suggest import evaluation
from reports.result import Report
from reports.spec import ColumnSpec
from reports.warning import ReportWarning
from weblog.site.rules import Site
from weblog.store import Snapshot, Store

_F, _I, _B = pl.Float64(), pl.Int64(), pl.Boolean()

COLUMNS = (
    text("kind", "What is suggested: product or content (a page)"),
    text("goal", "What is foretold; by the first goal of each kind it is decided what is served"),
    text("method", "How lists are ranked: evidence, popular_in_group, popular"),
    ColumnSpec("is_served", _B, "", "Suggestions of this kind are made by this method"),
    ColumnSpec("customers", _I, "count", "Customers who turned to something that was suggestable"),
    ColumnSpec("candidates", _F, "count", "Items there were to choose from, on average"),
    ColumnSpec("hits_at_1", _I, "count", "Customers who turned to the first of their list"),
    ColumnSpec("hit_rate_at_1", _F, "rate", "hits_at_1 / customers"),
    ColumnSpec("hits", _I, "count", "Customers who turned to one of the first five or more"),
    ColumnSpec("hit_rate", _F, "rate", "hits / customers; 1 for sure with up to five candidates"),
    ColumnSpec("low", _F, "rate", "Lower end of the hit rate's 95 % interval (Wilson)"),
    ColumnSpec("high", _F, "rate", "Upper end of the hit rate's interval"),
    ColumnSpec("ndcg", _F, "rate", "Mean nDCG at 5: 1 if what was turned to stands first"),
    ColumnSpec("ndcg_low", _F, "rate", "Lower end of its 95 % interval (normal approximation)"),
    ColumnSpec("ndcg_high", _F, "rate", "Upper end of its interval"),
    ColumnSpec("gain", _F, "points", "nDCG minus that of the popular list, customer by customer"),
    ColumnSpec("gain_low", _F, "points", "Lower end of the gain's 95 % interval"),
    ColumnSpec("gain_high", _F, "points", "Upper end of the gain's interval"),
    ColumnSpec("small", _B, "", f"Fewer than {SMALL} customers: no conclusion"),
)


def recommendation_quality(
    source: Store | Snapshot,
    filters: Filters = EVERYTHING,
    *,
    site: Site | None = None,
    recommendations: Recommendations | None = None,
) -> Report:
    """Measure suggestions against what customers then turned to, and against popularity.

    The period is the test: lists are made for every customer of what was known before its first
    day, and compared with what customers turned to in it, whom something could have been
    suggested to. Goals of products: turned_to (looked at or bought, not held), viewed_newly
    (looked at for the first time in the look-back), bought; of content: read_newly. Methods:
    evidence (what the customer looked at, bought and read, and what customers alike turn to),
    popular_in_group (segment, sex and age band, backing off where thin), popular (with all
    customers). ``ndcg`` is nDCG at 5 (Järvelin and Kekäläinen 2002), ``hit_rate`` that at 5. A
    method other than popular is served only where its gain is above 0 beyond chance, with 30
    customers or more. Of the filters only the period applies. ``site`` names the segment rules
    (None: the default ones), ``recommendations`` the settings (None: those beside the site's
    rules). Columns, units and meanings: ``COLUMNS``.

    Raises:
        QueryError: the filters contradict themselves.
        SiteError: a segment rule or ``recommendations.toml`` is wrong.
        StoreError: the store cannot be read.
    """
    asked = ask(source, replace(filters, compare="none"))
    rules = site or Site()
    settings = recommendations or load_recommendations(None, rules)
    span, snapshot = asked.query.current, asked.snapshot
    if span is None:
        frame = pl.DataFrame(schema=SCHEMA)
    else:
        frame = evaluation(snapshot, span, rules, settings)
    warnings = [*asked.query.warnings, *_warnings(frame)]
    if filters.chosen:
        warnings.append(ReportWarning("customers_counted_whole"))
    return Report("recommendation_quality", frame, asked.query, snapshot.key, tuple(warnings))


def _warnings(frame: pl.DataFrame) -> list[ReportWarning]:
    if frame.is_empty():
        return [ReportWarning("nothing_to_evaluate")]
    warnings = []
    for kind in frame["kind"].unique(maintain_order=True):
        chosen = frame.filter(pl.col("kind") == kind, "is_served")["method"]
        if chosen[0] == "popular":
            warnings.append(ReportWarning("popular_is_served", {"kind": kind}))
    small = int(frame["small"].sum())
    if small:
        warnings.append(ReportWarning("small_groups", {"small": small, "cells": frame.height}))
    return warnings
