"""The process: reads questions from standard input, writes a line of JSON for each answer.

A question is its length (eight bytes) and a pickle of the name of a job and what it is given;
it comes from the process that started this one. The answers go back as JSON: who asks need not
trust what hostile texts may have made of this process. It ends with its parent (standard input
is closed), and when nothing was asked for a while.
"""

from __future__ import annotations

import contextlib
import json
import os
import pickle
import select
import struct
import sys
import traceback
from datetime import date, datetime
from typing import Any, BinaryIO, Final

IDLE_S: Final = 300.0
"""Seconds without a question after which it ends: it holds memory."""

MEMORY: Final = 8 << 30
"""Bytes of memory of its own, mapped files not counted, and no more than half of the machine's:
what asks for more is refused it. The environment variable WEBLOG_TRIAL_MEMORY says another."""


def main() -> None:
    """Answer until nobody asks any more."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no answer
    _be_expendable()
    from reports.trials.jobs import JOBS  # noqa: PLC0415  after the limits hold

    questions = sys.stdin.buffer
    while (asked := _next(questions)) is not None:
        name, given = asked
        answer = json.dumps(_answered(JOBS[name], given), default=_plain)
        answers.write(answer.encode() + b"\n")
        answers.flush()


def _answered(job: Any, given: dict[str, Any]) -> dict[str, Any]:
    from weblog.errors import SiteError, WeblogError  # noqa: PLC0415
    from weblog.panics import is_failure  # noqa: PLC0415

    try:
        return {"answer": job(**given)}
    except SiteError as error:
        return {"faults": [list(map(str, fault)) for fault in error.faults]}
    except (WeblogError, ValueError) as error:
        return {"refused": str(error), "kind": type(error).__name__}
    except BaseException as error:
        if not is_failure(error):
            raise
        return {"failed": traceback.format_exc()}


def _next(questions: BinaryIO) -> tuple[str, dict[str, Any]] | None:
    if not select.select([questions], [], [], IDLE_S)[0]:
        return None
    head = questions.read(8)
    if len(head) < 8:
        return None
    found: tuple[str, dict[str, Any]] = pickle.loads(questions.read(struct.unpack(">Q", head)[0]))  # noqa: S301  from our parent
    return found


def _be_expendable() -> None:
    """Let this process fail before others do where memory runs out."""
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource  # noqa: PLC0415  not everywhere

        most = _memory()
        resource.setrlimit(resource.RLIMIT_DATA, (most, most))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as score:  # noqa: PTH123
        score.write("1000")


def _memory() -> int:
    said = os.environ.get("WEBLOG_TRIAL_MEMORY", "")
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return int(said) if said.isdigit() else min(MEMORY, machine // 2)


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, date | datetime) else str(value)


if __name__ == "__main__":
    main()
