"""``weblog`` that is killed, or stopped, right before a step: a process of its own, as in life."""

from __future__ import annotations

import os
import signal
import sys
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from forked import Ended, forked

COMMIT: Final = "weblog.store.store:commit_frame"
"""The step all tables are written by, but those that are merged."""


def mortal(
    *arguments: str | Path,
    number: int,
    before: str = COMMIT,
    about: str = "",
    by: signal.Signals = signal.SIGKILL,
) -> list[str]:
    """Return the command of such a ``weblog``; one that dies names the table it was about.

    Args:
        arguments: of ``weblog``.
        number: how many times it may take the step.
        before: the step, as module:function or module:class.method.
        about: only calls count with this in their arguments.
        by: the signal it gets.
    """
    told = (before, about, str(number), str(int(by)))
    return [sys.executable, __file__, *told, *map(str, arguments)]


def run_mortal(
    *arguments: str | Path, folder: Path, number: int, before: str = COMMIT, about: str = ""
) -> Ended:
    """Run such a ``weblog`` in a folder until it is killed or ends, see :func:`mortal`."""
    words = [str(word) for word in arguments]
    return forked(live, words, before, about, number, int(signal.SIGKILL), folder=folder)


def live(words: list[str], before: str, about: str, number: int, by: int) -> None:
    """Be such a ``weblog``."""
    from weblog.cli import main

    module, _, path = before.partition(":")
    owner = import_module(module)
    *owners, name = path.split(".")
    for each in owners:
        owner = getattr(owner, each)
    step = getattr(owner, name)
    calls = 0

    def taken(*arguments: Any, **more: Any) -> Any:
        nonlocal calls
        if about in str(arguments):
            if calls == number:
                if by == signal.SIGKILL:
                    names = (each.name for each in arguments if hasattr(each, "name"))
                    print(*names, file=sys.stderr, flush=True)  # noqa: T201  it dies now
                os.kill(os.getpid(), by)
            calls += 1
        return step(*arguments, **more)

    setattr(owner, name, taken)
    sys.argv = ["weblog", *words]
    main(words)


if __name__ == "__main__":
    _, step, about, number, by, *words = sys.argv
    live(words, step, about, int(number), int(by))
