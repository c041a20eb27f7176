"""Options of ``weblog report`` about mailings."""

from __future__ import annotations

from typing import Final

import click

OF_MAILINGS: Final = (
    click.option(
        "--against",
        type=click.Choice(["held_out", "other_variants"]),
        default=None,
        help="Of mailing_effect: whom those written to are compared with; other_variants takes "
        "--by variant.  [default: held_out]",
    ),
)
"""Beside --by, --days, --outcome, --goal, --bootstrap and --limit."""
