"""What can go wrong before a page is served."""

from __future__ import annotations

from weblog.errors import WeblogError


class SiteListError(WeblogError):
    """A list of sites is wrong. Facts: the file and what is wrong with it."""

    exit_code = 3

    def __init__(self, file: str, problem: str) -> None:
        super().__init__(file, problem)
        self.file = file
        self.problem = problem

    def build(self, *facts: object) -> str:
        """Say which file, what is wrong, and what it should look like."""
        file, problem = facts
        return (
            f"{file}: {problem}. Expected for each site: [[site]] with key (small letters, digits "
            "and -), store, and where they are wanted rules and name."
        )
