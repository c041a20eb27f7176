"""Options of ``weblog report`` about campaigns."""

from __future__ import annotations

from typing import Final

import click

OF_CAMPAIGNS: Final = (
    click.option(
        "--per-day",
        is_flag=True,
        default=None,
        help="Of campaign_results: a row for each day as well.",
    ),
    click.option(
        "--by-segment",
        is_flag=True,
        default=None,
        help="Of campaign_results: a row for each segment as well.",
    ),
    click.option(
        "--of-campaign",
        "campaign",
        metavar="NAME",
        default=None,
        help="Of campaign_effect: the campaign.  [default: the one with most sessions]",
    ),
)
"""Beside --by, --goal and --window-days."""
