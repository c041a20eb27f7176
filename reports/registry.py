"""Every report there is: a new one is a file in ``answers`` and a row here."""

from __future__ import annotations

from typing import Final

from reports.answers import (
    attribution,
    bots,
    campaigns,
    categories,
    changes,
    channels,
    definitions,
    devices,
    entry_pages,
    exit_pages,
    pages,
    products,
    reconciliation,
    segments,
    segments_by,
    site_status,
    sources,
    summary,
    transitions,
)
from reports.figures import (
    attributed,
    bars,
    differences,
    lines,
    matrix,
    ranges,
    robots,
    rule_sets,
    tiles,
)
from reports.spec import ReportSpec

REPORTS: Final[dict[str, ReportSpec]] = {
    name: ReportSpec(name, f"report.{name}", function, figure, columns)
    for name, function, figure, columns in (
        ("summary", summary.summary, tiles.figure, summary.COLUMNS),
        ("site_status", site_status.site_status, lines.trend, site_status.COLUMNS),
        ("channels", channels.channels, bars.ranked, channels.COLUMNS),
        ("sources", sources.sources, bars.ranked, sources.COLUMNS),
        ("campaigns", campaigns.campaigns, ranges.figure, campaigns.COLUMNS),
        ("attribution", attribution.attribution, attributed.figure, attribution.COLUMNS),
        ("devices", devices.devices, bars.ranked, devices.COLUMNS),
        ("segments", segments.segments, bars.ranked, segments.COLUMNS),
        ("segments_by", segments_by.segments_by, bars.ranked, segments_by.COLUMNS),
        ("transitions", transitions.transitions, matrix.transitions, transitions.COLUMNS),
        ("pages", pages.pages, bars.ranked, pages.COLUMNS),
        ("entry_pages", entry_pages.entry_pages, bars.ranked, entry_pages.COLUMNS),
        ("exit_pages", exit_pages.exit_pages, bars.ranked, exit_pages.COLUMNS),
        ("categories", categories.categories, bars.ranked, categories.COLUMNS),
        ("products", products.products, bars.ranked, products.COLUMNS),
        ("changes", changes.changes, differences.figure, changes.COLUMNS),
        ("definitions", definitions.definitions, rule_sets.figure, definitions.COLUMNS),
        ("bots", bots.bots, robots.figure, bots.COLUMNS),
        (
            "reconciliation",
            reconciliation.reconciliation,
            lines.accounts,
            reconciliation.COLUMNS,
        ),
    )
}
"""The reports by name, in the order lists show them."""
