"""What can go wrong when something is sent to people or programs elsewhere."""

from __future__ import annotations

from weblog.errors import WeblogError


class MailError(WeblogError):
    """Mail cannot be sent. Facts: the server as host:port, the problem, what to do."""

    exit_code = 15

    def __init__(self, server: str, problem: str, advice: str = "") -> None:
        super().__init__(server, problem, advice)
        self.server = server
        self.problem = problem
        self.advice = advice

    def build(self, *facts: object) -> str:
        """Say which server, what is wrong and what to do."""
        server, problem, advice = facts
        where = f"mail server {server}" if server else "mail"
        return f"{where}: {problem}." + (f" {advice}" if advice else "")


class WebhookError(WeblogError):
    """A webhook did not take a message. Facts: its name, the problem, what to do."""

    exit_code = 15

    def __init__(self, webhook: str, problem: str, advice: str = "") -> None:
        super().__init__(webhook, problem, advice)
        self.webhook = webhook
        self.problem = problem

    def build(self, *facts: object) -> str:
        """Say which webhook, what is wrong and what to do."""
        webhook, problem, advice = facts
        return f"webhook {webhook!r}: {problem}." + (f" {advice}" if advice else "")


class UndeliveredError(WeblogError):
    """Something could not be delivered; it is kept and sent by the next run. Facts: what and why.

    ``problems`` are lines, one for each message or recipient.
    """

    exit_code = 15

    def __init__(self, problems: list[str]) -> None:
        super().__init__(problems)
        self.problems = problems

    def build(self, *facts: object) -> str:
        """Give each problem a line."""
        (problems,) = facts
        assert isinstance(problems, list)  # noqa: S101
        return "\n".join(["not everything was delivered.", *(f"  {each}" for each in problems)])


class BrowserError(WeblogError):
    """The browser that draws pictures and prints PDF does not. Facts: program, problem, advice."""

    exit_code = 15

    def __init__(self, program: str, problem: str, advice: str = "") -> None:
        super().__init__(program, problem, advice)
        self.program = program
        self.problem = problem

    def build(self, *facts: object) -> str:
        """Say which browser, what is wrong and what to do."""
        program, problem, advice = facts
        return f"browser {program}: {problem}." + (f" {advice}" if advice else "")
