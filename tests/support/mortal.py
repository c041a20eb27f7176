"""``weblog`` that is killed, or stopped, right before a step: a process of its own, as in life."""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from typing import Final

COMMIT: Final = "weblog.store.store:commit_frame"
"""The step all tables are written by, but those that are merged."""

_PROGRAM: Final = """
import os, signal, sys
from importlib import import_module
from weblog.cli import main

before, about, number, by = sys.argv[1:5]
module, _, path = before.partition(":")
owner = import_module(module)
*owners, name = path.split(".")
for each in owners:
    owner = getattr(owner, each)
step, calls = getattr(owner, name), [0]

def mortal(*arguments, **more):
    if about in str(arguments):
        if calls[0] == int(number):
            if int(by) == signal.SIGKILL:
                names = (each.name for each in arguments if hasattr(each, "name"))
                print(*names, file=sys.stderr, flush=True)
            os.kill(os.getpid(), int(by))
        calls[0] += 1
    return step(*arguments, **more)

setattr(owner, name, mortal)
main(sys.argv[5:])
"""


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
    return [sys.executable, "-c", _PROGRAM, *told, *map(str, arguments)]
