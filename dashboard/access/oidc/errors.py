"""Why the company's login let nobody in."""

from __future__ import annotations

from weblog.errors import WeblogError


class OidcError(WeblogError):
    """A login that did not work. Facts: a code, for the log and the audit, and the reason.

    Codes: ``unreachable`` (the provider does not answer, or not as it should), ``cancelled`` (the
    reader, or the provider, refused), ``stale`` (begun too long ago, in another browser, or used
    before), ``code`` (the provider does not take the code), ``token`` (what it says of the reader
    is not believed), ``name`` (it does not name them).
    """

    exit_code = 15

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(code, reason)
        self.code = code
        self.reason = reason

    def build(self, *facts: object) -> str:
        """Say what did not work."""
        return f"the company's login: {facts[1]}."
