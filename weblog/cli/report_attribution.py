"""Options of ``weblog report attribution``."""

from __future__ import annotations

from typing import Final

import click

OF_ATTRIBUTION: Final = (
    click.option(
        "--model",
        "--models",
        "models",
        multiple=True,
        help="Of attribution: only this model, e.g. markov, or one that a package adds (may be "
        "repeated).",
    ),
    click.option(
        "--window-days",
        type=int,
        default=None,
        help="Of attribution: how far back touches count.  [default: 30]",
    ),
    click.option(
        "--half-life-days",
        type=float,
        default=None,
        help="Of attribution: after how long a touch counts half in time decay.  [default: 7]",
    ),
    click.option(
        "--order",
        type=int,
        default=None,
        help="Of attribution: touches the Markov chain remembers, 1 to 3.  [default: 1]",
    ),
    click.option(
        "--bootstrap",
        type=int,
        default=None,
        help="Of attribution and mailing_effect: resamples for the intervals; 0: none.  "
        "[default: 500, 1000]",
    ),
)
"""Beside --by and --goal."""
