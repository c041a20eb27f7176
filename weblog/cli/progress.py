"""Progress on standard error, where it is a terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from weblog.cli.quiet import is_quiet

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID


@dataclass
class ShownProgress:
    """Shows how far each file is, then what is done after."""

    bars: Progress | None
    _tasks: dict[str, TaskID] = field(default_factory=dict)

    def file(self, name: str, position: int, size: int | None) -> None:
        """Show that ``position`` of ``size`` bytes of a file have been read."""
        if self.bars is None:
            return
        if name not in self._tasks:
            self._tasks[name] = self.bars.add_task(name, total=size)
        self.bars.update(self._tasks[name], completed=position, total=size)

    def step(self, name: str) -> None:
        """Show a step that follows the files."""
        if self.bars is not None:
            self.bars.add_task(name, total=None)


@contextmanager
def shown_progress(*, quiet: bool) -> Iterator[ShownProgress]:
    """Show progress while the block runs; nothing where nobody watches."""
    if quiet or is_quiet() or not sys.stderr.isatty():
        yield ShownProgress(None)
        return
    # Only here: it takes a twentieth of a second to import.
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
        TransferSpeedColumn,
    )

    bars = Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    with bars:
        yield ShownProgress(bars)
