"""Progress on standard error, where it is a terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)


@dataclass
class ShownProgress:
    """Shows how far each file is, then what is done after."""

    bars: Progress
    _tasks: dict[str, TaskID] = field(default_factory=dict)

    def file(self, name: str, position: int, size: int | None) -> None:
        """Show that ``position`` of ``size`` bytes of a file have been read."""
        if name not in self._tasks:
            self._tasks[name] = self.bars.add_task(name, total=size)
        self.bars.update(self._tasks[name], completed=position, total=size)

    def step(self, name: str) -> None:
        """Show a step that follows the files."""
        self.bars.add_task(name, total=None)


@contextmanager
def shown_progress(*, quiet: bool) -> Iterator[ShownProgress]:
    """Show progress while the block runs; nothing where nobody watches."""
    bars = Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
        disable=quiet or not sys.stderr.isatty(),
    )
    with bars:
        yield ShownProgress(bars)
