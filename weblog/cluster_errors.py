"""What can go wrong between this machine and a cluster."""

from __future__ import annotations

from weblog.errors import WeblogError


class ClusterError(WeblogError):
    """A cluster cannot be reached, or a job on it failed for good."""

    exit_code = 18

    def __init__(self, problem: str, advice: str = "") -> None:
        super().__init__(problem, advice)
        self.problem = problem

    def build(self, *facts: object) -> str:
        """Say what is wrong with the cluster and what to do."""
        problem, advice = facts
        return f"cluster: {problem}." + (f" {advice}" if advice else "")
