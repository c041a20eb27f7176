"""The error of a machine that does not give what is needed."""

from __future__ import annotations

from typing import Final

from weblog.errors import WeblogError

MORE_FILES: Final = "Allow more open files (`ulimit -n 1024`), and run it again."
"""What to do where too few may be open."""


class MachineError(WeblogError):
    """The machine does not give what is needed: memory, open files, processes.

    Facts: what is lacking, the problem, and what to do.
    """

    exit_code = 16

    def __init__(self, what: str, problem: str, advice: str) -> None:
        super().__init__(what, problem, advice)
        self.what = what
        self.problem = problem
        self.advice = advice

    def build(self, *facts: object) -> str:
        """Say what is lacking and what to do."""
        what, problem, advice = facts
        return f"{what}: {problem}. {advice}"
