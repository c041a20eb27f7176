"""What can be wrong with accounts, and what an operator does about it."""

from __future__ import annotations

from weblog.errors import WeblogError


class AccessError(WeblogError):
    """Accounts cannot be read, or not be changed as asked. Facts: what is wrong, what to do."""

    exit_code = 15

    def __init__(self, problem: str, advice: str = "") -> None:
        super().__init__(problem, advice)
        self.problem = problem
        self.advice = advice

    def build(self, *facts: object) -> str:
        """Say what is wrong and what to do."""
        problem, advice = facts
        return f"{problem}." + (f" {advice}" if advice else "")


class PasswordError(AccessError):
    """A password that is too easy to guess. Facts: why, and what to do."""
