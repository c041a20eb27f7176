"""What a command tells of the work it did, unless ``weblog --quiet`` was asked for.

What was asked for is printed all the same: a report, a list, what a dry run would do. So are
warnings and errors. What goes is what cron would mail every night though all is well.
"""

from __future__ import annotations

from typing import Final

import click

QUIET: Final = "weblog.quiet"
"""Where a command's context keeps that summaries are not wanted."""


def is_quiet() -> bool:
    """Say whether this run tells neither progress nor summaries."""
    context = click.get_current_context(silent=True)
    return context is not None and bool(context.meta.get(QUIET))


def tell(text: str, *, err: bool = False) -> None:
    """Print a line of a summary, or of progress; nothing where quiet is wanted."""
    if not is_quiet():
        click.echo(text, err=err)
