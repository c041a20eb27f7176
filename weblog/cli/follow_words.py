"""What ``weblog ingest --follow`` tells, whether it reads on or goes in rounds."""

from __future__ import annotations

import logging
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import click

from weblog.cli.quiet import tell

if TYPE_CHECKING:
    from weblog.ingestion.follow import Followed


@dataclass(frozen=True, slots=True)
class FollowWords:
    """Tells people, or programs that read JSON; ``quiet``: only errors."""

    quiet: bool

    def notice(self, problem: str) -> None:
        """Tell what keeps a log from being read."""
        from weblog import logs

        if logs.is_json():
            logs.event("notice", logging.WARNING, message=problem)
        elif not self.quiet:
            click.echo(f"weblog: {problem}", err=True)

    def beside(self, text: str) -> None:
        """Tell people what is going on."""
        from weblog import logs

        if not (self.quiet or logs.is_json()):
            tell(text, err=True)

    def stopped(self, done: Followed) -> None:
        """Tell what was done, when it is over."""
        from weblog import logs
        from weblog.cli.table import counted

        logs.event("stopped", **asdict(done))
        if not self.quiet:
            tell(
                f"Stopped: {counted(done.lines, 'line')} = {counted(done.hits, 'hit')} + "
                f"{counted(done.rejects, 'reject')} + {done.skipped:,} skipped; all of it is "
                "published."
            )
